import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLifecycleClient } from '../../client';
import { APP_EVENTS_WEBHOOK_PATH, WINDMILL_DROP_IN_PATH } from '../../sandbox/identities';
import { shuffled } from '../../sandbox/shuffled';
import { useCampaign } from '../support/campaign';
import { until } from '../support/until';
import {
  expectAllDone,
  keptUser,
  knownUser,
  knownUsers,
  toldOfSignUps,
  USER_WORKFLOWS,
} from '../support/users';

const campaign = useCampaign({ published: USER_WORKFLOWS });
const ADA = 'ada@example.com';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

afterEach(() => expectAllDone(campaign));

const app = (action: string, input: object) => campaign.act('app', action, input);

/** So many minutes into a day of the past. */
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 12, minutes)).toISOString();

describe('a user who signs up', () => {
  it('is in Mautic with fields, segments and the campaign, and in Twenty, once', async () => {
    await app('register', { email: 'Ada@Example.com', name: 'Ada Lovelace', source: 'website', copies: 5 });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      contacts: 1,
      people: 1,
      personName: 'Ada Lovelace',
      segments: ['free-tier', 'new-users'],
      campaigns: ['Welcome'],
      fields: {
        firstname: 'Ada',
        lastname: 'Lovelace',
        subscription_tier: 'free',
        subscription_status: 'active',
        signup_source: 'website',
        marketing_consent: true,
        signup_date: new Date().toISOString().slice(0, 10),
      },
    });
    expect(await campaign.slackMessages()).toEqual([]);
  });

  it('is kept with the ids, segments and campaigns elsewhere, and every step is on record', async () => {
    await app('register', { email: ADA, plan: 'enterprise' });
    await campaign.allSettled();
    const { customer, timeline } = await keptUser(campaign, ADA);
    expect(customer).toMatchObject({
      email: ADA,
      tier: 'enterprise',
      status: 'active',
      marketingConsent: true,
      mauticContactId: expect.any(Number),
      twentyPersonId: expect.stringMatching(UUID),
      segments: ['enterprise-tier', 'new-users'],
      campaigns: ['Welcome'],
      syncedAt: expect.any(Date),
    });
    const [event] = timeline.flatMap((entry) => (entry.kind === 'event' ? [entry] : []));
    expect(event).toMatchObject({
      type: 'user.registered',
      deliveries: [{ handler: 'User registered', state: 'done', attempts: 1 }],
    });
    const steps = event?.deliveries[0]?.outcomes.map(({ service, action }) => `${service}: ${action}`);
    expect(steps).toEqual([
      expect.stringMatching(/^Lifecycle Store: registration recorded/),
      expect.stringMatching(/^Mautic: contact created/),
      'Mautic: added to segment new-users',
      'Mautic: added to segment enterprise-tier',
      'Mautic: added to campaign Welcome',
      'Slack: message posted',
      'Twenty: person created',
      'Lifecycle Store: sync saved',
    ]);
  });

  it('without marketing consent is in no campaign, and leaves it when the consent is withdrawn', async () => {
    await app('register', { email: ADA, marketingConsent: false, timestamp: at(1) });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      segments: ['free-tier', 'new-users'],
      campaigns: [],
      fields: { marketing_consent: false },
    });
    await app('register', { email: ADA, marketingConsent: true, timestamp: at(2) });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      campaigns: ['Welcome'],
      fields: { marketing_consent: true },
    });
    await app('register', { email: ADA, marketingConsent: false, timestamp: at(3) });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      contacts: 1,
      campaigns: [],
      fields: { marketing_consent: false, signup_date: '2026-01-01' },
    });
  });

  it('is told to Slack by plan or by source, once', async () => {
    await app('register', {
      email: 'boss@example.com',
      name: 'Grace <Hopper>',
      plan: 'enterprise',
      copies: 3,
    });
    await app('register', { email: 'friend@example.com', source: 'partner' });
    await app('register', { email: 'other@example.com', source: 'website' });
    await campaign.allSettled();
    expect((await toldOfSignUps(campaign)).sort()).toEqual([
      ':wave: *Grace &lt;Hopper&gt;* has signed up: enterprise',
      expect.stringMatching(/^:wave: \*.*\* has signed up: free, by partner$/),
    ]);
  });

  it('and is a contact and a person already, is found whatever the spelling, and only completed', async () => {
    await campaign.act('mautic', 'saveContact', {
      email: 'ADA@Example.COM',
      fields: { firstname: 'Augusta' },
    });
    await campaign.act('twenty', 'createPerson', {
      emails: { primaryEmail: 'ADA@Example.COM' },
      name: { firstName: 'Augusta', lastName: '' },
    });
    await app('register', { email: ADA, name: 'Ada Lovelace', plan: 'pro' });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      contacts: 1,
      people: 1,
      segments: ['new-users', 'pro-tier'],
      fields: { firstname: 'Augusta', subscription_tier: 'pro' },
      personName: expect.stringMatching(/^Augusta/),
    });
  });

  it('and is in the trash of Twenty, is taken out of it', async () => {
    const emails = { primaryEmail: ADA };
    await campaign.act('twenty', 'createPerson', { emails, name: { firstName: 'Ada', lastName: 'King' } });
    await campaign.act('twenty', 'deletePerson', { email: ADA });
    await app('register', { email: ADA, name: 'Ada Lovelace' });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({ people: 1, personName: 'Ada King' });
  });

  it('and whom somebody else adds to Twenty at the same moment, is one person', async () => {
    await campaign.fail('twenty', { method: 'POST', path: '/people$', latencyMs: 600, times: 1 });
    await app('register', { email: ADA, name: 'Ada Lovelace' });
    await until(() => campaign.hasReached('twenty', { path: '/people$' }), 'Twenty to be asked');
    const emails = { primaryEmail: 'Ada@example.com' };
    await campaign.act('twenty', 'createPerson', { emails, name: { firstName: 'Ada', lastName: 'King' } });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({ people: 1, personName: 'Ada King' });
  });

  it('leaves alone who has the same name', async () => {
    await app('register', { email: 'first@example.com', name: 'Ada Lovelace', plan: 'pro' });
    await app('register', { email: 'second@example.com', name: 'Ada Lovelace', plan: 'free' });
    await campaign.allSettled();
    for (const [email, tier] of [
      ['first@example.com', 'pro'],
      ['second@example.com', 'free'],
    ] as const) {
      expect(await knownUser(campaign, email)).toMatchObject({
        contacts: 1,
        people: 1,
        segments: [`${tier}-tier`, 'new-users'].sort(),
      });
    }
  });

  it('with 60 others at once, is right like all of them, in far fewer calls than one by one', async () => {
    const emails = Array.from({ length: 60 }, (_, number) => `crowd${number}@example.com`);
    await Promise.all(
      emails.map((email, number) =>
        app('register', {
          email,
          plan: number % 2 === 0 ? 'free' : 'pro',
          marketingConsent: number % 3 === 0,
        }),
      ),
    );
    await campaign.allSettled(60);
    const users = await knownUsers(campaign);
    emails.forEach((email, number) => {
      expect({ email, ...users.get(email) }).toMatchObject({
        email,
        contacts: 1,
        people: 1,
        segments: number % 2 === 0 ? ['free-tier', 'new-users'] : ['new-users', 'pro-tier'],
        campaigns: number % 3 === 0 ? ['Welcome'] : [],
      });
    });
    const calls = await campaign.requests();
    expect(calls.filter(({ double }) => double === 'mautic').length).toBeLessThan(60 * 3);
    expect(calls.filter(({ double }) => double === 'twenty').length).toBeLessThan(60);
  });
});

