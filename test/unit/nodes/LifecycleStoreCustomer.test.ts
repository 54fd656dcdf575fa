import { describe, expect, it } from '@jest/globals';
import { NodeHelpers, type IDataObject, type INodeExecutionData, type INodeParameters } from 'n8n-workflow';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import { eventJson } from '../../../nodes/shared/event-item';
import { whenItFails } from '../../../nodes/shared/when-it-fails';
import { ServiceError } from '../../../services/http';
import { openStore, type EventSource, type NewEvent } from '../../../store';
import { contextOf, executeNode, type NodeSetup } from '../../support/execute-node';
import { stepNode } from '../../support/step-node';
import { storeCredential } from '../../support/store-credential';
import { sequence } from '../../support/sequences';
import { useStore } from '../../support/store';

const database = useStore();
const EMAIL = 'ada@example.com';

describe('recording a registration', () => {
  it('gives the customer as it is now, and keeps the rest of the item', async () => {
    await database.empty();
    const item = await delivered(registered('pro', 0));
    const [recorded, ...others] = await record('registration', [item]);
    expect(others).toEqual([]);
    expect(recorded?.map(({ json }) => json)).toEqual([
      {
        ...item,
        customer: {
          id: expect.any(String),
          email: EMAIL,
          name: 'Ada Lovelace',
          tier: 'pro',
          previousTier: null,
          status: 'active',
          lastChange: 'start',
          planChangedAt: at(0),
          signedUpAt: at(0),
          signupSource: 'website',
          marketingConsent: true,
          lastLoginAt: null,
          is: {
            free: false,
            pro: true,
            enterprise: false,
            newToPro: false,
            newToEnterprise: false,
            downgraded: false,
            churned: false,
          },
          lastActivity: null,
          lastActivityAt: null,
          trialStartedAt: null,
          timeZone: null,
          trialEndsAt: null,
          stage: 'active',
          stageSince: expect.any(String),
          lifetimeValue: 0,
          currency: null,
          mauticContactId: null,
          twentyPersonId: null,
          segments: [],
          campaigns: [],
          syncedAt: null,
          sync: {},
        },
        outcomes: [
          {
            service: 'Lifecycle Store',
            action: 'registration recorded: pro, first plan',
            id: expect.any(String),
            at: expect.any(String),
          },
        ],
      },
    ]);
  });

  it('leaves the campaigns of the plan to the events about plans', async () => {
    await database.empty();
    const [registeredItem] = await finished('registration', registered('pro', 0));
    expect(registeredItem).toMatchObject({ output: 0 });
    expect(await finished('plan', stripeSubscription('pro', 1))).toMatchObject([{ output: 0 }]);
  });

  it('makes nobody new to a tier by signing up, but leaves that to who is so by an event about plans', async () => {
    await database.empty();
    const isNew = (newToPro: boolean) => [{ json: { customer: { lastChange: 'start', is: { newToPro } } } }];
    expect(await finished('registration', registered('pro', 5))).toMatchObject(isNew(false));
    expect(await finished('plan', stripeSubscription('pro', 6))).toMatchObject(isNew(true));
    expect(await finished('registration', registered('pro', 4))).toMatchObject(isNew(true));
    const [late] = await finished('registration', registered('enterprise', 3));
    expect(late).toMatchObject({ json: { customer: { is: { newToPro: false, downgraded: true } } } });
  });

  it('leaves a plan alone that was paid for before, whichever is heard of first', async () => {
    await database.empty();
    const paid = { tier: 'pro', lastChange: 'start', signedUpAt: at(2) };
    await finished('registration', registered('free', 2));
    expect(await finished('plan', stripeSubscription('pro', 1))).toMatchObject([
      { json: { customer: paid } },
    ]);
    const late = await finished('registration', registered('free', 3));
    expect(late).toMatchObject([{ json: { customer: paid } }]);
  });

  it('fails for an event that is none, and says why', async () => {
    await database.empty();
    const items = [
      await delivered(appEvent('user.churned', {}, 0)),
      await delivered(appEvent('user.registered', { name: 'Ada', plan: 'pro' }, 1, '')),
    ];
    const [recorded] = await record('registration', items);
    expect(recorded?.map(({ json }) => json.failure)).toMatchObject([
      { message: expect.stringMatching(/no registration of a user/), retryable: false },
      { message: expect.stringMatching(/look at "data\.email"/), retryable: false },
    ]);
  });
});

