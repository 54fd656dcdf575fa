import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TWENTY_KEY } from '../../../sandbox/identities';
import { TwentyDouble } from '../../../sandbox/twenty';
import {
  ensurePeople,
  TwentyClient,
  type EnsuredPerson,
  type PersonRequest,
  type PersonRules,
} from '../../../services/twenty';
import { axiosRequest } from '../../../stack/axios-request';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { peopleIn, personId, replacePeople, type SomePerson } from '../../support/twenty';

const VERSIONS = ['1.0', '1.10', '2.42'] as const;
const LOOK = 'GET /rest/people';
const CREATE = 'POST /rest/people';
const CREATE_MANY = 'POST /rest/batch/people';
/** Calls of a kind, for what goes wrong with them. */
const creation = { method: 'POST', path: '^/rest/people$' };
const batch = { method: 'POST', path: '^/rest/batch/people$' };
const lookUp = { method: 'GET', path: '^/rest/people$' };
/** The first look comes to nothing: somebody is created by somebody else right after it. */
const racing = { ...lookUp, status: 200, body: { data: { people: [] }, pageInfo: {} }, times: 1 };

let twenty: TestSandbox;
/** How long calls were kept waiting, in milliseconds. */
let waits: number[];

beforeAll(async () => {
  twenty = await startTestSandbox('twenty', TwentyDouble);
});
beforeEach(async () => {
  waits = [];
  await twenty.reset();
  await twenty.act('setLimits', { limits: [] });
  await replacePeople(twenty, []);
  await twenty.forgetRequests();
});
afterAll(() => twenty.close());

function clientWith(apiKey: string): TwentyClient {
  let time = 0;
  return new TwentyClient({
    url: ` ${twenty.url}/ `,
    apiKey,
    request: axiosRequest({ Authorization: `Bearer ${apiKey}` }),
    clock: {
      now: () => time,
      sleep: async (milliseconds) => {
        waits.push(milliseconds);
        time += milliseconds;
        await twenty.act('passTime', { milliseconds });
      },
    },
  });
}

const ensure = (...requests: Array<PersonRequest | Error>) => ensureWith('leave', ...requests);
const ensureWith = (existing: PersonRules['existing'], ...requests: Array<PersonRequest | Error>) =>
  ensurePeople(clientWith(TWENTY_KEY), requests, { existing });

const EMAIL = 'ada@example.com';
const ada = { email: EMAIL, values: { 'name.firstName': 'Ada', 'name.lastName': 'Lovelace', plan: 'PRO' } };
const ADA = personId(1);
const someone = (email: string): PersonRequest => ({ email, values: {} });
const many = (count: number): SomePerson[] =>
  Array.from({ length: count }, (_, index) => ({ id: personId(index), email: `person${index}@example.com` }));
const requestsFor = (people: readonly SomePerson[]) => people.map(({ email }) => someone(email));
const idsOf = (results: ReadonlyArray<EnsuredPerson | Error>) =>
  results.map((one) => (one as EnsuredPerson).id);
const callsOf = async (call: string) => (await twenty.calls()).filter((one) => one === call);

describe('somebody who is new', () => {
  it.each(VERSIONS)('becomes a person, after one look (%s)', async (version) => {
    await twenty.act('setVersion', { version });
    const results = await ensure(ada);
    const stored = await peopleIn(twenty);
    expect(results).toEqual([{ id: stored[0]?.id, created: true, outcome: 'created' }]);
    expect(stored).toMatchObject([
      {
        values: {
          name: { firstName: 'Ada', lastName: 'Lovelace' },
          emails: { primaryEmail: EMAIL },
          plan: 'PRO',
        },
      },
    ]);
    expect(await twenty.calls()).toEqual([LOOK, CREATE]);
  });

  it('is found again however the address is spelt', async () => {
    await ensure(someone(' Ada@Example.com '));
    expect(await ensure(someone('aDA@example.COM'))).toMatchObject([{ created: false, outcome: 'found' }]);
    expect(await peopleIn(twenty)).toHaveLength(1);
  });

  it('gets trimmed texts, parts of fields, and nothing for what is empty', async () => {
    await twenty.act('addField', { name: 'score', type: 'NUMBER' });
    await twenty.act('addField', { name: 'invited', type: 'BOOLEAN' });
    const values = {
      jobTitle: ' Editor ',
      city: ' ',
      plan: '',
      companyId: null,
      'phones.primaryPhoneNumber': '301234567',
      'phones.primaryPhoneCallingCode': '+49',
      linkedinLink: { primaryLinkUrl: 'https://linkedin.com/in/ada' },
      'linkedinLink.primaryLinkLabel': 'Ada',
      score: 0,
      invited: false,
    };
    await ensure({ email: EMAIL, values });
    const [person] = await peopleIn(twenty);
    expect(person?.values).toEqual({
      emails: { primaryEmail: EMAIL, additionalEmails: null },
      jobTitle: 'Editor',
      phones: { primaryPhoneNumber: '301234567', primaryPhoneCallingCode: '+49' },
      linkedinLink: { primaryLinkUrl: 'https://linkedin.com/in/ada', primaryLinkLabel: 'Ada' },
      score: 0,
      invited: false,
    });
  });

  it.each(['emails', 'emails.primaryEmail', 'id'])('never gets "%s" by the fields', async (field) => {
    const [result] = await ensure({ email: EMAIL, values: { [field]: 'eve@example.com' } });
    expect(result).toMatchObject({ retryable: false, message: expect.stringContaining(`"${field}"`) });
    expect(await twenty.calls()).toEqual([]);
  });
});

