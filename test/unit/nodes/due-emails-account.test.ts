import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleResendApi } from '../../../credentials/LifecycleResendApi.credentials';
import { LifecycleStoreApi } from '../../../credentials/LifecycleStoreApi.credentials';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import { ResendSend } from '../../../nodes/ResendSend/ResendSend.node';
import { RESEND_KEY } from '../../../sandbox/identities';
import { ResendDouble } from '../../../sandbox/resend';
import type { Store } from '../../../store';
import { executeNode } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { sequence, step } from '../../support/sequences';
import { useStore } from '../../support/store';

const database = useStore();
const HOUR = 3_600_000;
let resend: TestSandbox;
let store: Store;

beforeAll(async () => {
  resend = await startTestSandbox('resend', ResendDouble);
});
beforeEach(async () => {
  store = await database.empty();
  await resend.reset();
  await resend.act('setRateLimit', { perSecond: 1_000 });
});
afterAll(() => resend.close());

/** Two people get a mail that was due at the given time. */
async function due(from: string | null, at: Date): Promise<void> {
  const starts = ['ada', 'bob'].map((name) => ({
    email: `${name}@example.com`,
    cause: '1',
    startedAt: at,
    data: {},
  }));
  await store.sequences.start(sequence({ from, steps: [step('Hello')] }), starts, at);
}

function onStore(operation: string, parameters: INodeParameters, items: IDataObject[]) {
  const { hostname, port, username, password, pathname } = new URL(database.url());
  const data = {
    ...{ host: hostname, port: Number(port), user: decodeURIComponent(username), ssl: 'disable' },
    ...{ password: decodeURIComponent(password), database: pathname.slice(1) },
  };
  const credentials = [{ type: new LifecycleStoreApi(), data }];
  const all = { resource: 'message', operation, ...parameters };
  return executeNode({ node: new LifecycleStore(), parameters: all, credentials }, items);
}

/** A round of the workflow that sends what is due by then; gives what Mark is given. */
async function sentBy(now: Date, credential: ICredentialDataDecryptedObject = {}): Promise<IDataObject[]> {
  const [claimed = []] = await onStore('claimDue', { dueBy: now.toISOString() }, [{}]);
  const data = { url: resend.url, apiKey: RESEND_KEY, ...credential };
  const credentials = [{ type: new LifecycleResendApi(), data }];
  const [sent = []] = await executeNode(
    { node: new ResendSend(), parameters: { operation: 'sendBatch' }, credentials },
    claimed.map(({ json }) => json),
  );
  return sent.map(({ json }) => json);
}

async function marked(items: IDataObject[], parameters: INodeParameters = { failRun: false }) {
  const [output = []] = await onStore('mark', parameters, items);
  return output.map(({ json }) => json);
}

it.each<[string, string | null, ICredentialDataDecryptedObject, RegExp]>([
  ['a wrong key', 'Ada <ada@example.com>', { apiKey: 're_wrong_1' }, /Check the API key/],
  ['no sender', null, {}, /enter a sender in the node, or the default one/],
  ['a default sender that is none', null, { from: 'us' }, /default sender in the credential/],
  ['an address that is none', 'Ada <ada@example.com>', { url: 'resend' }, /https:/],
])('mails wait for %s to be mended, and are sent then', async (_, from, credential, reason) => {
  const now = new Date();
  await due(from, now);
  const states = await marked(await sentBy(now, credential));
  expect(states).toMatchObject(
    [1, 2].map(() => ({ state: 'planned', reason: expect.stringMatching(reason) })),
  );
  expect(states[0]?.nextTryAt).toMatch(/^\d{4}-/);

  const mended = await sentBy(new Date(now.getTime() + HOUR), { from: 'Team <team@example.com>' });
  expect(await marked(mended)).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
  const { mails } = await resend.state<{ mails: Array<{ from: string }> }>();
  expect(mails.map((mail) => mail.from)).toEqual([1, 2].map(() => from ?? 'Team <team@example.com>'));
});

it('mails wait for the domain of their sender to be verified', async () => {
  const now = new Date();
  await due('a@unverified.example.com', now);
  expect(await marked(await sentBy(now))).toMatchObject(
    [1, 2].map(() => ({ state: 'planned', reason: expect.stringMatching(/under Domains/) })),
  );
});

it('tells the admin that they wait, and gives them up after a day', async () => {
  const start = new Date();
  await due('ada@example.com', start);
  const wrong = { apiKey: 're_wrong_2' };
  await expect(marked(await sentBy(start, wrong), {})).rejects.toThrow(
    /2 of 2 mails were not sent; they are tried again at .*Check the API key/,
  );
  const late = await sentBy(new Date(start.getTime() + 25 * HOUR), wrong);
  expect(await marked(late)).toMatchObject(
    [1, 2].map(() => ({ state: 'failed', reason: expect.stringMatching(/given up after a day.*API key/) })),
  );
});

it('ends a mail that is refused for itself', async () => {
  const now = new Date();
  await due('ada@example.com', now);
  const [one, other] = await sentBy(now);
  const failure = { message: 'no', retryable: false, unsent: true };
  const refused = { message: one?.message, failure };
  expect(await marked([refused, other ?? {}])).toMatchObject([{ state: 'failed' }, { state: 'sent' }]);
});
