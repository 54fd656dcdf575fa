import { beforeEach, describe, expect, it } from '@jest/globals';
import { groupKeyOf } from '../../../services/intake';
import { PersonErased, type CustomerRecord, type NewEvent, type Store } from '../../../store';
import { groupKeyOf as storesGroupKeyOf } from '../../../store/group-key';
import { addressPattern } from '../../../store/naming';
import { sequence } from '../../support/sequences';
import { useStore } from '../../support/store';

const database = useStore();
const ADA = 'ada@example.com';
const GRACE = 'grace@example.com';
const HANDLER = 'workflow/node';
const PERSONAL = /(?<!x)ada@|ada%40|lovelace|cus_ada|sub_ada|mautic:47|(?:update|delete):47:|twenty-ada/i;
const TYPES = [
  'app:user.custom',
  'stripe:customer.subscription.updated',
  'mautic:mautic.lead_post_save_update',
  'mautic:mautic.lead_post_delete',
];
let store: Store;

beforeEach(async () => {
  store = await database.empty();
  await store.handlers.register({ id: HANDLER, workflowId: 'workflow', name: 'Test', eventTypes: TYPES });
});

describe('the store', () => {
  it.each(['email', 'contact', 'customer'] as const)('has the group keys of the intake: %s', (kind) => {
    expect(storesGroupKeyOf(kind, ' Ada@Example.com')).toBe(groupKeyOf(kind, ' Ada@Example.com'));
  });

  it.each([
    ['"ada@example.com"', true],
    ['"mailto:ADA@Example.com."', true],
    ['"<ada@example.com>, x"', true],
    [String.raw`"To:\nada@example.com\n"`, true],
    ['"?email=ada%40example.com&x"', true],
    ['"xada@example.com"', false],
    ['"bob+ada@example.com"', false],
    ['"ada@example.com.au"', false],
    ['"ada@example.community"', false],
    ['"adaXexample.com ada@exampleXcom"', false],
  ])('finds an address that stands by itself in %s: %s', async (content, found) => {
    const [row] = await database.sql('select $1 ~* $2 as found', [content, addressPattern(ADA)]);
    expect(row?.found).toBe(found);
  });
});