describe('somebody who is there', () => {
  it.each(VERSIONS)('is left as is, however the address is stored (%s)', async (version) => {
    await twenty.act('setVersion', { version });
    await replacePeople(twenty, [{ id: ADA, email: 'ADA@Example.com' }]);
    const before = await peopleIn(twenty);
    expect(await ensure(ada)).toEqual([{ id: ADA, created: false, outcome: 'found' }]);
    expect(await twenty.calls()).toEqual([LOOK]);
    expect(await peopleIn(twenty)).toEqual(before);
  });

  it.each([
    "o'neill@example.com",
    'a_b%c@example.com',
    'plus+tag@example.com',
    '(odd)"quoted"@example.com',
    'back\\slash,comma@example.com',
    'jürgen@münchen.de',
    'jürgen@xn--mnchen-3ya.de',
  ])('is found by an odd address, and does not hide others (%s)', async (email) => {
    await replacePeople(twenty, [
      { id: ADA, email },
      { id: personId(2), email: 'bob@example.com' },
    ]);
    expect(idsOf(await ensure(someone(email), someone('bob@example.com')))).toEqual([ADA, personId(2)]);
    expect(await twenty.calls()).toEqual([LOOK]);
  });

  it.each([
    ['jürgen@münchen.de', 'jürgen@xn--mnchen-3ya.de'],
    ['jürgen@xn--mnchen-3ya.de', 'jürgen@münchen.de'],
  ])('is found by either spelling of the domain (%s, stored as %s)', async (email, stored) => {
    await replacePeople(twenty, [{ id: ADA, email: stored }]);
    expect(idsOf(await ensure(someone(email)))).toEqual([ADA]);
  });

  it('is found by a further address, but rather by the primary one', async () => {
    const further = {
      id: personId(2),
      email: 'ada@work.example',
      emails: [EMAIL],
      createdAt: '2020-01-01T00:00:00.000Z',
    };
    await replacePeople(twenty, [further]);
    expect(idsOf(await ensure(ada))).toEqual([further.id]);
    await replacePeople(twenty, [further, { id: ADA, email: EMAIL }]);
    expect(idsOf(await ensure(ada))).toEqual([ADA]);
  });

  it('is not somebody whose address only looks alike', async () => {
    await replacePeople(twenty, [
      { id: ADA, email: 'adaXlovelace@example.com', emails: ['anna@ada.example'] },
    ]);
    expect(await ensure(someone('ada_lovelace@example.com'), someone('a@ada.example'))).toMatchObject([
      { created: true },
      { created: true },
    ]);
  });

  it('several times, in other spellings, is the oldest', async () => {
    await replacePeople(twenty, [
      { id: ADA, email: 'ADA@example.com', createdAt: '2025-01-01T00:00:00.000Z' },
      { id: personId(2), email: 'Ada@example.com', createdAt: '2024-01-01T00:00:00.000Z' },
    ]);
    expect(idsOf(await ensure(ada))).toEqual([personId(2)]);
  });
});

