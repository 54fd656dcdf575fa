import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LemonSqueezyDouble } from '../../../sandbox/lemonsqueezy';
import { EVENT_NAMES } from '../../../sandbox/lemonsqueezy/state';
import { providers, receive, type IntakeEvent } from '../../../services/intake';
import { paymentIn, planIn } from '../../../services/lemon-squeezy';
import { startHttpServer, type ReceivedRequest, type TestServer } from '../../support/http-server';
import { eventually } from '../../support/sandbox-under-test';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const SECRET = 'store-secret';
const ADA = { email: 'Ada@example.com', name: 'Ada Lovelace' };
const ada = { email: ADA.email };

interface Told {
  ids: Record<string, number>;
  sent: Array<{ event: string; status: number | null }>;
}

interface State {
  webhook: object | null;
  subscriptions: Array<{ status: string }>;
  deliveries: Array<{ event: string; state: string; statuses: number[] }>;
}

let shop: TestSandbox;
let intake: TestServer;
/** What the intake answers, one after the other; then 200. */
let answers: Array<number | 'drop'>;

beforeEach(async () => {
  answers = [];
  intake = await startHttpServer(() => {
    const status = answers.shift() ?? 200;
    return status === 'drop' ? 'drop' : { status };
  });
  shop = await startTestSandbox('lemonsqueezy', LemonSqueezyDouble);
  await shop.load({ webhook: { url: `${intake.url}/hook`, secret: SECRET } });
});
afterEach(async () => {
  await shop.close();
  await intake.close();
});

const act = (action: string, input: object = ada) => shop.act<Told>(action, input);
const names = () => intake.requests.map(({ headers }) => String(headers['x-event-name']));

/** Names of the webhooks of an action alone. */
async function toldOf(action: string, input?: object): Promise<string[]> {
  const before = intake.requests.length;
  await act(action, input);
  return names().slice(before);
}

/** What our own intake makes of it. */
async function eventIn({ headers, text }: ReceivedRequest): Promise<IntakeEvent> {
  const provider = providers.find(({ source }) => source === 'lemonSqueezy');
  if (!provider) throw new Error('no provider for Lemon Squeezy');
  const taken: IntakeEvent[] = [];
  const answer = await receive(
    provider,
    { headers, rawBody: Buffer.from(text) },
    {
      secrets: [SECRET],
      accept: async (events) => {
        taken.push(...events);
        return events.map(() => ({ duplicate: false }));
      },
    },
  );
  const [event] = taken;
  if (!event) throw new Error(`The intake answered ${answer.status}: ${answer.body.reason}`);
  return event;
}

const events = () => Promise.all(intake.requests.map(eventIn));