describe("a user's plan", () => {
  it('moves between the tiers by what the application says, up to the end and back', async () => {
    await app('register', { email: ADA, name: 'Ada Lovelace' });
    await app('changePlan', { email: ADA, plan: 'pro' });
    await campaign.allSettled();
    const pro = await knownUser(campaign, ADA);
    expect(pro).toMatchObject({
      segments: ['new-users', 'pro-tier'],
      campaigns: ['Pro onboarding', 'Welcome'],
      fields: { subscription_tier: 'pro', subscription_status: 'active' },
    });
    expect(String(pro.fields.subscription_updated_at)).toContain(new Date().toISOString().slice(0, 10));
    await app('changePlan', { email: ADA, plan: 'free' });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      segments: ['free-tier', 'new-users'],
      campaigns: ['Retention', 'Welcome'],
      fields: { subscription_tier: 'free' },
    });
    await app('churn', { email: ADA });
    await campaign.allSettled();
    const churned = await knownUser(campaign, ADA);
    expect(churned).toMatchObject({
      contacts: 1,
      people: 1,
      segments: ['churned', 'new-users'],
      campaigns: ['Welcome', 'Win-back'],
      fields: { subscription_status: 'churned' },
    });
    expect(churned.fields.subscription_tier ?? '').toBe('');
    await app('changePlan', { email: ADA, plan: 'enterprise', previousPlan: 'free' });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      segments: ['enterprise-tier', 'new-users'],
      campaigns: ['Enterprise walkthrough', 'Welcome'],
      fields: { subscription_tier: 'enterprise', subscription_status: 'active' },
    });
  });

  it('ends in the same state in whatever order the events come, one after the other', async () => {
    await app('churn', { email: ADA, timestamp: at(3) });
    await campaign.allSettled();
    await app('changePlan', { email: ADA, plan: 'enterprise', previousPlan: 'pro', timestamp: at(4) });
    await campaign.allSettled();
    await app('register', { email: ADA, timestamp: at(1), copies: 2 });
    await app('changePlan', { email: ADA, plan: 'pro', previousPlan: 'free', timestamp: at(2), copies: 2 });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      contacts: 1,
      segments: ['enterprise-tier', 'new-users'],
      campaigns: ['Enterprise walkthrough', 'Welcome'],
      fields: { subscription_tier: 'enterprise', subscription_status: 'active', signup_date: '2026-01-01' },
    });
  });

  it('ends in the same state when a whole life comes at once, in any order and several times', async () => {
    const life: Array<[string, object]> = [
      ['register', { plan: 'free', timestamp: at(1) }],
      ['changePlan', { plan: 'pro', previousPlan: 'free', timestamp: at(2) }],
      ['changePlan', { plan: 'enterprise', previousPlan: 'pro', timestamp: at(3) }],
      ['changePlan', { plan: 'pro', previousPlan: 'enterprise', timestamp: at(4) }],
      ['churn', { timestamp: at(5) }],
    ];
    const emails = Array.from({ length: 4 }, (_, number) => `life${number}@example.com`);
    await Promise.all(
      emails.flatMap((email) =>
        shuffled(life).map(([action, input]) => app(action, { ...input, email, copies: 3 })),
      ),
    );
    await campaign.allSettled(60);
    for (const email of emails) {
      const user = await knownUser(campaign, email);
      expect(user).toMatchObject({
        contacts: 1,
        people: 1,
        segments: ['churned', 'new-users'],
        campaigns: ['Welcome', 'Win-back'],
        fields: { subscription_status: 'churned', signup_date: '2026-01-01' },
      });
      expect(user.fields.subscription_tier ?? '').toBe('');
    }
  });

  it('that comes back in the very event that says so leaves a second end alone', async () => {
    await app('register', { email: ADA, timestamp: at(1) });
    await app('churn', { email: ADA, timestamp: at(2) });
    await campaign.allSettled();
    await app('changePlan', { email: ADA, plan: 'pro', previousPlan: 'free', timestamp: at(4) });
    await app('churn', { email: ADA, timestamp: at(3) });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      segments: ['new-users', 'pro-tier'],
      campaigns: ['Pro onboarding', 'Welcome'],
    });
  });
});