describe('somebody who is there, when empty fields are to be filled', () => {
  const values = {
    name: { firstName: 'Augusta', lastName: '' },
    linkedinLink: { primaryLinkUrl: 'https://linkedin.com/in/ada' },
    jobTitle: 'Countess',
  };
  const wanted = {
    email: EMAIL,
    values: {
      ...ada.values,
      jobTitle: 'Editor',
      'linkedinLink.primaryLinkLabel': 'Ada',
      'phones.primaryPhoneNumber': '301234567',
    },
  };

  it('gets what is empty, and keeps what is there', async () => {
    await replacePeople(twenty, [{ id: ADA, email: EMAIL, values }]);
    expect(await ensureWith('fillEmpty', wanted)).toEqual([{ id: ADA, created: false, outcome: 'updated' }]);
    const [person] = await peopleIn(twenty);
    expect(person?.values).toMatchObject({
      name: { firstName: 'Augusta', lastName: 'Lovelace' },
      linkedinLink: { primaryLinkUrl: 'https://linkedin.com/in/ada', primaryLinkLabel: 'Ada' },
      phones: { primaryPhoneNumber: '301234567' },
      jobTitle: 'Countess',
      plan: 'PRO',
      emails: { primaryEmail: EMAIL },
    });
    expect(await twenty.calls()).toEqual([LOOK, `PATCH /rest/people/${ADA}`]);
  });

  it('costs no call when nothing is empty', async () => {
    await ensure(wanted);
    await twenty.forgetRequests();
    expect(await ensureWith('fillEmpty', wanted)).toMatchObject([{ outcome: 'found' }]);
    expect(await twenty.calls()).toEqual([LOOK]);
  });

  it('fails alone', async () => {
    await replacePeople(twenty, [
      { id: ADA, email: EMAIL },
      { id: personId(2), email: 'bob@example.com' },
    ]);
    const wrong = { email: EMAIL, values: { plan: 'GOLD' } };
    expect(await ensureWith('fillEmpty', wrong, { ...wanted, email: 'bob@example.com' })).toMatchObject([
      { status: 400, retryable: false, message: expect.stringMatching(/update the person.*"plan"/) },
      { outcome: 'updated' },
    ]);
  });
});

describe('somebody in the trash', () => {
  const marta = { id: ADA, email: EMAIL, deletedAt: '2026-02-01T10:00:00.000Z' };

  it.each(['1.10', '2.42'])('is taken out of it (%s)', async (version) => {
    await twenty.act('setVersion', { version });
    await replacePeople(twenty, [marta]);
    expect(await ensure(ada)).toEqual([{ id: ADA, created: false, outcome: 'restored' }]);
    expect(await peopleIn(twenty)).toMatchObject([{ id: ADA, deletedAt: null }]);
    expect(await callsOf(CREATE)).toEqual([]);
  });

  it('gets what is empty besides, if wanted', async () => {
    await replacePeople(twenty, [marta]);
    expect(await ensureWith('fillEmpty', ada)).toMatchObject([{ outcome: 'restored' }]);
    expect(await peopleIn(twenty)).toMatchObject([{ deletedAt: null, values: { plan: 'PRO' } }]);
  });

  it('is told of when the server cannot give anybody back', async () => {
    await twenty.act('setVersion', { version: '1.0' });
    await replacePeople(twenty, [marta]);
    expect(await ensure(ada)).toMatchObject([
      { retryable: false, message: expect.stringContaining('in the trash') },
    ]);
  });

  it('does not count when somebody else has the address', async () => {
    const live = { id: personId(2), email: 'ada@work.example', emails: [EMAIL] };
    await replacePeople(twenty, [marta, live]);
    expect(await ensure(ada)).toEqual([{ id: live.id, created: false, outcome: 'found' }]);
  });

  it('does not count by a further address', async () => {
    await replacePeople(twenty, [{ ...marta, email: 'ada@work.example', emails: [EMAIL] }]);
    expect(await ensure(ada)).toMatchObject([{ created: true }]);
  });
});