describe('a webhook', () => {
  it('is signed over its bytes, named in a header, and has no id', async () => {
    await act('subscribe', { ...ADA, name: 'Zoë 李' });
    for (const { headers, text, body } of intake.requests) {
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'x-signature': createHmac('sha256', SECRET).update(text).digest('hex'),
        'x-event-name': Object(body).meta.event_name,
      });
      expect(Object.keys(Object(body).meta)).toEqual(['test_mode', 'event_name']);
      expect(Object(body).data.attributes).toMatchObject({
        user_name: 'Zoë 李',
        user_email: ADA.email,
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      });
    }
  });

  it('is sent again, the same, until it is answered with exactly 200', async () => {
    answers = [500, 202];
    const { sent } = await act('buy');
    expect(sent).toEqual([{ event: 'order_created', status: 500 }]);
    const { deliveries } = await eventually(async () => {
      const state = await shop.state<State>();
      return state.deliveries[0]?.state === 'delivered' ? state : undefined;
    });
    expect(deliveries).toMatchObject([{ statuses: [500, 202, 200] }]);
    expect(new Set(intake.requests.map(({ text }) => text)).size).toBe(1);
  });

  it('is given up on after three further tries', async () => {
    answers = ['drop', 500, 404, 301];
    expect(await act('buy')).toMatchObject({ sent: [{ event: 'order_created', status: 0 }] });
    const { deliveries } = await eventually(async () => {
      const state = await shop.state<State>();
      return state.deliveries[0]?.state === 'given up' ? state : undefined;
    });
    expect(deliveries).toMatchObject([{ statuses: [0, 500, 404, 301] }]);
  });

  it('is not sent again after a reset', async () => {
    answers = [500, 500];
    await act('buy');
    await shop.reset();
    await act('buy');
    await eventually(async () =>
      (await shop.state<State>()).deliveries[0]?.state === 'delivered' ? true : undefined,
    );
    expect(intake.requests).toHaveLength(3);
  });

  it.each([[['order_created']], [[]]])('is sent only for what was asked for: %j', async (asked) => {
    await shop.load({ webhook: { url: intake.url, secret: SECRET, events: asked } });
    await act('subscribe');
    expect(names()).toEqual(asked);
  });

  it('goes nowhere before an address is entered, and keeps it over a new start', async () => {
    await shop.reset();
    await act('buy');
    expect(intake.requests).toHaveLength(1);
    await shop.load({ webhook: null });
    expect(await act('buy')).toMatchObject({ sent: [] });
    expect(intake.requests).toHaveLength(1);
  });

  it('can come in any order, several times, and late', async () => {
    const { sent } = await act('subscribe', { ...ADA, copies: 4, shuffle: true, delayMs: 20 });
    expect(sent).toHaveLength(12);
    expect(names().sort()).toEqual(
      ['order_created', 'subscription_created', 'subscription_payment_success'].flatMap((name) =>
        Array.from({ length: 4 }, () => name),
      ),
    );
    expect(new Set((await events()).map(({ externalId }) => externalId)).size).toBe(3);
  });

  it('can be asked for again, the last one or the last of its kind', async () => {
    await act('subscribe');
    await act('resend');
    await act('resend', { event: 'order_created', copies: 2 });
    expect(names().slice(3)).toEqual(['subscription_payment_success', 'order_created', 'order_created']);
    expect(new Set((await events()).map(({ externalId }) => externalId)).size).toBe(3);
    await expect(act('resend', { event: 'order_refunded' })).rejects.toThrow(/nothing of the kind/);
  });

  it('is of a kind that our intake knows', () => {
    const known = providers
      .find(({ source }) => source === 'lemonSqueezy')
      ?.eventTypes.map(({ type }) => type);
    expect([...EVENT_NAMES].sort()).toEqual([...(known ?? [])].sort());
  });
});

