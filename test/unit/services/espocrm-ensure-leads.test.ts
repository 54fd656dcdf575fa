import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EspoCrmDouble } from '../../../sandbox/espocrm';
import { ESPOCRM_KEY } from '../../../sandbox/identities';
import { ensureLeads, EspoCrmClient, type EnsuredLead, type LeadRequest } from '../../../services/espocrm';
import { axiosRequest } from '../../../stack/axios-request';
import { recordsIn, replaceRecords, type NewRecord } from '../../support/espocrm';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const LOOK_FOR_LEADS = 'GET /api/v1/Lead';
const LOOK_FOR_CONTACTS = 'GET /api/v1/Contact';
const CREATE = 'POST /api/v1/Lead';
/** The creation, for what goes wrong with it. */
const creation = { method: 'POST', path: '^/api/v1/Lead$' };
const lookUp = { method: 'GET', path: '^/api/v1/Lead$' };

let espoCrm: TestSandbox;

beforeAll(async () => {
  espoCrm = await startTestSandbox('espocrm', EspoCrmDouble);
});
beforeEach(async () => {
  await espoCrm.reset();
  await espoCrm.fail();
  await replaceRecords(espoCrm, {});
  await espoCrm.forgetRequests();
});
afterAll(() => espoCrm.close());

const clientWith = (apiKey: string) =>
  new EspoCrmClient({
    url: `${espoCrm.url}/`,
    request: axiosRequest({ 'X-Api-Key': apiKey }),
    sleep: () => Promise.resolve(),
  });
const ensure = (...requests: Array<LeadRequest | Error>) =>
  ensureLeads(clientWith(ESPOCRM_KEY), requests, { alsoContacts: true });

const EMAIL = 'ada@example.com';
const ada = { email: EMAIL, attributes: { firstName: 'Ada', lastName: 'Lovelace' } };
const someone = (email: string): LeadRequest => ({ email, attributes: {} });
const many = (count: number): NewRecord[] =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, emails: [`person${index}@example.com`] }));
const requestsFor = (records: readonly NewRecord[]) => records.map(({ emails }) => someone(emails[0] ?? ''));
const leads = () => recordsIn(espoCrm, 'Lead');
const callsOf = async (call: string) => (await espoCrm.calls()).filter((one) => one === call);

describe('somebody who is new', () => {
  it('becomes a lead, after a look into leads and contacts', async () => {
    const results = await ensure(ada);
    const stored = await leads();
    expect(results).toEqual([{ id: stored[0]?.id, entity: 'Lead', status: 'New', created: true }]);
    expect(stored).toMatchObject([
      {
        attributes: { firstName: 'Ada', lastName: 'Lovelace' },
        emailAddresses: [{ lower: EMAIL, primary: true }],
      },
    ]);
    expect(await espoCrm.calls()).toEqual([LOOK_FOR_LEADS, LOOK_FOR_CONTACTS, CREATE]);
  });

  it('is stored as spelt, and found again however it is spelt', async () => {
    await ensure(someone(' Ada@Example.com '));
    expect(await espoCrm.state()).toMatchObject({ emailAddresses: [{ name: 'Ada@Example.com' }] });
    expect(await ensure(someone('aDA@example.COM'))).toMatchObject([{ created: false }]);
  });

  it("gets trimmed texts, and EspoCRM's defaults for what is empty", async () => {
    const attributes = {
      firstName: ' Ada ',
      lastName: ' ',
      status: '',
      phoneNumber: null,
      teamsIds: [],
      doNotCall: false,
    };
    await ensure({ email: EMAIL, attributes });
    const [lead] = await leads();
    expect(lead?.attributes).toMatchObject({ firstName: 'Ada', status: 'New', doNotCall: false });
    expect(Object.keys(lead?.attributes ?? {})).not.toContain('lastName');
  });

  it('is not looked for in contacts when that is not wanted', async () => {
    await replaceRecords(espoCrm, { Contact: [{ id: 'c1', emails: [EMAIL] }] });
    const results = await ensureLeads(clientWith(ESPOCRM_KEY), [ada], { alsoContacts: false });
    expect(results).toMatchObject([{ created: true }]);
    expect(await espoCrm.calls()).toEqual([LOOK_FOR_LEADS, CREATE]);
  });

  it('never gets the address by another field', async () => {
    const emailAddressData = [{ emailAddress: 'eve@example.com', primary: true }];
    const [result] = await ensure({ email: EMAIL, attributes: { emailAddressData } });
    expect(result).toMatchObject({ retryable: false, message: expect.stringContaining('emailAddressData') });
    expect(await leads()).toEqual([]);
  });
});