describe('many at once', () => {
  it('take a call for each 40 or so when all are there', async () => {
    await replacePeople(twenty, many(100));
    expect(idsOf(await ensure(...requestsFor(many(100))))).toEqual(many(100).map(({ id }) => id));
    const calls = await twenty.calls();
    expect(new Set(calls)).toEqual(new Set([LOOK]));
    expect(calls.length).toBeLessThanOrEqual(3);
    // Web servers take no more than 8 kB.
    const lengths = (await twenty.requests()).map(
      ({ query }) => encodeURIComponent(JSON.stringify(query)).length,
    );
    expect(Math.max(...lengths)).toBeLessThan(7_500);
  });

  it('take a call for each 60 besides when all are new', async () => {
    const results = await ensure(...requestsFor(many(100)));
    expect(new Set(idsOf(results)).size).toBe(100);
    expect(await peopleIn(twenty)).toHaveLength(100);
    expect(await callsOf(CREATE_MANY)).toHaveLength(2);
    expect((await twenty.calls()).length).toBeLessThanOrEqual(5);
  });

  it('are all found when the list goes over several pages', async () => {
    const people = Array.from({ length: 35 }, (_, index) => [
      { id: personId(index), email: `Person${index}@example.com` },
      {
        id: personId(100 + index),
        email: `PERSON${index}@example.com`,
        createdAt: '2026-02-01T00:00:00.000Z',
      },
    ]).flat();
    await replacePeople(twenty, people);
    const results = await ensure(...requestsFor(many(35)));
    expect(idsOf(results)).toEqual(many(35).map(({ id }) => id));
    expect(await twenty.calls()).toEqual([LOOK, LOOK]);
  });

  it('with one address get one person', async () => {
    const results = await ensure(ada, someone('ADA@example.com'), someone('bob@example.com'), ada);
    expect(results).toMatchObject([
      { created: true },
      { created: false },
      { created: true },
      { created: false },
    ]);
    expect(await peopleIn(twenty)).toHaveLength(2);
  });

  it('with one address fill each other in when that is wanted', async () => {
    const title = { email: EMAIL, values: { jobTitle: 'Editor' } };
    expect(await ensureWith('fillEmpty', ada, title)).toMatchObject([
      { outcome: 'created' },
      { outcome: 'updated' },
    ]);
    expect(await peopleIn(twenty)).toMatchObject([{ values: { plan: 'PRO', jobTitle: 'Editor' } }]);
  });

  it('with one address get the person of the second when the first is refused', async () => {
    expect(await ensure({ email: EMAIL, values: { plan: 'GOLD' } }, ada)).toMatchObject([
      { status: 400 },
      { created: true },
    ]);
  });

  it('with one address share an outage', async () => {
    await twenty.fail({ ...creation, status: 500 });
    expect(await ensure(ada, ada)).toMatchObject([{ retryable: true }, { retryable: true }]);
    expect(await callsOf(CREATE)).toHaveLength(1);
  });

  it('do not suffer from what is no address', async () => {
    expect(await ensure(someone('ada'), ada, new Error('unreadable'))).toMatchObject([
      { retryable: false, message: expect.stringContaining('e-mail address is not one') },
      { created: true },
      { message: 'unreadable' },
    ]);
  });
});

describe('a batch that is refused', () => {
  it('loses nobody but those who are wrong, in few calls', async () => {
    const requests = requestsFor(many(60)).map((one, index) =>
      index === 17 ? { ...one, values: { plan: 'GOLD' } } : one,
    );
    const results = await ensure(...requests);
    expect(results[17]).toMatchObject({ retryable: false, message: expect.stringContaining('"plan"') });
    expect(results.filter((one) => !(one instanceof Error) && one.created)).toHaveLength(59);
    expect(await peopleIn(twenty)).toHaveLength(59);
    expect((await twenty.calls()).length).toBeLessThan(20);
  });

  it.each(VERSIONS)('because somebody was faster takes that person, and the others (%s)', async (version) => {
    await twenty.act('setVersion', { version });
    await replacePeople(twenty, [{ id: ADA, email: EMAIL }]);
    await twenty.fail(racing);
    const results = await ensure(someone('bob@example.com'), ada, someone('eve@example.com'));
    expect(results).toMatchObject([
      { created: true },
      { id: ADA, created: false, outcome: 'found' },
      { created: true },
    ]);
    expect(await twenty.calls()).toEqual([LOOK, CREATE_MANY, LOOK, CREATE_MANY]);
  });

  it('because somebody was faster with all of them takes all', async () => {
    await replacePeople(twenty, many(3));
    await twenty.fail(racing);
    expect(idsOf(await ensure(...requestsFor(many(3))))).toEqual(many(3).map(({ id }) => id));
  });
});

