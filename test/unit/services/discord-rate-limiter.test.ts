import { beforeEach, describe, expect, it } from '@jest/globals';
import { HeldBack, RateLimiter, RefusalBudget, routeOf } from '../../../services/discord';
import type { HttpResponse } from '../../../services/http';
import { VirtualClock, settled } from '../../support/virtual-clock';

/** A call that has been sent and waits for its answer. */
interface Sent {
  path: string;
  /** Milliseconds after the start of the test. */
  at: number;
  answer(response: HttpResponse): Promise<void>;
  lose(): Promise<void>;
}

let clock: VirtualClock;
let limiter: RateLimiter;
let budget: RefusalBudget;
let sent: Sent[];
let start: number;

beforeEach(() => {
  clock = new VirtualClock();
  start = clock.now();
  budget = new RefusalBudget();
  limiter = new RateLimiter(budget, clock);
  sent = [];
});

/** Asks for a call; it shows in `sent` once it was let go. */
function call(path = '/channels/1/invites', permission = 'create', deadline?: number): Promise<HttpResponse> {
  const route = routeOf('POST', path);
  const answer = limiter.send({ route, refusedTogether: `${path} ${permission}`, deadline }, () => {
    return new Promise<HttpResponse>((resolve, reject) => {
      sent.push({
        path,
        at: clock.now() - start,
        answer: (response) => {
          resolve(response);
          return settled();
        },
        lose: () => {
          reject(new Error('connection reset'));
          return settled();
        },
      });
    });
  });
  // Who cares about a rejection awaits it; the others must not end the test run.
  answer.catch(() => undefined);
  return answer;
}

/** Asks for several calls of a kind; gives their answers. */
function calls(count: number, path?: string): Array<Promise<HttpResponse>> {
  return Array.from({ length: count }, () => call(path));
}

const answer = (status: number, headers: Record<string, string> = {}, body: unknown = {}): HttpResponse => ({
  status,
  headers,
  body,
});
const limits = (remaining: number, resetAfter = '10', limit = 5, bucket = 'abc') => ({
  'x-ratelimit-bucket': bucket,
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset-after': resetAfter,
});
const ok = (remaining: number, resetAfter?: string, bucket?: string) =>
  answer(200, limits(remaining, resetAfter, 5, bucket));
const refusedFor = (seconds: number, headers: Record<string, string> = {}, global = false) =>
  answer(429, { ...limits(0), ...headers }, { message: 'limited', retry_after: seconds, global });

/** The n-th call that was sent. */
function nth(number: number): Sent {
  const found = sent[number - 1];
  if (!found) throw new Error(`only ${sent.length} calls were sent`);
  return found;
}

describe('a route that was never called', () => {
  it('lets its first call go alone, then as many as are left', async () => {
    void calls(8);
    await settled();
    expect(sent).toHaveLength(1);
    await nth(1).answer(ok(4));
    expect(sent).toHaveLength(5);
  });

  it('lets its first call go alone whatever channel it is for, then each channel for itself', async () => {
    void call('/channels/1/invites');
    void calls(2, '/channels/2/invites');
    await settled();
    expect(sent).toHaveLength(1);
    await nth(1).answer(ok(0));
    expect(sent.map(({ path }) => path)).toEqual(['/channels/1/invites', '/channels/2/invites']);
    await nth(2).answer(ok(4));
    expect(sent).toHaveLength(3);
  });

  it('does not wait for another route', async () => {
    void call('/channels/1/invites');
    void call('/channels/1/messages');
    await settled();
    expect(sent).toHaveLength(2);
  });

  it('whose first call got lost lets the next one go alone', async () => {
    void calls(3);
    await settled();
    await nth(1).lose();
    expect(sent).toHaveLength(2);
  });

  it('that turns out to have no limit lets all others go', async () => {
    void calls(8);
    await settled();
    await nth(1).answer(answer(200));
    await nth(2).answer(answer(200));
    expect(sent).toHaveLength(8);
  });

  it('stays unknown after a refusal that tells no limit', async () => {
    void calls(3);
    await settled();
    await nth(1).answer(answer(404));
    expect(sent).toHaveLength(2);
  });
});

