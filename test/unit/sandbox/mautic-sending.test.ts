import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME } from '../../../sandbox/identities';
import { MauticDouble } from '../../../sandbox/mautic';
import { VIP_COUPON_EMAIL_ID } from '../../../sandbox/mautic/fresh-state';
import { callDouble, doubleContext, type Answer } from '../../support/double-client';

const AUTHORIZATION = `Basic ${Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64')}`;

let context: ReturnType<typeof doubleContext>;
let mautic: MauticDouble;

beforeEach(() => {
  context = doubleContext('http://127.0.0.1:5690/mautic');
  mautic = new MauticDouble(context);
});

function call(method: string, target: string, body?: unknown): Promise<Answer> {
  return callDouble(mautic, method, target, { body, headers: { authorization: AUTHORIZATION } });
}

function send(contactId: number, body?: unknown, emailId = VIP_COUPON_EMAIL_ID): Promise<Answer> {
  return call('POST', `/api/emails/${emailId}/contact/${contactId}/send`, body);
}

function sentEmails(): { subject: string; body: string; contactId: number }[] {
  return Object(mautic.state()).sentEmails;
}

describe('e-mails', () => {
  it('are listed by id, and found by name', async () => {
    const all = await call('GET', '/api/emails?limit=0');
    expect(all.body).toMatchObject({
      total: Object(mautic.state()).emails.length,
      emails: { '1': { name: 'VIP coupon', emailType: 'template' } },
    });
    const found = await call('GET', `/api/emails?${new URLSearchParams({ search: 'name:"VIP coupon"' })}`);
    expect(Object.keys(Object(found.body).emails)).toEqual(['1']);
    const where = new URLSearchParams({
      'where[0][col]': 'name',
      'where[0][expr]': 'eq',
      'where[0][val]': 'VIP coupon',
    });
    expect(Object.keys(Object((await call('GET', `/api/emails?${where}`)).body).emails)).toEqual(['1']);
    expect((await call('GET', '/api/emails?search=nothing')).body).toEqual({ total: 0, emails: [] });
  });

  it('go out with the contact’s fields in them', async () => {
    await call('PATCH', '/api/contacts/1/edit', { promo_code: 'VIP-7K3M-9QXW' });
    expect(await send(1)).toMatchObject({ status: 200, body: { success: true } });
    expect(sentEmails()).toHaveLength(1);
    expect(sentEmails()[0]).toMatchObject({ contactId: 1, subject: 'Your VIP coupon is here, Maya!' });
    expect(sentEmails()[0]?.body).toContain('VIP-7K3M-9QXW');
    expect(sentEmails()[0]?.body).not.toContain('{');
    expect(mautic.render()).toContain('Your VIP coupon is here, Maya!');
  });

  it('take the text after the bar when a field is empty, and tokens of the call', async () => {
    const created = await call('POST', '/api/emails/new', {
      name: 'Tokens',
      subject: 'Hi {contactfield=firstname|friend}',
      customHtml: '{greeting} {contactfield=promo_code}{leadfield=firstname} {{x}',
    });
    await call('PATCH', '/api/contacts/1/edit', { firstname: '', overwriteWithBlank: true });
    await send(1, { tokens: { greeting: 'Hello', '{promo_code}': 'unused' } }, Object(created.body).email.id);
    expect(sentEmails()[0]).toMatchObject({ subject: 'Hi friend', body: 'Hello {leadfield=firstname} {{x}' });
  });

  it('go to contacts who asked not to be contacted, go out unpublished, and go out twice', async () => {
    expect(await send(3)).toMatchObject({ body: { success: true } });
    expect(await send(3)).toMatchObject({ body: { success: true } });
    expect(await send(3, undefined, 4)).toMatchObject({ body: { success: true } });
    expect(sentEmails()).toHaveLength(3);
  });

  it('fail with 200 without an address, and mark the contact as bounced', async () => {
    const { id } = Object((await call('POST', '/api/contacts/new', { firstname: 'Nomail' })).body).contact;
    const answer = await send(id);
    expect(answer).toMatchObject({ status: 200, body: { success: false } });
    expect(Object(answer.body).failed).toContain('does not comply');
    expect((await call('GET', `/api/contacts/${id}`)).body).toMatchObject({
      contact: { doNotContact: [{ reason: 2 }] },
    });
    expect(sentEmails()).toEqual([]);
  });

  it('end in 404 for an unknown e-mail or contact', async () => {
    expect(await send(99)).toMatchObject({
      status: 404,
      body: { errors: [{ message: 'Contact not found.' }] },
    });
    expect(await send(1, undefined, 99)).toMatchObject({ status: 404 });
  });
});