describe('recording a trial', () => {
  const trial = (payload: IDataObject): Fixture => ({ event: newEvent('app', 'trial.started', payload, 0) });

  it('gives the customer with it, and the stage that follows', async () => {
    await database.empty();
    const startedAt = new Date(Date.now() - 60_000).toISOString();
    const endsAt = new Date(Date.now() + 60_000).toISOString();
    const given = { email: 'Ada@Example.com', name: 'Ada Lovelace', company: 'Engines', startedAt, endsAt };
    expect(await finished('trial', trial(given))).toMatchObject([
      {
        output: 0,
        json: {
          customer: {
            email: EMAIL,
            name: 'Ada Lovelace',
            trialStartedAt: startedAt,
            trialEndsAt: endsAt,
            stage: 'trial',
          },
          outcomes: [{ action: 'trial recorded, stage trial' }],
        },
      },
    ]);
    expect(await finished('trial', trial({ email: EMAIL, startedAt: at(0) }))).toMatchObject([
      { json: { customer: { name: 'Ada Lovelace', trialStartedAt: startedAt } } },
    ]);
  });

  it('fails for an event that is none, and says why', async () => {
    await database.empty();
    const items = [
      await delivered(appEvent('user.churned', {}, 0)),
      await delivered(trial({ email: EMAIL, startedAt: 'soon' })),
    ];
    const [recorded] = await record('trial', items);
    expect(recorded?.map(({ json }) => json.failure)).toMatchObject([
      {
        message: 'There is no trial to record: the event tells of no trial.',
        retryable: false,
      },
      { message: expect.stringMatching(/look at "startedAt"/), retryable: false },
    ]);
  });
});

describe('recording a plan', () => {
  it('leads on by what holds now, and by Up to Date once that was synced', async () => {
    await database.empty();
    const upgraded = appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 1);
    const [first] = await finished('plan', upgraded);
    expect(first).toMatchObject({
      output: 0,
      json: { customer: { tier: 'pro', lastChange: 'upgrade', sync: { plan: expect.any(Number) } } },
    });
    const churned = appEvent('user.churned', { reason: 'too expensive' }, 2);
    expect(await finished('churn', churned)).toMatchObject([
      { output: 0, json: { customer: { status: 'churned', tier: null, lastChange: 'churn' } } },
    ]);
    const late = appEvent('user.downgraded', { previousPlan: 'enterprise', newPlan: 'pro' }, 0);
    expect(await finished('plan', late)).toMatchObject([
      { output: 1, json: { customer: { status: 'churned', sync: {} } } },
    ]);
  });

  it('leaves those who have churned, and those who have not, to each other', async () => {
    await database.empty();
    const upgraded = await delivered(appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 1));
    const notChurned = await record('churn', [upgraded]);
    expect(notChurned.map((items) => items.length)).toEqual([0, 1]);
    const churned = await delivered(appEvent('user.churned', {}, 2));
    await through([upgraded], setup({}));
    const notSubscribed = await record('plan', [churned]);
    expect(notSubscribed.map((items) => items.length)).toEqual([0, 1]);
  });

  it('is due again until it is synced, however often it is recorded', async () => {
    await database.empty();
    const item = await delivered(appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 1));
    const [[first] = []] = await record('plan', [item]);
    const [[again] = []] = await record('plan', [item]);
    expect(again?.json.customer).toEqual(first?.json.customer);
  });

  it('ends in the same customer in whatever order the events come, repeated or not', async () => {
    await database.empty();
    const eventsOf = (email: string) => [
      registered('free', 0, email),
      appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 1, email),
      appEvent('user.churned', {}, 2, email),
      appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'enterprise' }, 3, email),
    ];
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 0, 3, 2, 1, 0],
      [2, 3, 0, 0, 1],
      [3, 0, 2, 1, 3],
    ];
    for (const order of orders) {
      const email = `user-${order.join('')}@example.com`;
      const events = eventsOf(email);
      const items: IDataObject[] = [];
      for (const event of events) items.push(await delivered(event));
      for (const index of order) {
        const [item] = items.slice(index);
        await through([item ?? {}], setup(recordOf('plan')));
        await through([item ?? {}], setup({}));
      }
      expect(await customerOf(email)).toMatchObject({
        tier: 'enterprise',
        status: 'active',
        lastChange: 'return',
        planChangedAt: at(3),
        signedUpAt: at(0),
      });
    }
  });

  it('takes a Stripe subscription from what Stripe Billing has read', async () => {
    await database.empty();
    const event = stripeSubscription('enterprise', 1);
    expect(await finished('plan', event)).toMatchObject([
      {
        output: 0,
        json: { customer: { email: EMAIL, name: 'Ada Lovelace', tier: 'enterprise', status: 'trialing' } },
      },
    ]);
  });

  it('says which step is missing before a Stripe subscription can be recorded', async () => {
    await database.empty();
    const { event } = stripeSubscription('pro', 1);
    const [[item] = []] = await record('plan', [await delivered({ event })]);
    expect(item?.json.failure).toMatchObject({
      service: 'Stripe',
      message: expect.stringMatching(/Put the node Stripe Billing/),
      retryable: false,
    });
  });

  it('records the rest where the step that reads the subscription failed and carried on', async () => {
    await database.empty();
    const { event } = stripeSubscription('pro', 1);
    const failures = [
      { node: 'Read subscription', service: 'Stripe', message: 'Stripe is down.', retryable: true },
    ];
    const [, [item] = []] = await record('plan', [await delivered({ event, added: { failures } })]);
    expect(item?.json).toMatchObject({ customer: null, failures });
    expect(item?.json).not.toHaveProperty('failure');
  });

  it('lets events that say nothing about a customer go, with the reason on record', async () => {
    await database.empty();
    const noPlan = stripeSubscription('pro', 1);
    const nothing = 'its first payment has not come';
    const statement = { ...(noPlan.added?.subscription as IDataObject), statement: null, nothing };
    const noAddress = { ...(noPlan.added?.subscription as IDataObject), email: null };
    const items = [
      await delivered({ ...noPlan, added: { subscription: statement } }),
      await delivered({ ...stripeSubscription('pro', 2), added: { subscription: noAddress } }),
      await delivered({ event: newEvent('discord', 'member.joined', {}, 3) }),
      await delivered(appEvent('user.loggedIn', {}, 4)),
    ];
    const [subscribed, upToDate] = await record('plan', items);
    expect(subscribed).toEqual([]);
    expect(upToDate?.map(({ json }) => (json.outcomes as IDataObject[])[0]?.action)).toEqual([
      expect.stringMatching(/nothing to do: the subscription sub_\w+ .*: its first payment has not come/),
      expect.stringMatching(/no e-mail address/),
      expect.stringMatching(/says nothing about a customer's plan/),
      expect.stringMatching(/says nothing about a customer's plan/),
    ]);
    expect(upToDate?.map(({ json }) => json.customer)).toEqual([
      null,
      null,
      null,
      expect.objectContaining({ email: EMAIL, lastLoginAt: at(4) }),
    ]);
  });
});

