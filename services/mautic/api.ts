import type { z } from 'zod/v4';
import {
  isRetryableStatus,
  parseAnswer,
  ServiceClient,
  ServiceError,
  type CallOptions,
  type HttpRequest,
} from '../http';
import { failure, listOf } from './schemas';

export const MAUTIC = 'Mautic';

const REDIRECTED =
  'Enter the address that Mautic itself uses (its "Site URL"; https when that is https) in the Lifecycle Mautic API credential.';
const DENIED =
  'Check the user name and password in the Lifecycle Mautic API credential, and that "API enabled" and "Enable HTTP basic auth" are on in Mautic under Configuration > API Settings.';

const ADVICE = {
  301: REDIRECTED,
  302: REDIRECTED,
  307: REDIRECTED,
  308: REDIRECTED,
  401: DENIED,
  403: `${DENIED} If they are, give the user's role the permission for this.`,
  422: 'If it says that the e-mail must be unique, several contacts share the address: merge them in Mautic.',
};

const PAGE_SIZE = 100;
/** A list that is longer than this is not one that is meant to be picked from. */
const MOST_PAGES = 200;

export interface MauticOptions {
  /** Address of Mautic, with or without trailing slash. */
  url: string;
  /** Must add Basic authentication. */
  request: HttpRequest;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** An answer whose body has been read. */
export interface Parsed<Value> {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  value: Value;
}

/** Mautic's REST API, version 1: sends, reads the answers, and pages through lists. */
export class MauticApi {
  /** Without trailing slash. */
  readonly url: string;
  private readonly client: ServiceClient;

  constructor({ url, request, sleep }: MauticOptions) {
    this.url = url.trim().replace(/\/+$/, '');
    this.client = new ServiceClient({
      service: MAUTIC,
      url: this.url,
      request,
      describe,
      advice: ADVICE,
      ...(sleep && { sleep }),
    });
  }

  /** Throws `ServiceError` for anything but 2xx and `expect`, and for a body that does not fit `schema`. */
  async call<Schema extends z.ZodType>(
    options: CallOptions,
    schema: Schema,
  ): Promise<Parsed<z.output<Schema>>> {
    const { status, headers, body } = await this.client.call(options);
    return { status, headers, value: parseAnswer({ service: MAUTIC, action: options.action }, schema, body) };
  }

  /** The error for one item of a batch that was refused, in the words of every other one. */
  refusal(action: string, status: number, message: string | undefined): ServiceError {
    const body = message === undefined ? undefined : { errors: [{ message }] };
    return this.client.failure({ action }, { status, headers: {}, body });
  }

  /**
   * Every entry of a list. Pages until one is not full, since Mautic's `total` is cached for some seconds.
   * `key` is the list's name in the answer, e.g. `contacts`; a `pageSize` above the number of entries expected saves
   * the call that finds the list at its end.
   */
  async list<Schema extends z.ZodType>(
    options: Pick<CallOptions, 'action' | 'path' | 'advice'> & {
      key: string;
      query?: Record<string, string>;
      pageSize?: number;
    },
    entry: Schema,
  ): Promise<z.output<Schema>[]> {
    const { action, path, key, query, pageSize = PAGE_SIZE, advice } = options;
    const entries: z.output<Schema>[] = [];
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { value } = await this.call(
        {
          action,
          method: 'GET',
          path,
          query: { ...query, start: page * pageSize, limit: pageSize },
          ...(advice && { advice }),
        },
        listOf(key, entry),
      );
      entries.push(...value);
      if (value.length < pageSize) return entries;
    }
    throw notPossible(`${action}: there are more than ${MOST_PAGES * pageSize} of them`);
  }
}

/** An error that trying again does not heal; `what` is the end of "Mautic could not …". */
export function notPossible(what: string): ServiceError {
  return new ServiceError(MAUTIC, `${MAUTIC} could not ${what}.`, false);
}

/** An answer that will be the same tomorrow, like a missing permission. */
export function isFinal(error: Error): boolean {
  return error instanceof ServiceError && error.status !== undefined && !isRetryableStatus(error.status);
}

/** Mautic's three kinds of error bodies: its controllers', its firewall's and OAuth's. */
function describe(body: unknown): string | undefined {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return undefined;
  const { errors, error, error_description: description } = parsed.data;
  if (errors) return errors.map(({ message }) => message).join(' ');
  return description ?? (typeof error === 'string' ? error : error?.message);
}
