import { describe, expect, it } from '@jest/globals';
import { checkContacts, MauticApi, type Decision } from '../../../services/mautic';

const FIELDS = {
  optIn: 'opt_in_confirmed',
  vip: 'vip_status',
  vipLink: 'discord_invite_vip',
  basicLink: 'discord_invite_basic',
};
const NO_WAITS = { jitter: { minMs: 0, maxMs: 0 }, recheck: { minMs: 0, maxMs: 0 } };
const VIP_LINK = 'https://discord.gg/vip';
const BASIC_LINK = 'https://discord.gg/basic';

/** A yes or no in the shapes of write answers, single reads and lists; `null` and '' when nobody ever said either. */
const YES: unknown[] = [true, 1, '1'];
const NO: unknown[] = [false, 0, '0', null, ''];
const NO_MARKS = [[], [{ channel: 'sms', reason: 3 }]];
const EMAIL_MARKS = [
  [{ channel: 'email', reason: 1 }],
  [
    { channel: 'sms', reason: 1 },
    { channel: 'email', reason: '2' },
  ],
  [{ channel: 'email', reason: 3 }],
];

interface Case {
  optIn: unknown;
  vip: unknown;
  vipLink: string | null;
  basicLink: string | null;
  marks: object[];
  email: string | null;
}

/** All values of each part with all values of the others. */
function combinations<Value extends object>(parts: { [Key in keyof Value]: readonly Value[Key][] }): Value[] {
  return Object.entries<readonly unknown[]>(parts).reduce<object[]>(
    (some, [key, values]) => some.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  ) as Value[];
}

const ALL: Record<keyof Case, unknown[]> = {
  optIn: [...YES, ...NO],
  vip: [...YES, ...NO],
  vipLink: [null, '', VIP_LINK],
  basicLink: [null, '', BASIC_LINK],
  marks: [...NO_MARKS, ...EMAIL_MARKS],
  email: ['ada@example.com', '', null],
};
const allOf = (over: Partial<Record<keyof Case, unknown[]>> = {}) =>
  combinations<Case>({ ...ALL, ...over } as { [Key in keyof Case]: readonly Case[Key][] });

/** Mautic with these contacts, whose ids count from 1; `merged` leads from the id of a merged one to theirs. */
function mautic(cases: readonly Case[], merged: ReadonlyMap<number, number> = new Map()): MauticApi {
  const json = (id: number) => {
    const found = cases[id - 1];
    if (!found) return [];
    const { optIn, vip, vipLink, basicLink, marks, email } = found;
    const all = {
      id,
      email,
      firstname: 'Ada',
      lastname: null,
      [FIELDS.optIn]: optIn,
      [FIELDS.vip]: vip,
      [FIELDS.vipLink]: vipLink,
      [FIELDS.basicLink]: basicLink,
    };
    return [{ id: String(id), fields: { all }, doNotContact: marks }];
  };
  return new MauticApi({
    url: 'http://mautic.test',
    request: ({ url, query }) => {
      const single = /\/(\d+)$/.exec(url)?.[1];
      if (single === undefined) {
        const ids = String(query?.['where[0][val]']).split(',').map(Number);
        return Promise.resolve({ status: 200, headers: {}, body: { contacts: ids.flatMap(json) } });
      }
      const [contact] = json(merged.get(Number(single)) ?? Number(single));
      return Promise.resolve({
        status: contact ? 200 : 404,
        headers: {},
        body: contact ? { contact } : { errors: [] },
      });
    },
  });
}

/** In few words: the verdict, then tier, field, link and replaced link, with `-` for none. */
async function decide(api: MauticApi, ids: readonly number[]): Promise<Array<string | Error>> {
  const checks = ids.map((contactId) => ({ contactId, fields: FIELDS }));
  return (await checkContacts(api, checks, NO_WAITS)).map(told);
}

function told(decision: Decision | Error): string | Error {
  if (decision instanceof Error) return decision;
  const { verdict, guard } = decision;
  return [verdict, guard.tier, guard.field, guard.link, guard.replaced].map((part) => part ?? '-').join(' ');
}

