import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MauticDouble } from '../../../sandbox/mautic';
import {
  ensureCampaigns,
  ensureEmails,
  ensureFields,
  ensureSegments,
  frame,
  type CampaignDefinition,
  type EmailDefinition,
  type FieldDefinition,
} from '../../../services/mautic/setup';
import { mauticApi } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

interface Held {
  fields: Array<{ alias: string; label: string; isPublished: boolean; [key: string]: unknown }>;
  segments: Array<{ id: number; alias: string; [key: string]: unknown }>;
  emails: Array<{ id: number; name: string; [key: string]: unknown }>;
  campaigns: Array<{ name: string; isPublished: boolean; events: object[]; [key: string]: unknown }>;
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

const api = () => mauticApi(mautic.url);
const held = () => mautic.state<Held>();
const posts = async () => (await mautic.calls()).filter((call) => call.startsWith('POST'));

async function change(edit: (state: Held) => object): Promise<void> {
  const state = await held();
  await mautic.load({ ...state, ...edit(state) });
}

const field = (alias: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
  label: `The ${alias}`,
  alias,
  type: 'text',
  values: [],
  decimals: 0,
  maxLength: 64,
  ...more,
});
const email = (name: string, more: Partial<EmailDefinition> = {}): EmailDefinition => ({
  name,
  subject: `About ${name}`,
  preheader: '',
  html: '<body>Text</body>',
  ...more,
});
const segment = (alias: string) => ({ name: `The ${alias}`, alias, description: 'Ours' });
const campaign = (more: Partial<CampaignDefinition> = {}): CampaignDefinition => ({
  name: 'Welcome',
  description: 'For new users',
  segment: 'source',
  emails: [
    { name: 'Last', day: 9 },
    { name: 'First', day: 0 },
    { name: 'Second', day: 2 },
  ],
  ...more,
});