describe('erasing a person', () => {
  it('leaves nothing to read of them in any table, and everybody else as they were', async () => {
    await seed();
    const before = await dump(/grace/i);
    expect(await dump(PERSONAL)).not.toEqual([]);
    const { counts, elsewhere, reason, underWay } = await store.privacy.erase(' ADA@Example.com', {
      reason: 'asked by letter',
    });
    expect(await dump(PERSONAL)).toEqual([]);
    expect(await dump(/grace/i)).toEqual(before.filter((held) => !held.includes('referral')));
    expect(counts).toEqual({
      customer: 1,
      subscription: 1,
      plan_statement: 1,
      payment_statement: 1,
      stage_change: 1,
      customer_event: 3,
      sequence_entry: 2,
      message: 2,
      suppression: 1,
      event: 8,
      delivery: 4,
      milestone: 1,
      invite: 2,
      effect: 3,
      sync_run: 1,
      ticket: 0,
    });
    expect(elsewhere).toEqual({
      mauticContacts: ['47'],
      stripeCustomers: ['cus_ada'],
      stripeSubscriptions: ['sub_ada'],
      lemonSqueezyCustomers: [],
      twentyPeople: ['twenty-ada'],
      resendMails: ['mail_ada'],
      discordInvites: ['code-1'],
      discordTickets: [],
      discordUsers: [],
    });
    expect({ reason, underWay }).toEqual({ reason: 'asked by letter', underWay: 2 });
  });

  it('leaves what a campaign has led to counted, each once', async () => {
    const purchase = { service: 'Stripe', action: 'purchase looked up', id: 'cs_ada' };
    await accept(appEvent('1'));
    const [first] = await claim();
    await settle(first, [purchase]);
    const before = await database.sql<{ updated_at: Date }>('select updated_at from lifecycle.delivery');
    expect((await store.privacy.erase(ADA)).counts).toMatchObject({ milestone: 1 });
    expect(await database.sql('select updated_at from lifecycle.delivery')).toEqual(before);
    // Somebody else's event names the purchase again: nothing is counted twice, and nothing of it comes back.
    await accept(appEvent('2', { data: { email: GRACE }, groupKey: groupKeyOf('email', GRACE) }));
    const [second] = await claim();
    await settle(second, [purchase]);
    expect(await database.sql('select kind, reference from lifecycle.milestone')).toEqual([
      { kind: 'purchase', reference: null },
    ]);
  });

  it('is on record, by digests', async () => {
    await seed();
    const { counts } = await store.privacy.erase(ADA, { reason: 'asked by letter' });
    const rows = await database.sql(
      `select reason, counts, array_agg(group_key order by group_key) as keys
       from lifecycle.erasure join lifecycle.erased_group on erasure_id = erasure.id group by erasure.id`,
    );
    const keys = [
      groupKeyOf('contact', '47'),
      groupKeyOf('customer', 'cus_ada'),
      groupKeyOf('email', ADA),
      groupKeyOf('object', 'mail_ada'),
    ];
    expect(rows).toEqual([{ reason: 'asked by letter', counts, keys: keys.sort() }]);
  });

  it('ends the work on what was about them, and a run under way reports in vain', async () => {
    await accept(appEvent('1'));
    await accept(appEvent('2'));
    const [leased] = await claim();
    await store.privacy.erase(ADA);
    expect(await claim()).toEqual([]);
    expect(await settle(leased, [{ service: 'Mautic', action: 'contact 47 created' }])).toEqual([]);
    const found = await store.deliveries.find({}, 10);
    expect(found.map(({ state, outcomes }) => [state, outcomes])).toEqual(
      [1, 2].map(() => [
        'done',
        [expect.objectContaining({ action: expect.stringMatching(/^person erased/) })],
      ]),
    );
    expect(await store.deliveries.replay({})).toBe(0);
  });

  it('of whom nothing is held is on record as well, and is harmless', async () => {
    const { counts } = await store.privacy.erase('nobody@example.com');
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    expect(await database.sql('select from lifecycle.customer')).toEqual([]);
    await store.privacy.erase('nobody@example.com');
    expect(await database.sql('select from lifecycle.erasure')).toHaveLength(2);
  });

  it('keeps the address suppressed, and what was chosen not to get, without saying whose it is', async () => {
    await seed();
    await store.privacy.erase(ADA);
    expect(await store.suppressions.find(ADA, 9)).toEqual([
      { email: null, detail: null, reason: 'complained', suppressedAt: at(3) },
    ]);
    const again = { email: ADA, cause: 'again', startedAt: hence(60), data: {} };
    const [started] = await store.sequences.start(sequence({ name: 'Other', from: null }), [again]);
    expect(started).toMatchObject({ reason: 'the recipient has marked a mail as spam' });
    await store.suppressions.remove(ADA);
    const [next] = await store.sequences.start(sequence({ name: 'Other', from: null }), [again]);
    expect(next).toMatchObject({ reason: 'the customer has unsubscribed from "Tips"' });
  });

  it('takes them out of what mails to others say, and leaves the rest of it', async () => {
    await seed();
    await store.privacy.erase(ADA);
    expect(await database.sql('select data from lifecycle.sequence_entry')).toEqual([
      { data: { team: 'Compilers', friends: ['Ada <erased>'] } },
    ]);
  });

  it('while a mail to them is being sent says so, and what becomes of it is told in vain', async () => {
    const start = { email: ADA, cause: '1', startedAt: at(0), data: {} };
    await store.sequences.start(sequence({ from: null }), [start], at(0));
    const claimed = await claimMail();
    if (claimed === undefined) throw new Error('no mail is due');
    expect(await store.privacy.erase(ADA)).toMatchObject({ mailsUnderWay: 1, counts: { message: 2 } });
    const failure = { message: 'No.', retryable: true, unsent: true };
    for (const result of [{ providerId: 'mail_ada' }, { failure }]) {
      expect(await store.messages.mark([{ ...claimed, ...result }], at(3))).toMatchObject([
        { id: claimed.id, state: 'dropped', reason: expect.stringMatching(/erased/) },
      ]);
    }
    expect(await dump(PERSONAL)).toEqual([]);
  });

  it('does not take what belongs to somebody who paid with their card', async () => {
    const object = { object: 'charge', customer: 'cus_grace', billing_details: { email: ADA } };
    await accept(stripeEvent('charge', object, groupKeyOf('email', ADA)));
    await accept(stripeEvent('invoice', { customer: 'cus_grace' }, groupKeyOf('customer', 'cus_grace')));
    const { counts, elsewhere } = await store.privacy.erase(ADA);
    expect({ events: counts.event, stripe: elsewhere.stripeCustomers }).toEqual({ events: 1, stripe: [] });
  });
});

