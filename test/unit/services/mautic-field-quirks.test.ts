import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ensureContacts,
  type ContactDeclaration,
  type EnsuredContact,
  type FieldDeclaration,
  type MauticApi,
} from '../../../services/mautic';
import { MauticDouble } from '../../../sandbox/mautic';
import { mauticApi, type MauticState } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const MAYA = 'maya.lind@example.com';
const ADA = 'ada@example.com';

let mautic: TestSandbox;

const FIELDS = [
  { alias: 'spent', type: 'number', properties: { roundmode: 4, scale: 2 } },
  { alias: 'seats', type: 'number', properties: { roundmode: 4, scale: 0 }, defaultValue: '5' },
  { alias: 'consent', type: 'boolean', properties: { no: 'No', yes: 'Yes' } },
  { alias: 'seen_at', type: 'datetime' },
  { alias: 'signed_up', type: 'date' },
  { alias: 'greeting', type: 'text', defaultValue: 'Hello' },
  {
    alias: 'plan',
    type: 'select',
    properties: {
      list: [
        { label: 'Free', value: 'free' },
        { label: 'Pro', value: 'pro' },
      ],
    },
  },
];

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.fail();
  const state = await mautic.state<MauticState>();
  const text = state.fields.find(({ alias }) => alias === 'firstname');
  const added = FIELDS.map((field, index) => ({ ...text, ...field, id: 900 + index, label: field.alias }));
  await mautic.load({ ...state, fields: [...state.fields, ...added] });
  await ensure(MAYA, [{ alias: 'city', value: 'Stockholm' }]);
  await mautic.forgetRequests();
});
afterAll(() => mautic.close());

async function ensure(
  email: string,
  fields: readonly FieldDeclaration[],
  over: Partial<ContactDeclaration> = {},
  api = mauticApi(mautic.url),
): Promise<EnsuredContact> {
  const contact = { email, createWhenMissing: true };
  const declaration: ContactDeclaration = { contact, fields, whenEmpty: 'stop', confirm: true, ...over };
  const [result] = await ensureContacts(api, [declaration]);
  if (result === undefined || result instanceof Error) throw result ?? new Error('no result');
  return result;
}

async function stored(email: string): Promise<Record<string, string | number | boolean>> {
  const { contacts } = await mautic.state<MauticState>();
  return contacts.find(({ fields }) => fields.email === email)?.fields ?? {};
}

async function writes(): Promise<unknown[]> {
  const requests = await mautic.requests();
  return requests.flatMap(({ method, body }) => (method === 'GET' ? [] : [body]));
}

describe('a number that is to be 0', () => {
  it('is emptied, since Mautic takes no 0', async () => {
    await ensure(MAYA, [{ alias: 'spent', value: 12.5 }]);
    const result = await ensure(MAYA, [{ alias: 'spent', value: 0 }]);
    expect(result).toMatchObject({ changed: ['spent'], fields: { spent: null } });
    expect(await stored(MAYA)).not.toHaveProperty('spent');
  });

  it.each([[0], ['0'], ['0.00']])('is already as declared, as %p, when there is none', async (value) => {
    expect(await ensure(MAYA, [{ alias: 'spent', value }])).toMatchObject({ changed: [] });
    expect(await writes()).toEqual([]);
  });

  it('is already as declared when Mautic has a 0', async () => {
    await mautic.act('saveContact', { id: 1, fields: { spent: 0 } });
    await mautic.forgetRequests();
    expect(await ensure(MAYA, [{ alias: 'spent', value: '0' }])).toMatchObject({ changed: [] });
    expect(await writes()).toEqual([]);
  });

  it('does not become the default value of the field', async () => {
    const result = await ensure(ADA, [
      { alias: 'seats', value: 0 },
      { alias: 'city', value: 'Oslo' },
    ]);
    expect(result).toMatchObject({ created: true, changed: ['city'], fields: { seats: null } });
    expect(await stored(ADA)).not.toHaveProperty('seats');
  });

  it('is refused when it is a fraction of 1', async () => {
    await expect(ensure(MAYA, [{ alias: 'spent', value: 0.5 }])).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('between -1 and 1'),
    });
  });
});

describe('the default value of a field', () => {
  it('stays out of a field that is declared empty when another one is written', async () => {
    const fields: FieldDeclaration[] = [
      { alias: 'greeting', clear: true },
      { alias: 'city', value: 'Rome' },
    ];
    expect(await ensure(MAYA, fields)).toMatchObject({ changed: ['city'], fields: { greeting: null } });
    expect(await writes()).toEqual([{ city: 'Rome', greeting: '', overwriteWithBlank: true }]);
    await mautic.forgetRequests();
    expect(await ensure(MAYA, fields)).toMatchObject({ changed: [] });
    expect(await writes()).toEqual([]);
  });

  it('is cleared when a former write put it there', async () => {
    await ensure(MAYA, [{ alias: 'city', value: 'Rome' }]);
    expect(await stored(MAYA)).toMatchObject({ greeting: 'Hello' });
    await ensure(MAYA, [{ alias: 'greeting', clear: true }]);
    expect(await stored(MAYA)).not.toHaveProperty('greeting');
  });
});

