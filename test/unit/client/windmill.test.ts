import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLifecycleClient, type LifecycleClient } from '../../../client';
import { WINDMILL_BEARER, WINDMILL_WORKSPACE } from '../../../sandbox/identities';
import { WindmillDouble } from '../../../sandbox/windmill';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { jobsIn } from '../../support/windmill';
import { Receiver, TOKEN } from './receiver';

const ada = { email: 'ada@example.com', plan: 'pro' } as const;
const timestamp = '2026-03-01T11:00:00.000Z';
const UUID = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/;

describe('the address of Windmill', () => {
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.start();
  });
  afterEach(() => receiver.reset());
  afterAll(() => receiver.down());

  const clientAt = (path: string): LifecycleClient =>
    createLifecycleClient({ url: new URL(receiver.url).origin + path, token: TOKEN, format: 'windmill' });
  const pathname = () => receiver.received[0]?.path.split('?')[0];

  it.each([
    ['', '/api/w/main/jobs/run/p/f/lifecycle/user_registered'],
    ['/', '/api/w/main/jobs/run/p/f/lifecycle/user_registered'],
    ['/webhook/windmill/', '/webhook/windmill/api/w/main/jobs/run/p/f/lifecycle/user_registered'],
    ['/api/w/acme', '/api/w/acme/jobs/run/p/f/lifecycle/user_registered'],
    ['/api/w/acme/jobs/run/p/', '/api/w/acme/jobs/run/p/f/lifecycle/user_registered'],
    ['/api/w/acme/jobs/run/p/u/ada', '/api/w/acme/jobs/run/p/u/ada/user_registered'],
    ['/api/w/acme/jobs/run/f/f/crm', '/api/w/acme/jobs/run/f/f/crm/user_registered'],
    ['/api/w/acme/jobs/run/p/f/crm/user_churned', '/api/w/acme/jobs/run/p/f/crm/user_registered'],
  ])('may be "%s"', async (path, target) => {
    expect(await clientAt(path).userRegistered(ada)).toEqual({ delivered: true });
    expect(pathname()).toBe(target);
  });

  it.each<[string, (client: LifecycleClient) => Promise<unknown>]>([
    ['user_upgraded', (client) => client.userUpgraded({ ...ada, previousPlan: 'free', newPlan: 'pro' })],
    ['user_downgraded', (client) => client.userDowngraded({ ...ada, previousPlan: 'pro', newPlan: 'free' })],
    ['user_churned', (client) => client.userChurned(ada)],
    ['user_logged_in', (client) => client.userLoggedIn(ada)],
    ['user_custom', (client) => client.customEvent({ ...ada, name: 'x' })],
  ])('is followed by the script %s', async (script, act) => {
    await act(clientAt(''));
    expect(pathname()).toBe(`/api/w/main/jobs/run/p/f/lifecycle/${script}`);
  });

  it('gets the fields of the event and its time as arguments', async () => {
    await clientAt('').userRegistered({ ...ada, name: 'Ada Lovelace' }, { timestamp });
    expect(receiver.received[0]?.body).toEqual({ ...ada, name: 'Ada Lovelace', timestamp });
  });

  it('gets a job id that is the same for the same event, and for no other', async () => {
    const client = clientAt('');
    receiver.behave({ status: 500 }, { status: 201, body: 'an id' });
    await client.userRegistered(ada, { id: 'user.registered:1' });
    await client.userRegistered(ada, { id: 'user.registered:1' });
    await client.userRegistered(ada, { id: 'user.registered:2' });
    await clientAt('/api/w/acme').userRegistered(ada, { id: 'user.registered:1' });
    const [first, second, again, other, elsewhere] = receiver.received.map(
      ({ path }) => path.split('job_id=')[1],
    );
    expect(first).toMatch(UUID);
    expect([second, again]).toEqual([first, first]);
    expect(new Set([first, other, elsewhere]).size).toBe(3);
  });
});

describe('Windmill itself', () => {
  let windmill: TestSandbox;
  let client: LifecycleClient;
  const id = '0b8f7a0e-4a53-4c1d-9c35-1f1df3a7c001';

  beforeAll(async () => {
    windmill = await startTestSandbox('windmill', WindmillDouble);
    client = createLifecycleClient({
      url: `${windmill.url}/api/w/${WINDMILL_WORKSPACE}`,
      token: WINDMILL_BEARER,
      format: 'windmill',
    });
  });
  beforeEach(async () => {
    await windmill.reset();
    const state = await windmill.state<{ runnables: object[] }>();
    const script = { ...state.runnables[0], path: 'f/lifecycle/user_registered' };
    await windmill.load({ ...state, runnables: [script] });
  });
  afterAll(() => windmill.close());

  it('runs the script once, however often the event is sent', async () => {
    expect(await client.userRegistered(ada, { id, timestamp })).toEqual({ delivered: true });
    expect(await client.userRegistered(ada, { id, timestamp })).toEqual({ delivered: true });
    expect(await jobsIn(windmill)).toMatchObject([
      { id, kind: 'script', path: 'f/lifecycle/user_registered', args: { ...ada, timestamp } },
    ]);
  });

  it('is told to have refused when the script is not there', async () => {
    expect(await client.userChurned(ada)).toMatchObject({
      delivered: false,
      reason: expect.stringMatching(/answered 404: .*user_churned/),
    });
  });
});