describe('routes of one bucket', () => {
  it('share what is left in a channel', async () => {
    void call('/channels/1/invites');
    await settled();
    await nth(1).answer(ok(1));
    void call('/channels/1/messages');
    await settled();
    await nth(2).answer(ok(0));
    void call('/channels/1/invites');
    await settled();
    expect(sent).toHaveLength(2);
    await clock.advance(10_000);
    expect(sent).toHaveLength(3);
  });
});

describe('a limit that is used up', () => {
  it('holds further calls until it is reset, to the fraction of a second', async () => {
    void calls(3);
    await settled();
    await nth(1).answer(ok(0, '2.345'));
    await clock.advance(2_344);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent.map(({ at }) => at)).toEqual([0, 2_345, 2_345]);
  });

  it('is used again in full after its reset', async () => {
    void calls(12);
    await settled();
    await nth(1).answer(ok(4));
    await Promise.all([2, 3, 4, 5].map((number) => nth(number).answer(ok(5 - number))));
    expect(sent).toHaveLength(5);
    await clock.advance(10_000);
    expect(sent).toHaveLength(10);
  });

  it('counts calls that are still under way in the next window', async () => {
    void calls(12);
    await settled();
    await nth(1).answer(ok(4));
    expect(sent).toHaveLength(5);
    await nth(2).answer(ok(3));
    await clock.advance(10_000);
    expect(sent).toHaveLength(5 + 5 - 3);
  });

  it('is known to be used up by others', async () => {
    void calls(5);
    await settled();
    await nth(1).answer(ok(1));
    expect(sent).toHaveLength(2);
  });

  it('does not stand still when the answers that would tell its reset are lost', async () => {
    void calls(8);
    await settled();
    await nth(1).answer(ok(0));
    await clock.advance(10_000);
    expect(sent).toHaveLength(6);
    for (const number of [2, 3, 4, 5, 6]) await nth(number).lose();
    expect(sent).toHaveLength(7);
  });
});

