import { UnreadableBody, headerOf, type IntakeEvent, type IntakeRequest, type Provider } from './provider';

/** Larger bodies are refused; Stripe's and our own events stay far below it. */
export const LARGEST_BODY_BYTES = 1024 * 1024;

/** Seconds after which a sender may try again while the store is down. */
const RETRY_AFTER_SECONDS = 30;

export interface IntakeAnswer {
  status: number;
  headers?: Record<string, string>;
  body: { received: boolean; duplicate?: boolean; reason?: string };
}

export interface Intake {
  /** Secrets that are valid now; never empty in working order. */
  secrets: readonly string[];
  /** Commits one event; rejects when the store is out of reach. */
  accept(event: IntakeEvent): Promise<{ duplicate: boolean }>;
  /** Told when the store is out of reach. */
  onError?(error: unknown): void;
  now?: Date;
}

/**
 * Takes one webhook: size and content type, then the signature over the raw bytes, and only then the content.
 * Answers 2xx only when every event in it is committed (or was before, or is of a type nobody can subscribe to).
 */
export async function receive(
  provider: Provider,
  request: IntakeRequest,
  intake: Intake,
): Promise<IntakeAnswer> {
  const now = intake.now ?? new Date();
  if (request.rawBody.length > LARGEST_BODY_BYTES) return refusal(413, 'the body is larger than 1 MiB');
  if (!isJson(headerOf(request, 'content-type')))
    return refusal(415, 'the content type has to be application/json');
  const reason = provider.verify(request, intake.secrets, now);
  if (reason !== undefined) return refusal(401, reason);

  let events: IntakeEvent[];
  try {
    events = provider.parse(JSON.parse(request.rawBody.toString('utf8')), now);
  } catch (error) {
    if (error instanceof UnreadableBody) return refusal(error.status, error.message);
    return refusal(400, 'the body is not valid JSON');
  }

  const known = events.filter((event) => provider.eventTypes.some(({ type }) => type === event.type));
  try {
    const accepted = await Promise.all(known.map((event) => intake.accept(event)));
    const ignored =
      known.length === 0 ? { reason: `ignored: nothing can subscribe to this type of event` } : {};
    const duplicate = accepted.length > 0 && accepted.every((each) => each.duplicate);
    return { status: 200, body: { received: true, ...(duplicate && { duplicate }), ...ignored } };
  } catch (error) {
    intake.onError?.(error);
    return unavailable();
  }
}

/** The answer while events cannot be taken in: the sender has to come again. */
export function unavailable(reason = 'the event could not be stored; send it again later'): IntakeAnswer {
  return { ...refusal(503, reason), headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
}

function refusal(status: number, reason: string): IntakeAnswer {
  return { status, body: { received: false, reason } };
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '');
}