describe('fields', () => {
  it('are created as they are defined, and are left alone after that', async () => {
    const definitions = [
      field('flag', { type: 'boolean' }),
      field('tier', { type: 'select', values: ['free', 'past_due'] }),
      field('value', { type: 'number', decimals: 2 }),
      field('link', { type: 'url', maxLength: 191 }),
    ];
    expect(await ensureFields(api(), definitions)).toEqual(
      definitions.map(({ alias }) => ({
        kind: 'field',
        name: alias,
        result: 'created',
        id: expect.any(Number),
        detail: '',
      })),
    );
    const created = (await held()).fields.slice(-4);
    expect(created).toMatchObject([
      { alias: 'flag', label: 'The flag', properties: { yes: 'Yes', no: 'No' }, isPublished: true },
      {
        properties: {
          list: [
            { label: 'Free', value: 'free' },
            { label: 'Past due', value: 'past_due' },
          ],
        },
      },
      { properties: { scale: 2 } },
      { charLengthLimit: 191 },
    ]);
    await mautic.forgetRequests();
    const again = await ensureFields(api(), definitions);
    expect(again).toEqual(definitions.map(() => expect.objectContaining({ result: 'present', detail: '' })));
    expect(await posts()).toEqual([]);
  });

  it('are created once when they are defined twice', async () => {
    const results = await ensureFields(api(), [field('flag'), field('flag')]);
    expect(results).toMatchObject([{ result: 'created' }, { result: 'present' }]);
  });

  it('say what differs, and stay as they are', async () => {
    await ensureFields(api(), [
      field('day', { type: 'datetime' }),
      field('tier', { type: 'select', values: ['free'] }),
      field('value', { type: 'number' }),
      field('off'),
    ]);
    await change(({ fields }) => ({
      fields: fields.map((one) => (one.alias === 'off' ? { ...one, isPublished: false } : one)),
    }));
    const before = await held();
    const results = await ensureFields(api(), [
      field('day', { type: 'date' }),
      field('tier', { type: 'select', values: ['free', 'pro', 'enterprise'] }),
      field('value', { type: 'number', decimals: 2 }),
      field('off'),
    ]);
    expect(results).toMatchObject([
      { result: 'differs', detail: 'its type is datetime, not date.' },
      { result: 'differs', detail: 'its values lack pro, enterprise.' },
      { result: 'differs', detail: 'it keeps 0 decimals, not 2.' },
      { result: 'differs', detail: expect.stringContaining('not published') },
    ]);
    expect(await held()).toEqual(before);
  });

  it('wait for their columns where Mautic makes them in the background', async () => {
    await mautic.act('setFieldsInBackground', { enabled: true });
    expect(await ensureFields(api(), [field('later')])).toMatchObject([
      { result: 'created', detail: expect.stringMatching(/in the background.*Run this again/) },
    ]);
    expect(await ensureFields(api(), [field('later')])).toMatchObject([
      { result: 'differs', detail: expect.stringContaining('wait until Mautic has created its column') },
    ]);
    await mautic.act('createFieldColumns');
    expect(await ensureFields(api(), [field('later')])).toMatchObject([{ result: 'present' }]);
    expect(await posts()).toHaveLength(1);
  });

  it('are not created over and over when Mautic gives them another alias', async () => {
    const group = field('group', { label: 'Group' });
    const differs = { result: 'differs', detail: expect.stringContaining('the alias "f_group"') };
    expect(await ensureFields(api(), [group])).toMatchObject([differs]);
    expect(await ensureFields(api(), [group])).toMatchObject([differs]);
    expect(await posts()).toHaveLength(1);
  });

  it.each([
    ['an alias that Mautic would change', field('Signup-Date'), /made of small letters/],
    ['an alias that Mautic would cut', field('a'.repeat(26)), /at most 25 characters/],
    ['an alias with an underscore at its end', field('a_'), /does not end with an underscore/],
    ['no label', field('ours', { label: '' }), /no label/],
    ['nothing to choose from', field('ours', { type: 'select' }), /no values to choose from/],
  ])('are not asked for with %s', async (_case, definition, message) => {
    const [result] = await ensureFields(api(), [definition]);
    expect(result).toMatchObject({ message: expect.stringMatching(message), retryable: false });
    expect(await posts()).toEqual([]);
  });

  it('that Mautic refuses do not stop the others', async () => {
    const [refused, created] = await ensureFields(api(), [field('utm_source'), field('ours')]);
    expect(refused).toMatchObject({
      service: 'Mautic',
      message: expect.stringMatching(/create the contact field "utm_source": it answered 400: .*reserved/),
    });
    expect(created).toMatchObject({ result: 'created' });
  });

  it('say which permission is missing', async () => {
    await mautic.act('denyPermissions', { denied: ['lead:fields:full'] });
    const [result] = await ensureFields(api(), [field('ours')]);
    expect(result).toMatchObject({ message: expect.stringContaining('"Custom Fields: Full"') });
  });
});

describe('segments', () => {
  it('are created for everybody to see, and are left alone after that', async () => {
    expect(await ensureSegments(api(), [segment('new-users')])).toMatchObject([
      { kind: 'segment', name: 'new-users', result: 'created', detail: '' },
    ]);
    expect((await held()).segments).toMatchObject([
      { alias: 'new-users', name: 'The new-users', description: 'Ours', isPublished: true, isGlobal: true },
    ]);
    expect(await ensureSegments(api(), [segment('new-users')])).toMatchObject([{ result: 'present' }]);
    expect(await posts()).toHaveLength(1);
  });

  it('say when they are not published', async () => {
    await ensureSegments(api(), [segment('churned')]);
    await change(({ segments }) => ({ segments: segments.map((one) => ({ ...one, isPublished: false })) }));
    expect(await ensureSegments(api(), [segment('churned')])).toMatchObject([
      { result: 'differs', detail: expect.stringContaining('not published') },
    ]);
  });

  it('are not created over and over when somebody else has the alias unseen', async () => {
    await ensureSegments(api(), [segment('churned')]);
    await change(({ segments }) => ({ segments: segments.map((one) => ({ ...one, alias: 'churned1' })) }));
    expect(await ensureSegments(api(), [segment('churned')])).toMatchObject([
      { result: 'differs', detail: expect.stringContaining('the alias "churned1"') },
    ]);
    expect(await posts()).toHaveLength(1);
  });

  it('are not asked for with an alias that Mautic would change', async () => {
    const [result] = await ensureSegments(api(), [segment('New_Users')]);
    expect(result).toMatchObject({ message: expect.stringContaining('single hyphens') });
    expect(await posts()).toEqual([]);
  });
});