describe('an answer 429', () => {
  it('reaches nobody: its call is repeated when Discord says, in fractions of a second', async () => {
    const result = call();
    await settled();
    await nth(1).answer(refusedFor(1.337));
    await clock.advance(1_336);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    await nth(2).answer(ok(4));
    expect((await result).status).toBe(200);
  });

  it('holds only the calls of its channel', async () => {
    void call('/channels/1/invites');
    await settled();
    await nth(1).answer(refusedFor(60));
    void call('/channels/2/invites');
    await settled();
    expect(sent.map(({ path }) => path)).toEqual(['/channels/1/invites', '/channels/2/invites']);
  });

  it.each([
    ['header', { 'x-ratelimit-global': 'true' }, false],
    ['body', {}, true],
  ])('that is global, by its %s, holds all calls', async (_, headers, global) => {
    void call('/channels/1/invites');
    await settled();
    await nth(1).answer(refusedFor(60, headers, global));
    void call('/channels/2/messages');
    await clock.advance(59_999);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent).toHaveLength(3);
  });

  it('of a shared limit is waited for as well', async () => {
    const result = call();
    await settled();
    await nth(1).answer(refusedFor(3, { 'x-ratelimit-scope': 'shared' }));
    await clock.advance(3_000);
    await nth(2).answer(ok(4));
    expect((await result).status).toBe(200);
  });

  it.each([
    ['says how long in its header', { 'retry-after': '30' }, 30_000],
    ['does not say', {}, 5_000],
  ])('that is not JSON and %s holds all calls', async (_, headers, wait) => {
    void call('/channels/1/invites');
    await settled();
    await nth(1).answer(answer(429, headers, '<html>You are being rate limited</html>'));
    void call('/channels/2/messages');
    await clock.advance(wait - 1);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent).toHaveLength(3);
  });

  it('keeps the order: its call goes before those that came later', async () => {
    const order: number[] = [];
    [1, 2, 3].forEach((number) => void call().then(() => order.push(number)));
    await settled();
    await nth(1).answer(refusedFor(1));
    await clock.advance(1_000);
    for (const number of [2, 3, 4]) await nth(number).answer(ok(5));
    expect(order).toEqual([1, 2, 3]);
  });

  it('lets calls go one at a time until the limit is known again', async () => {
    void calls(8);
    await settled();
    await nth(1).answer(ok(4));
    await nth(2).answer(refusedFor(1));
    for (const number of [3, 4, 5]) await nth(number).answer(refusedFor(1));
    await clock.advance(1_000);
    expect(sent).toHaveLength(6);
    await nth(6).answer(ok(4));
    expect(sent).toHaveLength(10);
  });

  it('lets calls go one at a time again where no limit was known before', async () => {
    void calls(2);
    await settled();
    for (const number of [1, 2]) await nth(number).answer(answer(200));
    void calls(8);
    await settled();
    for (let number = 3; number <= 10; number += 1)
      await nth(number).answer(answer(429, {}, { message: 'limited', retry_after: 1, global: false }));
    await clock.advance(1_000);
    expect(sent).toHaveLength(11);
  });

  it.each<[string, HttpResponse]>([
    ['its body', refusedFor(10 ** 9)],
    ['its header', answer(429, { 'retry-after': '1e999' }, 'no JSON')],
    ['a limit that is used up', ok(0, '1e999')],
  ])('(or its like) with a time out of reason in %s is believed for one hour', async (_, told) => {
    void call();
    await settled();
    await nth(1).answer(told);
    await clock.advance(3_599_999);
    void call();
    await settled();
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent).toHaveLength(2);
  });

  it('that asks for more than five minutes of patience fails its call, and those behind it', async () => {
    const waiting = calls(2);
    await settled();
    await nth(1).answer(refusedFor(301));
    for (const one of waiting) await expect(one).rejects.toThrow(/more than five minutes/);
    expect(sent).toHaveLength(1);
  });

  it('again and again fails its call after five minutes', async () => {
    const result = call();
    await settled();
    for (let number = 1; number <= 5; number += 1) {
      await nth(number).answer(refusedFor(59));
      await clock.advance(59_000);
    }
    await nth(6).answer(refusedFor(59));
    await expect(result).rejects.toBeInstanceOf(HeldBack);
  });
});

describe('a call with a deadline', () => {
  it('fails at once when its limit opens later', async () => {
    void calls(1);
    await settled();
    await nth(1).answer(ok(0, '30'));
    await expect(call('/channels/1/invites', 'create', clock.now() + 29_999)).rejects.toThrow(
      /longer than the run may take/,
    );
    void call('/channels/1/invites', 'create', clock.now() + 30_001);
    await clock.advance(30_000);
    expect(sent).toHaveLength(2);
  });

  it('fails when it is over, though nothing stands in its way', async () => {
    await expect(call('/channels/1/invites', 'create', clock.now() - 1)).rejects.toBeInstanceOf(HeldBack);
    expect(sent).toHaveLength(0);
  });

  it('fails at its deadline, though nobody knows yet when its limit opens', async () => {
    void call();
    const behind = call('/channels/1/invites', 'create', clock.now() + 1_000);
    await clock.advance(1_000);
    await expect(Promise.race([behind, settled()])).rejects.toBeInstanceOf(HeldBack);
    expect(sent).toHaveLength(1);
  });
});

