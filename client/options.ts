import type { EventType } from './events';

export interface Endpoint {
  /**
   * Where events go: `https://<your n8n>/webhook/app/lifecycle`. https, except for this machine itself. When left out,
   * `LIFECYCLE_WEBHOOK_URL`, else `WINDMILL_WEBHOOK_URL`.
   */
  url?: string | undefined;
  /** The bearer token. When left out, `LIFECYCLE_WEBHOOK_TOKEN`, or `WINDMILL_API_TOKEN` for Windmill's form. */
  token?: string | undefined;
  /** Our own form of requests, or Windmill's; follows from the variable that the address was found in. */
  format?: 'lifecycle' | 'windmill' | undefined;
}

/** An event that was not delivered. */
export interface LifecycleProblem {
  type: EventType;
  /** For logs; never holds the token. */
  reason: string;
}

export interface LifecycleClientOptions extends Endpoint {
  /** Milliseconds to wait for an answer, for each of three tries; 3,000 when left out. */
  timeout?: number | undefined;
  /** Told of every event that was not delivered, unless nothing is configured. What it throws is ignored. */
  onError?: ((problem: LifecycleProblem) => void | Promise<void>) | undefined;
}
