import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME } from '../../../sandbox/identities';
import { MauticDouble } from '../../../sandbox/mautic';
import { callDouble, doubleContext, type Answer } from '../../support/double-client';

const AUTHORIZATION = `Basic ${Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64')}`;
const MAYA = 1;
const UNSUBSCRIBED = 3;
const NEWSLETTER = 1;

interface Held {
  fields: Array<{ alias: string; isPublished: boolean }>;
  contacts: unknown[];
  emails: Array<{ id: number; name: string; customHtml: string }>;
  sentEmails: Array<{ contactId: number; subject: string; body: string; dateSent: string }>;
  segments: unknown[];
  campaigns: Array<{ id: number; name: string }>;
}

let mautic: MauticDouble;

beforeEach(() => {
  mautic = new MauticDouble(doubleContext('http://127.0.0.1:5690/mautic'));
});

function call(method: string, target: string, body?: unknown): Promise<Answer> {
  return callDouble(mautic, method, target, { body, headers: { authorization: AUTHORIZATION } });
}

const held = (): Held => Object(mautic.state());

async function act(name: string, input: object = {}): Promise<unknown> {
  const action = mautic.actions[name];
  if (!action) throw new Error(`there is no action ${name}`);
  return await action(JSON.parse(JSON.stringify(input)));
}

describe('a new segment', () => {
  const create = (body: object) => call('POST', '/api/segments/new', body);

  it('gets an alias from its name, with a number behind it when that is taken', async () => {
    expect(await create({ name: 'Early Bïrds' })).toMatchObject({
      status: 201,
      body: { list: { alias: 'early-birds', isPublished: true, isGlobal: true } },
    });
    expect(await create({ name: 'Early birds' })).toMatchObject({
      body: { list: { alias: 'early-birds1' } },
    });
    expect(await create({ name: 'Ours', alias: 'Our_Own' })).toMatchObject({
      body: { list: { alias: 'ourown' } },
    });
  });

  it('is refused for an alias that is taken as it is sent, and without a name', async () => {
    expect(await create({ name: 'New', alias: 'new-users' })).toMatchObject({
      status: 400,
      body: { errors: [{ details: { alias: [expect.stringContaining('already in use')] } }] },
    });
    expect(await create({ name: '' })).toMatchObject({
      status: 400,
      body: { errors: [{ message: 'name: A name is required.' }] },
    });
  });

  it('takes a right of its own', async () => {
    await act('denyPermissions', { denied: ['lead:lists:create'] });
    expect(await create({ name: 'New' })).toMatchObject({ status: 403 });
  });
});

describe('a new field', () => {
  const create = (body: object) => call('POST', '/api/fields/contact/new', { label: 'X', ...body });

  it.each([
    ['A Much Too Long Alias Of A Field', 'a_much_too_long_alias_of'],
    ['2026', 'f_2026'],
    ['Group', 'f_group'],
    ['Größe', 'groe'],
  ])('with the alias "%s" is called "%s"', async (alias, actual) => {
    expect(await create({ alias })).toMatchObject({ status: 201, body: { field: { alias: actual } } });
  });

  it.each([
    ['taken', 'points', 'Another field is already using this alias'],
    ['a segment filter', 'utm_source', 'reserved for segment filters'],
    ['restricted', 'contact_id', 'restricted field'],
  ])('is refused for an alias that is not free: %s', async (_case, alias, message) => {
    expect(await create({ alias })).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining(message) }] },
    });
  });

  it('waits for the cron job, not published, where columns are made in the background', async () => {
    await act('setFieldsInBackground', { enabled: true });
    expect(await create({ alias: 'later' })).toMatchObject({
      status: 202,
      body: { field: { alias: 'later', isPublished: false } },
    });
    expect(await act('createFieldColumns')).toEqual({ created: ['later'] });
    expect(held().fields.at(-1)).toMatchObject({ alias: 'later', isPublished: true });
  });
});

