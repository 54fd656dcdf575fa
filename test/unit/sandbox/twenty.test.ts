import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Json } from '../../../sandbox/double';
import { TWENTY_KEY } from '../../../sandbox/identities';
import { TwentyDouble } from '../../../sandbox/twenty';
import { JONAS_ID, LENA_ID, MARTA_ID } from '../../../sandbox/twenty/fresh-state';
import { callDouble, doubleContext, type Answer, type Call } from '../../support/double-client';

const VERSIONS = ['1.0', '1.10', '2.42'] as const;
const ADA = { name: { firstName: 'Ada', lastName: 'Lovelace' }, emails: { primaryEmail: 'ada@example.com' } };

let twenty: TwentyDouble;
let context: ReturnType<typeof doubleContext>;

beforeEach(() => {
  context = doubleContext('http://127.0.0.1:5690/twenty');
  twenty = new TwentyDouble(context);
});

function call(method: string, target: string, { headers, body }: Call = {}): Promise<Answer> {
  const authorization = `Bearer ${TWENTY_KEY}`;
  return callDouble(twenty, method, `/rest${target}`, { body, headers: { authorization, ...headers } });
}

async function act(action: string, input: Json = {}): Promise<Record<string, unknown>> {
  return Object(await twenty.actions[action]?.(input));
}

const post = (body: unknown, path = '/people') => call('POST', path, { body });
const find = (filter: string, more = '') =>
  call('GET', `/people?filter=${encodeURIComponent(filter)}&depth=0${more}`);
const rowsOf = ({ body }: Answer): Array<Record<string, unknown>> => Object(body).data.people;
const idsOf = async (answer: Promise<Answer>) => rowsOf(await answer).map(({ id }) => id);
const messageOf = ({ body }: Answer): string => String(Object(body).messages?.[0]);
const createdId = (answer: Answer): string => String(Object(answer.body).data.createPerson.id);

describe('a key', () => {
  it.each([
    ['1.0', { statusCode: 401, message: 'Token invalid.', error: 'Unauthorized' }],
    ['1.10', { statusCode: 401, error: 'UNAUTHENTICATED', messages: ['Token invalid.'] }],
    ['2.42', { statusCode: 401, error: 'UNAUTHENTICATED', messages: ['Token invalid.'] }],
  ])('that is wrong is refused as %s does', async (version, body) => {
    await act('setVersion', { version });
    const headers = { authorization: 'Bearer wrong' };
    expect(await call('GET', '/people', { headers })).toMatchObject({ status: 401, body });
  });

  it.each([
    ['1.0', 401],
    ['1.10', 401],
    ['2.42', 403],
  ])('that is missing is refused as %s does', async (version, status) => {
    await act('setVersion', { version });
    expect(await callDouble(twenty, 'GET', '/rest/people')).toMatchObject({ status });
  });

  it('can be revoked', async () => {
    await act('rejectKey');
    expect(await call('GET', '/people')).toMatchObject({ status: 401 });
  });
});

describe('paths', () => {
  it.each([
    ['/rest/person', 400, 'Did you mean'],
    ['/rest/people/no-id', 400, 'not a valid UUID'],
    ['/rest/nothing/at/all', 400, 'invalid'],
    ['/people', 404, 'Cannot find'],
  ])('%s is answered with %i', async (path, status, message) => {
    const headers = { authorization: `Bearer ${TWENTY_KEY}` };
    const answer = await callDouble(twenty, 'GET', path, { headers });
    expect(answer.status).toBe(status);
    expect(messageOf(answer)).toContain(message);
  });

  it('know nobody who is not there, or in the trash', async () => {
    expect(await call('GET', `/people/${LENA_ID}`)).toMatchObject({
      status: 200,
      body: { data: { person: { id: LENA_ID, name: { firstName: 'Lena', lastName: 'Vogt' }, plan: 'PRO' } } },
    });
    expect(await call('GET', `/people/${MARTA_ID}`)).toMatchObject({ status: 404 });
  });
});