describe('the end of a plan of somebody whom Stripe does not name any more', () => {
  const nameless = (minute: number) => {
    const { event, added } = stripeSubscription('pro', minute);
    const subscription = added?.subscription as IDataObject;
    const ended = { ...(subscription.statement as IDataObject), tier: null, status: 'churned' };
    return { event, added: { subscription: { ...subscription, email: null, statement: ended } } };
  };

  it('is that of whoever had it', async () => {
    await database.empty();
    await finished('plan', stripeSubscription('pro', 1));
    expect(await finished('churn', nameless(2))).toMatchObject([
      { output: 0, json: { customer: { email: EMAIL, tier: null, status: 'churned' } } },
    ]);
  });

  it('is nobody’s when nobody is known to have had it', async () => {
    await database.empty();
    const [churned, upToDate] = await record('churn', [await delivered(nameless(2))]);
    expect(churned).toEqual([]);
    expect(upToDate).toMatchObject([
      { json: { customer: null, outcomes: [{ action: expect.stringMatching(/no e-mail address/) }] } },
    ]);
  });
});

describe('recording activity', () => {
  it('is a change at most once an hour, once it was synced', async () => {
    await database.empty();
    const loggedIn = (minute: number) => finished('activity', appEvent('user.loggedIn', {}, minute));
    const first = await loggedIn(0);
    const soon = await loggedIn(59);
    const later = await loggedIn(60);
    const late = await loggedIn(30);
    expect(first).toMatchObject([{ output: 0, json: { customer: { sync: { login: at(0) } } } }]);
    expect(soon).toMatchObject([{ output: 1, json: { customer: { lastLoginAt: at(59), sync: {} } } }]);
    expect(later).toMatchObject([{ output: 0, json: { customer: { sync: { login: at(60) } } } }]);
    expect(late).toMatchObject([{ output: 1, json: { customer: { lastLoginAt: at(60) } } }]);
  });

  it('is a change when somebody does something else', async () => {
    await database.empty();
    const did = (name: string, minute: number) => appEvent('user.custom', { name, properties: {} }, minute);
    const changed = { output: 0, json: { customer: { sync: { activity: expect.any(String) } } } };
    expect(await finished('activity', did('report.exported', 0))).toMatchObject([changed]);
    expect(await finished('activity', did('report.exported', 1))).toMatchObject([{ output: 1 }]);
    expect(await finished('activity', did('team.invited', 2))).toMatchObject([changed]);
    expect(await customerOf(EMAIL)).toMatchObject({ lastActivity: 'team.invited', lastActivityAt: at(2) });
  });
});