describe('a new campaign', () => {
  const event = (id: string, more: object = {}) => ({
    id,
    name: `Send ${id}`,
    type: 'email.send',
    eventType: 'action',
    properties: { email: 1 },
    triggerMode: 'interval',
    triggerInterval: 3,
    triggerIntervalUnit: 'd',
    ...more,
  });
  const link = (sourceId: string, targetId: string, source = 'bottom') => ({
    sourceId,
    targetId,
    anchors: { source, target: 'top' },
  });
  const create = (body: object) =>
    call('POST', '/api/campaigns/new', {
      name: 'New',
      events: [event('new_a'), event('new_b')],
      lists: [{ id: NEWSLETTER }],
      canvasSettings: {
        nodes: [{ id: 'new_a', positionX: '1', positionY: '2' }],
        connections: [link('lists', 'new_a', 'leadsource'), link('new_a', 'new_b')],
      },
      ...body,
    });

  it('has its events in the order of the connections, with ids of their own', async () => {
    const { status, body } = await create({});
    expect(status).toBe(201);
    const { campaign } = Object(body);
    const [first, second] = campaign.events;
    expect(first).toMatchObject({
      name: 'Send new_a',
      order: 1,
      parent: null,
      channel: 'email',
      channelId: 1,
    });
    expect(second).toMatchObject({ name: 'Send new_b', order: 2, parent: { id: first.id } });
    expect(campaign.lists).toMatchObject([{ id: NEWSLETTER, alias: 'newsletter' }]);
    expect(campaign.canvasSettings).toMatchObject({
      nodes: [{ id: String(first.id) }],
      connections: [{ sourceId: 'lists' }, { sourceId: String(first.id), targetId: String(second.id) }],
    });
  });

  it('is published and has no events when the canvas is left out', async () => {
    const { body } = await create({ canvasSettings: undefined });
    expect(body).toMatchObject({ campaign: { isPublished: true, events: [], canvasSettings: [] } });
  });

  it.each([
    ['without a name', { name: '' }, 400, 'name: A name is required.'],
    ['without events', { events: [] }, 400, 'At least one event is required.'],
    ['without a source', { lists: [] }, 400, 'At least one contact source is required.'],
    ['with a segment that is not there', { lists: [{ id: 999 }] }, 500, 'error #500'],
    ['with an event of an unknown type', { events: [event('new_a', { type: 'x' })] }, 500, 'error #500'],
    ['with a node that is no event', { canvasSettings: { nodes: [{ id: 'new_z' }] } }, 500, 'error #500'],
  ])('is refused %s', async (_case, body, status, message) => {
    const before = held().campaigns.length;
    expect(await create(body)).toMatchObject({
      status,
      body: { errors: [{ message: expect.stringContaining(message) }] },
    });
    expect(held().campaigns).toHaveLength(before);
  });

  it('is refused with 422 when it would restart itself at once', async () => {
    const restart = {
      type: 'campaign.addremovelead',
      triggerMode: 'immediate',
      properties: { addTo: ['this'] },
    };
    const events = [event('new_a', restart)];
    const canvasSettings = { nodes: [], connections: [link('lists', 'new_a', 'leadsource')] };
    expect(await create({ events, canvasSettings })).toMatchObject({
      status: 422,
      body: { errors: [{ type: 'validation', message: expect.stringContaining('cannot restart itself') }] },
    });
  });

  it('is listed by name alone when asked for little', async () => {
    const { campaigns } = Object((await call('GET', '/api/campaigns?minimal=1')).body);
    expect(campaigns['1']).toMatchObject({ name: 'Welcome', isPublished: true });
    expect(campaigns['1']).not.toHaveProperty('events');
    expect(Object((await call('GET', '/api/campaigns/1')).body).campaign.events).toHaveLength(5);
  });
});

