import type { IncomingHttpHeaders } from 'node:http';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface SandboxRequest {
  method: string;
  /** Path below the double's own address, starting with `/`, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  rawBody: Buffer;
}

export interface SandboxResponse {
  status: number;
  headers?: Record<string, string>;
  /** An object or array is sent as JSON, a string or bytes as they are, `undefined` as an empty body. */
  body?: unknown;
}

/** The SQLite file that trials are written to. */
export interface TrialsFile {
  /** Its path. */
  database: string;
  /** Path of a Node.js with `node:sqlite`, which this process's own need not have. */
  node: string;
}

/** What a webhook was answered with. */
export interface PostAnswer {
  /** 0 when nothing answered. */
  status: number;
  body: string;
  /** As the answer declares it, if it does. */
  contentType?: string | undefined;
}

/** What every double gets from the server it runs in. */
export interface DoubleContext {
  /** This double's own address, e.g. `http://127.0.0.1:5680/mautic`. */
  readonly url: string;
  /** Absent: the sandbox has none. */
  readonly trials?: TrialsFile;
  /** Posts a webhook the way the provider does; never rejects: `status` is 0 when nothing answered. */
  post(url: string, headers: Record<string, string>, body: string): Promise<PostAnswer>;
  /** Tells the page and whoever listens that this double's state has changed. */
  changed(): void;
}

/** A stand-in for one outside system: its HTTP API, its state, and what a person could do there. */
export interface Double {
  /** Path segment and key, e.g. `mautic`. */
  readonly name: string;
  /** As shown on the page, e.g. `Mautic`. */
  readonly title: string;
  /** Answers a call to the system's API. */
  handle(request: SandboxRequest): Promise<SandboxResponse>;
  /** All it holds, as JSON: what `GET /sandbox/state` shows and {@link load} takes back. */
  state(): Json;
  /** Replaces what it holds; throws with a readable message when `state` does not fit. */
  load(state: Json): void | Promise<void>;
  /** Back to the state of a fresh start. */
  reset(): void | Promise<void>;
  /** Ends what it has under way when the sandbox ends; without it, {@link reset} does. */
  close?(): Promise<void>;
  /** What a person could do in the system itself, by name; the argument is the call's JSON body. */
  readonly actions: Readonly<Record<string, (input: Json) => Promise<Json>>>;
  /** Fragment of HTML for the page: what the system now holds, readable for a marketer. User data escaped. */
  render(): string;
  /** A page of its own below `/sandbox/<name>/`, by the rest of the path; undefined when there is none. */
  page?(path: string): SandboxResponse | undefined;
}
