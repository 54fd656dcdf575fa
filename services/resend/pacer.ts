import { createHash } from 'node:crypto';
import { systemClock, type Clock, type HttpResponse } from '../http';
import { isTooFast } from './refusal';

/** The least that Resend has ever allowed a second; what it allows today is told by its first answer. */
const UNTOLD_LIMIT = 2;
/** So that a proxy's header cannot let all calls go at once. */
const HIGHEST_LIMIT = 1_000;
/** A little more than the second, since calls do not all travel at the same speed. */
const PERIOD_MS = 1_030;
/** What goes this late, as after a pause between two rounds of calls, does not hold up those behind it. */
const CATCH_UP_MS = 800;
/** Whoever comes later than this is not behind, but begins anew. */
const PAUSE_MS = 2_000;
/** How much further back own calls are looked for, since they take their time to arrive. */
const TRAVEL_MS = 100;
/** What takes even longer is Resend's own time. */
const LONGEST_DELAY_MS = 200;
/** For a 429 that does not say. */
const UNTOLD_WAIT_MS = 1_000;
/** What takes longer is left to the next try of whoever sends. */
const LONGEST_WAIT_MS = 2 * 60_000;

interface SentCall {
  /** When it went, and once it is answered, when it may have arrived at the latest. */
  at: number;
  /** How many went within the second before it, itself included. */
  own: number;
}

/** By a digest of address and key: all calls with one key in this process share a pacer. */
const pacers = new Map<string, Pacer>();

/**
 * Lets calls go one by one at the rate that Resend's answers tell, in the order they came: evenly spaced, but sooner after
 * each other while it is behind. Whichever way Resend counts, it sees no second with more of them than it allows.
 */
export class Pacer {
  private limit = UNTOLD_LIMIT;
  /** When the latest call was to go. */
  private scheduled = -Infinity;
  private blockedUntil = -Infinity;
  /** The latest calls, oldest first. */
  private sent: SentCall[] = [];
  private fastestMs = Infinity;
  private queue: Promise<unknown> = Promise.resolve();
  private alarm = new AbortController();

  constructor(private readonly clock: Clock = systemClock) {}

  /**
   * Sends when it is its turn, and again what came too fast all the same. Resolves with the answer; with a 429 only when
   * it is about something else than the rate, or would have to wait for more than two minutes. Rejects as `send` does.
   */
  async send(send: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const deadline = this.clock.now() + LONGEST_WAIT_MS;
    for (;;) {
      const call = await this.turn();
      const answer = await send();
      this.noteDelay(call);
      this.learn(answer, call.own);
      if (!isTooFast(answer) || this.opensAt() > deadline) return answer;
    }
  }

  /** Resolves when the next call may go. */
  private turn(): Promise<SentCall> {
    const turn = this.queue.then(() => this.opening());
    this.queue = turn;
    return turn;
  }

  private async opening(): Promise<SentCall> {
    for (let now = this.clock.now(); now < this.opensAt(); now = this.clock.now()) {
      this.alarm = new AbortController();
      await this.clock.sleep(this.opensAt() - now, this.alarm.signal).catch(() => undefined);
    }
    const now = this.clock.now();
    const due = Math.max(this.scheduled + PERIOD_MS / this.limit, this.blockedUntil);
    this.scheduled = now - due > PAUSE_MS ? now : Math.max(due, now - CATCH_UP_MS);
    const recent = this.sent.filter(({ at }) => at > now - PERIOD_MS - TRAVEL_MS);
    const call = { at: now, own: recent.length + 1 };
    this.sent = [...recent, call];
    return call;
  }

  /** What took longer than others may have been late to arrive, as when the process was busy: it counts from then on. */
  private noteDelay(call: SentCall): void {
    const took = this.clock.now() - call.at;
    // The first one has none to be compared with, and a connection to make.
    const late = Number.isFinite(this.fastestMs) ? Math.min(took - this.fastestMs, LONGEST_DELAY_MS) : took;
    this.fastestMs = Math.min(this.fastestMs, took);
    call.at += Math.max(0, late);
  }

  private opensAt(): number {
    const oldest = this.sent.at(-this.limit)?.at ?? -Infinity;
    return Math.max(this.scheduled + PERIOD_MS / this.limit, oldest + PERIOD_MS, this.blockedUntil);
  }

  private learn(answer: HttpResponse, own: number): void {
    const limit = Number(answer.headers['ratelimit-limit']);
    if (limit >= 1) this.limit = Math.min(Math.floor(limit), HIGHEST_LIMIT);
    const now = this.clock.now();
    if (isTooFast(answer)) {
      this.block(now, secondsIn(answer, 'retry-after') ?? secondsIn(answer, 'ratelimit-reset'));
    } else if (answer.headers['ratelimit-remaining'] === '0' && own < this.limit) {
      // Somebody else has used up what was left of it.
      this.block(now, secondsIn(answer, 'ratelimit-reset'));
    }
    // Whoever sleeps looks at the time anew.
    this.alarm.abort();
  }

  private block(now: number, seconds: number | undefined): void {
    this.blockedUntil = Math.max(this.blockedUntil, now + (seconds ?? UNTOLD_WAIT_MS / 1000) * 1000);
  }
}

/** The one pacer of a key; it only tells accounts apart. */
export function pacerOf(url: string, apiKey: string): Pacer {
  const key = createHash('sha256').update(`${url}\n${apiKey}`).digest('base64url');
  const pacer = pacers.get(key) ?? new Pacer();
  pacers.set(key, pacer);
  return pacer;
}

function secondsIn({ headers }: HttpResponse, name: string): number | undefined {
  const seconds = Number(headers[name]);
  return headers[name] !== undefined && seconds >= 0 ? seconds : undefined;
}
