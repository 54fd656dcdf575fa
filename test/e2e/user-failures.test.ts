import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { shuffled } from '../../sandbox/shuffled';
import type { DeliveryReport } from '../../store';
import { validateLog } from '../contract/contract';
import { useCampaign } from '../support/campaign';
import {
  ANSWER_LOST,
  OTHER_JSON,
  REFUSED,
  TOO_MANY,
  TOO_MANY_FOR_LONG,
  UNREACHABLE,
  WEB_PAGE,
} from '../support/faults';
import { until } from '../support/until';
import {
  allWorkedOn,
  expectAllDone,
  healed,
  knownUser,
  knownUsers,
  toldOfSignUps,
  USER_WORKFLOWS,
} from '../support/users';

/** A team that scores each customer in Windmill, where the script stays. */
const SCORING = 'score-customer';
const scoring = workflowThatScores();

const campaign = useCampaign({ published: USER_WORKFLOWS, added: [scoring] });
const ADA = 'ada@example.com';

afterEach(async () => {
  await allWorkedOn(campaign);
  expect(validateLog(await campaign.requests())).toEqual([]);
});

const app = (action: string, input: object = {}) =>
  campaign.act('app', action, { email: ADA, ...input }) as Promise<{ id: string }>;

/** Signs Ada up, and gives what has become of that at the first try. */
async function signUp(): Promise<DeliveryReport> {
  const { id } = await app('register', { name: 'Ada Lovelace', plan: 'enterprise' });
  return await settled(id);
}

/** What has become of an event at the first try. */
async function settled(eventId: string, handler = 'User registered'): Promise<DeliveryReport> {
  const deliveries = await campaign.settled([eventId], 'done', 'failed', 'dead');
  const delivery = deliveries.find((each) => each.handler.name === handler);
  if (!delivery) throw new Error(`${handler} has not worked on it.`);
  return delivery;
}

const actionsOf = ({ outcomes }: DeliveryReport) =>
  outcomes.map(({ service, action }) => `${String(service)}: ${String(action)}`);

const IN_MAUTIC = {
  contacts: 1,
  segments: ['enterprise-tier', 'new-users'],
  campaigns: ['Welcome'],
  fields: {
    firstname: 'Ada',
    lastname: 'Lovelace',
    subscription_tier: 'enterprise',
    subscription_status: 'active',
    marketing_consent: true,
  },
};
const IN_TWENTY = { people: 1, personName: 'Ada Lovelace' };
const SLACK_LINES = [':wave: *Ada Lovelace* has signed up: enterprise'];

async function expectSignedUp(): Promise<void> {
  expect(await knownUser(campaign, ADA)).toMatchObject({ ...IN_MAUTIC, ...IN_TWENTY });
  expect(await toldOfSignUps(campaign)).toEqual(SLACK_LINES);
}

const WAYS: Array<[string, object]> = [
  ['is out of order', REFUSED],
  ['is out of reach', UNREACHABLE],
  ['is lost after it has acted', ANSWER_LOST],
  ['answers with a web page', WEB_PAGE],
  ['answers with something else', OTHER_JSON],
  ['asks for long patience', TOO_MANY_FOR_LONG],
];

describe.each([
  ['Mautic, looking for the contact,', { method: 'GET', path: '^/api/contacts' }],
  ['Mautic, creating the contact,', { method: 'POST', path: '^/api/contacts/new' }],
  ['Mautic, adding to a segment,', { method: 'POST', path: '^/api/segments' }],
  ['Mautic, adding to a campaign,', { method: 'POST', path: '^/api/campaigns' }],
])('when %s', (_step, call) => {
  it.each(WAYS)('%s, the rest goes on, and in the end all of it is done, once', async (_way, fault) => {
    await campaign.fail('mautic', { ...call, ...fault });
    const first = await signUp();
    expect(first).toMatchObject({
      state: 'failed',
      lastFailure: { service: 'Mautic', message: expect.stringMatching(/^Mautic could not /) },
    });
    expect(await knownUser(campaign, ADA)).toMatchObject(IN_TWENTY);
    expect(await toldOfSignUps(campaign)).toEqual(SLACK_LINES);
    await healed(campaign, 'mautic');
    await expectSignedUp();
  });

  it('asks for a little patience, it is given it', async () => {
    await campaign.fail('mautic', { ...call, ...TOO_MANY, times: 1 });
    expect(await signUp()).toMatchObject({ state: 'done', attempts: 1 });
    await expectSignedUp();
  });
});

