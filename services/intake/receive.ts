import {
  LARGEST_BODY_BYTES,
  UnreadableBody,
  headerOf,
  type IntakeAnswer,
  type IntakeEvent,
  type IntakeRequest,
  type Provider,
} from './provider';

/** Seconds after which a sender may try again while the store is down. */
const RETRY_AFTER_SECONDS = 30;

export interface Intake {
  /** Secrets that are valid now; never empty in working order. */
  secrets: readonly string[];
  /**
   * Commits all of a delivery's events or none; rejects when the store is out of reach. Says of one that was there
   * before under which of its ids, if not its first.
   */
  accept(events: readonly IntakeEvent[]): Promise<ReadonlyArray<{ duplicate: boolean; heldAs?: string }>>;
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
  const largest = provider.largestBodyBytes ?? LARGEST_BODY_BYTES;
  if (request.rawBody.length > largest)
    return refusal(413, `the body is larger than ${largest / 1024 ** 2} MiB`);
  if (!isJson(headerOf(request, 'content-type')))
    return refusal(415, 'the content type has to be application/json');
  const reason = provider.verify(request, intake.secrets, now);
  if (reason !== undefined) return refusal(401, reason);

  let events: IntakeEvent[];
  try {
    events = provider.parse(JSON.parse(request.rawBody.toString('utf8')), now, request);
  } catch (error) {
    const unreadable =
      error instanceof UnreadableBody ? error : new UnreadableBody(400, 'the body is not valid JSON');
    return provider.acknowledgesUnreadable
      ? refusal(200, `ignored: ${unreadable.message}`)
      : refusal(unreadable.status, unreadable.message);
  }

  const known = events.filter((event) => provider.eventTypes.some(({ type }) => type === event.type));
  if (known.length === 0) {
    const reason = 'ignored: nothing can subscribe to this type of event';
    return { status: 200, body: { received: true, reason } };
  }
  try {
    const accepted = await intake.accept(known);
    const duplicate = accepted.every((each) => each.duplicate);
    const externalId = accepted[0]?.heldAs ?? known[0]?.externalId;
    return {
      status: 200,
      body: { received: true, ...(duplicate && { duplicate }) },
      ...(externalId !== undefined && { externalId }),
    };
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