describe('after an erasure', () => {
  it('a redelivery is a duplicate, whatever stood in its id', async () => {
    const named = appEvent(`signup-${ADA}`);
    const several = appEvent('several', { alsoKnownAs: [`other-${ADA}`] });
    await accept(appEvent('plain'));
    await accept(named);
    await accept(several);
    await store.privacy.erase(ADA);
    const before = await dump(/./);
    expect(await store.events.accept(named)).toMatchObject({ duplicate: true });
    expect(await store.events.accept({ ...named, externalId: 'x', alsoKnownAs: [named.externalId] })).toEqual(
      {
        duplicate: true,
        heldAs: named.externalId,
        deliveries: 0,
      },
    );
    expect(await store.events.accept(several)).toMatchObject({ duplicate: true });
    expect(await dump(/./)).toEqual(before);
  });

  it('what happened before and comes only now is kept as having come, and nothing else of it', async () => {
    await seed();
    await store.privacy.erase(ADA);
    const late = [
      appEvent(`late-${ADA}`, { occurredAt: at(-1) }),
      stripeEvent('late', { customer: 'cus_ada' }, groupKeyOf('customer', 'cus_ada')),
    ];
    for (const event of late) {
      expect(await store.events.accept(event)).toEqual({
        id: expect.any(String),
        duplicate: false,
        deliveries: 0,
      });
      expect(await store.events.accept(event)).toMatchObject({ duplicate: true });
    }
    expect(await dump(PERSONAL)).toEqual([]);
    expect(await store.events.newest(['stripe:invoice.paid'])).toBeUndefined();
  });

  it('so is what a provider tells because they were deleted there', async () => {
    await seed();
    await store.privacy.erase(ADA);
    const deleted = mauticEvent(47, ADA, { type: 'mautic.lead_post_delete', occurredAt: hence(60) });
    expect(await store.events.accept(deleted)).toMatchObject({ deliveries: 0 });
    expect(await dump(PERSONAL)).toEqual([]);
  });

  it('so is what is reported of mails from before, but for what suppresses the address', async () => {
    await seed();
    await store.privacy.erase(ADA);
    const opened = mailEvent('late', { email_id: 'mail_ada', to: [ADA] });
    expect(await store.events.accept({ ...opened, occurredAt: hence(60) })).toMatchObject({
      duplicate: false,
    });
    expect(await dump(PERSONAL)).toEqual([]);
    const complained = { ...opened, externalId: 'spam', type: 'email.complained', occurredAt: hence(60) };
    await store.events.accept(complained);
    expect(await dump(PERSONAL)).toHaveLength(1);
  });

  it('a handler that asks for the past is not given what is gone', async () => {
    await accept(appEvent('1'));
    await store.privacy.erase(ADA);
    const handler = { id: 'new/node', workflowId: 'new', name: 'New', eventTypes: TYPES, since: new Date(0) };
    await store.handlers.register(handler);
    expect(await claim('new/node')).toEqual([]);
  });

  it('a record of what happened before writes nobody back', async () => {
    const eventId = await accept(appEvent('1', { groupKey: undefined }));
    await store.privacy.erase(ADA);
    expect(await record(eventId, { name: 'Ada Lovelace' })).toEqual([expect.any(PersonErased)]);
    expect(await dump(PERSONAL)).toEqual([]);
  });

  it('they may come back as somebody new, whom what happened before does not reach', async () => {
    const old = await accept(appEvent('1'));
    await record(old, { name: 'Ada Lovelace' });
    await store.privacy.erase(ADA);
    const signUp = appEvent('2', { occurredAt: hence(60) });
    expect(await store.events.accept(signUp)).toMatchObject({ duplicate: false, deliveries: 1 });
    const [{ id } = { id: '' }] = await database.sql<{ id: string }>(
      `select id from lifecycle.event where external_id = '2'`,
    );
    const [recorded, erased] = await store.customers.record([
      { source: 'app', email: ADA, eventId: id, name: 'Ada King' },
      { source: 'app', email: ADA, eventId: old, loggedInAt: at(1) },
    ]);
    expect(recorded).toMatchObject({ customer: { email: ADA, name: 'Ada King', lastLoginAt: null } });
    expect(erased).toBeInstanceOf(PersonErased);
    expect(await store.customers.get(ADA)).toMatchObject({ name: 'Ada King' });
  });

  it('nothing is left though events come in and are recorded at the same time', async () => {
    const incoming = Array.from({ length: 60 }, (_, number) => appEvent(`storm-${number}`));
    const storm = Promise.all(
      incoming.map(async (event) => {
        const { id } = await store.events.accept(event);
        if (id !== undefined) await record(id, { name: 'Ada Lovelace' });
      }),
    );
    await Promise.all([storm, store.privacy.erase(ADA)]);
    await Promise.all(incoming.map((event) => store.events.accept(event)));
    expect(await dump(PERSONAL)).toEqual([]);
  });
});