describe.each([
  ['Twenty, looking for the person,', { method: 'GET', path: '^/rest/people|^/people' }],
  ['Twenty, creating the person,', { method: 'POST', path: '/people' }],
])('when %s', (_step, call) => {
  it.each(WAYS)('%s, the rest is done, and in the end there is one person', async (_way, fault) => {
    await campaign.fail('twenty', { ...call, ...fault });
    const first = await signUp();
    expect(await knownUser(campaign, ADA)).toMatchObject(IN_MAUTIC);
    expect(await toldOfSignUps(campaign)).toEqual(SLACK_LINES);
    // A person that Twenty has created all the same is found at once.
    if (fault !== ANSWER_LOST || call.method === 'GET') {
      expect(first).toMatchObject({
        state: 'failed',
        lastFailure: { service: 'Twenty', message: expect.stringMatching(/^Twenty could not /) },
      });
    }
    await healed(campaign, 'twenty');
    await expectSignedUp();
  });
});

describe('when Twenty throttles', () => {
  it.each(['1.0', '2.42'])('in the words of version %s, it is waited for', async (version) => {
    await campaign.act('twenty', 'setVersion', { version });
    await campaign.act('twenty', 'setLimits', { limits: [{ tokens: 10, windowMs: 5_000 }] });
    const look = { method: 'GET', path: '/people$', latencyMs: 250, times: 1 };
    await campaign.fail('twenty', look);
    const signedUp = signUp();
    await until(() => campaign.hasReached('twenty', look), 'Twenty to be asked');
    await campaign.act('twenty', 'useUpLimit');
    expect(await signedUp).toMatchObject({ state: 'done', attempts: 1 });
    const refusals = (await campaign.requests()).filter(
      ({ double, status }) => double === 'twenty' && status >= 400,
    );
    expect(refusals.map(({ status }) => status)).toEqual([version === '1.0' ? 400 : 429]);
    await expectSignedUp();
  });

  it('a crowd that signs up at once, each is one person in the end', async () => {
    await campaign.act('twenty', 'setLimits', { limits: [{ tokens: 4, windowMs: 1_000 }] });
    const emails = Array.from({ length: 40 }, (_, number) => `crowd${number}@example.com`);
    await Promise.all(emails.map((email) => app('register', { email })));
    await campaign.allSettled(60);
    const users = await knownUsers(campaign);
    for (const email of emails) expect({ email, ...users.get(email) }).toMatchObject({ email, people: 1 });
    await expectAllDone(campaign);
  });
});

describe('when Slack', () => {
  it.each<[string, object]>([
    ['is out of order', REFUSED],
    ['answers with a web page', WEB_PAGE],
    ['asks for long patience', TOO_MANY_FOR_LONG],
  ])('%s, the rest is done, and the line is posted once in the end', async (_way, fault) => {
    await campaign.fail('slack', fault);
    expect(await signUp()).toMatchObject({ state: 'failed', lastFailure: { service: 'Slack' } });
    expect(await knownUser(campaign, ADA)).toMatchObject({ ...IN_MAUTIC, ...IN_TWENTY });
    expect(await toldOfSignUps(campaign)).toEqual([]);
    await healed(campaign, 'slack');
    await expectSignedUp();
  });

  it('asks for a little patience, it is given it', async () => {
    await campaign.fail('slack', { ...TOO_MANY, times: 1 });
    expect(await signUp()).toMatchObject({ state: 'done', attempts: 1 });
    await expectSignedUp();
  });

  it.each<[string, object, string[]]>([
    ['after', ANSWER_LOST, SLACK_LINES],
    ['before', UNREACHABLE, []],
  ])(
    'is lost %s it has posted, the line is never posted twice, which is said',
    async (_way, fault, lines) => {
      await campaign.fail('slack', { ...fault, times: 1 });
      const { event } = await signUp();
      await healed(campaign, 'slack');
      expect(await toldOfSignUps(campaign)).toEqual(lines);
      expect(await knownUser(campaign, ADA)).toMatchObject({ ...IN_MAUTIC, ...IN_TWENTY });
      expect(actionsOf(await settled(event.externalId))).toContainEqual(
        expect.stringMatching(/^Slack: message not posted: unknown whether/),
      );
    },
  );
});

