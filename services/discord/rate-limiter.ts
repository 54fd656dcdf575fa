import { systemClock, type Clock, type HttpResponse } from '../http';
import { Lane, believable, rateLimitOf } from './lane';
import type { RefusalBudget } from './refusal-budget';
import { rateLimited } from './schemas';
import type { Route } from './route';

/** Discord's global limit of a bot, per second. */
const CALLS_PER_PERIOD = 50;
/** A little more than the second, since calls do not all travel at the same speed. */
const PERIOD_MS = 1_050;
/** A call that has to wait longer is left to the next try of its event. */
const LONGEST_WAIT_MS = 5 * 60_000;
/** For a 429 that does not say. */
const UNTOLD_WAIT_MS = 5_000;

export interface LimitedCall {
  route: Route;
  /** Calls of the same value lack the same permission when one of them is refused with 403. */
  refusedTogether?: string | undefined;
  /** By the clock's time, when whoever needs the answer has no more time for it. Never later than five minutes from now. */
  deadline?: number | undefined;
}

/** A call that was certainly not carried out: not sent, or refused with 429, and it would have to wait too long. */
export class HeldBack extends Error {
  override readonly name = 'HeldBack';
}

interface Turn {
  lane: Lane;
  window: number;
}

interface Waiting extends LimitedCall {
  /** Place in the queue; kept when the call is sent again. */
  order: number;
  deadline: number;
  /** What it is rejected with at its deadline. */
  tooLong: string;
  /** It may be sent, or has an answer without having been sent. */
  resolve(next: Turn | HttpResponse): void;
  reject(reason: HeldBack): void;
}

/**
 * Lets the calls of one bot go as fast as Discord's limits allow, in the order they came: per route and channel or
 * server, as the headers of the answers tell, and 50 a second in all. It alone repeats what was refused with 429.
 */
export class RateLimiter {
  private readonly waiting: Waiting[] = [];
  /** Bucket by the name of its route. */
  private readonly buckets = new Map<string, string>();
  private readonly lanes = new Map<string, Lane>();
  /** When the last calls went, oldest first. */
  private readonly sent: number[] = [];
  private blockedUntil = 0;
  private wakesAt = Infinity;
  private alarm = new AbortController();
  private calls = 0;