describe('e-mails', () => {
  it('are created as published templates, and are left to marketers after that', async () => {
    const definition = email('Hello', { preheader: 'Look', html: '<body>Hi</body>' });
    expect(await ensureEmails(api(), [definition])).toMatchObject([{ kind: 'email', result: 'created' }]);
    expect((await held()).emails).toMatchObject([
      {
        name: 'Hello',
        subject: 'About Hello',
        preheaderText: 'Look',
        customHtml: '<body>Hi</body>',
        emailType: 'template',
        isPublished: true,
      },
    ]);
    await mautic.act('setEmail', {
      email: 'Hello',
      set: { subject: 'Better', customHtml: '<body>Other</body>' },
    });
    expect(await ensureEmails(api(), [definition])).toMatchObject([{ result: 'present', detail: '' }]);
    expect((await held()).emails).toMatchObject([{ subject: 'Better', customHtml: '<body>Other</body>' }]);
    expect(await posts()).toHaveLength(1);
  });

  it('say when they cannot be sent by workflows', async () => {
    await ensureEmails(api(), [email('Off'), email('List')]);
    await mautic.act('setEmail', { email: 'Off', set: { isPublished: false } });
    await change(({ emails }) => ({
      emails: emails.map((one) => (one.name === 'List' ? { ...one, emailType: 'list' } : one)),
    }));
    expect(await ensureEmails(api(), [email('Off'), email('List')])).toMatchObject([
      { result: 'differs', detail: expect.stringContaining('not published') },
      { result: 'differs', detail: expect.stringContaining('not a template e-mail') },
    ]);
  });

  it('of which several have the name are an error', async () => {
    await ensureEmails(api(), [email('Twice'), email('Other')]);
    await mautic.act('setEmail', { email: 'Other', set: { name: 'Twice' } });
    const [result] = await ensureEmails(api(), [email('Twice')]);
    expect(result).toMatchObject({ message: expect.stringMatching(/2 are named "Twice" \(IDs 1, 2\)/) });
  });

  it.each([
    [email(''), /no name/],
    [email('A', { subject: '' }), /no subject/],
    [email('A', { subject: 'x'.repeat(191) }), /at most 190/],
    [email('A', { preheader: 'x'.repeat(131) }), /at most 130/],
  ])('are not asked for as Mautic would refuse them', async (definition, message) => {
    const [result] = await ensureEmails(api(), [definition]);
    expect(result).toMatchObject({ message: expect.stringMatching(message) });
    expect(await posts()).toEqual([]);
  });
});

