import type { ContactWrites, Parameters, WriteMethod } from './contact-writes';
import type { SandboxResponse } from '../double';
import { MauticError, answer, notFound, type ErrorDetails } from './errors';
import { phpArray } from './php';
import type { MauticState } from './state';

const MAX_ITEMS = 200;

type BatchError = { code: number; message: string; details?: ErrorDetails; type: string | null };

/** Batches of contacts: each item succeeds or fails on its own, with its own webhooks. */
export class ContactBatch {
  constructor(
    private readonly state: MauticState,
    private readonly writes: ContactWrites,
  ) {}

  /** 201 even if every item failed. */
  async create(body: unknown): Promise<SandboxResponse> {
    const items = readItems(body);
    return this.run(items, 201, async (parameters) => {
      const { json, isNew } = await this.writes.createOrUpdate(parameters, true);
      return { json, status: isNew ? 201 : 200 };
    });
  }

  /** 200 even if every item failed. A PATCH of an unknown id is an error, a PUT creates another contact. */
  async edit(body: unknown, method: WriteMethod): Promise<SandboxResponse> {
    const items = readItems(body);
    const contactIds = this.contactIdsByPosition(items);
    return this.run(items, 200, async (parameters, index) => {
      const id = contactIds.get(index);
      if (id === undefined && method === 'PATCH') throw notFound();
      const { json, isNew } = await this.writes.edit(id ?? 0, parameters, method);
      return { json, status: isNew ? 201 : 200 };
    });
  }

  /**
   * Mautic collects the ids that there are, one after another, and hands them out by position. So after an item
   * without an id, every id belongs to the item before its own.
   */
  private contactIdsByPosition(items: readonly Parameters[]): Map<number, number> {
    const ids = items.flatMap(({ id }) => (id === undefined || id === null ? [] : [Number(id)]));
    const known = ids
      .map((id, position) => [position, id] as const)
      .filter(([, id]) => this.state.contacts.get(id));
    return new Map(known);
  }

  private async run(
    items: readonly Parameters[],
    status: number,
    write: (
      parameters: Parameters,
      index: number,
    ) => Promise<{ json: Record<string, unknown>; status: number }>,
  ): Promise<SandboxResponse> {
    const contacts: [number, Record<string, unknown>][] = [];
    const statusCodes: number[] = [];
    const errors: [number, BatchError][] = [];
    for (const [index, parameters] of items.entries()) {
      try {
        const written = await write(parameters, index);
        contacts.push([index, written.json]);
        statusCodes.push(written.status);
      } catch (error) {
        const refusal = asMauticError(error);
        errors.push([index, batchError(refusal)]);
        statusCodes.push(refusal.status);
      }
    }
    const body = { contacts: phpArray(contacts), statusCodes };
    return answer(errors.length > 0 ? { ...body, errors: phpArray(errors) } : body, status);
  }
}

/** What a controller says of an item; anything else is a mistake of this double, and goes on. */
function asMauticError(error: unknown): MauticError {
  if (error instanceof MauticError) return error;
  throw error;
}

function batchError(error: MauticError): BatchError {
  if (error.status === 404) return { message: error.message, code: error.status, type: 'api' };
  return error.toEntry();
}

function readItems(body: unknown): Parameters[] {
  const items = typeof body === 'object' && body !== null ? Object.values(body) : [];
  if (items.length > MAX_ITEMS) {
    throw new MauticError(500, `A max of ${MAX_ITEMS} entities are supported at a time.`);
  }
  return items.map((item: unknown) =>
    typeof item === 'object' && item !== null ? Object.fromEntries(Object.entries(item)) : {},
  );
}