describe('a racing duplicate', () => {
  it.each(VERSIONS)('is found again (%s)', async (version) => {
    await twenty.act('setVersion', { version });
    await replacePeople(twenty, [{ id: ADA, email: EMAIL }]);
    await twenty.fail(racing);
    expect(await ensure(ada)).toEqual([{ id: ADA, created: false, outcome: 'found' }]);
    expect(await twenty.calls()).toEqual([LOOK, CREATE, LOOK]);
  });

  it('who comes after that look, too, is left to a later try', async () => {
    await replacePeople(twenty, [{ id: ADA, email: EMAIL }]);
    await twenty.fail({ ...racing, times: 2 });
    expect(await ensure(ada, someone('bob@example.com'))).toMatchObject([
      { retryable: true, message: expect.stringContaining('duplicate entry') },
      { created: true },
    ]);
  });

  it('is found again by one of two at the same instant', async () => {
    await twenty.act('setInsertDelay', { milliseconds: 20 });
    const both = await Promise.all([ensure(ada), ensure(ada)]);
    expect(new Set(both.map(idsOf).flat()).size).toBe(1);
    expect(both.flat().filter((one) => (one as EnsuredPerson).created)).toHaveLength(1);
  });

  it('who was put into the trash meanwhile is taken out of it', async () => {
    await replacePeople(twenty, [{ id: ADA, email: EMAIL, deletedAt: '2026-02-01T10:00:00.000Z' }]);
    await twenty.fail(racing);
    expect(await ensure(ada)).toEqual([{ id: ADA, created: false, outcome: 'restored' }]);
  });
});

describe('a creation whose answer is lost', () => {
  const trouble = { statusCode: 400, error: 'TypeError', messages: ['undefined is not a function'] };

  it.each([
    ['one', [ada], creation],
    ['several', [ada, someone('bob@example.com')], batch],
  ])('is not repeated when the person is there (%s)', async (_, requests, call) => {
    await twenty.fail({ ...call, drop: 'after', times: 1 });
    const results = await ensure(...requests);
    expect(results.map((one) => (one as EnsuredPerson).created)).toEqual(requests.map(() => true));
    expect(await peopleIn(twenty)).toHaveLength(requests.length);
    expect((await twenty.calls()).filter((one) => one.startsWith('POST'))).toHaveLength(1);
  });

  it.each([
    ['no answer', { drop: 'before' }],
    ['a server error', { status: 500 }],
    ['trouble that is told with a 400', { status: 400, body: trouble }],
    ['an answer of something else', { status: 200, body: 'Welcome' }],
    ['somebody else in it', { status: 201, body: { data: { createPerson: { id: ADA } } } }],
  ])('is left to a later try when nobody is there (%s)', async (_, fault) => {
    await twenty.fail({ ...creation, ...fault });
    expect(await ensure(ada)).toMatchObject([{ retryable: true }]);
    expect(await callsOf(CREATE)).toHaveLength(1);
  });

  it('counts as done when trouble came after it, though that is told with a 400', async () => {
    await replacePeople(twenty, [{ id: ADA, email: EMAIL }]);
    await twenty.fail(racing, { ...creation, status: 400, body: trouble });
    expect(await ensure(ada)).toEqual([{ id: ADA, created: true, outcome: 'created' }]);
  });
});

describe('a list that was not filtered', () => {
  const unfiltered = (people: readonly SomePerson[]) => ({
    ...lookUp,
    status: 200,
    body: {
      data: { people: people.map(({ id, email }) => ({ id, emails: { primaryEmail: email } })) },
      pageInfo: { hasNextPage: true, endCursor: 'next' },
    },
  });

  it('creates nobody', async () => {
    await twenty.fail(unfiltered(many(60)));
    expect(await ensure(ada)).toMatchObject([
      { retryable: false, message: expect.stringContaining('people with other e-mail addresses') },
    ]);
    expect(await twenty.calls()).toEqual([LOOK]);
  });

  it('never makes one person stand for another, and ends', async () => {
    await twenty.fail(unfiltered(many(1)));
    expect(await ensure(ada)).toMatchObject([{ created: true }]);
  });
});