  constructor(
    private readonly budget: RefusalBudget,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Has the call sent when it may go, as often as it takes. Resolves with its answer, whatever it is but 429; that of
   * another call when it was 401 (or 403 for the same permission) and came in while this one waited. Rejects with
   * {@link HeldBack} when it would take too long, and with what `send` rejects with.
   */
  async send(call: LimitedCall, send: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const latest = this.clock.now() + LONGEST_WAIT_MS;
    const isHurried = call.deadline !== undefined && call.deadline < latest;
    const place = {
      order: this.calls,
      deadline: Math.min(call.deadline ?? latest, latest),
      tooLong: isHurried ? 'longer than the run may take' : 'for more than five minutes',
    };
    this.calls += 1;
    for (;;) {
      const next = await this.turn({ ...call, ...place });
      if ('status' in next) return next;
      const answer = await this.answerTo(call, next, send);
      if (answer.status !== 429) return answer;
    }
  }

  private turn(call: Omit<Waiting, 'resolve' | 'reject'>): Promise<Turn | HttpResponse> {
    return new Promise((resolve, reject) => {
      const behind = this.waiting.findIndex(({ order }) => order > call.order);
      this.waiting.splice(behind < 0 ? this.waiting.length : behind, 0, { ...call, resolve, reject });
      this.letGo();
    });
  }

  private async answerTo(
    call: LimitedCall,
    turn: Turn,
    send: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    try {
      const answer = await send().finally(() => turn.lane.leave());
      this.learn(call, turn, answer);
      return answer;
    } finally {
      this.letGo();
    }
  }

  /** Sends on their way all that may go now, and comes back when the next one may. */
  private letGo(): void {
    const now = this.clock.now();
    const heldUntil = this.budget.heldUntil(now);
    let wakesAt = Infinity;
    for (const call of [...this.waiting]) {
      const lane = this.laneOf(call.route);
      const opensAt = Math.max(lane.opensAt(now), this.blockedUntil, this.paceOpensAt());
      if (heldUntil !== undefined) {
        this.remove(call);
        call.reject(tooManyRefusals(heldUntil - now));
      } else if (now >= call.deadline || (opensAt > call.deadline && opensAt < Infinity)) {
        this.remove(call);
        call.reject(tooLongAWait(call.tooLong));
      } else if (opensAt <= now) {
        this.remove(call);
        this.pace(now);
        call.resolve({ lane, window: lane.enter() });
      } else {
        wakesAt = Math.min(wakesAt, opensAt, call.deadline);
      }
    }
    this.wakeAt(wakesAt, now);
  }

  /** Sets the one alarm there is. */
  private wakeAt(time: number, now: number): void {
    if (time === this.wakesAt) return;
    this.wakesAt = time;
    this.alarm.abort();
    this.alarm = new AbortController();
    if (time === Infinity) return;
    const ring = () => {
      this.wakesAt = Infinity;
      this.letGo();
    };
    this.clock.sleep(time - now, this.alarm.signal).then(ring, () => undefined);
  }

  private learn({ route, refusedTogether }: LimitedCall, { lane, window }: Turn, answer: HttpResponse): void {
    const now = this.clock.now();
    const { status, headers } = answer;
    const isOk = status >= 200 && status < 300;
    const told = rateLimitOf(headers);
    // A route that tells no bucket is one by itself; a refusal may come from where buckets are not known.
    const bucket = headers['x-ratelimit-bucket'] ?? (isOk ? this.buckets.get(route.name) : undefined);
    if (bucket !== undefined || isOk) this.buckets.set(route.name, bucket ?? route.name);
    const learning = this.laneOf(route);
    if (status === 429) this.block(learning, answer, now);
    else if (told || isOk) learning.learn(told, now, learning === lane ? window : undefined);
    const isShared = headers['x-ratelimit-scope'] === 'shared';
    if (status === 401 || status === 403 || (status === 429 && !isShared)) this.budget.count(now);
    if (status === 401) this.refuse(answer, () => true);
    if (status === 403 && refusedTogether !== undefined) {
      this.refuse(answer, (other) => other.refusedTogether === refusedTogether);
    }
  }

  /** A 429 without Discord's body comes from the network before it, which knows no routes. */
  private block(lane: Lane, { headers, body }: HttpResponse, now: number): void {
    const told = rateLimited.safeParse(body);
    const header = Number(headers['retry-after'] ?? Number.NaN);
    const fromHeader = header >= 0 ? header * 1000 : UNTOLD_WAIT_MS;
    const until = now + believable(told.success ? told.data.retry_after * 1000 : fromHeader);
    const isGlobal = !told.success || told.data.global || headers['x-ratelimit-global'] === 'true';
    if (isGlobal) this.blockedUntil = Math.max(this.blockedUntil, until);
    else lane.block(until);
  }

  private refuse(answer: HttpResponse, isMeant: (call: Waiting) => boolean): void {
    for (const call of this.waiting.filter(isMeant)) {
      this.remove(call);
      call.resolve(answer);
    }
  }

  /** A route whose bucket is not known yet has one lane for all its channels and servers. */
  private laneOf({ name, major }: Route): Lane {
    const bucket = this.buckets.get(name);
    const key = bucket === undefined ? name : `${bucket} ${major}`;
    const lane = this.lanes.get(key) ?? new Lane();
    this.lanes.set(key, lane);
    return lane;
  }

  private remove(call: Waiting): void {
    this.waiting.splice(this.waiting.indexOf(call), 1);
  }

  private paceOpensAt(): number {
    const [first = 0] = this.sent;
    return this.sent.length < CALLS_PER_PERIOD ? 0 : first + PERIOD_MS;
  }

  private pace(now: number): void {
    this.sent.push(now);
    if (this.sent.length > CALLS_PER_PERIOD) this.sent.shift();
  }
}

function tooLongAWait(tooLong: string): HeldBack {
  return new HeldBack(`Discord's rate limit would make it wait ${tooLong}. It is tried again later.`);
}

function tooManyRefusals(milliseconds: number): HeldBack {
  return new HeldBack(
    'it refused 1,000 calls within ten minutes (401, 403 or 429), and bans the whole host at 10,000. Nothing is sent for ' +
      `the next ${Math.ceil(milliseconds / 60_000)} minutes; look for failed events that say what was refused. It is tried again later.`,
  );
}