describe('stats and activity', () => {
  beforeEach(async () => {
    await send(1);
    await send(2);
  });

  it('list what was sent, as text', async () => {
    const where = 'where[0][col]=lead_id&where[0][expr]=eq&where[0][val]=2';
    const answer = await call('GET', `/api/stats/email_stats?${where}`);
    expect(answer.body).toMatchObject({
      total: '1',
      stats: [
        { id: '2', email_id: '1', lead_id: '2', email_address: 'Jonas.Weber@Example.com', is_failed: '0' },
      ],
    });
    const newest = await call('GET', '/api/stats/email_stats?order[0][col]=id&order[0][dir]=DESC&limit=1');
    expect(newest.body).toMatchObject({ total: '2', stats: [{ id: '2' }] });
    expect((await call('GET', '/api/stats/email_stats?limit=0')).body).toEqual({ total: '2', stats: [] });
  });

  it('tell what contacts are in', async () => {
    await call('POST', '/api/segments/2/contact/1/add');
    await call('POST', '/api/campaigns/1/contact/2/add');
    const where = (col: string, val: string) => `where[0][col]=${col}&where[0][expr]=in&where[0][val]=${val}`;
    expect((await call('GET', `/api/stats/lead_lists_leads?${where('leadlist_id', '2,3')}`)).body).toEqual({
      total: '1',
      stats: [
        {
          leadlist_id: '2',
          lead_id: '1',
          date_added: expect.any(String),
          manually_removed: '0',
          manually_added: '1',
        },
      ],
    });
    expect((await call('GET', `/api/stats/campaign_leads?${where('lead_id', '1,2,3')}`)).body).toMatchObject({
      stats: [{ campaign_id: '1', lead_id: '2', manually_removed: '0' }],
    });
    await call('POST', '/api/campaigns/1/contact/2/remove');
    await call('POST', '/api/segments/2/contact/1/remove');
    expect((await call('GET', '/api/stats/campaign_leads')).body).toMatchObject({
      total: '1',
      stats: [{ campaign_id: '1', lead_id: '2', manually_removed: '1' }],
    });
    expect((await call('GET', `/api/stats/lead_lists_leads?${where('leadlist_id', '2')}`)).body).toEqual({
      total: '0',
      stats: [],
    });
  });

  it('name the tables for any other, and answer 200 for what goes wrong', async () => {
    expect((await call('GET', '/api/stats')).body).toMatchObject({
      availableTables: ['campaign_leads', 'email_stats', 'lead_lists_leads'],
    });
    const unknown = await call(
      'GET',
      '/api/stats/email_stats?where[0][col]=x&where[0][expr]=eq&where[0][val]=2',
    );
    expect(unknown).toMatchObject({ status: 200, body: { errors: [{ code: 1054 }] } });
    await mautic.actions.denyPermissions?.({ denied: ['lead:leads:view'] });
    expect(await call('GET', '/api/stats/email_stats')).toMatchObject({
      status: 200,
      body: { errors: [{ code: 403 }] },
    });
  });

  it('show in the contact’s timeline', async () => {
    expect((await call('GET', '/api/contacts/1/activity')).body).toMatchObject({
      total: 1,
      events: [{ event: 'email.sent', eventLabel: { label: 'VIP coupon' }, contactId: '1' }],
    });
  });
});