describe('a person who is created', () => {
  it('is answered with 201, and stored with the address in lower case', async () => {
    const answer = await post({ ...ADA, emails: { primaryEmail: 'Ada@Example.com' }, plan: 'PRO' });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        data: { createPerson: { emails: { primaryEmail: 'ada@example.com' }, plan: 'PRO', jobTitle: '' } },
      },
    });
    expect(await idsOf(find('emails.primaryEmail[eq]:"ada@example.com"'))).toEqual([createdId(answer)]);
    expect(context.changes).toBe(1);
  });

  it.each(['1.10', '2.42'])('has a domain in ASCII since 2.42 (%s)', async (version) => {
    await act('setVersion', { version });
    const answer = await post({ emails: { primaryEmail: 'ada@MÜNCHEN.de' } });
    const stored = version === '2.42' ? 'ada@xn--mnchen-3ya.de' : 'ada@münchen.de';
    expect(Object(answer.body).data.createPerson.emails.primaryEmail).toBe(stored);
  });

  it('may bring an id of its own', async () => {
    const id = 'b5ef9a92-4e0f-4c6e-8f0e-2d0d6c6f4c11';
    expect(createdId(await post({ id }))).toBe(id);
    expect(await post({ id })).toMatchObject({ status: 400 });
    expect(await post({ id: 'mine' })).toMatchObject({ status: 400 });
  });

  it.each([
    [{ nothing: 1 }, 'Object person doesn\'t have any "nothing" field.'],
    [{ plan: 'pro' }, 'Invalid value "pro" for field "plan"'],
    [{ jobTitle: 5 }, "Invalid string value '5'"],
    [{ name: 'Ada' }, 'Invalid object value'],
    [{ name: { first: 'Ada' } }, 'Invalid subfield first'],
    [{ companyId: 'acme' }, 'Invalid UUID value'],
    [{ emails: { primaryEmail: 'ada' } }, "Invalid email value 'ada'"],
    [{ emails: { additionalEmails: 'x@y.de' } }, 'field "emails"'],
    [[ADA], 'must be an object'],
    ['{', 'not valid JSON'],
  ])('is refused for %j', async (body, message) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'BadRequestException' } });
    expect(messageOf(answer)).toContain(message);
  });

  it.each(['LENA.vogt@example.com', 'marta.klein@example.com'])(
    'is a duplicate by the primary address, be it in the trash (%s)',
    async (primaryEmail) => {
      const answer = await post({ emails: { primaryEmail } });
      expect(answer).toMatchObject({ status: 400, body: { statusCode: 400, error: 'BadRequestException' } });
      expect(messageOf(answer)).toMatch(/^A duplicate entry was detected/);
      expect(JSON.stringify(answer.body)).not.toContain(LENA_ID);
    },
  );

  it('is no duplicate without an address, or by a further one', async () => {
    expect(await post({})).toMatchObject({ status: 201 });
    expect(await post({})).toMatchObject({ status: 201 });
    const emails = { primaryEmail: 'x@example.com', additionalEmails: ['lena.vogt@example.com'] };
    expect(await post({ emails })).toMatchObject({ status: 201 });
  });

  it('is a duplicate of one that was faster by an instant', async () => {
    await act('setInsertDelay', { milliseconds: 5 });
    const statuses = (await Promise.all([post(ADA), post(ADA)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 400]);
  });
});