describe('recording a payment', () => {
  const paid = (id: string, amount_paid: number, minute: number): Fixture => ({
    event: stripeEvent('invoice.paid', { id, amount_paid, currency: 'eur', customer: 'cus_1' }, minute),
    added: { payer: { customerId: 'cus_1', email: EMAIL, name: 'Ada Lovelace' } },
  });

  it('adds up what was paid and refunded, each once', async () => {
    await database.empty();
    const changed = (lifetimeValue: number) => ({
      output: 0,
      json: { customer: { lifetimeValue, currency: 'eur', sync: { value: expect.any(Number) } } },
    });
    expect(await finished('billing', paid('in_1', 1999, 0))).toMatchObject([changed(19.99)]);
    expect(await finished('billing', paid('in_2', 501, 1))).toMatchObject([changed(25)]);
    expect(await finished('billing', paid('in_1', 1999, 2))).toMatchObject([{ output: 1 }]);
    const charge = { id: 'ch_1', currency: 'eur', amount_refunded: 500, invoice: 'in_1' };
    const refund = { ...paid('', 0, 3), event: stripeEvent('charge.refunded', charge, 3) };
    expect(await finished('billing', refund)).toMatchObject([changed(20)]);
  });

  it('lets what costs nothing, and what nobody is known to have paid, go with the reason on record', async () => {
    await database.empty();
    const items = [
      await delivered(paid('in_1', 0, 0)),
      await delivered({ event: paid('in_2', 100, 1).event }),
    ];
    const [changed, unchanged] = await record('billing', items);
    expect(changed).toEqual([]);
    expect(unchanged?.map(({ json }) => (json.outcomes as IDataObject[])[0]?.action)).toEqual([
      expect.stringMatching(/cost nothing/),
      expect.stringMatching(/no e-mail address/),
    ]);
  });

  it('records plan and payment of an order of Lemon Squeezy, whichever the workflow is about', async () => {
    await database.empty();
    const order = (variant: string, minute: number): Fixture => ({
      event: newEvent('lemonSqueezy', 'order_created', orderOf(variant, minute), minute),
    });
    expect(await finished('billing', order('Pro (yearly)', 0))).toMatchObject([
      { output: 0, json: { customer: { email: EMAIL, tier: 'pro', lifetimeValue: 19 } } },
    ]);
    const [noPlan] = await finished('plan', order('Mug', 1));
    expect(noPlan).toMatchObject({
      output: 1,
      json: {
        customer: { tier: 'pro', lifetimeValue: 38, sync: {} },
        outcomes: [{ action: expect.stringMatching(/nothing to do: .*"Mug".* names no plan/) }],
      },
    });
  });
});

describe('an event that is tried in the editor', () => {
  it('is worked out, and nothing of it is kept', async () => {
    await database.empty();
    const { event } = appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 0);
    const items = [
      { event: seen(event, 'sample'), delivery: { id: 'test', lease: 'test', attempt: 1 } },
      { event: seen(event, '1') },
    ];
    const [subscribed] = await record('plan', items);
    expect(subscribed?.map((item) => item.json)).toEqual(
      items.map((item) => ({ ...item, customer: expect.objectContaining({ email: EMAIL, tier: 'pro' }) })),
    );
    await through(
      (subscribed ?? []).map((item) => ({ ...item.json, person: { id: 'person', created: true } })),
      setup(SAVE_SYNC),
    );
    expect(await customerOf(EMAIL)).toBeNull();
  });

  it('leaves what is known of a real customer as it is', async () => {
    await database.empty();
    await finished('registration', registered('free', 0));
    const before = await customerOf(EMAIL);
    const tried = { event: seen(appEvent('user.churned', {}, 1).event, '99') };
    expect((await record('plan', [tried]))[1]).toMatchObject([{ json: { customer: { status: 'churned' } } }]);
    expect(await customerOf(EMAIL)).toEqual(before);
  });
});