describe('segments and campaigns', () => {
  it('take contacts in and out, as often as told', async () => {
    for (const verb of ['add', 'add', 'remove', 'remove', 'add']) {
      expect((await call('POST', `/api/segments/4/contact/1/${verb}`)).body).toEqual({ success: 1 });
      expect((await call('POST', `/api/campaigns/1/contact/1/${verb}`)).body).toEqual({ success: 1 });
    }
    expect((await call('GET', '/api/contacts/1/segments')).body).toMatchObject({
      total: 2,
      lists: { '4': { alias: 'vip-backers' } },
    });
    expect((await call('GET', '/api/contacts/1/campaigns')).body).toMatchObject({
      campaigns: { '1': { name: 'Welcome' } },
    });
  });

  it('are listed by id, and found by alias', async () => {
    const where = 'where[0][col]=alias&where[0][expr]=eq&where[0][val]=churned';
    expect((await call('GET', `/api/segments?${where}`)).body).toMatchObject({
      total: 1,
      lists: { '3': { name: 'Churned' } },
    });
  });

  it('tell of contacts that are not there', async () => {
    expect((await call('POST', '/api/segments/4/contacts/add', { ids: [1, 99] })).body).toEqual({
      success: 1,
      details: { '1': { success: true }, '99': { success: false } },
    });
    expect(await call('POST', '/api/segments/99/contact/1/add')).toMatchObject({ status: 404 });
  });
});

describe('fields', () => {
  it('come 30 at a time, while there are more', async () => {
    const first = Object((await call('GET', '/api/fields/contact')).body);
    expect(Object.keys(first.fields)).toHaveLength(30);
    expect(first.total).toBeGreaterThan(30);
    const all = Object((await call('GET', '/api/fields/contact?limit=0')).body).fields;
    const aliases = Object.values<{ alias: string }>(all).map(({ alias }) => alias);
    expect(aliases).toEqual(
      expect.arrayContaining(['email', 'vip_status', 'promo_code', 'discord_invite_basic']),
    );
  });

  it('are created, with a number behind an alias that is taken', async () => {
    const properties = { yes: 'Yes', no: 'No' };
    const flag = { label: 'VIP status', type: 'boolean', properties };
    expect(await call('POST', '/api/fields/contact/new', flag)).toMatchObject({
      status: 201,
      body: { field: { alias: 'vip_status1', isPublished: true } },
    });
    const taken = { ...flag, alias: 'vip_status' };
    expect(await call('POST', '/api/fields/contact/new', taken)).toMatchObject({ status: 400 });
    expect(await call('POST', '/api/fields/contact/new', { label: 'Flag', type: 'boolean' })).toMatchObject({
      status: 400,
      body: { errors: [{ message: "A 'positive' label is required." }] },
    });
  });
});