describe('a batch', () => {
  const batch = (people: unknown) => post(people, '/batch/people?depth=0');
  const someone = (number: number) => ({ emails: { primaryEmail: `p${number}@example.com` } });

  it('creates all', async () => {
    const answer = await batch([someone(1), someone(2)]);
    expect(answer.status).toBe(201);
    expect(Object(answer.body).data.createPeople).toMatchObject([someone(1), someone(2)]);
  });

  it.each([
    ['a duplicate of somebody', { emails: { primaryEmail: 'lena.vogt@example.com' } }],
    ['a duplicate in itself', someone(1)],
    ['a wrong value', { plan: 'GOLD' }],
  ])('creates nobody when it holds %s', async (_, wrong) => {
    expect(await batch([someone(1), wrong])).toMatchObject({ status: 400 });
    expect(rowsOf(await call('GET', '/people'))).toHaveLength(2);
  });

  it('takes 60 and no more, as a list', async () => {
    const many = Array.from({ length: 61 }, (_, number) => someone(number));
    expect(await batch(many)).toMatchObject({ status: 400 });
    expect(await batch(many.slice(1))).toMatchObject({ status: 201 });
    expect(await batch(someone(61))).toMatchObject({ status: 400 });
  });
});

describe('a change', () => {
  it.each(['PATCH', 'PUT'])('by %s leaves what is not sent', async (method) => {
    const body = { name: { lastName: 'Voigt' }, jobTitle: 'Editor' };
    const answer = await call(method, `/people/${LENA_ID}?depth=0`, { body });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: {
          updatePerson: { name: { firstName: 'Lena', lastName: 'Voigt' }, jobTitle: 'Editor', plan: 'PRO' },
        },
      },
    });
  });

  it('writes addresses as a whole', async () => {
    const body = { emails: { additionalEmails: ['Lena@Work.example'] } };
    const answer = await call('PATCH', `/people/${LENA_ID}`, { body });
    expect(Object(answer.body).data.updatePerson.emails).toEqual({
      primaryEmail: '',
      additionalEmails: ['lena@work.example'],
    });
  });

  it('writes links as a whole', async () => {
    await call('PATCH', `/people/${LENA_ID}`, {
      body: { linkedinLink: { primaryLinkUrl: 'https://a.example' } },
    });
    const body = { linkedinLink: { primaryLinkLabel: 'Lena' } };
    const answer = await call('PATCH', `/people/${LENA_ID}`, { body });
    expect(Object(answer.body).data.updatePerson.linkedinLink).toMatchObject({
      primaryLinkUrl: '',
      primaryLinkLabel: 'Lena',
    });
  });

  it('must not take the address of somebody else', async () => {
    const body = { emails: { primaryEmail: 'jonas.weber@example.com' } };
    expect(await call('PATCH', `/people/${LENA_ID}`, { body })).toMatchObject({ status: 400 });
  });
});

describe('the trash', () => {
  it.each([
    ['1.10', `/restore/people/${MARTA_ID}`],
    ['2.42', `/people/${MARTA_ID}/restore`],
  ])('gives people back at the path of %s only', async (version, path) => {
    for (const other of VERSIONS.filter((one) => one !== version)) {
      await act('setVersion', { version: other });
      expect(await call('PATCH', path)).toMatchObject({ status: 400 });
    }
    await act('setVersion', { version });
    expect(await call('PATCH', path)).toMatchObject({
      status: 200,
      body: { data: { restorePerson: { id: MARTA_ID, deletedAt: null } } },
    });
    expect(await call('GET', `/people/${MARTA_ID}`)).toMatchObject({ status: 200 });
  });

  it('takes whom soft_delete puts there; everybody else is gone', async () => {
    expect(await call('DELETE', `/people/${LENA_ID}?soft_delete=true`)).toMatchObject({
      status: 200,
      body: { data: { deletePerson: { id: LENA_ID } } },
    });
    expect(await post({ emails: { primaryEmail: 'lena.vogt@example.com' } })).toMatchObject({ status: 400 });
    expect(await call('DELETE', `/people/${JONAS_ID}`)).toMatchObject({ status: 200 });
    expect(await call('DELETE', `/people/${JONAS_ID}`)).toMatchObject({ status: 404 });
    expect(await post({ emails: { primaryEmail: 'jonas.weber@example.com' } })).toMatchObject({
      status: 201,
    });
  });

  it('is not known to a deletion of 1.0', async () => {
    await act('setVersion', { version: '1.0' });
    await call('DELETE', `/people/${LENA_ID}?soft_delete=true`);
    expect(await post({ emails: { primaryEmail: 'lena.vogt@example.com' } })).toMatchObject({ status: 201 });
  });
});