describe('a no', () => {
  it('is stored for a new contact too, of which Mautic drops it at first', async () => {
    const result = await ensure(ADA, [{ alias: 'consent', value: false }]);
    expect(result).toMatchObject({ created: true, changed: ['consent'], fields: { consent: false } });
    expect(await stored(ADA)).toMatchObject({ consent: false });
    await mautic.forgetRequests();
    expect(await ensure(ADA, [{ alias: 'consent', value: false }])).toMatchObject({ changed: [] });
    expect(await writes()).toEqual([]);
  });

  it('is stored so even when nothing is to be confirmed', async () => {
    await ensure(ADA, [{ alias: 'consent', value: false }], { confirm: false });
    expect(await stored(ADA)).toMatchObject({ consent: false });
  });
});

describe('a time', () => {
  it.each([
    '2026-03-01T10:15:42.517Z',
    '2026-03-01T10:15:42+00:00',
    '2026-03-01T11:15:42+01:00',
    '2026-02-28T23:15:42-11:00',
  ])('is written once as %s, though Mautic keeps neither zone nor seconds', async (value) => {
    expect(await ensure(MAYA, [{ alias: 'seen_at', value }])).toMatchObject({ changed: ['seen_at'] });
    expect(await stored(MAYA)).toMatchObject({ seen_at: '2026-03-01 10:15:00' });
    await mautic.forgetRequests();
    expect(await ensure(MAYA, [{ alias: 'seen_at', value }])).toMatchObject({ changed: [] });
    expect(await writes()).toEqual([]);
  });

  it('is written again a minute later', async () => {
    await ensure(MAYA, [{ alias: 'seen_at', value: '2026-03-01T10:15:42Z' }]);
    expect(await ensure(MAYA, [{ alias: 'seen_at', value: '2026-03-01T10:16:00Z' }])).toMatchObject({
      changed: ['seen_at'],
    });
  });

  it('gives its day, in UTC, to a date field', async () => {
    await ensure(MAYA, [{ alias: 'signed_up', value: '2026-03-01T23:15:42-02:00' }]);
    expect(await stored(MAYA)).toMatchObject({ signed_up: '2026-03-02' });
    await mautic.forgetRequests();
    await ensure(MAYA, [{ alias: 'signed_up', value: '2026-03-01T23:15:42-02:00' }]);
    expect(await writes()).toEqual([]);
  });
});

describe('markup in a text', () => {
  it.each([
    ['https://a.example/?q=<script>alert(1)</script>&r=2', 'https://a.example/?q=alert(1)&r=2'],
    ['R&amp;D <b>partners</b>', 'R&D partners'],
    ['I <3 this', 'I 3 this'],
    ['&amp;lt;b&amp;gt;deep', 'deep'],
    ['🚀 launch > plan', '🚀 launch > plan'],
  ])('is left out before Mautic does so: %s', async (value, kept) => {
    await ensure(ADA, [{ alias: 'city', value }]);
    expect(await stored(ADA)).toMatchObject({ city: kept });
    await mautic.forgetRequests();
    expect(await ensure(ADA, [{ alias: 'city', value }])).toMatchObject({ changed: [] });
    expect(await writes()).toEqual([]);
  });

  it('is an empty value when there is nothing else', async () => {
    const declaration = [{ alias: 'city', value: '<br>' }];
    await expect(ensure(MAYA, declaration)).rejects.toThrow(/"city": there is no value/);
    await ensure(MAYA, declaration, { whenEmpty: 'leave' });
    expect(await stored(MAYA)).toMatchObject({ city: 'Stockholm' });
    await ensure(MAYA, declaration, { whenEmpty: 'clear' });
    expect(await stored(MAYA)).not.toHaveProperty('city');
  });
});

describe('a name', () => {
  it('is cut to what Mautic stores, by whole characters', async () => {
    await ensure(ADA, [], { name: `${'😀'.repeat(80)} ${'é'.repeat(80)}` });
    expect(await stored(ADA)).toMatchObject({ firstname: '😀'.repeat(64), lastname: 'é'.repeat(64) });
  });
});

describe('a choice that is not in the list', () => {
  it('is refused before Mautic empties the field for it', async () => {
    await ensure(MAYA, [{ alias: 'plan', value: 'pro' }]);
    await mautic.forgetRequests();
    await expect(ensure(MAYA, [{ alias: 'plan', value: 'gold' }])).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(/select field "plan".*none of its values \(free, pro\)/),
    });
    expect(await stored(MAYA)).toMatchObject({ plan: 'pro' });
    expect(await writes()).toEqual([]);
  });
});

describe('what Mautic does not keep', () => {
  const forgetful = (): MauticApi =>
    mauticApi(mautic.url, (request) => (options) => {
      const { body } = options;
      const isWrite = typeof body === 'object' && body !== null && 'city' in body;
      return request(isWrite ? { ...options, body: { ...body, city: 'Rome' } } : options);
    });

  it('is a failure that names the field', async () => {
    await expect(ensure(MAYA, [{ alias: 'city', value: 'Oslo' }], {}, forgetful())).rejects.toMatchObject({
      retryable: true,
      message: expect.stringMatching(/"city" does not hold what was written.*list of values/),
    });
  });

  it('is not looked for beyond a few writes', async () => {
    await ensure(MAYA, [{ alias: 'city', value: 'Oslo' }], {}, forgetful()).catch(() => undefined);
    expect((await writes()).length).toBe(3);
  });

  it('cannot be the address that the contact is found by', async () => {
    await expect(ensure(MAYA, [{ alias: 'email', value: ADA }])).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('what the contact is found by'),
    });
  });
});
