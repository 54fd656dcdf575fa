import { describe, expect, it } from '@jest/globals';
import { receive, unavailable, windmill, type IntakeEvent, type SentAnswer } from '../../../services/intake';

const TOKEN = 'a-token-of-more-than-thirty-two-characters';
const NOW = new Date('2026-03-01T11:05:00Z');
const JOB = '0b8f5d1e-6a2c-4a8f-9d3e-5f1c2b3a4d5e';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const SCRIPT = 'f/users/user_registered';

const registered = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  plan: 'pro',
  source: 'website',
  marketingConsent: true,
  timestamp: '2026-03-01T11:00:00Z',
};

describe('a call of Windmill', () => {
  it('is an app event like any other, answered with a job id as text', async () => {
    const { answer, accepted } = await post(registered);
    expect(answer).toEqual({
      status: 201,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: expect.stringMatching(UUID),
    });
    const { timestamp, ...data } = registered;
    expect(accepted).toEqual([
      expect.objectContaining({
        type: 'user.registered',
        occurredAt: new Date(timestamp),
        payload: { type: 'user.registered', timestamp, data },
      }),
    ]);
  });

  it.each([
    ['f/users/user_registered', 'user.registered', registered],
    ['u/ada/user-registered', 'user.registered', registered],
    ['f/crm/events/userRegistered', 'user.registered', registered],
    ['f/crm/user.registered', 'user.registered', registered],
    ['f/users/user_upgraded', 'user.upgraded', { previousPlan: 'free', newPlan: 'pro' }],
    ['f/users/user_downgraded', 'user.downgraded', { previousPlan: 'pro', newPlan: 'free' }],
    ['f/users/user_churned', 'user.churned', { reason: 'too expensive' }],
    ['f/users/user_logged_in', 'user.loggedIn', {}],
    ['f/users/userLoggedIn', 'user.loggedIn', {}],
    ['f/users/user_custom', 'user.custom', { name: 'report.exported', properties: { format: 'pdf' } }],
  ])('to %s is %s', async (script, type, fields) => {
    const { answer, accepted } = await post({ email: 'ada@example.com', ...fields }, { script });
    expect(answer.status).toBe(201);
    expect(accepted).toEqual([expect.objectContaining({ type })]);
  });

  it('takes an argument that is null for one that is not given', async () => {
    const { answer, accepted } = await post({ ...registered, source: null, timestamp: null });
    expect(answer.status).toBe(201);
    expect(accepted[0]?.payload.data).not.toHaveProperty('source');
    expect(accepted[0]?.occurredAt).toEqual(NOW);
  });

  it('may bring the token in its address', async () => {
    const query = { token: TOKEN };
    expect(await post(registered, { authorization: undefined, query })).toMatchObject({
      answer: { status: 201 },
    });
  });

  it('may bring its own job id, which is the id of the event', async () => {
    const { answer, accepted } = await post(registered, { query: { job_id: JOB.toUpperCase() } });
    expect(answer).toMatchObject({ status: 201, body: JOB });
    expect(accepted).toEqual([expect.objectContaining({ externalId: JOB })]);
  });

  it('gets the same job id when it comes again, also when it was stored under another id', async () => {
    const one = await post(registered);
    expect((await post(registered)).answer.body).toBe(one.answer.body);
    const other = await post({ ...registered, plan: 'free' });
    expect(other.answer.body).not.toBe(one.answer.body);
    // As Python's uuid.uuid5 has it.
    expect((await post(registered, { held: 'signup-1' })).answer.body).toBe(
      'cc9b27e1-5115-5d46-ad81-8398f5ff48f7',
    );
  });

  it.each([
    ['without a token', registered, { authorization: undefined }, 401, /^Unauthorized: .*missing/],
    ['with a wrong token', registered, { authorization: 'Bearer guess' }, 401, /^Unauthorized: .*wrong/],
    [
      'with a wrong token in its address',
      registered,
      { authorization: undefined, query: { token: 'guess' } },
      401,
      /wrong/,
    ],
    [
      'to an unknown script',
      registered,
      { script: 'f/users/send_invoice' },
      404,
      /^Not found: script not found at name f\/users\/send_invoice$/,
    ],
    ['to no script', registered, { script: '' }, 404, /^Not found: /],
    ['with a wrong field', { ...registered, plan: 'gold' }, {}, 400, /^Bad request: plan: /],
    ['with an extra field', { ...registered, age: 3 }, {}, 400, /^Bad request: .*"age"/],
    // A script's own id may be that of the user: all events of one user would count as one.
    ['with an id that is not the job’s', { ...registered, id: 'user-7' }, {}, 400, /^Bad request: .*"id"/],
    ['with a time far ahead', { ...registered, timestamp: '2027-01-01T00:00:00Z' }, {}, 400, /timestamp: /],
    ['with a list', [registered], {}, 400, /^Bad request: /],
    ['with a job id that is none', registered, { query: { job_id: '7' } }, 400, /^Bad request: job_id: /],
  ])('%s is refused in text, and not stored', async (_case, body, over, status, text) => {
    const { answer, accepted } = await post(body, over);
    expect(answer).toEqual({
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: expect.stringMatching(text),
    });
    expect(accepted).toEqual([]);
  });

  it('is told to come again while the store is down', () => {
    expect(windmill.present?.(unavailable())).toEqual({
      status: 503,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '30' },
      body: expect.stringMatching(/send it again/),
    });
  });
});

interface Over {
  script?: string;
  authorization?: string | undefined;
  query?: Record<string, string>;
  /** Under which id the store has the event already. */
  held?: string;
}

async function post(body: object, over: Over = {}): Promise<{ answer: SentAnswer; accepted: IntakeEvent[] }> {
  const accepted: IntakeEvent[] = [];
  const authorization = 'authorization' in over ? over.authorization : `Bearer ${TOKEN}`;
  const request = {
    headers: { 'content-type': 'application/json', authorization },
    rawBody: Buffer.from(JSON.stringify(body)),
    script: over.script ?? SCRIPT,
    ...(over.query && { query: over.query }),
  };
  const answer = await receive(windmill, request, {
    secrets: [TOKEN],
    now: NOW,
    accept: async (events) => {
      accepted.push(...events);
      const { held } = over;
      return events.map(() => ({
        duplicate: held !== undefined,
        ...(held !== undefined && { heldAs: held }),
      }));
    },
  });
  return { answer: windmill.present?.(answer) ?? answer, accepted };
}
