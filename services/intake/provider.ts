import { createHash } from 'node:crypto';
import type { InteractionResponse } from './interactions/response';

export interface IntakeRequest {
  /** Header names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The exact bytes that came in. */
  rawBody: Buffer;
  /** The first value of each parameter in the address. */
  query?: Readonly<Record<string, string | undefined>>;
  /** Path of the script that the address names, for a provider whose senders name one, e.g. `f/users/user_registered`. */
  script?: string | undefined;
}

/** One event as a provider's file reads it out of a verified body. */
export interface IntakeEvent {
  /** The provider's own id: a redelivery carries the same one. */
  externalId: string;
  /** Further ids under which an earlier delivery may have been stored; it is the same event then. */
  alsoKnownAs?: readonly string[];
  type: string;
  occurredAt: Date;
  /** What must not be worked on side by side ({@link groupKeyOf}). */
  groupKey?: string | undefined;
  payload: { [key: string]: unknown };
}

export interface EventType {
  /** The provider's own name of it. */
  type: string;
  /** What happened, for a drop-down. */
  title: string;
  /** A payload to try a workflow with when nothing real has come in yet. */
  sample?: { [key: string]: unknown };
  /** Comes so often that a provider is asked for it only once a workflow wants it. */
  frequent?: true;
}

/** Larger bodies are refused, unless a provider says otherwise; Stripe's and our own events stay far below it. */
export const LARGEST_BODY_BYTES = 1024 * 1024;

/** What became of a webhook. */
export interface IntakeAnswer {
  status: number;
  headers?: Record<string, string>;
  body: { received: boolean; duplicate?: boolean; reason?: string };
  /** Under which id the first event is stored, once it is. */
  externalId?: string;
}

/** What goes back to the sender: an object as JSON, a text as it is. */
export interface SentAnswer {
  status: number;
  headers?: Record<string, string>;
  body: IntakeAnswer['body'] | InteractionResponse | string;
}

/** Everything there is to know about the webhooks of one outside system. */
export interface Provider {
  readonly source: 'stripe' | 'mautic' | 'lemonSqueezy' | 'resend' | 'discord' | 'app';
  readonly title: string;
  /** The events that can be subscribed to; others are acknowledged and dropped. */
  readonly eventTypes: readonly EventType[];
  /** Larger bodies are refused ({@link LARGEST_BODY_BYTES} when left out); n8n itself takes up to 16 MiB. */
  readonly largestBodyBytes?: number;
  /**
   * Acknowledges a genuine body that cannot be read (200, `received: false`) instead of refusing it: for a provider
   * that takes a refusal as a reason to send nothing any more.
   */
  readonly acknowledgesUnreadable?: true;
  /**
   * Checks that the request is the provider's, with any of the secrets (several while one is rolled). Gives the
   * reason for a refusal, which may not help a forger; `undefined` when it is genuine.
   */
  verify(request: IntakeRequest, secrets: readonly string[], now: Date): string | undefined;
  /**
   * Reads the events out of a genuine body, which came with a request unless it was fetched. Throws
   * {@link UnreadableBody} when it is not what the provider sends.
   */
  parse(body: unknown, now: Date, request?: IntakeRequest): IntakeEvent[];
  /** Puts an answer the way this provider's senders expect it; by default it is sent as it is. */
  present?(answer: IntakeAnswer): SentAnswer;
}

/** A genuine request that cannot be worked with, mostly by its body; the message is told to the sender. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';

  constructor(
    readonly status: 400 | 404 | 422,
    message: string,
  ) {
    super(message);
  }
}

/** First value of a header. */
export function headerOf(request: IntakeRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Group key of a person or customer: a digest, so that the store's keys name nobody, and the same for every spelling
 * of an e-mail address.
 */
export function groupKeyOf(kind: 'email' | 'contact' | 'customer' | 'object', value: string): string {
  return `${kind}:${createHash('sha256').update(value.trim().toLowerCase()).digest('hex').slice(0, 32)}`;
}
