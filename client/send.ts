import type { Destination, OutgoingRequest } from './destination';
import type { Delivery } from './events';

type Attempt =
  | { delivered: true }
  /** `retryAfter`: milliseconds that the server asks for; left out when another try would be in vain. */
  | { delivered: false; reason: string; retryAfter?: number };

/** Milliseconds before the second and the third try. */
const PAUSES = [200, 800];
/** Milliseconds that a server's `Retry-After` is waited for at most: nobody keeps a request open for longer. */
const LONGEST_PAUSE = 5_000;
const LONGEST_ANSWER = 300;

/**
 * Sends until it is accepted, refused for good, or three tries have failed. Tries again after a failed connection, a
 * time-out, 429 and 5xx. Never rejects.
 * @param timeout milliseconds for each try
 */
export async function send(
  destination: Destination,
  request: OutgoingRequest,
  timeout: number,
): Promise<Delivery> {
  for (let number = 0; ; number += 1) {
    const attempt = await attemptOnce(destination, request, timeout);
    if (attempt.delivered) return attempt;
    const { reason, retryAfter } = attempt;
    const pause = PAUSES[number];
    if (retryAfter === undefined || pause === undefined) return { delivered: false, reason };
    await wait(Math.min(Math.max(pause, retryAfter), LONGEST_PAUSE));
  }
}

async function attemptOnce(
  destination: Destination,
  request: OutgoingRequest,
  timeout: number,
): Promise<Attempt> {
  const clock = startClock(timeout);
  try {
    const response = await clock.race(
      fetch(request.url, {
        method: 'POST',
        headers: { authorization: `Bearer ${destination.token}`, 'content-type': 'application/json' },
        body: request.body,
        // A redirected POST would arrive as a GET.
        redirect: 'manual',
        signal: clock.signal,
      }),
    );
    // What counts is the status: a body that breaks off or never ends does not undo it.
    const answer = await clock.race(response.text()).catch(() => '');
    return response.ok ? { delivered: true } : judge(destination, response, answer);
  } catch (error) {
    const what = clock.signal.aborted
      ? `did not answer within ${timeout} ms`
      : `could not be reached${codeOf(error)}`;
    return { delivered: false, reason: `${destination.origin} ${what}`, retryAfter: 0 };
  } finally {
    clock.stop();
  }
}

/** What an answer other than 2xx means. */
function judge(destination: Destination, { status, type, headers }: Response, answer: string): Attempt {
  if (destination.hasArrivedBefore(status, answer)) return { delivered: true };
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    return {
      delivered: false,
      reason: `${destination.origin} redirects; enter the address that it leads to`,
    };
  }
  const said = reasonIn(answer).split(destination.token).join('***').slice(0, LONGEST_ANSWER).trim();
  const reason = `${destination.origin} answered ${status}${said && `: ${said}`}`;
  if (status !== 429 && status < 500) return { delivered: false, reason };
  return { delivered: false, reason, retryAfter: (Number(headers.get('retry-after')) || 0) * 1_000 };
}

/** Our intake says `{ reason }`; others say what they like. */
function reasonIn(answer: string): string {
  try {
    const { reason } = JSON.parse(answer) as { reason?: unknown };
    return typeof reason === 'string' ? reason : answer;
  } catch {
    return answer;
  }
}

/** The system's code for a failed connection, e.g. `ECONNREFUSED`; its message may quote headers. */
function codeOf(error: unknown): string {
  const code = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  return typeof code === 'string' && /^\w+$/.test(code) ? ` (${code})` : '';
}

/** Ends what it races with after the time-out, also where `fetch` does not heed its signal. */
function startClock(milliseconds: number) {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => controller.abort(), milliseconds);
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('time-out')));
  });
  expired.catch(() => undefined);
  return {
    signal,
    race: <Value>(work: Promise<Value>): Promise<Value> => Promise.race([work, expired]),
    stop: () => clearTimeout(timer),
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