describe('an export', () => {
  it('gives everything that is held of a person, and of nobody else', async () => {
    await seed();
    const held = await store.privacy.export('ADA@example.com');
    expect(held).toMatchObject({
      email: ADA,
      customer: { email: ADA, name: 'Ada Lovelace', mauticContactId: 47, twentyPersonId: 'twenty-ada' },
      subscriptions: [{ externalId: 'sub_ada' }],
      planStatements: [{ subject: 'app', tier: 'pro' }],
      paymentStatements: [{ subject: 'in_ada' }],
      stageChanges: [{ version: 1 }],
      invites: [{ code: 'code-1' }, { state: 'begun' }],
      sequences: [{ sequence: 'Welcome', cause: 'app:signup', data: { company: 'Lovelace & Co' } }],
      mails: [
        {
          sequence: 'Welcome',
          step: 'Hello',
          subject: 'Hello subject',
          state: 'sent',
          providerId: 'mail_ada',
          engagement: 'complained',
          reports: [{ kind: 'complained', link: null }],
        },
        { step: 'Tips', state: 'dropped', reports: [] },
      ],
      suppression: { email: ADA, reason: 'complained' },
      emailPreferences: [{ topic: 'Tips', wanted: false }],
      erasures: [],
    });
    expect(held?.events).toHaveLength(8);
    expect(held?.events[0]).toMatchObject({
      externalId: `signup-${ADA}`,
      payload: { data: { email: 'Ada@Example.com' } },
      deliveries: [
        {
          workflow: 'Test',
          state: 'done',
          outcomes: [{ action: 'contact 47 created' }, { action: 'lead created' }],
        },
      ],
    });
    expect(held?.effects).toHaveLength(3);
    // Whoever mentions them is in it, nobody else.
    expect(JSON.stringify(held)).not.toMatch(/hopper|mentions/i);
  });

  it('finds events of somebody who is no customer', async () => {
    await accept(mauticEvent(47, ADA));
    expect(await store.privacy.export(ADA)).toMatchObject({ customer: null, events: [{ source: 'mautic' }] });
  });

  it('is nothing when nothing is held, and the erasure after one', async () => {
    expect(await store.privacy.export(ADA)).toBeNull();
    await accept(appEvent('1'));
    await store.privacy.erase(ADA, { reason: 'asked' });
    expect(await store.privacy.export(ADA)).toMatchObject({
      customer: null,
      events: [],
      erasures: [{ reason: 'asked' }],
    });
  });
});

describe('payloads that were kept long enough', () => {
  it('go, in batches, once nobody has to work on them any more', async () => {
    for (const id of ['1', '2', '3', '4', '5']) await accept(appEvent(id, { groupKey: undefined }));
    await accept(stripeEvent('6', {}, 'customer:6'));
    const [first, second] = await claim();
    await settle(first, []);
    await settle(second, [], false);
    await database.sql(`update lifecycle.event set received_at = now() - interval '91 days'`);
    await accept(appEvent('new', { groupKey: undefined }));
    expect(await store.privacy.expirePayloads({ olderThanDays: 90, batch: 2 })).toEqual({
      removed: 3,
      kept: 3,
    });
    expect(await store.privacy.expirePayloads({ olderThanDays: 90 })).toEqual({ removed: 0, kept: 3 });
    const gone = await database.sql(
      `select external_id, payload from lifecycle.event where payload_removed_at is not null order by id`,
    );
    const payload = { expired: true };
    expect(gone).toEqual(['1', '2', '6'].map((external_id) => ({ external_id, payload })));
    const [dead] = await store.deliveries.find({ states: ['dead'] }, 10);
    expect(dead?.payloadRemovedAt).toEqual(expect.any(Date));
    expect(await store.deliveries.replay({ states: ['dead'] })).toBe(0);
    expect(await store.events.newest(['stripe:invoice.paid'])).toBeUndefined();
    expect(await store.events.accept(appEvent('1'))).toMatchObject({ duplicate: true });
  });
});