it('fails for now while another event of the customer is being worked on', async () => {
  await database.empty();
  const [held, waiting] = [
    await delivered(appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 0)),
    await delivered(stripeSubscription('enterprise', 1)),
  ];
  await record('plan', [held]);
  const [[busy] = []] = await record('plan', [waiting]);
  expect(busy?.json.failure).toMatchObject({
    message: expect.stringMatching(/Another event of the same customer is being worked on/),
    retryable: true,
  });
  await through([held], setup({}));
  expect((await record('plan', [waiting]))[0]).toMatchObject([
    { json: { customer: { tier: 'enterprise' } } },
  ]);
});

it('says what an item without an event needs', async () => {
  await database.empty();
  await expect(record('plan', [{ name: 'Ada' }])).rejects.toThrow(
    /The item carries no event\. Put this node/,
  );
});

describe('saving what was synced', () => {
  const synced = {
    contact: { id: 47, email: EMAIL },
    person: { id: 'a-person', created: true },
    audience: {
      segments: ['pro-tier'],
      campaigns: ['Pro onboarding'],
      outOf: { segments: ['free-tier'], campaigns: [] },
      changed: [],
    },
  };

  it('keeps ids, segments and campaigns, and does not do the same again', async () => {
    await database.empty();
    const item = await delivered(appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 0));
    await saved(item, synced);
    expect(await customerOf(EMAIL)).toMatchObject({
      mauticContactId: 47,
      twentyPersonId: 'a-person',
      segments: ['pro-tier'],
      campaigns: ['Pro onboarding'],
      syncedAt: expect.any(String),
    });
    expect((await record('plan', [item])).map((items) => items.length)).toEqual([0, 1]);
  });

  it('keeps the segments and campaigns that other workflows look after', async () => {
    await database.empty();
    const first = await delivered(appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 0));
    const segments = ['new-users', 'free-tier'];
    const outOf = { segments: [], campaigns: [] };
    await saved(first, { audience: { segments, campaigns: ['Welcome'], outOf, changed: [] } });
    await through([first], setup({}));
    await saved(await delivered(appEvent('user.churned', {}, 1)), { audience: synced.audience });
    expect(await customerOf(EMAIL)).toMatchObject({
      segments: ['new-users', 'pro-tier'],
      campaigns: ['Pro onboarding', 'Welcome'],
    });
  });

  it('saves what has worked of an item that carried on, but not as done what Mautic does not show', async () => {
    await database.empty();
    const item = await delivered(appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 0));
    await saved(item, { person: synced.person, failures: [failure('Mautic')] });
    expect(await customerOf(EMAIL)).toMatchObject({ mauticContactId: null, twentyPersonId: 'a-person' });
    expect((await record('plan', [item])).map((items) => items.length)).toEqual([1, 0]);
    await saved(item, { ...synced, failures: [failure('Slack')] });
    expect((await record('plan', [item])).map((items) => items.length)).toEqual([0, 1]);
  });

  it('leaves an item alone that was held back', async () => {
    await database.empty();
    const item = await delivered(appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 0));
    await saved(item, { ...synced, failure: failure('Slack') });
    expect(await customerOf(EMAIL)).toMatchObject({ twentyPersonId: null, syncedAt: null });
  });

  it('says what an item without a customer needs', async () => {
    await database.empty();
    const item = await delivered(appEvent('user.churned', {}, 0));
    const [saving] = await executeNode(setup(SAVE_SYNC), [item]);
    expect(saving?.[0]?.json.failure).toMatchObject({
      message: expect.stringMatching(/look at its field "customer"\. Put the node Lifecycle Store/),
      retryable: false,
    });
  });
});