describe('a filter', () => {
  const LENA = 'emails.primaryEmail[eq]:"lena.vogt@example.com"';

  it.each([
    ['emails.primaryEmail[eq]:lena.vogt@example.com', [LENA_ID]],
    ["emails.primaryEmail[eq]:'lena.vogt@example.com'", [LENA_ID]],
    ['emails.primaryEmail[ilike]:"LENA.V_gt@%"', [LENA_ID]],
    ['emails.primaryEmail[like]:"LENA%"', []],
    ['emails.primaryEmail[in]:["lena.vogt@example.com","jonas.weber@example.com"]', [JONAS_ID, LENA_ID]],
    ['emails.primaryEmail[startsWith]:lena', [LENA_ID]],
    ['emails.primaryEmail[endsWith]:example.com', [JONAS_ID, LENA_ID]],
    ['plan[neq]:PRO', [JONAS_ID]],
    ['jobTitle[is]:NULL', [LENA_ID]],
    ['jobTitle[is]:NOT_NULL', [JONAS_ID]],
    ['createdAt[gte]:"2026-03-03",createdAt[lt]:"2026-03-04"', [LENA_ID]],
    [`or(${LENA},plan[eq]:FREE)`, [JONAS_ID, LENA_ID]],
    [`and(not(${LENA}),or(plan[eq]:FREE,plan[eq]:PRO))`, [JONAS_ID]],
    ['deletedAt[is]:NOT_NULL', [MARTA_ID]],
    ['or(deletedAt[is]:NULL,deletedAt[is]:NOT_NULL)', [JONAS_ID, LENA_ID, MARTA_ID]],
    ['', [JONAS_ID, LENA_ID]],
  ])('%s', async (filter, ids) => {
    expect(await idsOf(find(filter))).toEqual(ids);
  });

  it('looks into further addresses as JSON', async () => {
    await act('updatePerson', {
      id: LENA_ID,
      values: { emails: { primaryEmail: 'lena.vogt@example.com', additionalEmails: ['l@a.de', 'l@b.de'] } },
    });
    expect(await idsOf(find('emails.additionalEmails[like]:%"l@b.de"%'))).toEqual([LENA_ID]);
    expect(await idsOf(find('emails.additionalEmails[like]:%"l@b.d"%'))).toEqual([]);
  });

  it.each([
    ['1.10', []],
    ['2.42', [LENA_ID]],
  ])('compares whole addresses as %s does', async (version, ids) => {
    await act('setVersion', { version });
    expect(await idsOf(find('emails.primaryEmail[eq]:"Lena.Vogt@example.com"'))).toEqual(ids);
  });

  it('is read wrong, without a word, after an apostrophe inside quotes', async () => {
    const quoted = `emails.primaryEmail[ilike]:"o'neill@example.com"`;
    expect(await idsOf(find(`or(${quoted},${LENA})`))).toEqual([]);
  });

  it.each([
    ['plan[eq]:PRO)', '1 open bracket is missing'],
    ['and((plan[eq]:PRO)', '1 close bracket is missing'],
    ['plan=PRO', "'filter' invalid for"],
    ['plan[equals]:PRO', 'comparator equals not in'],
    ['emails.primaryEmail[in]:x', 'array value expected'],
    ['not(plan[eq]:A,plan[eq]:B)', 'only 1 condition'],
    ['salary[eq]:1', 'doesn\'t have any "salary" field'],
    ['emails[eq]:x', 'can not be filtered'],
  ])('%s is refused', async (filter, message) => {
    const answer = await find(filter);
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain(message);
  });
});