/** Ada in every table of the store, and Grace beside her. */
async function seed(): Promise<void> {
  const signedUp = await accept(appEvent(`signup-${ADA}`, { data: { email: 'Ada@Example.com' } }));
  const [delivery] = await claim();
  await settle(delivery, [
    { service: 'Mautic', action: 'contact 47 created' },
    { service: 'EspoCRM', action: 'lead created', id: 'lead-lovelace' },
  ]);
  await store.effects.begin('mautic-email:Welcome:app:signup', `delivery ${delivery?.id}`);
  await store.effects.confirm('mautic-email:Welcome:app:signup', { contactId: 47, emailId: 1 });
  await store.effects.begin(`gift:${ADA}`, 'A node');
  const plan = { subject: 'app', asOf: at(1), rank: 0, tier: 'pro', status: 'active' } as const;
  await record(signedUp, { name: 'Ada Lovelace', plan });
  const subscription = await accept(
    stripeEvent(
      'subscription',
      { object: 'subscription', id: 'sub_ada', customer: 'cus_ada' },
      groupKeyOf('customer', 'cus_ada'),
      'customer.subscription.updated',
    ),
  );
  const payment = { subject: 'in_ada', asOf: at(2), currency: 'eur', paidMinor: 100 };
  await record(subscription, { source: 'stripe', payment });
  await accept(stripeEvent('invoice', { customer: 'cus_ada' }, groupKeyOf('customer', 'cus_ada')));
  await accept(mauticEvent(47, 'ADA@example.com'));
  const customer = await store.customers.get(ADA);
  await store.customers.saveSync([
    { customerId: customer?.id ?? '', mauticContactId: 47, twentyPersonId: 'twenty-ada' },
  ]);
  const order = { subject: 'mautic:47', cause: 'mautic:mautic.lead_post_save_update:47:x', channelId: '1' };
  const { id } = await store.invites.begin(order);
  await store.invites.issued(id, { code: 'code-1', expiresAt: null });
  await store.invites.begin({ ...order, cause: 'other' });
  await store.effects.begin('slack:node:mautic.lead_post_save_update:47:x', 'A node');
  await database.sql(
    `insert into lifecycle.subscription (source, external_id, external_customer_id, customer_id, status,
       cancel_at_period_end, payment_failing, started_at, read_at, content)
     values ('stripe', 'sub_ada', 'cus_ada', $1, 'active', false, false, now(), now(), '')`,
    [customer?.id],
  );
  await database.sql(
    `insert into lifecycle.sync_run (name, state, position, last_failure, finished_at)
     values ('stripe', 'failed', '{"after": "cus_ada"}', 'Stripe refused cus_ada.', now())`,
  );
  await accept(
    appEvent('mentions', { data: { email: GRACE, friend: `x${ADA}` }, groupKey: groupKeyOf('email', GRACE) }),
  );
  const referred = appEvent('referral', { data: { email: GRACE, friend: `<${ADA}>` } });
  await accept({ ...referred, groupKey: groupKeyOf('email', 'somebody@example.com') });
  await record(
    await accept(appEvent('grace', { data: { email: GRACE }, groupKey: groupKeyOf('email', GRACE) })),
    {
      email: GRACE,
      name: 'Grace Hopper',
    },
  );
  await claim();
  await seedMails();
}

/** A sequence for both, of which Ada got a mail that she reported as spam; Grace was invited by her. */
async function seedMails(): Promise<void> {
  const definition = sequence({ from: null });
  const start = { cause: 'app:signup', startedAt: at(0) };
  await store.sequences.start(
    definition,
    [{ ...start, email: ADA, data: { company: 'Lovelace & Co' } }],
    at(0),
  );
  const friends = { team: 'Compilers', friends: [`Ada <${ADA}>`] };
  await store.sequences.start(definition, [{ ...start, email: GRACE, data: friends }], at(1));
  await sendMail();
  await store.engagement.record([
    {
      eventId: await accept(mailEvent('opened', { email_id: 'mail_ada', to: [`Ada <${ADA}>`] })),
      providerId: 'mail_ada',
      kind: 'complained',
      at: at(3),
      recipients: [ADA],
      isFinal: true,
      detail: `550 ${ADA}: no`,
      link: null,
    },
  ]);
  await accept(mailEvent('only-the-id', { email_id: 'mail_ada' }, groupKeyOf('object', 'mail_ada')));
  await choose({ topics: [] });
}

