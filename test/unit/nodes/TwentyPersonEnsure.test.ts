import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { TwentyPersonEnsure } from '../../../nodes/TwentyPersonEnsure/TwentyPersonEnsure.node';
import { TwentyDouble } from '../../../sandbox/twenty';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { peopleIn, personId, replacePeople, twentyCredential } from '../../support/twenty';

let twenty: TestSandbox;

beforeAll(async () => {
  twenty = await startTestSandbox('twenty', TwentyDouble);
});
beforeEach(async () => {
  await twenty.reset();
  await replacePeople(twenty, []);
  await twenty.forgetRequests();
});
afterAll(() => twenty.close());

const setup = (parameters: INodeParameters = {}, keys: Record<string, string> = {}): NodeSetup => ({
  node: new TwentyPersonEnsure(),
  name: 'Ensure person',
  parameters,
  credentials: [twentyCredential(`${twenty.url}/`, keys)],
});

/** An item of the app's event that a user has registered. */
const item = (email: string, data: IDataObject = {}): IDataObject => ({
  event: { type: 'user.registered', payload: { data: { email, plan: 'pro', ...data } } },
  delivery: { id: email, lease: 'l', attempt: 1 },
});

async function run(
  items: IDataObject[],
  parameters?: INodeParameters,
  keys?: Record<string, string>,
): Promise<IDataObject[]> {
  const [output = []] = await executeNode(setup(parameters, keys), items);
  return output.map(({ json }) => json);
}

const EMAIL = 'ada@example.com';
const ADA = personId(1);
const PLAN = { field: [{ name: 'plan', value: '={{ $json.event.payload.data.plan.toUpperCase() }}' }] };

describe('an item', () => {
  it('gets the person that was created from its event', async () => {
    const input = item(EMAIL, { name: 'Augusta Ada Lovelace' });
    const output = await run([input], { fields: PLAN });
    const [person] = await peopleIn(twenty);
    expect(output).toEqual([
      {
        ...input,
        person: { id: person?.id, created: true },
        outcomes: [{ service: 'Twenty', action: 'person created', id: person?.id, at: expect.any(String) }],
      },
    ]);
    expect(person?.values).toMatchObject({
      name: { firstName: 'Augusta Ada', lastName: 'Lovelace' },
      emails: { primaryEmail: EMAIL },
      plan: 'PRO',
    });
  });

  it('gets the person who is there, and leaves that person as is', async () => {
    await replacePeople(twenty, [{ id: ADA, email: EMAIL }]);
    const before = await peopleIn(twenty);
    expect(await run([item('Ada@example.com')], { fields: PLAN })).toMatchObject([
      { person: { id: ADA, created: false }, outcomes: [{ action: 'person found', id: ADA }] },
    ]);
    expect(await peopleIn(twenty)).toEqual(before);
  });

  it('fills in what is empty when that is wanted', async () => {
    await replacePeople(twenty, [
      { id: ADA, email: EMAIL, values: { name: { firstName: 'A.', lastName: '' } } },
    ]);
    const parameters = { existing: 'fillEmpty', fields: PLAN };
    expect(await run([item(EMAIL, { name: 'Ada Lovelace' })], parameters)).toMatchObject([
      { person: { id: ADA, created: false }, outcomes: [{ action: 'person updated' }] },
    ]);
    expect(await peopleIn(twenty)).toMatchObject([
      { values: { name: { firstName: 'A.', lastName: 'Lovelace' }, plan: 'PRO' } },
    ]);
  });

  it('tells that a person was taken out of the trash', async () => {
    await replacePeople(twenty, [{ id: ADA, email: EMAIL, deletedAt: '2026-02-01T10:00:00.000Z' }]);
    expect(await run([item(EMAIL)])).toMatchObject([{ outcomes: [{ action: 'person restored', id: ADA }] }]);
  });

  it('gets a name of two parts rather than a full one', async () => {
    const parameters = { firstName: '={{ $json.first }}', lastName: ' Byron ' };
    await run([{ ...item(EMAIL, { name: 'Ada Lovelace' }), first: 'Augusta' }], parameters);
    expect(await peopleIn(twenty)).toMatchObject([
      { values: { name: { firstName: 'Augusta', lastName: 'Byron' } } },
    ]);
  });

  it('gets a person although it has no name', async () => {
    await run([item(EMAIL), item('bob@example.com', { name: null })]);
    const people = await peopleIn(twenty);
    expect(people.map(({ values }) => Object.keys(values))).toEqual([['emails'], ['emails']]);
  });

  it.each([item(''), { delivery: { id: '1' } }])(
    'without an e-mail address fails clearly, and alone (%j)',
    async (incomplete) => {
      const [failed, other] = await run([incomplete, item(EMAIL)]);
      expect(failed).toMatchObject({
        failure: {
          node: 'Ensure person',
          retryable: false,
          message: expect.stringContaining('"Email" is empty'),
        },
      });
      expect(other).toMatchObject({ person: { created: true } });
    },
  );

  it('that Twenty refuses fails clearly, and alone', async () => {
    const [failed, other] = await run([item(EMAIL, { plan: 'gold' }), item('bob@example.com')], {
      fields: PLAN,
    });
    expect(failed).toMatchObject({
      failure: { service: 'Twenty', retryable: false, message: expect.stringContaining('"GOLD"') },
    });
    expect(other).toMatchObject({ person: { created: true } });
  });

  it('that carries a failure passes untouched', async () => {
    const failed = { ...item(EMAIL), failure: { message: 'no contact' } };
    expect(await run([failed])).toEqual([failed]);
    expect(await twenty.calls()).toEqual([]);
  });
});