describe('somebody who is known', () => {
  it.each(['New', 'Converted', 'Dead'])('as a lead with the status %s is left as is', async (status) => {
    await replaceRecords(espoCrm, { Lead: [{ id: 'l1', emails: ['ADA@example.com'], status }] });
    const before = await leads();
    expect(await ensure(ada)).toEqual([{ id: 'l1', entity: 'Lead', status, created: false }]);
    expect(await espoCrm.calls()).toEqual([LOOK_FOR_LEADS]);
    expect(await leads()).toEqual(before);
  });

  it('as a contact gets no lead', async () => {
    await replaceRecords(espoCrm, { Contact: [{ id: 'c1', emails: [EMAIL] }] });
    expect(await ensure(ada)).toEqual([{ id: 'c1', entity: 'Contact', status: null, created: false }]);
    expect(await leads()).toEqual([]);
  });

  it.each(['Lead', 'Contact'])('as a %s by a further address is found', async (entity) => {
    const emails = ['ada@work.example', 'Ada@example.com'];
    await replaceRecords(espoCrm, { [entity]: [{ id: 'x1', emails }] });
    expect(await ensure(ada)).toMatchObject([{ id: 'x1', entity, created: false }]);
  });

  it('as a contact by both addresses that are asked for is found for both', async () => {
    await replaceRecords(espoCrm, { Contact: [{ id: 'c1', emails: ['ada@work.example', EMAIL] }] });
    expect(await ensure(ada, someone('ada@work.example'))).toMatchObject([{ id: 'c1' }, { id: 'c1' }]);
    expect(await leads()).toEqual([]);
  });

  it('several times is the oldest lead that is worked on, else the converted one', async () => {
    const closed = [
      { id: 'dead', emails: [EMAIL], status: 'Dead', createdAt: '2020-01-01 00:00:00' },
      { id: 'converted', emails: [EMAIL], status: 'Converted', createdAt: '2021-01-01 00:00:00' },
    ];
    const open = [
      { id: 'further', emails: ['x@y.example', EMAIL], status: 'New', createdAt: '2022-01-01 00:00:00' },
      { id: 'younger', emails: [EMAIL], status: 'New', createdAt: '2025-01-01 00:00:00' },
      { id: 'older', emails: [EMAIL], status: 'In Process', createdAt: '2024-01-01 00:00:00' },
    ];
    await replaceRecords(espoCrm, { Lead: [...closed, ...open] });
    expect(await ensure(ada)).toMatchObject([{ id: 'older' }]);
    await replaceRecords(espoCrm, { Lead: closed });
    expect(await ensure(ada)).toMatchObject([{ id: 'converted' }]);
  });
});

describe('many at once', () => {
  it('take one call when all are leads', async () => {
    await replaceRecords(espoCrm, { Lead: many(50) });
    const results = await ensure(...requestsFor(many(50)));
    expect(results.map((one) => (one as EnsuredLead).id)).toEqual(many(50).map(({ id }) => id));
    expect(await espoCrm.calls()).toEqual([LOOK_FOR_LEADS]);
  });

  it('take two calls when all are contacts', async () => {
    await replaceRecords(espoCrm, { Contact: many(50) });
    await ensure(...requestsFor(many(50)));
    expect(await espoCrm.calls()).toEqual([LOOK_FOR_LEADS, LOOK_FOR_CONTACTS]);
  });

  it('of whom some are new cost two look-ups more at most, and one call for each new lead', async () => {
    await replaceRecords(espoCrm, { Lead: many(40) });
    const results = await ensure(...requestsFor(many(50)));
    expect(results.filter((one) => (one as EnsuredLead).created)).toHaveLength(10);
    expect(await leads()).toHaveLength(50);
    // The second look is for further addresses of the leads that the first one gave.
    const lookUps = [LOOK_FOR_LEADS, LOOK_FOR_LEADS, LOOK_FOR_CONTACTS];
    expect(await espoCrm.calls()).toEqual([...lookUps, ...Array(10).fill(CREATE)]);
  });

  it('are all found, however many there are', async () => {
    await replaceRecords(espoCrm, { Lead: many(450) });
    const results = await ensure(...requestsFor(many(450)));
    expect(results.map((one) => (one as EnsuredLead).id)).toEqual(many(450).map(({ id }) => id));
    // Web servers take no more than 8 kB.
    const lengths = (await espoCrm.requests()).map(
      ({ path, query }) => path.length + JSON.stringify(query).length,
    );
    expect(Math.max(...lengths)).toBeLessThan(8_000);
  });

  it('with one address get one lead', async () => {
    const results = await ensure(ada, someone('ADA@example.com'), ada);
    expect(results).toMatchObject([{ created: true }, { created: false }, { created: false }]);
    expect(new Set(results.map((one) => (one as EnsuredLead).id)).size).toBe(1);
    expect(await leads()).toHaveLength(1);
  });

  it('with one address get the lead of the second when the first is refused', async () => {
    const refused = { email: EMAIL, attributes: { source: 'Horoscope' } };
    expect(await ensure(refused, ada)).toMatchObject([{ status: 400 }, { created: true }]);
  });

  it('with one address share an outage', async () => {
    await espoCrm.fail({ ...creation, status: 500 });
    expect(await ensure(ada, ada)).toMatchObject([{ retryable: true }, { retryable: true }]);
    expect(await callsOf(CREATE)).toHaveLength(1);
  });

  it('do not suffer from an address that EspoCRM cannot store', async () => {
    expect(await ensure(someone('josé@example.com'), ada, new Error('unreadable'))).toMatchObject([
      { retryable: false, message: expect.stringContaining('not one that EspoCRM can store') },
      { created: true },
      { message: 'unreadable' },
    ]);
  });

  it.each(['\u212Aim@example.com', 'K\u0130M@example.com', 'Straße@example.com'])(
    'never take one address for another that is alike in lower case (%s)',
    async (email) => {
      const others = ['kim@example.com', 'strasse@example.com'];
      await replaceRecords(espoCrm, {
        Lead: others.map((one, index) => ({ id: `l${index}`, emails: [one] })),
      });
      expect(await ensure(someone(email))).toMatchObject([{ retryable: false }]);
    },
  );

  it.each([
    ['of whom one has it as its own', [{ id: 'own', emails: ['family@example.com'] }], 'own'],
    ['that none has as its own', [], 'r0'],
  ])('may share a further address %s, beside somebody new', async (_, owners, found) => {
    const family = many(6).map(({ id, emails }) => ({ id, emails: [...emails, 'family@example.com'] }));
    await replaceRecords(espoCrm, { Lead: [...owners, ...family] });
    const results = await ensure(someone('family@example.com'), ada);
    expect(results).toMatchObject([{ id: found }, { created: true }]);
  });
});