describe("when Stripe's API", () => {
  const subscription = { method: 'GET', path: '^/v1/subscriptions/' };
  const subscribe = (input: object = {}) => campaign.act('stripe', 'subscribe', { email: ADA, ...input });
  const asPro = {
    contacts: 1,
    segments: ['pro-tier'],
    campaigns: ['Pro onboarding'],
    fields: { subscription_tier: 'pro', subscription_status: 'active', lifetime_value: 29 },
  };

  it.each(WAYS)('%s, nothing is guessed, and in the end the plan is right', async (_way, fault) => {
    await campaign.fail('stripe', { ...subscription, ...fault });
    await subscribe();
    await until(async () => (await knownUser(campaign, ADA)).fields.lifetime_value === 29, 'the invoice');
    await until(async () => (await failuresOf('Plan changed')).length > 0, 'the failure');
    expect((await failuresOf('Plan changed'))[0]).toMatchObject({
      service: 'Stripe',
      message: expect.stringMatching(/^Stripe could not retrieve the subscription sub_/),
    });
    expect(await knownUser(campaign, ADA)).toMatchObject({ segments: [], campaigns: [] });
    await healed(campaign, 'stripe');
    expect(await knownUser(campaign, ADA)).toMatchObject(asPro);
  });

  it('is slow or asks for a little patience, it is waited for', async () => {
    await campaign.fail(
      'stripe',
      { ...subscription, ...TOO_MANY, times: 1 },
      { ...subscription, latencyMs: 1_500, times: 2 },
    );
    await subscribe();
    await allWorkedOn(campaign);
    expect(await knownUser(campaign, ADA)).toMatchObject(asPro);
    await expectAllDone(campaign);
  });

  it('rejects the key, it is said what to do, and a replay completes', async () => {
    await campaign.fail('stripe', {
      ...subscription,
      status: 401,
      body: { error: { message: 'Invalid API Key' } },
    });
    await subscribe();
    await allWorkedOn(campaign);
    expect((await failuresOf('Plan changed'))[0]).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/^Stripe could not .* answered 401.*[Kk]ey/s),
    });
    await campaign.fail('stripe');
    await campaign.replayDead();
    await allWorkedOn(campaign);
    expect(await knownUser(campaign, ADA)).toMatchObject(asPro);
  });
});

describe('what no retry heals is dead at once, says what to do, and a replay completes it:', () => {
  it.each<[string, string, object, RegExp]>([
    [
      "Mautic's password is wrong",
      'mautic',
      { status: 401 },
      /^Mautic could not .*401.*user name and password/s,
    ],
    [
      "Twenty's key is revoked",
      'twenty',
      { status: 401, body: { messages: ['Token invalid.'] } },
      /^Twenty could not .*401.*key/s,
    ],
    [
      "Slack's webhook is gone",
      'slack',
      { status: 404, body: 'no_service' },
      /^Slack could not .*no_service.*new incoming webhook/s,
    ],
  ])('%s', async (_case, system, fault, message) => {
    await campaign.fail(system, fault);
    const first = await signUp();
    expect(first).toMatchObject({ state: 'dead', attempts: 1 });
    expect(first.lastFailure?.message).toMatch(message);
    expect(JSON.stringify(first.lastFailure)).not.toMatch(/sandbox-|\.js:|node_modules/);
    // On error tells Slack, too, that a run has failed, sooner or later.
    const refused = (await campaign.requests()).filter(
      ({ double, fault: made, body }) =>
        double === system && made && !JSON.stringify(body).includes(':red_circle:'),
    );
    expect(refused).toHaveLength(1);
    await campaign.fail(system);
    await campaign.replayDead();
    await campaign.allSettled();
    await expectSignedUp();
    await expectAllDone(campaign);
  });

  it('somebody has deleted a segment', async () => {
    const { segments } = await campaign.stateOf<{ segments: Array<{ alias: string }> }>('mautic');
    await campaign.setState('mautic', {
      segments: segments.filter(({ alias }) => alias !== 'enterprise-tier'),
    });
    const first = await signUp();
    // A list that is known for some minutes is looked at again before anybody is bothered.
    if (first.state === 'failed') await campaign.passTime();
    await campaign.allSettled();
    const dead = await settled(first.event.externalId);
    expect(dead).toMatchObject({ state: 'dead', lastFailure: { service: 'Mautic' } });
    expect(dead.lastFailure?.message).toMatch(/segment "enterprise-tier".*Create it under Segments/s);
    expect(await knownUser(campaign, ADA)).toMatchObject(IN_TWENTY);
    expect(await toldOfSignUps(campaign)).toEqual(SLACK_LINES);
    await campaign.setState('mautic', { segments });
    // What was missing a moment ago is not looked for again at once, since a whole run may miss it.
    await pause(2_500);
    await campaign.replayDead();
    await campaign.allSettled();
    await expectSignedUp();
    await expectAllDone(campaign);
  });
});