describe("a user's activity", () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const lastLogin = async () => (await knownUser(campaign, ADA)).fields.last_login;

  it('reaches Mautic at most once an hour', async () => {
    await app('logIn', { email: ADA, timestamp: ago(90) });
    await campaign.allSettled();
    const first = await lastLogin();
    expect(first).toEqual(expect.any(String));
    await app('logIn', { email: ADA, timestamp: ago(60) });
    await campaign.allSettled();
    expect(await lastLogin()).toBe(first);
    await app('logIn', { email: ADA, timestamp: ago(20) });
    await campaign.allSettled();
    const second = await lastLogin();
    expect(second).not.toBe(first);
    // One that comes late does not turn back the clock.
    await app('logIn', { email: ADA, timestamp: ago(300) });
    await campaign.allSettled();
    expect(await lastLogin()).toBe(second);
  });

  it('of 30 sign-ins at once is written once', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, number) => app('logIn', { email: ADA, timestamp: ago(number) })),
    );
    await campaign.allSettled();
    expect((await knownUser(campaign, ADA)).contacts).toBe(1);
    const written = (await campaign.requests()).filter(
      ({ double, method, body }) =>
        double === 'mautic' && method !== 'GET' && JSON.stringify(body).includes('last_login'),
    );
    expect(written).toHaveLength(1);
  });

  it('of the own kind is told when the kind changes, and all of it is in the timeline', async () => {
    const did = (event: string, minutes: number) =>
      app('custom', { email: ADA, event, properties: { format: 'pdf' }, timestamp: ago(minutes) });
    await did('report.exported', 50);
    await campaign.allSettled();
    const first = await knownUser(campaign, ADA);
    expect(first.fields.last_activity).toBe('report.exported');
    await did('report.exported', 40);
    await campaign.allSettled();
    expect((await knownUser(campaign, ADA)).fields.last_activity_at).toBe(first.fields.last_activity_at);
    await did('first.invoice', 30);
    await campaign.allSettled();
    const last = await knownUser(campaign, ADA);
    expect(last).toMatchObject({ contacts: 1, fields: { last_activity: 'first.invoice' } });
    expect(last.fields.last_activity_at).not.toBe(first.fields.last_activity_at);
    expect(await appEvents()).toEqual(['user.custom', 'user.custom', 'user.custom']);
  });
});