const decideAll = (cases: readonly Case[]) => decide(mautic(cases), idsOf(cases));
const idsOf = (cases: readonly Case[]) => cases.map((_, index) => index + 1);
const same = (cases: readonly Case[], words: string) => cases.map(() => words);

const MAY = { optIn: YES, marks: NO_MARKS, email: ['ada@example.com'] };
const NO_LINK = [null, ''];

describe.each<[string, (cases: readonly Case[]) => Promise<Array<string | Error>>]>([
  ['in a list', decideAll],
  [
    'one by one',
    async (cases) => {
      const api = mautic(cases);
      return (await Promise.all(idsOf(cases).map((id) => decide(api, [id])))).flat();
    },
  ],
])('whatever the shape of a contact read %s', (_, decided) => {
  it.each<[string, Partial<Record<keyof Case, unknown[]>>, string]>([
    [
      'a VIP without a link',
      { ...MAY, vip: YES, vipLink: NO_LINK, basicLink: NO_LINK },
      'vip vip discord_invite_vip - -',
    ],
    [
      'a VIP, whose basic link becomes void',
      { ...MAY, vip: YES, vipLink: NO_LINK, basicLink: [BASIC_LINK] },
      `vip vip discord_invite_vip - ${BASIC_LINK}`,
    ],
    [
      'no VIP, without a link',
      { ...MAY, vip: NO, vipLink: NO_LINK, basicLink: NO_LINK },
      'basic basic discord_invite_basic - -',
    ],
    [
      'no VIP, with a basic link',
      { ...MAY, vip: NO, vipLink: NO_LINK, basicLink: [BASIC_LINK] },
      `hasLink basic discord_invite_basic ${BASIC_LINK} -`,
    ],
    [
      'VIP or not, with a VIP link',
      { ...MAY, vipLink: [VIP_LINK], basicLink: NO_LINK },
      `hasLink vip discord_invite_vip ${VIP_LINK} -`,
    ],
    [
      'VIP or not, with both links, of which the VIP one counts',
      { ...MAY, vipLink: [VIP_LINK], basicLink: [BASIC_LINK] },
      `hasLink vip discord_invite_vip ${VIP_LINK} ${BASIC_LINK}`,
    ],
  ])('it is %s', async (_case, over, words) => {
    const cases = allOf(over);
    expect(await decided(cases)).toEqual(same(cases, words));
  });
});

describe('whatever else a contact has', () => {
  it.each<[string, Partial<Record<keyof Case, unknown[]>>]>([
    ['did not opt in', { optIn: NO }],
    ['is on do-not-contact for e-mail', { marks: EMAIL_MARKS }],
    ['has no e-mail address', { email: ['', null] }],
  ])('it gets nothing when it %s', async (_case, over) => {
    const verdicts = (await decideAll(allOf(over))).map((words) => String(words).split(' ')[0]);
    expect(new Set(verdicts)).toEqual(new Set(['notOptedIn']));
  });
});

describe('a contact that is not there under its id', () => {
  it.each<[string, number[]]>([
    ['merged', []],
    ['deleted', [900_001, 900_002]],
  ])('gets nothing, whatever the other one has (%s)', async (state, gone) => {
    const cases = allOf({ marks: NO_MARKS });
    const merged = new Map(idsOf(cases).map((id) => [500_000 + id, id]));
    const ids = state === 'merged' ? [...merged.keys()] : gone;
    expect(await decide(mautic(cases, merged), ids)).toEqual(ids.map(() => 'notOptedIn - - - -'));
  });

  it('does not disturb those that are', async () => {
    const cases = allOf({ ...MAY, vip: [true], vipLink: [null], basicLink: [null], optIn: [1] });
    const words = await decide(mautic(cases, new Map([[77, 1]])), [77, 1, 99, 1]);
    const due = 'vip vip discord_invite_vip - -';
    expect(words).toEqual(['notOptedIn - - - -', due, 'notOptedIn - - - -', due]);
  });
});
