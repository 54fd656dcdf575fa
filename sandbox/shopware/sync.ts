import { z } from 'zod/v4';
import type { SandboxResponse } from '../double';
import type { ShopwareAuth } from './auth';
import type { CodeWrites, PreparedWrite } from './code-writes';
import { parseCriteria, search } from './criteria';
import type { EntityDefinition } from './entities';
import { shopwareError } from './errors';
import type { IndividualCode, ShopwareState } from './state';

const operationSchema = z.object({
  key: z.union([z.string(), z.number()]).optional(),
  entity: z.string().default(''),
  action: z.string().default(''),
  payload: z.array(z.unknown()).default([]),
  criteria: z.array(z.unknown()).default([]),
});

interface Operation {
  key: string;
  action: 'upsert' | 'delete';
  payload: unknown[];
  criteria: unknown[];
}

/** `POST /api/_action/sync`: all operations in one transaction, so one that fails undoes them all. */
export class Sync {
  constructor(
    private readonly state: ShopwareState,
    private readonly auth: ShopwareAuth,
    private readonly writes: CodeWrites,
    private readonly codes: EntityDefinition<IndividualCode>,
  ) {}

  async run(body: unknown): Promise<SandboxResponse> {
    const operations = this.readOperations(body);
    const upserts = operations
      .filter(({ action }) => action === 'upsert')
      .flatMap(({ key, payload }) =>
        payload.map((row, index) => ({ payload: row, path: `/${key}/${index}` })),
      );
    const prepared = this.writes.prepare(upserts, 'upsert');
    const { found, notFound } = this.findDeletions(operations);
    const rights = this.writes.privilegesFor(prepared);
    if (found.length > 0) rights.push('promotion_individual_code:delete');
    this.auth.require(...rights);

    await this.writes.commit(prepared);
    for (const id of found) this.state.removeCode(id);
    return { status: 200, body: answer(prepared, found, notFound) };
  }

  private readOperations(body: unknown): Operation[] {
    const entries = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).safeParse(body);
    if (!entries.success) throw badRequest('Invalid payload format. Expected an array of operations.');
    return Object.entries(entries.data).map(([name, entry]) => {
      const parsed = operationSchema.safeParse(entry);
      if (!parsed.success) throw badRequest('Invalid payload format. Expected an array of operations.');
      return this.readOperation(String(parsed.data.key ?? name), parsed.data);
    });
  }

  private readOperation(key: string, raw: z.infer<typeof operationSchema>): Operation {
    const { entity, action, payload, criteria } = raw;
    const problems: string[] = [];
    if (entity === '') {
      problems.push(
        `Missing "entity" argument for operation with key "${key}". It needs to be a non-empty string.`,
      );
    }
    if (action !== 'upsert' && action !== 'delete') {
      problems.push(
        `Missing or invalid "action" argument for operation with key "${key}". Supported actions are [upsert, delete]`,
      );
    }
    if (payload.length === 0 && criteria.length === 0) {
      problems.push(
        `Missing "payload"|"criteria" argument for operation with key "${key}". It needs to be a non-empty array.`,
      );
    }
    if (problems.length > 0 || (action !== 'upsert' && action !== 'delete')) {
      throw shopwareError(400, 'FRAMEWORK__INVALID_SYNC_OPERATION', problems.join('; '));
    }
    if (entity !== this.codes.name) {
      const detail = `Definition for entity "${entity}" does not exist.`;
      throw shopwareError(400, 'FRAMEWORK__DEFINITION_NOT_FOUND', detail, { entityName: entity });
    }
    return { key, action, payload, criteria };
  }

  private findDeletions(operations: readonly Operation[]): { found: string[]; notFound: string[] } {
    const found: string[] = [];
    const notFound: string[] = [];
    for (const { action, payload, criteria } of operations) {
      if (action !== 'delete') continue;
      const ids =
        criteria.length > 0
          ? search(this.codes, parseCriteria(this.codes, { filter: criteria })).rows.map(({ id }) => id)
          : z
              .array(z.object({ id: z.string() }))
              .catch([])
              .parse(payload)
              .map(({ id }) => id);
      for (const id of ids) (this.state.codeById(id) ? found : notFound).push(id);
    }
    return { found, notFound };
  }
}

/** Empty maps are empty lists: PHP does not tell them apart. */
function answer(written: readonly PreparedWrite[], deleted: string[], notFound: string[]): object {
  const group = (ids: string[]): object => (ids.length > 0 ? { promotion_individual_code: ids } : []);
  return {
    extensions: [],
    data: group(written.map(({ id }) => id)),
    notFound: group(notFound),
    deleted: group(deleted),
  };
}

function badRequest(detail: string): Error {
  return shopwareError(400, 'FRAMEWORK__BAD_REQUEST', detail);
}