describe('a customer', () => {
  it('tells with each step two or three things', async () => {
    expect(await toldOf('subscribe', { ...ADA, plan: 'pro' })).toEqual([
      'order_created',
      'subscription_created',
      'subscription_payment_success',
    ]);
    expect(await toldOf('changePlan', { ...ada, plan: 'enterprise' })).toEqual([
      'subscription_updated',
      'subscription_payment_success',
    ]);
    expect(await toldOf('changePlan', { ...ada, plan: 'free' })).toEqual(['subscription_updated']);
    for (const [action, event] of [
      ['pause', 'subscription_paused'],
      ['unpause', 'subscription_unpaused'],
      ['cancel', 'subscription_cancelled'],
      ['resume', 'subscription_resumed'],
    ] as const) {
      expect(await toldOf(action)).toEqual([event, 'subscription_updated']);
    }
    expect(await toldOf('renew')).toEqual(['subscription_payment_success', 'subscription_updated']);
    expect(await toldOf('failPayment')).toEqual(['subscription_payment_failed', 'subscription_updated']);
    expect(await toldOf('renew')).toEqual([
      'subscription_payment_success',
      'subscription_payment_recovered',
      'subscription_updated',
    ]);
    expect(await toldOf('expire')).toEqual(['subscription_expired', 'subscription_updated']);
  });

  it('has the plan that each step leads to, as our readers see it', async () => {
    const plans: unknown[] = [];
    for (const [action, input] of [
      ['subscribe', { ...ADA, plan: 'pro', trial: true }],
      ['changePlan', { ...ada, plan: 'enterprise' }],
      ['pause', undefined],
    ] as const) {
      if (action === 'pause') await act('renew');
      await act(action, input);
      const event = (await events()).findLast(
        ({ type }) => type.startsWith('subscription_') && !/payment/.test(type),
      );
      const said = planIn({ type: event?.type ?? '', payload: event?.payload });
      plans.push('plan' in said && [said.plan.tier, said.plan.status, said.plan.replaces]);
    }
    expect(plans).toEqual([
      ['pro', 'trialing', 'order:1'],
      ['enterprise', 'trialing', 'order:1'],
      ['enterprise', 'paused', 'order:1'],
    ]);
  });

  it('has times that put its steps into order, also those that are given', async () => {
    await act('subscribe', { ...ADA, timestamp: '2026-01-01T00:00:00Z' });
    await act('cancel', { ...ada, timestamp: '2026-01-02T00:00:00Z' });
    await act('resume');
    await act('cancel');
    const times = (await events())
      .filter(({ type }) => type === 'subscription_created' || type === 'subscription_updated')
      .map(({ occurredAt }) => occurredAt.getTime());
    expect(times.slice(0, 2)).toEqual([Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)]);
    expect(new Set(times).size).toBe(4);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  it('pays and is paid back what our readers add up', async () => {
    await act('subscribe', { ...ADA, plan: 'pro' });
    await act('renew');
    await act('refund', { ...ada, amount: 900 });
    await act('refund');
    await act('refund');
    await act('buy');
    await expect(act('refund', { ...ada, amount: 30_000 })).rejects.toThrow(/More than was paid/);
    const money = new Map<string, number>();
    for (const { type, payload } of await events()) {
      const said = paymentIn({ type, payload });
      if (!('payment' in said)) continue;
      const { subject, paidMinor = 0, refundedMinor = 0 } = said.payment;
      money.set(subject, paidMinor - refundedMinor);
    }
    expect(Object.fromEntries(money)).toEqual({
      'order:1': 0,
      'subscription-invoice:2': 0,
      'order:2': 29_900,
    });
    expect(names().filter((name) => name.endsWith('_refunded'))).toEqual([
      'subscription_payment_refunded',
      'subscription_payment_refunded',
      'order_refunded',
      'subscription_payment_refunded',
    ]);
  });

  it.each([
    ['cancel', ada, /has bought nothing yet/],
    ['refund', ada, /has bought nothing yet/],
    ['subscribe', { ...ADA, plan: 'gold' }, /plan/],
    ['changePlan', ada, /plan/],
  ])('cannot %s', async (action, input, reason) => {
    await expect(act(action, input)).rejects.toThrow(reason);
  });

  it('cannot do what its subscription does not allow', async () => {
    await act('subscribe', { ...ADA, plan: 'pro' });
    await expect(act('unpause')).rejects.toThrow(/is active, not paused/);
    await expect(act('changePlan', { ...ada, plan: 'pro' })).rejects.toThrow(/already/);
    await act('expire');
    await expect(act('renew')).rejects.toThrow(/has no subscription/);
  });
});

describe('the store', () => {
  it('takes back the state that it shows, and nothing else', async () => {
    await act('subscribe');
    const state = await shop.state<State>();
    await shop.reset();
    expect((await shop.state<State>()).subscriptions).toEqual([]);
    await shop.load(state);
    expect(await shop.state()).toEqual(state);
    await expect(shop.load({ subscriptions: [{}] })).rejects.toThrow(/no Lemon Squeezy state/);
    expect(await shop.state()).toEqual(state);
  });

  it('shows who subscribes to what, what was paid and what was told', async () => {
    answers = [500];
    await act('subscribe', { email: 'ada@example.com', name: '<b>Ada</b>', plan: 'enterprise' });
    await act('cancel', { email: 'ada@example.com' });
    const html = await (await fetch(`${new URL(shop.url).origin}/sandbox/cards/lemonsqueezy`)).text();
    for (const text of [
      '&lt;b&gt;Ada&lt;/b&gt;',
      'Enterprise (monthly)',
      'cancelled',
      '€99.00',
      'order_created',
      '500',
    ])
      expect(html).toContain(text);
    expect(html).not.toContain('<b>Ada');
  });
});