describe('when a plan cannot be shown', () => {
  it.each([
    ['Mautic, writing the contact,', { method: 'PATCH', path: '/edit$' }],
    ['Mautic, removing from a segment,', { method: 'POST', path: '^/api/segments/\\d+/contact/\\d+/remove' }],
    ['Mautic, adding to a segment,', { method: 'POST', path: '^/api/segments/.*/add$' }],
    ['Mautic, adding to a campaign,', { method: 'POST', path: '^/api/campaigns/.*/add$' }],
  ])('since %s fails, what was left undone is done, once', async (_step, call) => {
    await app('register', { name: 'Ada Lovelace', plan: 'free' });
    await campaign.allSettled();
    for (const { fault, plan, gained } of [
      { fault: REFUSED, plan: 'pro', gained: 'Pro onboarding' },
      { fault: ANSWER_LOST, plan: 'free', gained: 'Retention' },
      { fault: WEB_PAGE, plan: 'enterprise', gained: 'Enterprise walkthrough' },
    ]) {
      await campaign.fail('mautic', { ...call, ...fault });
      await app('changePlan', { plan });
      await until(async () => (await failuresOf('Plan changed')).length > 0, 'the failure');
      await healed(campaign, 'mautic');
      expect(await knownUser(campaign, ADA)).toMatchObject({
        contacts: 1,
        segments: [`${plan}-tier`, 'new-users'].sort(),
        campaigns: [gained, 'Welcome'].sort(),
        fields: { subscription_tier: plan },
      });
    }
    await expectAllDone(campaign);
  });
});

