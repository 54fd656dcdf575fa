import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  checkContacts,
  MauticApi,
  type CheckOptions,
  type ContactCheck,
  type Decision,
} from '../../../services/mautic';

const FIELDS = {
  optIn: 'opt_in_confirmed',
  vip: 'vip_status',
  vipLink: 'discord_invite_vip',
  basicLink: 'discord_invite_basic',
};
const LINK = 'https://discord.gg/aB3dE6';

type Values = Record<string, unknown>;

/** Mautic's contacts by id; `undefined` is gone. */
let contacts: Map<number, Values>;
/** Aliases of fields that no contact shows. */
let unpublished: string[];
/** Id that Mautic refuses to show by itself. */
let refused: number | undefined;
/** What happened: `read 1,2` and `wait 300`. */
let happened: string[];

beforeEach(() => {
  happened = [];
  unpublished = [];
  refused = undefined;
  contacts = new Map([1, 2, 3].map((id) => [id, { [FIELDS.optIn]: 1 }]));
});

function mautic(): MauticApi {
  return new MauticApi({
    url: 'http://mautic.test',
    sleep: () => Promise.resolve(),
    request: ({ url, query }) => {
      const single = /\/(\d+)$/.exec(url)?.[1];
      const ids = single ?? String(query?.['where[0][val]']);
      happened.push(`read ${ids}`);
      if (single === String(refused)) return answer(403, { errors: [{ message: 'No access' }] });
      const found = ids.split(',').flatMap((id) => contactJson(Number(id)));
      if (single === undefined) return answer(200, { total: String(found.length), contacts: found });
      return found[0] ? answer(200, { contact: found[0] }) : answer(404, { errors: [] });
    },
  });
}

function contactJson(id: number): object[] {
  const values = contacts.get(id);
  if (!values) return [];
  const unset = Object.fromEntries(Object.values(FIELDS).map((alias) => [alias, null]));
  const set = { email: `c${id}@example.com`, firstname: 'C', lastname: null, ...unset, ...values };
  const all = Object.fromEntries(
    Object.entries(set).filter(([alias, value]) => value !== undefined && !unpublished.includes(alias)),
  );
  return [{ id: String(id), fields: { core: [], all }, doNotContact: [] }];
}

const answer = (status: number, body: object) => Promise.resolve({ status, headers: {}, body });

const checkOf = (contactId: number): ContactCheck => ({ contactId, fields: FIELDS });

/** With waits of exactly the given milliseconds; `during` happens in each. */
async function check(
  ids: readonly number[],
  { jitter = 0, recheck = 0, during = () => undefined as void }: Partial<Waits> = {},
): Promise<Array<Decision | Error>> {
  const options: CheckOptions = {
    jitter: { minMs: jitter, maxMs: jitter },
    recheck: { minMs: recheck, maxMs: recheck },
    sleep: (milliseconds) => {
      happened.push(`wait ${milliseconds}`);
      during(milliseconds);
      return Promise.resolve();
    },
  };
  return await checkContacts(mautic(), ids.map(checkOf), options);
}

interface Waits {
  jitter: number;
  recheck: number;
  during: (milliseconds: number) => void;
}

const verdicts = (decisions: ReadonlyArray<Decision | Error>) =>
  decisions.map((decision) => (decision instanceof Error ? decision.message : decision.verdict));

describe('yes or no', () => {
  it.each([true, 1, '1', 'true', 'yes', 'on'])('%p is yes', async (value) => {
    contacts.set(1, { [FIELDS.optIn]: value, [FIELDS.vip]: value });
    expect(verdicts(await check([1]))).toEqual(['vip']);
  });

  it.each([false, 0, '0', 'false', 'no', null, ''])('%p is no, as VIP', async (value) => {
    contacts.set(1, { [FIELDS.optIn]: true, [FIELDS.vip]: value });
    expect(verdicts(await check([1]))).toEqual(['basic']);
  });

  it.each([false, 0, '0', null, '', 'perhaps'])('%p is no, as opt-in', async (value) => {
    contacts.set(1, { [FIELDS.optIn]: value });
    expect(verdicts(await check([1]))).toEqual(['notOptedIn']);
  });

  it.each(['', ' ', null])('%p is no link', async (value) => {
    contacts.set(1, { [FIELDS.optIn]: '1', [FIELDS.basicLink]: value, [FIELDS.vipLink]: value });
    expect(verdicts(await check([1]))).toEqual(['basic']);
  });
});