describe('a duplicate that EspoCRM sees', () => {
  const namesake = (index: number): NewRecord => ({
    id: `namesake${index}`,
    emails: [`ada${index}@example.com`],
    firstName: 'Ada',
    lastName: 'Lovelace',
  });
  /** The first look comes to nothing: the lead is created by somebody else right after it. */
  const racing = { ...lookUp, status: 200, body: { total: -2, list: [] }, times: 1 };

  it('by the same name only does not keep the lead from being created', async () => {
    await replaceRecords(espoCrm, { Lead: [namesake(1)] });
    expect(await ensure(ada)).toMatchObject([{ created: true }]);
    expect(await leads()).toHaveLength(2);
  });

  it('by the same address is taken', async () => {
    await replaceRecords(espoCrm, { Lead: [{ id: 'raced', emails: ['Ada@Example.com'], status: 'New' }] });
    await espoCrm.fail(racing);
    expect(await ensure(ada)).toEqual([{ id: 'raced', entity: 'Lead', status: 'New', created: false }]);
    expect(await espoCrm.calls()).toEqual([LOOK_FOR_LEADS, LOOK_FOR_CONTACTS, CREATE]);
  });

  it('by a further address, or not listed among the five it tells, is found', async () => {
    const namesakes = Array.from({ length: 6 }, (_, index) => namesake(index));
    const raced = { id: 'raced', emails: ['ada@work.example', EMAIL] };
    await replaceRecords(espoCrm, { Lead: [...namesakes, raced] });
    await espoCrm.fail(racing);
    expect(await ensure(ada)).toMatchObject([{ id: 'raced', created: false }]);
    expect(await leads()).toHaveLength(7);
  });

  it.each([{}, { 'X-Status-Reason': 'modified' }])(
    'is not what any other conflict means (%j)',
    async (headers) => {
      await espoCrm.fail({ ...creation, status: 409, headers });
      expect(await ensure(ada)).toMatchObject([{ status: 409, retryable: false }]);
      expect(await callsOf(CREATE)).toHaveLength(1);
    },
  );
});

describe('a creation whose answer is lost', () => {
  it('is not repeated when the lead is there', async () => {
    await espoCrm.fail({ ...creation, drop: 'after', times: 1 });
    expect(await ensure(ada)).toMatchObject([{ created: true }]);
    expect(await leads()).toHaveLength(1);
    expect(await callsOf(CREATE)).toHaveLength(1);
  });

  it.each([
    ['no answer', { drop: 'before' }],
    ['a server error', { status: 500 }],
    ['an answer of something else', { status: 200, body: 'Welcome' }],
  ])('is left to a later try when it is not there (%s)', async (_, fault) => {
    await espoCrm.fail({ ...creation, ...fault });
    expect(await ensure(ada)).toMatchObject([{ retryable: true }]);
    expect(await espoCrm.calls()).toEqual([LOOK_FOR_LEADS, LOOK_FOR_CONTACTS, CREATE, LOOK_FOR_LEADS]);
  });
});