describe('campaigns', () => {
  beforeEach(async () => {
    await ensureEmails(api(), [email('First'), email('Second'), email('Last')]);
    await ensureSegments(api(), [segment('source')]);
    await mautic.forgetRequests();
  });

  it('send their e-mails one after the other, by the day, and only to who may be contacted', async () => {
    const [result] = await ensureCampaigns(api(), [campaign()]);
    expect(result).toEqual({ kind: 'campaign', name: 'Welcome', result: 'created', id: 1, detail: '' });
    const [created] = (await held()).campaigns;
    expect(created).toMatchObject({ isPublished: true, description: 'For new users', lists: [1] });
    const sends = (id: number) => ({ email: id, email_type: 'marketing', priority: 2, attempts: 3 });
    expect(created?.events).toMatchObject([
      { id: 1, name: 'First', order: 1, parent: null, triggerMode: 'immediate', properties: sends(1) },
      { id: 2, name: 'Second', order: 2, parent: 1, triggerMode: 'interval', triggerInterval: 2 },
      { id: 3, name: 'Last', order: 3, parent: 2, triggerInterval: 7, triggerIntervalUnit: 'd' },
    ]);
    const canvas = { nodes: ['lists', '1', '2', '3'].map((id) => ({ id })) };
    expect(created?.canvasSettings).toMatchObject(canvas);
  });

  it('are left alone when they are there', async () => {
    await ensureCampaigns(api(), [campaign()]);
    expect(await ensureCampaigns(api(), [campaign()])).toMatchObject([{ result: 'present', detail: '' }]);
    expect(await posts()).toEqual(['POST /api/campaigns/new']);
  });

  it('say which e-mails they do not send, and when they are not published', async () => {
    await ensureCampaigns(api(), [campaign({ emails: [{ name: 'First', day: 0 }] })]);
    await change(({ campaigns }) => ({
      campaigns: campaigns.map((one) => ({ ...one, isPublished: false })),
    }));
    expect(await ensureCampaigns(api(), [campaign()])).toMatchObject([
      {
        result: 'differs',
        detail: 'it is not published: publish it under Campaigns; it does not send "Last", "Second".',
      },
    ]);
  });

  it.each([
    ['an e-mail that is not there', { emails: [{ name: 'Nope', day: 0 }] }, /no e-mail named "Nope"/],
    ['a source that is not there', { segment: 'nope' }, /no segment with the alias "nope"/],
    ['no e-mails', { emails: [] }, /has no e-mails/],
    ['part of a day', { emails: [{ name: 'First', day: 0.5 }] }, /whole number of days/],
    ['no name', { name: '' }, /no name/],
  ])('are not asked for with %s', async (_case, more, message) => {
    const [result] = await ensureCampaigns(api(), [campaign(more)]);
    expect(result).toMatchObject({ message: expect.stringMatching(message), retryable: false });
    expect(await posts()).toEqual([]);
  });

  it('say when Mautic did not build their events', async () => {
    await mautic.fail({
      method: 'POST',
      path: '/api/campaigns/new',
      status: 201,
      body: { campaign: { id: 7, name: 'Welcome', isPublished: true, events: [] } },
    });
    expect(await ensureCampaigns(api(), [campaign()])).toMatchObject([
      { result: 'differs', id: 7, detail: 'Created, but it does not send "Last", "First", "Second".' },
    ]);
  });
});

describe('the frame of an e-mail', () => {
  const layout = '<body><div class="preheader">{preheader}</div>{content}{unsubscribe_text}</body>';

  it('takes up the text, and leaves the tokens of Mautic', () => {
    const text = { preheader: 'A < B', content: ' <p>Hi {contactfield=firstname|there}</p>\n' };
    expect(frame(layout, { ...text, website: 'https://example.com' })).toBe(
      '<body><div class="preheader">A &lt; B</div><p>Hi {contactfield=firstname|there}</p>{unsubscribe_text}</body>',
    );
  });

  it('is all ASCII, since Mautic decodes percent signs in anything else', () => {
    const html = frame('{content}', { preheader: '', content: 'Größe 100% – 🚀', website: '' });
    expect(html).toBe('Gr&#246;&#223;e 100% &#8211; &#128640;');
  });

  it.each(['https://example.com', 'https://example.com/', ' https://example.com// '])(
    'lets links begin with the website, given as "%s"',
    (website) => {
      const content = '<a href="{website}/app">App</a>';
      expect(frame('{content}', { preheader: '', content, website })).toBe(
        '<a href="https://example.com/app">App</a>',
      );
    },
  );
});
