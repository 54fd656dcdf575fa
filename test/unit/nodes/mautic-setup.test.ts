import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MauticSetup } from '../../../nodes/MauticSetup/MauticSetup.node';
import { MauticDouble } from '../../../sandbox/mautic';
import { executeNode } from '../../support/execute-node';
import { mauticCredential } from '../../support/mautic';
import { setupNodes } from '../../support/mautic-setup';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const STARTED = [{}];

interface Held {
  fields: Array<{ alias: string }>;
  emails: Array<{ name: string; subject: string; customHtml: string }>;
  segments: object[];
  campaigns: Array<{ name: string; isPublished: boolean; events: object[] }>;
}

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.act('startEmpty');
  await mautic.fail();
  await mautic.forgetRequests();
});
afterAll(() => mautic.close());

async function run(
  parameters: INodeParameters,
  items: readonly IDataObject[] = STARTED,
  continueOnFail = false,
): Promise<IDataObject[]> {
  const setup = {
    node: new MauticSetup(),
    parameters,
    credentials: [mauticCredential(mautic.url)],
    continueOnFail,
  };
  const [output = []] = await executeNode(setup, items);
  return output.map(({ json }) => json);
}

/** The workflow's nodes one after the other, each with the items of the one before. */
async function runWorkflow(): Promise<IDataObject[]> {
  let items: IDataObject[] = STARTED;
  for (const { parameters } of setupNodes()) items = await run(parameters, items);
  return items;
}

const posts = async () =>
  (await mautic.calls()).filter((call) => call.startsWith('POST')).map((call) => call.replace('POST ', ''));

const count = (items: readonly IDataObject[], kind: string, result: string) =>
  items.filter((item) => item.kind === kind && item.result === result).length;

describe('the workflow mautic-setup', () => {
  it('creates everything, one after the other, and lists it all at its end', async () => {
    const items = await runWorkflow();
    const defined = { field: 15, segment: 10, email: 22, campaign: 5 };
    expect(items).toHaveLength(52);
    for (const [kind, number] of Object.entries(defined)) expect(count(items, kind, 'created')).toBe(number);
    const made = await posts();
    expect(made.filter((path) => path === '/api/fields/contact/new')).toHaveLength(defined.field);
    expect(made.filter((path) => path === '/api/segments/new')).toHaveLength(defined.segment);
    expect(made.filter((path) => path === '/api/emails/new')).toHaveLength(defined.email);
    expect(made.filter((path) => path === '/api/campaigns/new')).toHaveLength(defined.campaign);
    expect(made).toHaveLength(items.length);
  });

  it('changes nothing the second time', async () => {
    await runWorkflow();
    const before = await mautic.state<Held>();
    await mautic.forgetRequests();
    const items = await runWorkflow();
    expect(items).toHaveLength(52);
    expect(items.filter(({ result }) => result !== 'present')).toEqual([]);
    expect((await mautic.calls()).filter((call) => !call.startsWith('GET'))).toEqual([]);
    expect(await mautic.state<Held>()).toEqual(before);
  });

  it('goes on where a run was cut off', async () => {
    await mautic.fail({ method: 'POST', path: '/api/emails/new', status: 503, times: 1 });
    await expect(runWorkflow()).rejects.toThrow(/e-mail "VIP coupon": it answered 503/);
    const items = await runWorkflow();
    expect(count(items, 'field', 'present')).toBe(15);
    expect(count(items, 'email', 'created')).toBe(1);
    expect(count(items, 'campaign', 'created')).toBe(5);
  });

  it('finds everything in the sandbox as it starts', async () => {
    await mautic.reset();
    expect((await runWorkflow()).filter(({ result }) => result !== 'present')).toEqual([]);
    expect(await posts()).toEqual([]);
  });

  it('makes campaigns that send their e-mails in turn', async () => {
    await runWorkflow();
    const { contactId } = await mautic.act<{ contactId: number }>('saveContact', {
      email: 'ada@example.com',
      fields: { firstname: 'Ada' },
    });
    const { campaigns } = await mautic.state<{ campaigns: Array<{ id: number; name: string }> }>();
    const state = await mautic.state<{ contacts: Array<{ id: number }> }>();
    const welcome = campaigns.find(({ name }) => name === 'Welcome');
    const contacts = state.contacts.map((contact) =>
      contact.id === contactId ? { ...contact, campaigns: [welcome?.id] } : contact,
    );
    await mautic.load({ ...state, contacts });
    expect(await mautic.act('runCampaigns', { days: 14 })).toEqual({ sent: 5 });
    const { sentEmails } = await mautic.state<{ sentEmails: Array<{ subject: string; body: string }> }>();
    expect(sentEmails[0]?.subject).toBe('Welcome, Ada: start here');
    expect(sentEmails[0]?.body).toContain('href="https://example.com/app/projects/new"');
    expect(sentEmails[0]?.body).toContain('Unsubscribe</a>');
    expect(sentEmails.filter(({ body }) => /\{[a-z_]+[=}|]/.test(body))).toEqual([]);
  });
});

describe('the node', () => {
  const segments = (...rows: object[]): INodeParameters => ({
    resource: 'segment',
    segments: { segment: rows as INodeParameters[] },
  });

  it('passes on what earlier ones did, once, and leaves all else behind', async () => {
    const earlier = { kind: 'field', name: 'flag', result: 'created', id: 7, detail: '' };
    const items = await run(segments({ name: 'New', alias: 'new' }), [{}, earlier, { other: true }]);
    expect(items).toEqual([earlier, { kind: 'segment', name: 'new', result: 'created', id: 1, detail: '–' }]);
    expect(await posts()).toHaveLength(1);
  });

  it('works on all definitions before it stops with what failed', async () => {
    const rows = [
      { name: 'A', alias: 'A b' },
      { name: 'B', alias: 'b' },
      { name: '', alias: 'c' },
    ];
    await expect(run(segments(...rows))).rejects.toMatchObject({
      message: expect.stringContaining('create the segment "A b"'),
      description: expect.stringMatching(/^1 of 3 are in order.*\n.*create the segment "c"/),
    });
    expect((await mautic.state<Held>()).segments).toHaveLength(1);
  });

  it('gives what failed as items when it is set to continue', async () => {
    const items = await run(segments({ name: 'A', alias: 'A b' }, { name: 'B', alias: 'b' }), STARTED, true);
    expect(items).toMatchObject([
      { kind: 'segment', name: 'A b', result: 'failed', id: null, error: expect.stringContaining('hyphens') },
      { kind: 'segment', name: 'b', result: 'created' },
    ]);
  });

  it('fails in the words of the service when Mautic is out of reach', async () => {
    await mautic.fail({ status: 401, body: { errors: [{ message: 'Authorization denied.', code: 401 }] } });
    await expect(run(segments({ name: 'B', alias: 'b' }))).rejects.toThrow(
      /^Mautic could not list its segments: it answered 401.*credential/,
    );
  });

  it('puts bodies into the layout, with links to the website', async () => {
    const email = {
      name: 'Hi',
      subject: 'Hi',
      preheader: 'Look',
      body: '<p><a href="{website}/a">A</a></p>',
    };
    await run({
      resource: 'email',
      emails: { email: [email] },
      website: 'https://shop.example/',
      layout: '<body>{preheader}|{content}</body>',
    });
    expect((await mautic.state<Held>()).emails[0]?.customHtml).toBe(
      '<body>Look|<p><a href="https://shop.example/a">A</a></p></body>',
    );
  });

  it('asks for a layout', async () => {
    await expect(run({ resource: 'email', layout: ' ' })).rejects.toThrow(/"Layout" is empty/);
  });
});