describe('a hundred items', () => {
  it('of new people take five calls, and are worked on in their order', async () => {
    const emails = Array.from({ length: 100 }, (_, index) => `person${index}@example.com`);
    const output = await run(emails.map((email) => item(email)));
    const idOf = new Map(
      (await peopleIn(twenty)).map(({ id, values }) => [Object(values.emails).primaryEmail, id]),
    );
    expect(output.map(({ person }) => (person as IDataObject).id)).toEqual(
      emails.map((email) => idOf.get(email)),
    );
    expect((await twenty.calls()).length).toBeLessThanOrEqual(5);
  });
});

describe('the key', () => {
  it('that is refused is sent once, and is not told', async () => {
    const items = [item(EMAIL), item('bob@example.com')];
    const output = await run(items, {}, { apiKey: 'a-wrong-key' });
    const message = expect.stringMatching(/answered 401.*API key/);
    const failure = { service: 'Twenty', retryable: false, message };
    expect(output).toMatchObject([{ failure }, { failure }]);
    expect(await twenty.calls()).toHaveLength(1);
    expect(JSON.stringify(output)).not.toContain('a-wrong-key');
  });
});

describe('the list of fields in the node', () => {
  const { getPersonFields } = new TwentyPersonEnsure().methods.loadOptions;
  const shown = () => getPersonFields.call(loadOptionsContext(setup()));

  it.each(['1.0', '1.10', '2.42'])(
    'shows what can be set and has no parameter of its own, by label (%s)',
    async (version) => {
      await twenty.act('setVersion', { version });
      await twenty.act('addField', { name: 'lifetimeValue', label: 'Lifetime value', type: 'CURRENCY' });
      expect(await shown()).toEqual([
        { name: 'Avatar', value: 'avatarUrl', description: 'TEXT' },
        { name: 'City', value: 'city', description: 'TEXT' },
        { name: 'Company', value: 'companyId', description: 'RELATION' },
        { name: 'Job Title', value: 'jobTitle', description: 'TEXT' },
        {
          name: 'Lifetime value (amountMicros)',
          value: 'lifetimeValue.amountMicros',
          description: 'CURRENCY',
        },
        {
          name: 'Lifetime value (currencyCode)',
          value: 'lifetimeValue.currencyCode',
          description: 'CURRENCY',
        },
        { name: 'Linkedin (primaryLinkLabel)', value: 'linkedinLink.primaryLinkLabel', description: 'LINKS' },
        { name: 'Linkedin (primaryLinkUrl)', value: 'linkedinLink.primaryLinkUrl', description: 'LINKS' },
        {
          name: 'Phones (primaryPhoneCallingCode)',
          value: 'phones.primaryPhoneCallingCode',
          description: 'PHONES',
        },
        {
          name: 'Phones (primaryPhoneCountryCode)',
          value: 'phones.primaryPhoneCountryCode',
          description: 'PHONES',
        },
        { name: 'Phones (primaryPhoneNumber)', value: 'phones.primaryPhoneNumber', description: 'PHONES' },
        { name: 'Plan', value: 'plan', description: 'SELECT: FREE, PRO, ENTERPRISE' },
        { name: 'X (primaryLinkLabel)', value: 'xLink.primaryLinkLabel', description: 'LINKS' },
        { name: 'X (primaryLinkUrl)', value: 'xLink.primaryLinkUrl', description: 'LINKS' },
      ]);
    },
  );

  it('is looked for on every page', async () => {
    const people = { nameSingular: 'person', fields: [{ name: 'city', label: 'City', type: 'TEXT' }] };
    const page = (data: object[], endCursor?: string) => ({
      path: '/metadata/objects',
      status: 200,
      body: { data, pageInfo: { hasNextPage: endCursor !== undefined, endCursor } },
      times: 1,
    });
    await twenty.fail(page([{ nameSingular: 'company' }], 'a-cursor'), page([people]));
    expect(await shown()).toEqual([{ name: 'City', value: 'city', description: 'TEXT' }]);
    expect((await twenty.requests()).map(({ query }) => query.starting_after)).toEqual([
      undefined,
      'a-cursor',
    ]);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['the right', () => twenty.act('forbidDataModel'), /right to the data model.*Settings > Roles/],
    [
      'the object',
      () => twenty.fail({ status: 200, body: { data: [], pageInfo: { hasNextPage: false } } }),
      /no object "person"/,
    ],
  ])('says when %s is missing', async (_, arrange, message) => {
    await arrange();
    await expect(shown()).rejects.toThrow(message);
  });
});