describe('a list', () => {
  const many = async (count: number) => {
    for (let number = 0; number < count; number += 1) {
      await act('createPerson', { emails: { primaryEmail: `p${number}@example.com` }, jobTitle: 'Many' });
    }
  };

  it('has 60 at most on a page, and goes on after a cursor', async () => {
    await many(65);
    const first = await find('jobTitle[eq]:Many', '&limit=200');
    expect(rowsOf(first)).toHaveLength(60);
    const { pageInfo, totalCount } = Object(first.body);
    expect(totalCount).toBe(65);
    expect(pageInfo).toMatchObject({ hasNextPage: true });
    const second = await find(
      'jobTitle[eq]:Many',
      `&starting_after=${encodeURIComponent(pageInfo.endCursor)}`,
    );
    expect(rowsOf(second)).toHaveLength(5);
    const { startCursor, hasNextPage } = Object(second.body).pageInfo;
    expect(hasNextPage).toBe(false);
    const back = await find('jobTitle[eq]:Many', `&ending_before=${encodeURIComponent(startCursor)}&limit=1`);
    expect(rowsOf(back)).toEqual([rowsOf(first)[59]]);
  });

  it('is ordered as asked', async () => {
    expect(await idsOf(call('GET', '/people?order_by=name.lastName'))).toEqual([LENA_ID, JONAS_ID]);
    expect(await idsOf(call('GET', '/people?order_by=createdAt[DescNullsLast]'))).toEqual([
      LENA_ID,
      JONAS_ID,
    ]);
  });

  it('shows what relations lead to unless the depth is 0', async () => {
    const [deep] = rowsOf(await call('GET', '/people'));
    const [flat] = rowsOf(await call('GET', '/people?depth=0'));
    expect(deep).toMatchObject({ company: null, companyId: null, noteTargets: [] });
    expect(flat).toMatchObject({ companyId: null });
    expect(flat).not.toHaveProperty('company');
  });

  it.each(['limit=many', 'depth=3', 'starting_after=x', 'order_by=salary', 'order_by=plan[Up]'])(
    'is refused for %s',
    async (query) => {
      expect(await call('GET', `/people?${query}`)).toMatchObject({ status: 400 });
    },
  );
});

describe('duplicates', () => {
  const ask = (body: object) => call('POST', '/people/duplicates?depth=0', { body });

  it('are told by data and by id, one entry for each', async () => {
    const data = [{ name: { firstName: 'Lena', lastName: 'Vogt' } }, ADA];
    const byData = await ask({ data });
    expect(byData).toMatchObject({
      status: 200,
      body: { data: [{ totalCount: 1, personDuplicates: [{ id: LENA_ID }] }, { totalCount: 0 }] },
    });
    await post({ ...data[0], emails: { primaryEmail: 'other@example.com' } });
    expect(await ask({ ids: [LENA_ID] })).toMatchObject({ body: { data: [{ totalCount: 1 }] } });
  });

  it.each([{}, { data: [] }, { data: [ADA], ids: [LENA_ID] }, { data: 'x' }])(
    'are refused for %j',
    async (body) => {
      expect(await ask(body)).toMatchObject({ status: 400 });
    },
  );
});

describe('the rate limit', () => {
  const limits = [{ tokens: 3, windowMs: 60_000 }];

  it.each([
    ['1.0', 400, undefined],
    ['1.10', 429, undefined],
    ['2.42', 429, '20'],
  ])('is told as %s does, and fills up again', async (version, status, retryAfter) => {
    await act('setVersion', { version });
    await act('setLimits', { limits });
    for (let count = 0; count < 3; count += 1)
      expect(await call('GET', '/people')).toMatchObject({ status: 200 });
    const refused = await call('GET', '/people');
    expect(refused.status).toBe(status);
    expect(messageOf(refused)).toBe('Limit reached (3 tokens per 60000 ms)');
    expect(refused.headers['Retry-After']).toBe(retryAfter);
    await act('passTime', { milliseconds: 20_000 });
    expect(await call('GET', '/people')).toMatchObject({ status: 200 });
    expect(await call('GET', '/people')).toMatchObject({ status });
  });

  it('is that of the whole workspace, and none of the metadata', async () => {
    await act('useUpLimit');
    expect(await call('GET', '/people')).toMatchObject({ status: 429 });
    expect(await call('GET', '/metadata/objects')).toMatchObject({ status: 200 });
  });
});

