import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { EspoCrmLeadEnsure } from '../../../nodes/EspoCrmLeadEnsure/EspoCrmLeadEnsure.node';
import { EspoCrmDouble } from '../../../sandbox/espocrm';
import { espoCrmCredentials, recordsIn, replaceRecords } from '../../support/espocrm';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

let espoCrm: TestSandbox;

beforeAll(async () => {
  espoCrm = await startTestSandbox('espocrm', EspoCrmDouble);
});
beforeEach(async () => {
  await espoCrm.reset();
  await replaceRecords(espoCrm, {});
  await espoCrm.forgetRequests();
});
afterAll(() => espoCrm.close());

const setup = (parameters: INodeParameters = {}, keys: Record<string, string> = {}): NodeSetup => ({
  node: new EspoCrmLeadEnsure(),
  name: 'Ensure lead',
  parameters,
  credentials: espoCrmCredentials(`${espoCrm.url}/`, keys),
});

const item = (email: string, fields: IDataObject = {}): IDataObject => ({
  contact: { id: 7, email, fields },
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

describe('an item', () => {
  it('gets the lead that was created from its contact', async () => {
    const input = item('ada@example.com', { firstname: 'Ada', lastname: 'Lovelace' });
    const output = await run([input]);
    const [lead] = await recordsIn(espoCrm, 'Lead');
    expect(output).toEqual([
      {
        ...input,
        lead: { id: lead?.id, entity: 'Lead', status: 'New', created: true },
        outcomes: [{ service: 'EspoCRM', action: 'lead created', id: lead?.id, at: expect.any(String) }],
      },
    ]);
    expect(lead).toMatchObject({
      attributes: { firstName: 'Ada', lastName: 'Lovelace' },
      emailAddresses: [{ lower: 'ada@example.com' }],
    });
  });

  it.each([
    ['Lead', 'Converted', 'lead found'],
    ['Contact', null, 'contact found'],
  ])('gets the %s that is there', async (entity, status, action) => {
    const record = { id: 'x1', emails: ['ada@example.com'], ...(status && { status }) };
    await replaceRecords(espoCrm, { [entity]: [record] });
    expect(await run([item('Ada@example.com')])).toMatchObject([
      { lead: { id: 'x1', entity, status, created: false }, outcomes: [{ action, id: 'x1' }] },
    ]);
  });

  it('gets a lead although its contact has no name', async () => {
    const nameless = [
      item('a@example.com', { firstname: null, lastname: '' }),
      { contact: { email: 'b@c.de' } },
    ];
    expect(await run(nameless)).toMatchObject([{ lead: { created: true } }, { lead: { created: true } }]);
  });

  it('gets status, source and fields as they are set, from its own data', async () => {
    const fields = {
      field: [
        { name: 'phoneNumber', value: '={{ $json.contact.fields.phone }}' },
        { name: '=description', value: ' Backer of the campaign ' },
        { name: 'doNotCall', value: '={{ true }}' },
      ],
    };
    await run([item('ada@example.com', { phone: '+49301234567' }), item('bob@example.com')], {
      status: 'Assigned',
      source: 'Campaign',
      fields,
    });
    const description = 'Backer of the campaign';
    const both = { status: 'Assigned', source: 'Campaign', description, doNotCall: true };
    expect(await recordsIn(espoCrm, 'Lead')).toMatchObject([
      { attributes: both, phoneNumbers: [{ phoneNumber: '+49301234567' }] },
      { attributes: both, phoneNumbers: [] },
    ]);
  });

  it('is looked for among leads only when contacts do not count', async () => {
    await replaceRecords(espoCrm, { Contact: [{ id: 'c1', emails: ['ada@example.com'] }] });
    expect(await run([item('ada@example.com')], { alsoContacts: false })).toMatchObject([
      { lead: { entity: 'Lead', created: true } },
    ]);
  });

  it.each([item(''), { delivery: { id: '1' } }])(
    'without an e-mail address fails clearly, and alone (%j)',
    async (incomplete) => {
      const [failed, other] = await run([incomplete, item('ada@example.com')]);
      expect(failed).toMatchObject({
        failure: {
          node: 'Ensure lead',
          retryable: false,
          message: expect.stringContaining('"Email" is empty'),
        },
      });
      expect(other).toMatchObject({ lead: { created: true } });
    },
  );

  it('that carries a failure passes untouched', async () => {
    const failed = { ...item('ada@example.com'), failure: { message: 'no invite' } };
    expect(await run([failed])).toEqual([failed]);
    expect(await espoCrm.calls()).toEqual([]);
  });
});

describe('fifty items', () => {
  it('of known people take one call', async () => {
    const emails = Array.from({ length: 50 }, (_, index) => `person${index}@example.com`);
    await replaceRecords(espoCrm, {
      Lead: emails.map((email, index) => ({ id: `l${index}`, emails: [email] })),
    });
    const output = await run(emails.map((email) => item(email)));
    expect(output.map(({ lead }) => (lead as IDataObject).id)).toEqual(emails.map((_, index) => `l${index}`));
    expect(await espoCrm.calls()).toEqual(['GET /api/v1/Lead']);
  });
});

describe('the key', () => {
  it.each(['apiKey', 'hmac'])('is used as chosen (%s)', async (authentication) => {
    expect(await run([item('ada@example.com')], { authentication })).toMatchObject([
      { lead: { created: true } },
    ]);
  });

  it.each(['apiKey', 'hmac'])(
    'that is refused (%s) is sent once, and is not told',
    async (authentication) => {
      const output = await run(
        [item('ada@example.com'), item('bob@example.com')],
        { authentication },
        { apiKey: 'a-wrong-key' },
      );
      const failure = {
        service: 'EspoCRM',
        retryable: false,
        message: expect.stringMatching(/answered 401.*key/),
      };
      expect(output).toMatchObject([{ failure }, { failure }]);
      expect(await espoCrm.calls()).toHaveLength(1);
      expect(JSON.stringify(output)).not.toContain('a-wrong-key');
    },
  );
});

describe('the lists in the node', () => {
  const { loadOptions } = new EspoCrmLeadEnsure().methods;

  it.each([
    ['getLeadStatuses', 'setStatusList', ['New', 'VIP', 'Dead']],
    ['getLeadSources', 'setSourceList', ['', 'Fair', 'Campaign']],
  ] as const)("show the instance's own values (%s)", async (method, action, options) => {
    await espoCrm.act(action, { options });
    const shown = await loadOptions[method].call(loadOptionsContext(setup()));
    expect(shown.map(({ value }) => value)).toEqual(['', ...options.filter((option) => option !== '')]);
  });

  it('show the fields that can be set and have no parameter of their own, by the name in the API', async () => {
    await espoCrm.act('requireField', { field: 'cLifetimePlan' });
    const shown = await loadOptions.getLeadFields.call(loadOptionsContext(setup({ authentication: 'hmac' })));
    const names = shown.map(({ value }) => value);
    expect(names).toEqual(
      expect.arrayContaining(['assignedUserId', 'cLifetimePlan', 'description', 'phoneNumber']),
    );
    expect(names).toEqual([...names].sort((one, other) => String(one).localeCompare(String(other))));
    for (const name of [
      'name',
      'firstName',
      'emailAddress',
      'status',
      'assignedUser',
      'createdAt',
      'convertedAt',
    ])
      expect(names).not.toContain(name);
  });

  it('say what is missing when the key may not see leads', async () => {
    await espoCrm.act('setRights', { entity: 'Lead', rights: [] });
    await expect(loadOptions.getLeadStatuses.call(loadOptionsContext(setup()))).rejects.toThrow(
      /may not see Leads.*Administration > Roles/,
    );
  });
});
