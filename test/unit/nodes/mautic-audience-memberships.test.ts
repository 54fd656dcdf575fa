import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MauticAudience } from '../../../nodes/MauticAudience/MauticAudience.node';
import { MauticDouble } from '../../../sandbox/mautic';
import { executeNode, loadOptionsContext } from '../../support/execute-node';
import { mauticCredential } from '../../support/mautic';
import { audiencesOf, loadAudiences } from '../../support/mautic-audiences';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const ADA = 'ada@example.com';

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.fail();
  await loadAudiences(mautic);
  await mautic.forgetRequests();
});
afterAll(() => mautic.close());

const ON_TIER: INodeParameters = {
  segments: {
    segment: [
      { segment: 'new-users' },
      { segment: 'free-tier', member: '={{ $json.customer.tier === "free" }}' },
      { segment: 'pro-tier', member: '={{ $json.customer.tier === "pro" }}' },
    ],
  },
  campaigns: { campaign: [{ campaign: 'New Users', member: '={{ $json.customer.marketingConsent }}' }] },
};

const registered = (email: string, customer: IDataObject = {}): IDataObject => ({
  delivery: { id: '1', lease: 'lease', attempt: 1 },
  customer: { email, tier: 'free', marketingConsent: true, ...customer },
});

async function run(items: IDataObject[], parameters: INodeParameters = ON_TIER): Promise<IDataObject[]> {
  const [output = []] = await executeNode(
    {
      node: new MauticAudience(),
      parameters: { email: '={{ $json.customer.email }}', fullName: '', ...parameters },
      credentials: [mauticCredential(mautic.url)],
    },
    items,
  );
  return output.map(({ json }) => json);
}

describe('segments and campaigns', () => {
  it('are as declared, and told', async () => {
    const [json] = await run([registered(ADA)]);
    expect(await audiencesOf(mautic, ADA)).toEqual({
      segments: ['free-tier', 'new-users'],
      campaigns: ['New Users'],
    });
    expect(json).toMatchObject({
      contact: { email: ADA, created: true },
      audience: {
        segments: ['new-users', 'free-tier'],
        campaigns: ['New Users'],
        changed: ['added to segment new-users', 'added to segment free-tier', 'added to campaign New Users'],
      },
    });
    const id = String((json?.contact as IDataObject).id);
    expect(json?.outcomes).toMatchObject([
      { service: 'Mautic', action: 'contact created', id },
      { service: 'Mautic', action: 'added to segment new-users', id },
      { service: 'Mautic', action: 'added to segment free-tier', id },
      { service: 'Mautic', action: 'added to campaign New Users', id },
    ]);
  });

  it('change with the item', async () => {
    await run([registered(ADA)]);
    const [json] = await run([registered(ADA, { tier: 'pro', marketingConsent: false })]);
    expect(await audiencesOf(mautic, ADA)).toEqual({ segments: ['new-users', 'pro-tier'], campaigns: [] });
    expect(json?.audience).toEqual({
      segments: ['new-users', 'pro-tier'],
      campaigns: [],
      outOf: { segments: ['free-tier'], campaigns: ['New Users'] },
      changed: [
        'removed from segment free-tier',
        'added to segment pro-tier',
        'removed from campaign New Users',
      ],
    });
  });

  it('are no outcome where nothing changes', async () => {
    await run([registered(ADA)]);
    const [json] = await run([registered(ADA)]);
    expect(json?.outcomes).toMatchObject([{ action: 'contact unchanged' }]);
    expect(json?.audience).toMatchObject({ segments: ['new-users', 'free-tier'], changed: [] });
  });

  it('are left alone, and not told, when none is declared', async () => {
    await run([registered(ADA)]);
    const [json] = await run([registered(ADA, { tier: 'pro' })], {});
    expect(json).not.toHaveProperty('audience');
    expect((await audiencesOf(mautic, ADA)).segments).toEqual(['free-tier', 'new-users']);
  });

  it('hold for a contact by its ID', async () => {
    const parameters = { ...ON_TIER, findBy: 'id', contactId: '2' };
    const [json] = await run([registered('x@example.com', { tier: 'pro' })], parameters);
    expect(json?.audience).toMatchObject({ segments: ['new-users', 'pro-tier'] });
    expect((await audiencesOf(mautic, 'jonas.weber@example.com')).segments).toEqual([
      'new-users',
      'pro-tier',
    ]);
  });
});