describe('a crowd of users', () => {
  it('whose life is played while everything is slow ends as it should', async () => {
    await campaign.slowDown(150);
    await expectCrowd(12);
  });

  it('whose life is played while everything fails now and then ends as it should', async () => {
    const ways = [UNREACHABLE, REFUSED, ANSWER_LOST, WEB_PAGE, OTHER_JSON, TOO_MANY];
    const someOfEach = () => shuffled(ways.map((way) => ({ ...way, times: 2 })));
    await campaign.fail('mautic', ...someOfEach(), ...someOfEach());
    await campaign.fail('twenty', ...someOfEach());
    await campaign.fail('stripe', ...someOfEach());
    await expectCrowd(24);
  });

  async function expectCrowd(size: number): Promise<void> {
    const at = (minutes: number) => new Date(Date.UTC(2026, 5, 1, 12, minutes)).toISOString();
    const emails = Array.from({ length: size }, (_, number) => `crowd${number}@example.com`);
    await Promise.all(
      emails.flatMap((email, number) => [
        app('register', { email, timestamp: at(1), copies: 2 }),
        ...(number % 4 === 1
          ? [app('changePlan', { email, plan: 'pro', previousPlan: 'free', timestamp: at(2) })]
          : []),
        ...(number % 4 === 2 ? [app('churn', { email, timestamp: at(3) })] : []),
        ...(number % 4 === 3
          ? [campaign.act('stripe', 'subscribe', { email, plan: 'enterprise', timestamp: at(4), copies: 2 })]
          : []),
      ]),
    );
    await healed(campaign);
    // Without back-off six tries may not have been enough.
    for (const system of ['mautic', 'twenty', 'stripe']) await campaign.fail(system);
    await campaign.replayDead();
    await allWorkedOn(campaign);
    const users = await knownUsers(campaign);
    const expected = [
      { segments: ['free-tier', 'new-users'], campaigns: ['Welcome'] },
      { segments: ['new-users', 'pro-tier'], campaigns: ['Pro onboarding', 'Welcome'] },
      { segments: ['churned', 'new-users'], campaigns: ['Welcome', 'Win-back'] },
      { segments: ['enterprise-tier', 'new-users'], campaigns: ['Enterprise walkthrough', 'Welcome'] },
    ];
    emails.forEach((email, number) => {
      expect({ email, ...users.get(email) }).toMatchObject({
        email,
        contacts: 1,
        people: 1,
        ...expected[number % 4],
      });
    });
    await expectAllDone(campaign);
  }
});

describe('a script that stays in Windmill', () => {
  const jobs = async () =>
    (await campaign.stateOf<{ jobs: Array<{ path: string; args: object }> }>('windmill')).jobs;

  it.each<[string, object[]]>([
    ['all is well', []],
    ['Windmill is out of order', [REFUSED]],
    ['Windmill is out of reach', [UNREACHABLE]],
    ['the answer is lost', [ANSWER_LOST]],
    ['a web page answers', [WEB_PAGE]],
  ])('is run once for each event when %s', async (_case, faults) => {
    await campaign.fail('windmill', ...faults);
    const { id } = await app('custom', { event: 'invoice.opened', copies: 3 });
    const first = await settled(id, scoring.name);
    if (faults.length === 0) {
      expect(first).toMatchObject({ state: 'done' });
      expect(actionsOf(first)).toEqual(['Windmill: script started']);
    }
    await healed(campaign, 'windmill');
    expect(await jobs()).toEqual([
      expect.objectContaining({
        path: 'f/lifecycle/score_customer',
        args: { email: ADA, did: 'invoice.opened' },
      }),
    ]);
    await expectAllDone(campaign);
  });
});

async function failuresOf(workflow: string) {
  return (await campaign.deliveriesTo(workflow)).flatMap(({ state, lastFailure }) =>
    lastFailure && (state === 'failed' || state === 'dead') ? [lastFailure] : [],
  );
}

function workflowThatScores() {
  const store = { lifecycleStoreApi: { id: null, name: 'Lifecycle Store' } };
  const node = (name: string, type: string, more: object) => ({
    id: `${SCORING}-${name.toLowerCase().replaceAll(' ', '-')}`,
    name,
    type: `n8n-nodes-lifecycle.${type}`,
    typeVersion: 1,
    position: [0, 0],
    ...more,
  });
  const to = (name: string) => ({ main: [[{ node: name, type: 'main', index: 0 }]] });
  return {
    id: SCORING,
    name: 'Score customer',
    active: true,
    settings: { executionOrder: 'v1' },
    nodes: [
      node('On event', 'lifecycleEventTrigger', {
        typeVersion: 2,
        credentials: store,
        parameters: { eventTypes: ['app:user.custom'] },
      }),
      node('Score', 'windmillJob', {
        credentials: { lifecycleWindmillApi: { id: null, name: 'Windmill' } },
        parameters: {
          path: { __rl: true, mode: 'path', value: 'f/lifecycle/score_customer' },
          arguments: {
            argument: [
              { name: 'email', value: '={{ $json.event.payload.data.email }}' },
              { name: 'did', value: '={{ $json.event.payload.data.name }}' },
            ],
          },
        },
      }),
      node('Settle', 'lifecycleStore', { credentials: store, parameters: {} }),
    ],
    connections: { 'On event': to('Score'), Score: to('Settle') },
  };
}