describe('a name', () => {
  it('may be a field that Mautic does not show, since no invite depends on it', async () => {
    unpublished = ['firstname', 'lastname'];
    const [decision] = await check([1]);
    expect(decision).toMatchObject({
      verdict: 'basic',
      contact: { fields: { firstname: null, lastname: null } },
    });
  });
});

describe('a field that one contact alone lacks', () => {
  it('is the failure of that contact alone', async () => {
    contacts.set(2, { [FIELDS.optIn]: 1, [FIELDS.vip]: undefined });
    const decisions = await check([1, 2, 3]);
    expect(verdicts(decisions)).toEqual(['basic', expect.stringContaining('"vip_status"'), 'basic']);
    expect(decisions[1]).toMatchObject({ retryable: false });
  });
});

describe('a contact that cannot be read', () => {
  it('fails alone', async () => {
    contacts.delete(2);
    refused = 2;
    const decisions = await check([1, 2, 3]);
    expect(verdicts(decisions)).toEqual(['basic', expect.stringContaining('answered 403'), 'basic']);
  });
});

describe('the waits', () => {
  it('are one before the first look and one before the second, for all contacts together', async () => {
    await check([1, 2, 3], { jitter: 1500, recheck: 300 });
    expect(happened).toEqual(['wait 1500', 'read 1,2,3', 'wait 300', 'read 1,2,3']);
  });

  it('are left out at zero', async () => {
    await check([1, 2]);
    expect(happened).toEqual(['read 1,2', 'read 1,2']);
  });

  it('lie between shortest and longest', async () => {
    const waited: number[] = [];
    await checkContacts(mautic(), [checkOf(1)], {
      jitter: { minMs: 0, maxMs: 3000 },
      recheck: { minMs: 300, maxMs: 1200 },
      random: () => 0.5,
      sleep: (milliseconds) => Promise.resolve(void waited.push(milliseconds)),
    });
    expect(waited).toEqual([1500, 750]);
  });

  it('are not made when there is nothing to look at', async () => {
    const broken = new Error('no id');
    const options = { jitter: { minMs: 9, maxMs: 9 }, recheck: { minMs: 9, maxMs: 9 } };
    expect(await checkContacts(mautic(), [broken], { ...options, sleep: fail })).toEqual([broken]);
  });
});

describe('the second look', () => {
  it('is for those alone who would get an invite', async () => {
    contacts.set(1, { [FIELDS.optIn]: 0 });
    contacts.set(2, { [FIELDS.optIn]: 1, [FIELDS.basicLink]: LINK });
    expect(verdicts(await check([1, 2, 3], { recheck: 300 }))).toEqual(['notOptedIn', 'hasLink', 'basic']);
    expect(happened).toEqual(['read 1,2,3', 'wait 300', 'read 3']);
  });

  it.each([
    ['somebody else saved a link', { [FIELDS.optIn]: 1, [FIELDS.basicLink]: LINK }, 'hasLink'],
    ['the opt-in was withdrawn', { [FIELDS.optIn]: 0 }, 'notOptedIn'],
    ['it became a VIP', { [FIELDS.optIn]: 1, [FIELDS.vip]: 1 }, 'vip'],
    ['it was deleted', undefined, 'notOptedIn'],
  ])('counts when %s in between', async (_, later, verdict) => {
    const during = () => void (later ? contacts.set(1, later) : contacts.delete(1));
    expect(verdicts(await check([1], { recheck: 300, during }))).toEqual([verdict]);
  });

  it('fails those alone whom it was for, when Mautic is gone by then', async () => {
    contacts.set(1, { [FIELDS.optIn]: 0 });
    const api = mautic();
    let looks = 0;
    const decisions = await checkContacts(
      new MauticApi({
        url: api.url,
        sleep: () => Promise.resolve(),
        request: ({ url }) => {
          looks += 1;
          return looks === 1
            ? answer(200, { contacts: [1, 2].flatMap(contactJson) })
            : Promise.reject(new Error(`${url} is gone`));
        },
      }),
      [checkOf(1), checkOf(2)],
      { jitter: { minMs: 0, maxMs: 0 }, recheck: { minMs: 0, maxMs: 0 } },
    );
    expect(decisions).toMatchObject([{ verdict: 'notOptedIn' }, { retryable: true }]);
  });
});

function fail(): never {
  throw new Error('it waited');
}
