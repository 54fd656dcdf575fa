import { z } from 'zod/v4';
import { ServiceClient, parseAnswer, type CallOptions, type HttpRequest, type HttpResponse } from '../http';

export const SHOPWARE = 'Shopware';

/** Without them Shopware answers in JSON:API, with the fields nested elsewhere. */
const HEADERS = { Accept: 'application/json', 'Content-Type': 'application/json' };

const ADVICE = {
  401: 'Check the client ID and the secret access key in the Lifecycle Shopware API credential; they come from Settings > Integrations in the Shopware admin.',
  403: "Give the integration's role this right in the Shopware admin, under Settings > Users & permissions.",
  404: 'Check the address in the Lifecycle Shopware API credential: the address of the shop, without "/api".',
};

const failure = z.object({
  errors: z.array(
    z.object({
      code: z.coerce.string().optional(),
      title: z.string().optional(),
      detail: z.string().nullish(),
    }),
  ),
});

/** What a 403 tells, written as JSON into the text of its `detail`. */
const missingPrivileges = z.object({ missingPrivileges: z.array(z.string()) });

export interface ShopwareOptions {
  /** Address of the shop, without `/api`. */
  url: string;
  /** Must add the bearer token, and renew it when the answer is 401. */
  request: HttpRequest;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** A call to the Admin API; `path` goes below `/api`. */
export type ShopwareCall = Omit<CallOptions, 'headers' | 'query'>;

/** Shopware's Admin API (6.5 or newer) in plain JSON. */
export class ShopwareClient {
  private readonly client: ServiceClient;

  constructor({ url, request, sleep }: ShopwareOptions) {
    this.client = new ServiceClient({
      service: SHOPWARE,
      url: `${url.replace(/\/+$/, '')}/api`,
      request,
      describe,
      advice: ADVICE,
      ...(sleep && { sleep }),
    });
  }

  /** Throws `ServiceError` for everything but 2xx and `expect`. */
  async call(call: ShopwareCall): Promise<HttpResponse> {
    return await this.client.call({ ...call, headers: HEADERS });
  }

  /** The error for an answer that {@link call} gave because of `expect`. */
  failure(call: Pick<ShopwareCall, 'action'>, answer: HttpResponse): Error {
    return this.client.failure(call, answer);
  }

  /** The entities that fit `criteria`, at most `criteria.limit`. Reading, so it is repeated when no answer comes. */
  async search<Entity extends z.ZodType>(
    action: string,
    entity: string,
    criteria: SearchCriteria,
    schema: Entity,
  ): Promise<Array<z.output<Entity>>> {
    const call: ShopwareCall = {
      action,
      method: 'POST',
      path: `/search/${entity}`,
      body: criteria,
      repeatable: true,
    };
    const { body } = await this.call(call);
    return parseAnswer({ service: SHOPWARE, action }, z.object({ data: z.array(schema) }), body).data;
  }
}

/** The part of Shopware's criteria used here. */
export interface SearchCriteria {
  limit: number;
  page?: number;
  ids?: readonly string[];
  filter?: readonly SearchFilter[];
  sort?: ReadonlyArray<{ field: string; order: 'ASC' | 'DESC' }>;
  /** Entity in snake case → its fields to answer with. */
  includes: Record<string, readonly string[]>;
}

type SearchFilter =
  | { type: 'equals' | 'contains'; field: string; value: string | null }
  | { type: 'not'; operator: 'and'; queries: readonly SearchFilter[] };

/** Whether an answer carries this error code of Shopware's. */
export function hasErrorCode(answer: HttpResponse, code: string): boolean {
  const parsed = failure.safeParse(answer.body);
  return parsed.success && parsed.data.errors.some((error) => error.code === code);
}

function describe(body: unknown): string | undefined {
  const parsed = failure.safeParse(body);
  const error = parsed.success ? parsed.data.errors[0] : undefined;
  if (!error) return undefined;
  const privileges = privilegesIn(error.detail);
  if (privileges.length > 0) return `missing right: ${privileges.join(', ')}`;
  return error.detail || error.title || error.code;
}

function privilegesIn(detail: string | null | undefined): string[] {
  if (!detail?.startsWith('{')) return [];
  try {
    const parsed = missingPrivileges.safeParse(JSON.parse(detail));
    return parsed.success ? parsed.data.missingPrivileges : [];
  } catch {
    return [];
  }
}