describe('a row that does not say what is meant', () => {
  beforeEach(() => run([registered(ADA)]));

  it.each([[undefined], [null], [''], ['false'], [0]])(
    'takes nobody out: %p is neither true nor false',
    async (marketingConsent) => {
      const [bad, good] = await run([
        registered(ADA, { tier: 'pro', marketingConsent: marketingConsent ?? null }),
        registered('other@example.com'),
      ]);
      expect(bad?.failure).toMatchObject({
        retryable: false,
        message: expect.stringContaining('"Is a Member" of "New Users" is neither true nor false'),
      });
      expect(await audiencesOf(mautic, ADA)).toEqual({
        segments: ['free-tier', 'new-users'],
        campaigns: ['New Users'],
      });
      expect(good?.audience).toMatchObject({ campaigns: ['New Users'] });
    },
  );

  it('takes nobody out when the expression looks where nothing is', async () => {
    const parameters: INodeParameters = {
      segments: { segment: [{ segment: 'free-tier', member: '={{ $json.nowhere }}' }] },
    };
    const [json] = await run([registered(ADA)], parameters);
    expect(json?.failure).toMatchObject({ retryable: false });
    expect((await audiencesOf(mautic, ADA)).segments).toContain('free-tier');
  });

  it.each([
    ['segments', { segment: [{ segment: '={{ $json.nowhere }}', member: true }] }, '"Segment" is empty'],
    ['segments', { segment: [{ segment: '  ', member: true }] }, '"Segment" is empty'],
    ['campaigns', { campaign: [{ campaign: '', member: true }] }, '"Campaign" is empty'],
  ])('is an error when it names none: %s', async (name, rows, message) => {
    const [json] = await run([registered(ADA)], { [name]: rows });
    expect(json?.failure).toMatchObject({ retryable: false, message: expect.stringContaining(message) });
  });

  it('is told with what to do when Mautic has none of that name', async () => {
    const [json] = await run([registered(ADA)], { segments: { segment: [{ segment: 'golden' }] } });
    expect(json?.failure).toMatchObject({
      retryable: false,
      message: expect.stringContaining('find the segment "golden". Create it under Segments'),
    });
  });
});

describe('an outage', () => {
  it('holds back later steps, or not, as the node is set', async () => {
    await mautic.fail({ method: 'POST', path: '/api/segments/', status: 503 });
    const [held] = await run([registered(ADA)]);
    expect(held?.failure).toMatchObject({ service: 'Mautic', retryable: true });
    const [carried] = await run([registered(ADA)], { ...ON_TIER, whenItFails: 'carryOn' });
    expect(carried).not.toHaveProperty('failure');
    expect(carried?.failures).toMatchObject([{ service: 'Mautic', retryable: true }]);
  });
});

describe('the drop-downs', () => {
  const context = () =>
    loadOptionsContext({ node: new MauticAudience(), credentials: [mauticCredential(mautic.url)] });

  it('offer segments by name, with the alias as value', async () => {
    const options = await new MauticAudience().methods.loadOptions.getSegments.call(context());
    expect(options).toContainEqual({ name: 'Free tier', value: 'free-tier', description: 'free-tier' });
    expect(options).toContainEqual({
      name: 'Archived',
      value: 'archived',
      description: 'archived, not published',
    });
  });

  it('offer campaigns by name', async () => {
    const options = await new MauticAudience().methods.loadOptions.getCampaigns.call(context());
    expect(options.map(({ value }) => value)).toEqual([
      'Archived',
      'Free tier',
      'New Users',
      'Pro tier',
      'Twin',
      'Twin',
    ]);
  });
});