describe('the rate limit', () => {
  it.each([
    ['1.0', [6_000]],
    ['1.10', [6_000]],
    ['2.42', [1_000]],
  ])('is waited for as %s tells it', async (version, expected) => {
    await twenty.act('setVersion', { version });
    await twenty.act('setLimits', { limits: [{ tokens: 100, windowMs: 60_000 }] });
    await twenty.act('useUpLimit');
    expect(await ensure(ada)).toMatchObject([{ created: true }]);
    expect(waits.slice(0, 1)).toEqual(expected);
    expect(await peopleIn(twenty)).toHaveLength(1);
  });

  it('is waited for by a creation, which is then done once', async () => {
    await twenty.act('setLimits', { limits: [{ tokens: 1, windowMs: 10_000 }] });
    expect(await ensure(...requestsFor(many(2)))).toMatchObject([{ created: true }, { created: true }]);
    expect(waits).toEqual([10_000]);
    expect(await peopleIn(twenty)).toHaveLength(2);
  });

  it('that would take longer than a minute or so is left to a later try', async () => {
    const body = { statusCode: 429, messages: ['Limit reached'], retryAfterSeconds: 3_600 };
    await twenty.fail({ status: 429, body });
    expect(await ensure(ada)).toMatchObject([
      { status: 429, retryable: true, message: expect.stringContaining('tried again later') },
    ]);
    expect(await twenty.calls()).toEqual([LOOK]);
    expect(waits).toEqual([]);
  });

  it('keeps a run waiting for five minutes at most, however many people it has', async () => {
    const people = many(40);
    await replacePeople(twenty, people);
    const body = { statusCode: 429, messages: ['Limit reached'], retryAfterSeconds: 30 };
    await twenty.fail({ method: 'PATCH', status: 429, body });
    let time = 0;
    const client = new TwentyClient({
      url: twenty.url,
      apiKey: TWENTY_KEY,
      request: axiosRequest({ Authorization: `Bearer ${TWENTY_KEY}` }),
      clock: {
        now: () => time,
        sleep: (milliseconds) => {
          const end = time + milliseconds;
          return new Promise<void>((resolve) =>
            setImmediate(() => {
              time = Math.max(time, end);
              resolve();
            }),
          );
        },
      },
    });
    const requests = people.map(({ email }) => ({ email, values: { 'name.firstName': 'Ada' } }));
    const results = await ensurePeople(client, requests, { existing: 'fillEmpty' });
    expect(results).toHaveLength(40);
    for (const result of results) expect(result).toMatchObject({ status: 429, retryable: true });
    expect(time).toBeLessThanOrEqual(5 * 60_000);
  });

  it('that never ends is left to a later try', async () => {
    await twenty.fail({ status: 400, body: { statusCode: 400, messages: ['Limit reached'] } });
    expect(await ensure(ada)).toMatchObject([{ status: 429, retryable: true }]);
    expect(Math.max(...waits)).toBe(5_000);
  });
});

describe('a failure', () => {
  it.each(VERSIONS)('of the key says what to check, and is sent once (%s)', async (version) => {
    await twenty.act('setVersion', { version });
    const results = await ensurePeople(clientWith('a-wrong-key'), [ada], { existing: 'leave' });
    expect(results).toMatchObject([
      {
        retryable: false,
        message: expect.stringMatching(/answered 401: "Token invalid\."\. Check the API key/),
      },
    ]);
    expect(await twenty.calls()).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain('a-wrong-key');
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a list', { plan: 'GOLD' }, /answered 400: "Invalid value "GOLD" for field "plan"".*Data Model/],
    ['a field that is not there', { salary: 1 }, /doesn't have any "salary" field/],
  ])('of %s names the field, and is not retried', async (_, values, message) => {
    expect(await ensure({ email: EMAIL, values })).toMatchObject([
      { retryable: false, message: expect.stringMatching(message) },
    ]);
    expect(await twenty.calls()).toEqual([LOOK, CREATE, LOOK]);
  });

  it('of a database in trouble is retried, though it is told like a wrong value', async () => {
    const messages = ['canceling statement due to statement timeout'];
    await twenty.fail({
      ...creation,
      status: 400,
      body: { statusCode: 400, error: 'BadRequestException', messages },
    });
    expect(await ensure(ada)).toMatchObject([
      { retryable: true, message: expect.stringContaining('statement timeout') },
    ]);
  });

  it.each([
    [402, /plan includes/],
    [403, /role of the API key/],
    [404, /without "\/rest"/],
  ])('with %i says what to do', async (status, message) => {
    await twenty.fail({ status, body: { statusCode: status, messages: ['No.'] } });
    expect(await ensure(ada)).toMatchObject([{ retryable: false, message: expect.stringMatching(message) }]);
  });

  it('to look for people again is that of all who were refused', async () => {
    await twenty.fail(
      { ...creation, status: 400, body: { error: 'BadRequestException', messages: ['Duplicate'] } },
      {
        ...lookUp,
        status: 200,
        body: { data: { people: [] } },
        times: 1,
      },
      { ...lookUp, status: 503 },
    );
    expect(await ensure(ada)).toMatchObject([{ status: 503, retryable: true }]);
  });

  it('to look for people is that of everybody', async () => {
    await twenty.fail({ status: 503 });
    expect(await ensure(ada, new Error('unreadable'), someone('bob@example.com'))).toMatchObject([
      { retryable: true },
      { message: 'unreadable' },
      { retryable: true },
    ]);
  });
});
