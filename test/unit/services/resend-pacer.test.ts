import { beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpResponse } from '../../../services/http';
import { Pacer } from '../../../services/resend';
import { VirtualClock, settled } from '../../support/virtual-clock';

let clock: VirtualClock;
let pacer: Pacer;
let start: number;

beforeEach(() => {
  clock = new VirtualClock();
  start = clock.now();
  pacer = new Pacer(clock);
});

/** Resend as it counts: so many arrivals within any second, whoever they come from. */
class Limited {
  readonly arrivals: number[] = [];
  refusals = 0;

  constructor(
    private readonly limit: number,
    private readonly latencyMs: number,
  ) {}

  readonly send = async (): Promise<HttpResponse> => {
    const now = clock.now();
    const recent = this.arrivals.filter((time) => time > now - 1000);
    const isRefused = recent.length >= this.limit;
    if (isRefused) this.refusals += 1;
    else this.arrivals.push(now);
    await clock.sleep(this.latencyMs);
    const headers = {
      'ratelimit-limit': String(this.limit),
      'ratelimit-remaining': String(Math.max(0, this.limit - recent.length - 1)),
      'ratelimit-reset': '1',
    };
    return isRefused
      ? answer(429, { ...headers, 'retry-after': '1' }, 'rate_limit_exceeded')
      : answer(200, headers);
  };
}

const answer = (status: number, headers: Record<string, string> = {}, name?: string): HttpResponse => ({
  status,
  headers,
  body: name === undefined ? {} : { statusCode: status, name, message: 'told' },
});

describe.each([
  [2, 30],
  [5, 30],
  [5, 350],
  [10, 80],
])('a limit of %i a second and answers after %i ms', (limit, latencyMs) => {
  it('is used to at least 95 % without one refusal', async () => {
    const resend = new Limited(limit, latencyMs);
    const count = 100;
    const answers = Promise.all(Array.from({ length: count }, () => pacer.send(resend.send)));
    await clock.advance(120_000);
    await answers;
    expect(resend.refusals).toBe(0);
    const seconds = ((resend.arrivals.at(-1) ?? 0) - start) / 1000;
    expect(count / seconds).toBeGreaterThan(limit * 0.95);
  });
});

describe('a pacer', () => {
  it('asks for no more than two a second before it knows better', async () => {
    const times: number[] = [];
    for (let index = 0; index < 3; index += 1) {
      void pacer.send(() => {
        times.push(clock.now() - start);
        return new Promise<HttpResponse>(() => undefined);
      });
    }
    await clock.advance(1_005);
    expect(times).toHaveLength(2);
  });

  it('makes up for a call that went a little late, never beyond the limit', async () => {
    const resend = new Limited(5, 1);
    const answers = Array.from({ length: 30 }, () => pacer.send(resend.send));
    for (let elapsed = 0; elapsed < 10_000; elapsed += 15) await clock.advance(15);
    await Promise.all(answers);
    expect(resend.refusals).toBe(0);
    expect(((resend.arrivals.at(-1) ?? 0) - start) / 1000).toBeLessThan(29 / (5 * 0.95));
  });

  it('catches up after each pause between two rounds of calls, never beyond the limit', async () => {
    const resend = new Limited(5, 20);
    const rounds = (async () => {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(Array.from({ length: 10 }, () => pacer.send(resend.send)));
        await clock.sleep(600);
      }
    })();
    await clock.advance(30_000);
    await rounds;
    expect(resend.refusals).toBe(0);
    expect(((resend.arrivals.at(-1) ?? 0) - start) / 1000).toBeLessThan(100 / (5 * 0.95));
  });

  it('waits as long as a refusal says, and sends again', async () => {
    const replies = [
      answer(429, { 'retry-after': '3' }, 'rate_limit_exceeded'),
      answer(200, { 'ratelimit-limit': '5' }),
    ];
    const times: number[] = [];
    const sent = pacer.send(() => {
      times.push(clock.now() - start);
      return Promise.resolve(replies.shift() ?? answer(500));
    });
    await clock.advance(10_000);
    expect(await sent).toMatchObject({ status: 200 });
    expect(times).toEqual([0, 3000]);
  });

  it('gives up on a limit that is not free again within two minutes', async () => {
    const sent = pacer.send(() =>
      Promise.resolve(answer(429, { 'retry-after': '121' }, 'rate_limit_exceeded')),
    );
    await settled();
    expect(await sent).toMatchObject({ status: 429 });
  });

  it.each(['daily_quota_exceeded', 'monthly_quota_exceeded'])('does not repeat %s', async (name) => {
    let calls = 0;
    const sent = pacer.send(() => {
      calls += 1;
      return Promise.resolve(answer(429, { 'retry-after': '1' }, name));
    });
    await clock.advance(5_000);
    expect(await sent).toMatchObject({ status: 429 });
    expect(calls).toBe(1);
  });

  it('leaves the rest of a second to others when they have used up what is left of it', async () => {
    const times: number[] = [];
    const send = (remaining: string) =>
      pacer.send(() => {
        times.push(clock.now() - start);
        return Promise.resolve(
          answer(200, {
            'ratelimit-limit': '5',
            'ratelimit-remaining': remaining,
            'ratelimit-reset': '1',
          }),
        );
      });
    const sent = Promise.all([send('0'), send('4'), send('3')]);
    await clock.advance(5_000);
    await sent;
    expect(times).toEqual([0, 1000, 1206]);
  });

  it('goes on after an answer was lost', async () => {
    await expect(pacer.send(() => Promise.reject(new Error('reset')))).rejects.toThrow('reset');
    const sent = pacer.send(() => Promise.resolve(answer(200)));
    await clock.advance(1_000);
    expect(await sent).toMatchObject({ status: 200 });
  });
});