it('lets a sign-up go on through steps that fail, and tries all of it again later', async () => {
  const store = await database.empty();
  const down = (service: string) =>
    stepNode('Step', () => new ServiceError(service, `${service} is down.`, true), [whenItFails]);
  const parameters = { whenItFails: 'carryOn' };
  const contact = { id: 47, email: EMAIL };
  const mautic = stepNode('Mautic', () => ({ json: { contact } }));
  let items = await through([await delivered(registered('pro', 0))], setup(recordOf('registration')));
  items = await through(items, { node: down('Slack'), parameters, name: 'Tell Slack' });
  items = await through(items, { node: down('Twenty'), parameters, name: 'Ensure person' });
  items = await through(items, { node: mautic });
  items = await through(items, setup(SAVE_SYNC));
  expect(await customerOf(EMAIL)).toMatchObject({ mauticContactId: 47 });
  await expect(through(items, setup({}))).rejects.toThrow(
    /1 of 1 events failed \(1 will be tried again by itself\)\. Slack is down\. Twenty is down\./,
  );
  expect(await store.deliveries.find({}, 1)).toMatchObject([
    { state: 'failed', lastFailure: { node: 'Tell Slack', message: 'Slack is down. Twenty is down.' } },
  ]);
});

describe('looking a customer up', () => {
  it('finds it by e-mail in any spelling, and gives null for nobody', async () => {
    await database.empty();
    await finished('registration', registered('free', 0));
    expect(await customerOf(' ADA@Example.com')).toMatchObject({ email: EMAIL, name: 'Ada Lovelace' });
    expect(await customerOf('nobody@example.com')).toBeNull();
  });

  it('takes the address of the customer that the item already carries', async () => {
    await database.empty();
    await finished('registration', registered('free', 0));
    const get = { resource: 'customer', operation: 'get' };
    const [[found] = []] = await executeNode(setup(get), [{ customer: { email: EMAIL } }]);
    expect(found?.json).toMatchObject({ customer: { tier: 'free' } });
    await expect(executeNode(setup(get), [{}])).rejects.toThrow(/"Email" is empty/);
  });
});

describe('the time zone of a customer', () => {
  const signUp = (timeZone: string) => appEvent('user.registered', { plan: 'free', timeZone }, 1);
  const logIn = (timeZone: string | number | null) => appEvent('user.loggedIn', { timeZone }, 2);
  const zone = async () => (await (await openStore(database.url())).customers.get(EMAIL))?.timeZone;

  it.each([
    ['the sign-up', [0, 1]],
    ['the sign-in', [1, 0]],
  ])('is the one said last, with %s recorded first', async (_first, order) => {
    await database.empty();
    const events = [
      () => finished('registration', signUp('Europe/Berlin')),
      () => finished('activity', logIn('America/New_York')),
    ];
    for (const index of order) await events[index]?.();
    expect(await zone()).toBe('America/New_York');
  });

  it.each(['Mars/Olympus', 'berlin', '', 7, null])(
    'is not %j, which the rest of the event survives',
    async (none) => {
      await database.empty();
      await finished('registration', signUp('Europe/Berlin'));
      const [item] = await finished('activity', logIn(none));
      expect(item?.json.customer).toMatchObject({ timeZone: 'Europe/Berlin', lastLoginAt: at(2) });
    },
  );
});