describe('webhooks', () => {
  const TRIGGERS = ['mautic.lead_post_save_new', 'mautic.lead_post_save_update'];

  async function subscribe(triggers = TRIGGERS): Promise<number> {
    const hook = {
      name: 'n8n',
      webhookUrl: 'http://127.0.0.1:5678/webhook/mautic',
      triggers,
      secret: 'hook-secret',
    };
    const answer = await call('POST', '/api/hooks/new', hook);
    expect(answer).toMatchObject({
      status: 201,
      body: { hook: { secret: 'hook-secret', isPublished: true } },
    });
    return Object(answer.body).hook.id;
  }

  function isPublished(id: number): Promise<unknown> {
    return call('GET', `/api/hooks/${id}`).then(({ body }) => Object(body).hook.isPublished);
  }

  it('are sent before the save answers, signed over the exact bytes, without fields.all', async () => {
    await subscribe();
    await call('POST', '/api/contacts/new', {
      email: 'zoë@example.com',
      firstname: 'Zoë/Lou',
      vip_status: true,
    });
    const [post] = context.posted;
    expect(post?.url).toBe('http://127.0.0.1:5678/webhook/mautic');
    expect(post?.body).toContain('Zo\\u00eb\\/Lou');
    const signature = createHmac('sha256', 'hook-secret').update(String(post?.body)).digest('base64');
    expect(post?.headers['Webhook-Signature']).toBe(signature);
    const payload = JSON.parse(String(post?.body));
    const [event] = payload['mautic.lead_post_save_new'];
    expect(event.contact.fields.core.vip_status).toMatchObject({ value: true, normalizedValue: 'Yes' });
    expect(event.contact.fields).not.toHaveProperty('all');
    expect(event.contact.fields.personal).toEqual([]);
    expect(event.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  });

  it('show the old boolean of a change by the API', async () => {
    await subscribe();
    await call('PATCH', '/api/contacts/1/edit', { opt_in_confirmed: false, city: 'Malmö' });
    const [event] = JSON.parse(String(context.posted[0]?.body))['mautic.lead_post_save_update'];
    expect(event.contact.fields.core.opt_in_confirmed.value).toBe(1);
    expect(event.contact.fields.core.city).toMatchObject({
      value: 'Malmö',
      is_fixed: '1',
      properties: 'a:0:{}',
    });
  });

  it('are not sent when nothing changes, nor for contacts nobody knows', async () => {
    await subscribe();
    await call('PATCH', '/api/contacts/1/edit', { firstname: 'Maya' });
    await call('POST', '/api/contacts/new', { promo_code: 'X' });
    expect(context.posted).toEqual([]);
  });

  it('tell of saves in the user interface, and of do-not-contact changes', async () => {
    await subscribe([...TRIGGERS, 'mautic.lead_channel_subscription_changed']);
    await mautic.actions.saveContact?.({
      email: 'maya.lind@example.com',
      fields: { opt_in_confirmed: false },
    });
    await mautic.actions.setDoNotContact?.({ id: 1, reason: 1 });
    const kinds = context.posted.map(({ body }) => Object.keys(JSON.parse(body))[0]);
    expect(kinds).toEqual([
      'mautic.lead_post_save_update',
      'mautic.lead_post_save_update',
      'mautic.lead_channel_subscription_changed',
    ]);
    const [change] = JSON.parse(String(context.posted[2]?.body))['mautic.lead_channel_subscription_changed'];
    expect(change).toMatchObject({ channel: 'email', old_status: 'contactable', new_status: 'unsubscribed' });
  });

  it('stop at the first answer when that is a failure', async () => {
    const id = await subscribe();
    context.status = 404;
    await call('PATCH', '/api/contacts/1/edit', { city: 'Lund' });
    expect(await isPublished(id)).toBe(false);
    await call('PATCH', '/api/contacts/1/edit', { city: 'Kiruna' });
    expect(context.posted).toHaveLength(1);
  });

  it('survive one unanswered call, and failures after an edit, but not 410', async () => {
    const unanswered = await subscribe();
    context.status = 0;
    await call('PATCH', '/api/contacts/1/edit', { city: 'Lund' });
    expect(await isPublished(unanswered)).toBe(true);
    await call('PATCH', '/api/contacts/1/edit', { city: 'Kiruna' });
    expect(await isPublished(unanswered)).toBe(false);

    await call('PATCH', `/api/hooks/${unanswered}/edit`, { isPublished: true });
    await call('PATCH', '/api/contacts/1/edit', { city: 'Lund' });
    expect(await isPublished(unanswered)).toBe(true);
    context.status = 410;
    await call('PATCH', '/api/contacts/1/edit', { city: 'Kiruna' });
    expect(await isPublished(unanswered)).toBe(false);
  });

  it('gain triggers by PATCH, and lose them and their secret by PUT', async () => {
    const id = await subscribe();
    const patched = await call('PATCH', `/api/hooks/${id}/edit`, { triggers: ['mautic.lead_post_delete'] });
    expect(patched.body).toMatchObject({ hook: { triggers: [...TRIGGERS, 'mautic.lead_post_delete'] } });
    const put = await call('PUT', `/api/hooks/${id}/edit`, {
      name: 'n8n',
      webhookUrl: 'http://127.0.0.1:5678/webhook/mautic',
      triggers: ['mautic.lead_post_delete'],
    });
    expect(put.body).toMatchObject({ hook: { triggers: ['mautic.lead_post_delete'] } });
    expect(Object(put.body).hook.secret).not.toBe('hook-secret');
  });

  it('need a name and an address', async () => {
    expect(await call('POST', '/api/hooks/new', { name: '', webhookUrl: 'nowhere' })).toMatchObject({
      status: 400,
      body: {
        errors: [{ details: { name: ['A name is required.'], webhookUrl: ['A valid URL is required.'] } }],
      },
    });
    const { triggers } = Object((await call('GET', '/api/hooks/triggers')).body);
    expect(Object.keys(triggers)).toEqual(expect.arrayContaining(TRIGGERS));
  });
});