describe('a list that was not filtered', () => {
  const unfiltered = (records: readonly NewRecord[]) => ({
    ...lookUp,
    status: 200,
    body: { total: -2, list: records.map(({ id, emails }) => ({ id, emailAddress: emails[0] })) },
  });

  it('creates nothing', async () => {
    await replaceRecords(espoCrm, { Lead: many(200) });
    await espoCrm.fail(unfiltered(many(200)));
    expect(await ensure(ada)).toMatchObject([
      { retryable: false, message: expect.stringContaining('records with other e-mail addresses') },
    ]);
    expect(await leads()).toHaveLength(200);
    expect((await espoCrm.calls()).length).toBeLessThan(10);
  });

  it('never makes one person stand for another', async () => {
    await replaceRecords(espoCrm, { Lead: many(2) });
    await espoCrm.fail(unfiltered(many(2)));
    expect(await ensure(ada)).toMatchObject([{ created: true }]);
  });
});

describe('a failure', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a list', { source: 'Horoscope' }, /answered 400: "the field "source" does not take.*own list/],
    ['a number', { phoneNumber: '030 1234567' }, /"phoneNumber".*\+49301234567/],
    ['a long value', { firstName: 'A'.repeat(101) }, /"firstName" is too long/],
  ])('of %s names the field, and is not retried', async (_, attributes, message) => {
    expect(await ensure({ email: EMAIL, attributes })).toMatchObject([
      { retryable: false, message: expect.stringMatching(message) },
    ]);
    expect(await callsOf(CREATE)).toHaveLength(1);
  });

  it.each(['ada..l@example.com', 'ada@localhost'])(
    'of an address that only others store says so (%s)',
    async (email) => {
      expect(await ensure({ ...ada, email })).toMatchObject([
        {
          retryable: false,
          message: expect.stringMatching(/"emailAddress" does not take.*such as name@example\.com/),
        },
      ]);
      expect(await callsOf(CREATE)).toHaveLength(1);
    },
  );

  it('of a field that the admin requires names it', async () => {
    await espoCrm.act('requireField', { field: 'cPlan' });
    expect(await ensure(ada)).toMatchObject([
      { message: expect.stringContaining('"cPlan" must not be empty') },
    ]);
  });

  it.each([
    ['Field validation failure; entityType: Lead, field: status, type: valid.', /"status" does not take/],
    ['Field validation failure; entityType: Lead, field: cX, type: pattern.', /"cX".*the check "pattern"/],
  ])('that is told in the header only names the field (%s)', async (reason, message) => {
    await espoCrm.fail({ ...creation, status: 400, headers: { 'X-Status-Reason': reason } });
    expect(await ensure(ada)).toMatchObject([{ retryable: false, message: expect.stringMatching(message) }]);
  });

  it('of the key is sent once, and says what to check', async () => {
    const [result] = await ensureLeads(clientWith('a-wrong-key'), [ada], { alsoContacts: true });
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/answered 401\. Check the key/),
    });
    expect(await espoCrm.calls()).toHaveLength(1);
  });

  it('of everybody at this address (a lock-out) is retried later, and says why', async () => {
    await espoCrm.act('lockOut');
    const told = { retryable: true, message: expect.stringMatching(/more than 10 .* 60 seconds/) };
    expect(await ensure(ada, someone('bob@example.com'))).toMatchObject([told, told]);
    expect(await espoCrm.calls()).toHaveLength(1);
  });

  it('during maintenance is retried later', async () => {
    await espoCrm.act('setMaintenance');
    expect(await ensure(ada)).toMatchObject([
      { retryable: true, message: expect.stringContaining('maintenance mode') },
    ]);
  });

  it.each([
    ['Lead', ['read'], /create the lead: it answered 403.*Administration > Roles/],
    ['Contact', [], /look for the contact: it answered 403.*read Contacts/],
  ])('of a right for a %s creates nothing, and says which is missing', async (entity, rights, message) => {
    await espoCrm.act('setRights', { entity, rights });
    expect(await ensure(ada)).toMatchObject([{ retryable: false, message: expect.stringMatching(message) }]);
    expect(await leads()).toEqual([]);
  });

  it('of the right to e-mail addresses creates nothing', async () => {
    await espoCrm.act('forbidFields', { fields: ['emailAddress'] });
    expect(await ensure(ada)).toMatchObject([
      { status: 400, retryable: false, message: expect.stringContaining('emailAddress') },
    ]);
    expect(await leads()).toEqual([]);
  });
});