/** Types of what was taken in from the application, newest first. */
async function appEvents(): Promise<string[]> {
  const { timeline } = await keptUser(campaign, ADA);
  return timeline.flatMap((entry) => (entry.kind === 'event' && entry.source === 'app' ? entry.type : []));
}

const registration = { email: ADA, name: 'Ada Lovelace', plan: 'pro', marketingConsent: true };

describe('the ways in', () => {
  const asRegistered = {
    contacts: 1,
    people: 1,
    segments: ['new-users', 'pro-tier'],
    campaigns: ['Welcome'],
    fields: { firstname: 'Ada', subscription_tier: 'pro', marketing_consent: true },
  };

  it('of Windmill ends in the same state as the application’s own', async () => {
    const sent = { ...registration, timestamp: new Date().toISOString() };
    const first = await windmill('f/users/user_registered', sent);
    expect(first).toEqual({
      status: 201,
      type: 'text/plain; charset=utf-8',
      text: expect.stringMatching(UUID),
    });
    expect(await windmill('f/users/user_registered', sent)).toEqual(first);
    const id = randomUUID();
    expect(await windmill(`f/users/user_logged_in?job_id=${id}`, { email: ADA })).toMatchObject({
      status: 201,
      text: id,
    });
    await campaign.allSettled();
    const user = await knownUser(campaign, ADA);
    expect(user).toMatchObject(asRegistered);
    expect(user.fields.last_login).toEqual(expect.any(String));
    expect(await appEvents()).toEqual(['user.loggedIn', 'user.registered']);
  });

  it('by the event client does, in our own form and in that of Windmill', async () => {
    const { n8nUrl, appEventsToken: token } = campaign.stack;
    const own = createLifecycleClient({ url: n8nUrl + APP_EVENTS_WEBHOOK_PATH, token });
    const id = 'signup-4711';
    const data = { ...registration, plan: 'free' } as const;
    expect(await own.userRegistered(data, { id })).toEqual({ delivered: true });
    expect(await own.userRegistered(data, { id })).toEqual({ delivered: true });
    const drop = createLifecycleClient({ url: n8nUrl + WINDMILL_DROP_IN_PATH, token, format: 'windmill' });
    const upgrade = { email: ADA, previousPlan: 'free', newPlan: 'pro' } as const;
    expect(await drop.userUpgraded(upgrade)).toEqual({ delivered: true });
    expect(await drop.userLoggedIn({ email: ADA })).toEqual({ delivered: true });
    expect(await own.customEvent({ email: ADA, name: 'report.exported' })).toEqual({ delivered: true });
    await campaign.allSettled();
    expect(await knownUser(campaign, ADA)).toMatchObject({
      ...asRegistered,
      campaigns: ['Pro onboarding', 'Welcome'],
      fields: { ...asRegistered.fields, last_activity: 'report.exported' },
    });
    expect(await appEvents()).toEqual(['user.custom', 'user.loggedIn', 'user.upgraded', 'user.registered']);
  });

  it('tell an event without id and timestamp by its content', async () => {
    const event = { type: 'user.registered', data: registration };
    expect(await send(event)).toEqual({ status: 200, text: '{"received":true}' });
    expect(await send(event)).toEqual({ status: 200, text: '{"received":true,"duplicate":true}' });
    expect(await windmill('f/users/user_registered', registration)).toMatchObject({ status: 201 });
    await campaign.allSettled();
    expect(await appEvents()).toEqual(['user.registered']);
    expect(await knownUser(campaign, ADA)).toMatchObject(asRegistered);
  });
});