describe('the timeline of a customer', () => {
  it('tells what happened and what came of it, newest first', async () => {
    await database.empty();
    await finished('registration', registered('free', 0));
    await finished('plan', appEvent('user.upgraded', { previousPlan: 'free', newPlan: 'pro' }, 1));
    const churn = await delivered(appEvent('user.churned', {}, 2));
    const failed = { ...churn, failure: failure('Mautic') };
    const [, [churned] = []] = await record('plan', [churn]);
    await through([{ ...churned?.json, ...failed }], setup({ failRun: false }));
    const rows = await through([{}], timeline(50));
    expect(rows).toMatchObject([
      { what: 'Stage reached', detail: 'active → churned (User churned)' },
      { what: 'Stage reached', detail: 'trial → active (User upgraded)' },
      { what: 'Stage reached', detail: 'trial (User registered)' },
      { at: at(2), what: 'Plan ended', detail: 'pro → churned' },
      {
        at: at(2),
        what: 'User churned',
        source: 'app',
        state: 'failed',
        workflow: 'Test',
        detail: 'Lifecycle Store: plan recorded: churned, left; failed: Mautic is down.',
      },
      { at: at(1), what: 'Plan upgraded', detail: 'free → pro (active)' },
      { at: at(1), what: 'User upgraded', state: 'done' },
      { at: at(0), what: 'First plan', detail: 'free (active)' },
      {
        at: at(0),
        what: 'User registered',
        detail: 'Lifecycle Store: registration recorded: free, first plan; Lifecycle Store: sync saved',
      },
    ]);
    expect(await through([{}], timeline(2))).toEqual(rows.slice(0, 2));
  });

  it('shows mails as people read them', async () => {
    await database.empty();
    const store = await openStore(database.url());
    const start = { email: EMAIL, cause: '1', startedAt: new Date(at(0)), data: {} };
    await store.sequences.start(sequence(), [start], new Date(at(0)));
    const options = { limit: 1, mostMarketingPerDay: 9, leaseSeconds: 60 };
    const { messages } = await store.messages.claimDue(options, new Date(at(1)));
    const sent = messages.map(({ id, lease }) => ({ id, lease, providerId: 'mail_1' }));
    await store.messages.mark(sent, new Date(at(2)));
    for (const [minute, kind, link] of [
      [3, 'delivered', null],
      [4, 'clicked', 'https://example.com/a'],
      [5, 'clicked', 'https://example.com/b'],
    ] as const) {
      const { id: eventId = '' } = await store.events.accept(newEvent('resend', `email.${kind}`, {}, minute));
      const about = { providerId: 'mail_1', recipients: [EMAIL], isFinal: false, detail: null };
      await store.engagement.record([{ ...about, eventId, kind, link, at: new Date(at(minute)) }]);
    }
    await store.sequences.end(EMAIL, undefined, 'the customer has bought');
    expect(await through([{}], timeline(50))).toMatchObject([
      {
        what: 'E-mail not sent',
        detail: 'Welcome: "Tips", "Tips subject"; the sequence ended: the customer has bought',
      },
      {
        at: at(2),
        what: 'E-mail sent',
        detail:
          'Welcome: "Hello", "Hello subject"; delivered, clicked 2 times (https://example.com/a, https://example.com/b)',
      },
    ]);
  });

  it('shows payments and refunds in the money they were made in', async () => {
    await database.empty();
    const order = orderOf('Mug', 0);
    await finished('billing', { event: newEvent('lemonSqueezy', 'order_created', order, 0) });
    const { data } = order as { data: { attributes: IDataObject } };
    const attributes = { ...data.attributes, status: 'refunded', refunded: true, refunded_amount: 1_900 };
    const refund = { ...order, data: { ...data, attributes: { ...attributes, updated_at: at(1) } } };
    await finished('billing', { event: newEvent('lemonSqueezy', 'order_refunded', refund, 1) });
    expect(await through([{}], timeline(50))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: 'Payment', source: 'lemonSqueezy', detail: '19 EUR paid (order:0)' }),
        expect.objectContaining({
          what: 'Refund',
          detail: '19 EUR paid, 19 EUR refunded in all (order:0)',
        }),
      ]),
    );
  });
});

describe('the outputs on the canvas', () => {
  it.each([
    ['registration', ['main']],
    ['plan', ['Subscribed', 'Up to Date']],
    ['churn', ['Churned', 'Up to Date']],
    ['activity', ['Changed', 'Unchanged']],
    ['billing', ['New Value', 'Same Value']],
    ['trial', ['main']],
  ])('are for %s %j', (about, names) => {
    expect(outputsOf(recordOf(about))).toEqual(names);
  });

  it('are one for what decides nothing', () => {
    expect(outputsOf(SAVE_SYNC)).toEqual(['main']);
    expect(outputsOf({ resource: 'effect', operation: 'begin' })).toEqual(['New', 'Done', 'Unknown']);
  });
});

/** Names of the outputs as n8n works them out. */
function outputsOf(parameters: INodeParameters): Array<string | undefined> {
  const { node, workflow } = contextOf(setup(parameters));
  const outputs = NodeHelpers.getNodeOutputs(workflow, node, new LifecycleStore().description);
  return outputs.map((output) => (typeof output === 'string' ? output : output.displayName));
}

function timeline(limit: number): NodeSetup {
  return setup({ resource: 'customer', operation: 'timeline', email: EMAIL, limit });
}

const SAVE_SYNC = { resource: 'customer', operation: 'saveSync' };

/** An event, and what steps before the recording add to its item. */
interface Fixture {
  event: NewEvent;
  added?: IDataObject;
}

/** ISO 8601, so many minutes into the test's day. */
function at(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
}

let events = 0;

function newEvent(source: EventSource, type: string, payload: IDataObject, minute: number): NewEvent {
  events += 1;
  return { source, type, externalId: `event-${events}`, occurredAt: new Date(at(minute)), payload };
}

function appEvent(type: string, data: IDataObject, minute: number, email = EMAIL): Fixture {
  return { event: newEvent('app', type, { type, timestamp: at(minute), data: { email, ...data } }, minute) };
}