/** The first mail that is due. */
async function claimMail(): Promise<{ id: string; lease: string } | undefined> {
  const options = { limit: 1, mostMarketingPerDay: 9, leaseSeconds: 600 };
  return (await store.messages.claimDue(options, at(2))).messages[0];
}

async function sendMail(): Promise<void> {
  const claimed = await claimMail();
  if (claimed === undefined) throw new Error('no mail is due');
  await store.messages.mark([{ ...claimed, providerId: 'mail_ada' }], at(2));
}

/** Ada follows the link in a mail. */
async function choose(chosen: { topics: string[] }): Promise<void> {
  const { id = '' } = (await store.customers.get(ADA)) ?? {};
  const token = (await store.emailPreferences.tokensFor([id])).get(id) ?? '';
  await store.emailPreferences.choose(token, chosen);
}

/** What every column of every table holds that matches, as text. */
async function dump(pattern: RegExp): Promise<string[]> {
  const columns = await database.sql<{ table: string; column: string }>(
    `select table_name as "table", column_name as "column" from information_schema.columns
     where table_schema = 'lifecycle' and table_name <> 'migration' order by 1, 2`,
  );
  const parts = columns.map(
    ({ table, column }) =>
      `select '${table}.${column}: ' || "${column}"::text as held from lifecycle."${table}"`,
  );
  const rows = await database.sql<{ held: string }>(
    `select held from (${parts.join(' union all ')}) as parts where held is not null order by held`,
  );
  return rows.map(({ held }) => held).filter((held) => pattern.test(held));
}

function at(second: number): Date {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, second));
}

function hence(seconds: number): Date {
  return new Date(Date.now() + seconds * 1_000);
}

function appEvent(externalId: string, changes: Partial<NewEvent> & { data?: object } = {}): NewEvent {
  const { data = { email: ADA, name: 'Ada Lovelace' }, ...others } = changes;
  const payload = { id: externalId, data };
  const head = { source: 'app', externalId, type: 'user.custom', occurredAt: at(0), payload } as const;
  return { ...head, groupKey: groupKeyOf('email', ADA), ...others };
}

function stripeEvent(externalId: string, object: object, group: string, type = 'invoice.paid'): NewEvent {
  const payload = { id: externalId, type, data: { object } };
  return { source: 'stripe', externalId, type, occurredAt: at(0), groupKey: group, payload };
}

function mauticEvent(id: number, email: string, changes: Partial<NewEvent> = {}): NewEvent {
  const { type = 'mautic.lead_post_save_update' } = changes;
  const contact = { id, fields: { core: { email: { value: email } } } };
  return {
    source: 'mautic',
    externalId: `${type}:${id}:2026-01-01T12:00:00Z:x`,
    type,
    occurredAt: at(0),
    groupKey: groupKeyOf('contact', String(id)),
    payload: { id, contact },
    ...changes,
  };
}

function mailEvent(externalId: string, data: object, group = groupKeyOf('email', ADA)): NewEvent {
  const type = 'email.opened';
  const payload = { type, data };
  return { source: 'resend', externalId, type, occurredAt: at(3), groupKey: group, payload };
}

async function accept(event: NewEvent): Promise<string> {
  return (await store.events.accept(event)).id ?? '';
}

async function record(eventId: string, given: Partial<CustomerRecord>) {
  return await store.customers.record([{ source: 'app', email: ADA, eventId, ...given }]);
}

async function claim(handlerId = HANDLER) {
  return await store.deliveries.claim({ handlerId, limit: 2, leaseSeconds: 60, owner: 1 });
}

async function settle(
  delivery: { id: string; lease: string } | undefined,
  outcomes: Array<Record<string, unknown>>,
  isDone = true,
) {
  if (!delivery) throw new Error('nothing was claimed');
  const failure = { node: 'Node', service: 'Mautic', message: 'No.', retryable: false };
  return await store.deliveries.settle([{ ...delivery, outcomes, ...(!isDone && { failure }) }]);
}