describe('an answer 401', () => {
  it('is the answer of all calls that waited, which are not sent', async () => {
    const waiting = [...calls(3), call('/channels/1/messages'), ...calls(2, '/channels/1/messages')];
    await settled();
    expect(sent).toHaveLength(2);
    await nth(1).answer(answer(401, {}, { message: '401: Unauthorized' }));
    await nth(2).answer(ok(4));
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 200, 401, 401]);
    expect(sent).toHaveLength(2);
  });

  it('does not stop calls that come later', async () => {
    void call();
    await settled();
    await nth(1).answer(answer(401));
    void call();
    await settled();
    expect(sent).toHaveLength(2);
  });
});

describe('an answer 403', () => {
  it('is the answer of the calls that waited for the same permission, and of no other', async () => {
    const first = call('/channels/1/invites');
    const same = call('/channels/1/invites');
    const withRoles = call('/channels/1/invites', 'create with roles');
    const elsewhere = call('/channels/2/invites');
    await settled();
    await nth(1).answer(answer(403, limits(4), { code: 50013, message: 'Missing Permissions' }));
    expect((await first).status).toBe(403);
    expect((await same).status).toBe(403);
    expect(sent.map(({ path }) => path)).toEqual([
      '/channels/1/invites',
      '/channels/1/invites',
      '/channels/2/invites',
    ]);
    await nth(2).answer(ok(3));
    await nth(3).answer(ok(4));
    expect((await withRoles).status).toBe(200);
    expect((await elsewhere).status).toBe(200);
  });
});

describe('too many refusals', () => {
  const refuse = async (count: number, response: HttpResponse) => {
    for (let number = 0; number < count; number += 1) {
      void call();
      await clock.advance(60);
      await sent.at(-1)?.answer(response);
    }
  };

  it.each([401, 403])(
    '(1,000 answers %i in ten minutes) hold back every call, and say why',
    async (status) => {
      await refuse(1_000, answer(status));
      await expect(call()).rejects.toThrow(/refused 1,000 calls within ten minutes.*bans the whole host/);
      expect(sent).toHaveLength(1_000);
    },
  );

  it('of another bot count as well', async () => {
    await refuse(1_000, answer(401));
    limiter = new RateLimiter(budget, clock);
    await expect(call()).rejects.toBeInstanceOf(HeldBack);
  });

  it('count calls that were repeated after 429, but not after a shared limit', async () => {
    await refuse(999, answer(401));
    void call();
    await clock.advance(100);
    await sent.at(-1)?.answer(refusedFor(0, { 'x-ratelimit-scope': 'shared' }));
    expect(sent).toHaveLength(1_001);
    await sent.at(-1)?.answer(refusedFor(0));
    await expect(call()).rejects.toBeInstanceOf(HeldBack);
  });

  it('are forgotten after ten minutes', async () => {
    await refuse(1_000, answer(401));
    await clock.advance(600_000 - 1_000 * 60 + 120);
    void call();
    await settled();
    expect(sent).toHaveLength(1_001);
  });
});

describe('the last answer', () => {
  it('leaves no alarm set, which would keep the process alive', async () => {
    void calls(3);
    await settled();
    expect(clock.isAwaited).toBe(true);
    await nth(1).answer(ok(4));
    for (const number of [2, 3]) await nth(number).answer(ok(2));
    expect(clock.isAwaited).toBe(false);
  });
});

describe('all calls of a bot together', () => {
  it('are no more than 50 in a second', async () => {
    for (let channel = 1; channel <= 120; channel += 1) void call(`/channels/${channel}/invites`);
    await settled();
    await nth(1).answer(answer(200, limits(4)));
    expect(sent).toHaveLength(50);
    await clock.advance(1_000);
    expect(sent).toHaveLength(50);
    await clock.advance(2_000);
    expect(sent).toHaveLength(120);
    const most = Math.max(
      ...sent.map(({ at }) => sent.filter((other) => other.at >= at && other.at < at + 1_000).length),
    );
    expect(most).toBe(50);
  });
});