describe('an event that is wrong', () => {
  const event = { type: 'user.registered', data: registration };
  const withData = (data: object) => ({ ...event, data: { ...registration, ...data } });
  const inFuture = new Date(Date.now() + 3_600_000).toISOString();

  it.each<[string, unknown, number, RegExp]>([
    ['no e-mail address', withData({ email: 'ada' }), 422, /data\.email/],
    ['an unknown plan', withData({ plan: 'gold' }), 422, /data\.plan/],
    ['a field that there is not', withData({ paln: 'pro' }), 422, /paln/],
    ['a field beside the data that there is not', { ...event, tenant: 'x' }, 422, /tenant/],
    ['consent in words', withData({ marketingConsent: 'yes' }), 422, /data\.marketingConsent/],
    ['no time', { ...event, timestamp: 'yesterday' }, 422, /timestamp/],
    ['a time without its zone', { ...event, timestamp: '2026-01-01T12:00:00' }, 422, /timestamp/],
    ['a time to come', { ...event, timestamp: inFuture }, 422, /timestamp.*future/],
    ['a time in seconds', { ...event, timestamp: 1_767_268_800 }, 422, /timestamp/],
    ['an unknown type', { ...event, type: 'user.deleted' }, 422, /user\.deleted.*user\.registered/],
    [
      'an upgrade to a lower plan',
      { type: 'user.upgraded', data: { email: ADA, previousPlan: 'pro', newPlan: 'free' } },
      422,
      /newPlan/,
    ],
    ['no data', { type: 'user.churned' }, 422, /data/],
    ['a list', [event], 422, /./],
  ])('with %s is refused, and nothing is stored', async (_case, body, status, reason) => {
    const before = await campaign.traces();
    const answer = await send(body);
    expect(answer.text).toMatch(reason);
    expect(answer.status).toBe(status);
    expect(await campaign.traces()).toEqual(before);
  });

  it.each<[string, string, Record<string, string>, number, RegExp]>([
    ['that is no JSON', '{"type":', {}, 422, /parse|JSON/],
    [
      'in another form',
      'type=user.registered',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /application\/json/,
    ],
    ['with a wrong token', JSON.stringify(event), { authorization: 'Bearer somebody-elses' }, 401, /token/],
    ['without a token', JSON.stringify(event), { authorization: '' }, 401, /token/],
  ])('%s is refused, and nothing is stored', async (_case, body, headers, status, reason) => {
    const before = await campaign.traces();
    const answer = await send(body, headers);
    expect(answer.text).toMatch(reason);
    expect(answer.status).toBe(status);
    expect(await campaign.traces()).toEqual(before);
  });

  it.each<[string, string, unknown, Record<string, string>, number, RegExp]>([
    [
      'with a wrong token',
      'f/users/user_registered',
      registration,
      { authorization: 'Bearer x' },
      401,
      /Unauthorized/,
    ],
    [
      'for a script that there is not',
      'f/users/send_newsletter',
      registration,
      {},
      404,
      /not found.*f\/users\/send_newsletter/,
    ],
    ['without e-mail address', 'f/users/user_registered', { plan: 'pro' }, {}, 400, /email/],
    [
      'with a field that there is not',
      'f/users/user_registered',
      { ...registration, paln: 'pro' },
      {},
      400,
      /paln/,
    ],
    ['with a job id that is none', 'f/users/user_registered?job_id=7', registration, {}, 400, /job_id/],
  ])(
    'in the form of Windmill %s is refused as Windmill would',
    async (_case, script, body, headers, status, reason) => {
      const before = await campaign.traces();
      const answer = await windmill(script, body, headers);
      expect(answer).toMatchObject({
        status,
        type: 'text/plain; charset=utf-8',
        text: expect.stringMatching(reason),
      });
      expect(await campaign.traces()).toEqual(before);
    },
  );
});

async function send(body: unknown, headers: Record<string, string> = {}) {
  const { status, text } = await post(APP_EVENTS_WEBHOOK_PATH, body, headers);
  return { status, text };
}

/** Starts a script as an application does whose Windmill is n8n. */
function windmill(script: string, args: unknown, headers: Record<string, string> = {}) {
  return post(`${WINDMILL_DROP_IN_PATH}/api/w/acme/jobs/run/p/${script}`, args, headers);
}

async function post(path: string, body: unknown, headers: Record<string, string>) {
  const { n8nUrl, appEventsToken } = campaign.stack;
  const response = await fetch(n8nUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${appEventsToken}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, text: await response.text() };
}