function registered(plan: string, minute: number, email = EMAIL): Fixture {
  const data = { name: 'Ada Lovelace', plan, source: 'website', marketingConsent: true };
  return appEvent('user.registered', data, minute, email);
}

function stripeEvent(type: string, object: IDataObject, minute: number): NewEvent {
  return newEvent('stripe', type, { id: 'evt', type, data: { object } }, minute);
}

/** What Lemon Squeezy sends of an order; each minute has one of its own. */
function orderOf(variant_name: string, minute: number): IDataObject {
  const buyer = { user_email: EMAIL, user_name: 'Ada Lovelace' };
  const money = { status: 'paid', currency: 'EUR', total: 1_900, refunded: false, refunded_amount: 0 };
  const first_order_item = { product_name: 'Something', variant_name };
  const attributes = { ...buyer, ...money, first_order_item, updated_at: at(minute) };
  return { meta: { event_name: 'order_created' }, data: { type: 'orders', id: `${minute}`, attributes } };
}

/** A subscription's event, with what Stripe Billing reads. */
function stripeSubscription(tier: string, minute: number): Fixture {
  const event = stripeEvent('customer.subscription.updated', { id: 'sub_1', object: 'subscription' }, minute);
  const statement = { subject: 'sub_1', asOf: at(minute), rank: 0, tier, status: 'trialing' };
  const person = { customerId: 'cus_1', email: EMAIL, name: 'Ada Lovelace' };
  const subscription = { id: 'sub_1', ...person, productName: 'Plan', tier, status: 'trialing', statement };
  return { event, added: { subscription } };
}

/** The event as an item carries it that no run has claimed. */
function seen(event: NewEvent, id: string): IDataObject {
  return { ...event, id, occurredAt: event.occurredAt.toISOString(), payload: event.payload as IDataObject };
}

function failure(service: string): IDataObject {
  return { node: 'A step', service, message: `${service} is down.`, retryable: true };
}

const HANDLER = 'workflow/node';

/** The event's item as a run of its handler gets it; it is leased from now on. */
async function delivered({ event, added }: Fixture): Promise<IDataObject> {
  const store = await openStore(database.url());
  const eventTypes = [`${event.source}:${event.type}`];
  await store.handlers.register({ id: HANDLER, workflowId: 'workflow', name: 'Test', eventTypes });
  await store.events.accept(event);
  const claim = { handlerId: HANDLER, limit: 1, leaseSeconds: 60, owner: 1 };
  const [claimed] = await store.deliveries.claim(claim);
  if (!claimed) throw new Error('nothing was claimed');
  const { id, lease, attempt } = claimed;
  return { event: eventJson(claimed.event), delivery: { id, lease, attempt }, ...added };
}

function recordOf(about: string): INodeParameters {
  return { resource: 'customer', operation: 'record', about };
}

async function record(about: string, items: readonly IDataObject[]): Promise<INodeExecutionData[][]> {
  return await executeNode(setup(recordOf(about)), items);
}

/** Records an event and does all that is to follow; gives the items with the output each has left by. */
async function finished(
  about: string,
  fixture: Fixture,
): Promise<Array<{ output: number; json: IDataObject }>> {
  const outputs = await record(about, [await delivered(fixture)]);
  const recorded = outputs.flatMap((items, output) => items.map(({ json }) => ({ output, json })));
  const items = await through(
    recorded.map(({ json }) => json),
    setup(SAVE_SYNC),
  );
  await through(items, setup({}));
  return recorded;
}

/** Records an item and saves what the steps after it have `added`. */
async function saved(item: IDataObject, added: IDataObject): Promise<void> {
  const recorded = await through([item], setup(recordOf('plan')));
  await through(
    recorded.map((json) => ({ ...json, ...added })),
    setup(SAVE_SYNC),
  );
}

/** What a node makes of the items, whichever output they leave by. */
async function through(items: readonly IDataObject[], node: NodeSetup): Promise<IDataObject[]> {
  return (await executeNode(node, items)).flat().map(({ json }) => json);
}

async function customerOf(email: string): Promise<IDataObject | null> {
  const [found] = await through([{}], setup({ resource: 'customer', operation: 'get', email }));
  return (found?.customer ?? null) as IDataObject | null;
}

function setup(parameters: INodeParameters): NodeSetup {
  return { node: new LifecycleStore(), parameters, credentials: [storeCredential(database.url())] };
}