describe('the data model', () => {
  it.each(VERSIONS)('lists the fields of people as %s does', async (version) => {
    await act('setVersion', { version });
    const { body } = await call('GET', '/metadata/objects');
    const { data } = Object(body);
    const objects: Array<Record<string, unknown>> = version === '2.42' ? data : data.objects;
    const person = objects.find(({ nameSingular }) => nameSingular === 'person');
    expect(person?.fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'jobTitle', type: 'TEXT' }),
        expect.objectContaining({ name: 'plan', isCustom: true, options: expect.any(Array) }),
      ]),
    );
  });

  it('takes new fields, which people have from then on', async () => {
    const { body } = await call('GET', '/metadata/objects');
    const { id } = Object(body).data.find((one: Record<string, unknown>) => one.nameSingular === 'person');
    const field = { type: 'NUMBER', name: 'lifetimeValue', label: 'Lifetime value', objectMetadataId: id };
    expect(await call('POST', '/metadata/fields', { body: field })).toMatchObject({ status: 201 });
    expect(await call('POST', '/metadata/fields', { body: field })).toMatchObject({ status: 400 });
    expect(await call('POST', '/metadata/fields', { body: { ...field, name: 'Bad Name' } })).toMatchObject({
      status: 400,
    });
    expect(await post({ lifetimeValue: 12 })).toMatchObject({ status: 201 });
  });

  it('needs a right of its own', async () => {
    await act('forbidDataModel');
    expect(await call('GET', '/metadata/objects')).toMatchObject({ status: 403 });
    expect(await call('GET', '/people')).toMatchObject({ status: 200 });
  });
});

describe('the page and the state', () => {
  it('show people with what the workspace added, escaped', async () => {
    await act('createPerson', { name: { firstName: '<b>Eve</b>', lastName: '' }, plan: 'ENTERPRISE' });
    const html = twenty.render();
    expect(html).toContain('&lt;b&gt;Eve');
    expect(html).toContain('ENTERPRISE');
    expect(html).toContain('in the trash');
    expect(html).not.toContain('<b>Eve');
  });

  it('go out and come back, and are reset', async () => {
    await post(ADA);
    const state = twenty.state();
    twenty.reset();
    expect(rowsOf(await call('GET', '/people'))).toHaveLength(2);
    twenty.load(state);
    expect(twenty.state()).toEqual(state);
    expect(rowsOf(await call('GET', '/people'))).toHaveLength(3);
    expect(() => twenty.load({ people: [] })).toThrow(/This is no Twenty state/);
    expect(twenty.state()).toEqual(state);
  });

  it('follow what a person does in Twenty', async () => {
    await act('deletePerson', { email: 'LENA.vogt@example.com' });
    await act('restorePerson', { id: MARTA_ID });
    await act('destroyPerson', { id: JONAS_ID });
    await act('addField', { name: 'tier', type: 'SELECT', options: ['GOLD'] });
    await act('updatePerson', { id: MARTA_ID, values: { tier: 'GOLD' } });
    expect(rowsOf(await call('GET', '/people?depth=0'))).toMatchObject([{ id: MARTA_ID, tier: 'GOLD' }]);
    await expect(act('deletePerson', { email: 'nobody@example.com' })).rejects.toThrow(/There is no person/);
    await expect(act('deletePerson')).rejects.toThrow(/There is no person/);
  });
});