describe('a new e-mail', () => {
  const create = (body: object) =>
    call('POST', '/api/emails/new', { name: 'New', subject: 'Hi', customHtml: '<body>Text</body>', ...body });

  it('carries its preheader in front of its body, or in the place of the one there', async () => {
    const ids = [];
    for (const customHtml of [
      '<body class="x">Text</body>',
      '<body><div class="preheader">Old</div>Text</body>',
    ]) {
      const { body } = await create({ preheaderText: 'Look', customHtml });
      ids.push(Object(body).email.id);
    }
    for (const id of ids) await call('POST', `/api/emails/${id}/contact/${MAYA}/send`, {});
    const [added, replaced] = held().sentEmails.map(({ body }) => body);
    expect(added).toMatch(/^<body class="x">\n<div class="preheader"[^>]*>Look<\/div>Text<\/body>$/);
    expect(replaced).toMatch(/^<body><div class="preheader"[^>]*>Look<\/div>Text<\/body>$/);
  });

  it('may share its name with another one', async () => {
    expect(await create({ name: 'VIP coupon' })).toMatchObject({ status: 201 });
  });

  it('is refused with a preheader that is too long', async () => {
    expect(await create({ preheaderText: 'x'.repeat(131) })).toMatchObject({
      status: 400,
      body: { errors: [{ details: { preheaderText: [expect.stringContaining('130')] } }] },
    });
  });
});

describe('starting empty', () => {
  it('leaves the fields of a new installation, the settings and the webhooks', async () => {
    await act('setQueueMode', { queueMode: 'command' });
    const hook = { name: 'n8n', webhookUrl: 'http://127.0.0.1:5678/webhook/mautic', triggers: [] };
    await call('POST', '/api/hooks/new', hook);
    await act('startEmpty');
    const { fields, contacts, emails, segments, campaigns } = held();
    expect(fields.map(({ alias }) => alias)).toContain('email');
    expect(fields.map(({ alias }) => alias)).not.toContain('vip_status');
    expect({ contacts, emails, segments, campaigns }).toEqual({
      contacts: [],
      emails: [],
      segments: [],
      campaigns: [],
    });
    expect(mautic.state()).toMatchObject({ settings: { queueMode: 'command' }, webhooks: [{ name: 'n8n' }] });
  });
});

describe('the cron jobs of campaigns', () => {
  const WELCOME = 1;
  const add = (contact: number) => call('POST', `/api/campaigns/${WELCOME}/contact/${contact}/add`);
  const subjects = (contact: number) =>
    held()
      .sentEmails.filter(({ contactId }) => contactId === contact)
      .map(({ subject }) => subject);

  it('send the first e-mail at once, and the others when their days have passed', async () => {
    await add(MAYA);
    expect(await act('runCampaigns')).toEqual({ sent: 1 });
    expect(await act('runCampaigns')).toEqual({ sent: 0 });
    expect(subjects(MAYA)).toEqual(['Welcome, Maya: start here']);
    expect(await act('runCampaigns', { days: 2 })).toEqual({ sent: 1 });
    expect(await act('runCampaigns', { days: 30 })).toEqual({ sent: 3 });
    expect(subjects(MAYA)).toHaveLength(5);
  });

  it('send nothing to contacts who unsubscribed, nor for a campaign that is not published', async () => {
    await add(UNSUBSCRIBED);
    expect(await act('runCampaigns', { days: 30 })).toEqual({ sent: 0 });
    await add(MAYA);
    const state = held();
    mautic.load(
      Object({ ...state, campaigns: state.campaigns.map((one) => ({ ...one, isPublished: false })) }),
    );
    expect(await act('runCampaigns', { days: 30 })).toEqual({ sent: 0 });
  });

  it('begin anew for a contact who left and came back', async () => {
    await add(MAYA);
    await act('runCampaigns');
    await call('POST', `/api/campaigns/${WELCOME}/contact/${MAYA}/remove`);
    await act('runCampaigns', { days: 30 });
    await add(MAYA);
    await act('runCampaigns');
    expect(subjects(MAYA)).toEqual(['Welcome, Maya: start here', 'Welcome, Maya: start here']);
  });
});

describe('the page', () => {
  it('says what contacts are in, and how many are in what', async () => {
    await call('POST', `/api/segments/2/contact/${MAYA}/add`);
    await call('POST', `/api/campaigns/2/contact/${MAYA}/add`);
    const page = mautic.render();
    const row = page.split('<tr>').find((part) => part.includes('maya.lind@example.com'));
    expect(row).toContain('New Users');
    expect(row).toContain('Win-back');
    expect(page).toMatch(/New Users<\/td><td><code>new-users<\/code><\/td><td>1<\/td>/);
    expect(page).toMatch(/Welcome<\/td><td>5 steps<\/td><td>0<\/td>/);
  });
});
