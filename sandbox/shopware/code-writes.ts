import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod/v4';
import { ShopwareError, foreignError, shopwareError, type ErrorEntry } from './errors';
import type { IndividualCode, ShopwareState } from './state';

const ENTITY = 'promotion_individual_code';
const MAX_CODE_LENGTH = 255;

export type WriteIntent = 'create' | 'update' | 'upsert';

/** One row to be written: what was sent, and whether a row of that id was there when the write was prepared. */
export interface PreparedWrite {
  id: string;
  exists: boolean;
  changes: Partial<Pick<IndividualCode, 'promotionId' | 'code' | 'payload'>>;
}

/** A list of writes, or of the right each needs: what Shopware does to individual codes, in its order. */
export class CodeWrites {
  constructor(private readonly state: ShopwareState) {}

  /**
   * Checks the fields and looks up which rows exist. Throws 400 with one entry per violation, pointing to
   * `<path>/<field>`, or 400 when a row exists that should not, or the other way round.
   */
  prepare(payloads: readonly { payload: unknown; path: string }[], intent: WriteIntent): PreparedWrite[] {
    const violations: ErrorEntry[] = [];
    const writes = payloads.map(({ payload, path }) => this.prepareOne(payload, path, intent, violations));
    if (violations.length > 0) throw new ShopwareError(400, violations);
    for (const { exists } of writes) {
      if (intent === 'create' && exists) throw intendError('InsertCommand', 'UpdateCommand', '');
      if (intent === 'update' && !exists) {
        throw intendError('UpdateCommand', 'InsertCommand', 'Hint: Use POST method to create new entities.');
      }
    }
    return writes;
  }

  /** The rights that the writes need. */
  privilegesFor(writes: readonly PreparedWrite[]): string[] {
    return [...new Set(writes.map(({ exists }) => `${ENTITY}:${exists ? 'update' : 'create'}`))];
  }

  /**
   * Carries the writes out in one transaction: all or none. What the database refuses comes back as it says it,
   * with status 500; that includes a row which another request inserted since {@link prepare}.
   */
  async commit(writes: readonly PreparedWrite[]): Promise<void> {
    // Another request may run between the look-up of what exists and the statement itself.
    await nextTurn();
    const before = new Map<string, IndividualCode | undefined>();
    let committed = false;
    try {
      for (const write of writes) {
        before.set(write.id, before.has(write.id) ? before.get(write.id) : this.state.codeById(write.id));
        this.write(write);
      }
      committed = true;
    } finally {
      if (!committed) this.rollBack(before);
    }
  }

  private rollBack(before: ReadonlyMap<string, IndividualCode | undefined>): void {
    for (const id of before.keys()) this.state.removeCode(id);
    for (const row of before.values()) if (row) this.state.putCode(row);
  }

  private write({ id, exists, changes }: PreparedWrite): void {
    const existing = this.state.codeById(id);
    if (!exists && existing) throw duplicateEntry(`0x${id}`, 'PRIMARY');
    // An update of a row that was deleted in the meantime changes nothing.
    if (exists && !existing) return;
    const now = timestamp();
    const row: IndividualCode = existing
      ? { ...existing, ...changes, updatedAt: now }
      : { id, promotionId: '', code: '', payload: null, ...changes, createdAt: now, updatedAt: null };
    const holder = this.state.codeByText(row.code);
    if (holder && holder.id !== id) throw duplicateEntry(row.code, 'code');
    if (!this.state.promotions.has(row.promotionId)) throw unknownPromotion();
    this.state.putCode(row);
  }

  private prepareOne(
    payload: unknown,
    path: string,
    intent: WriteIntent,
    violations: ErrorEntry[],
  ): PreparedWrite {
    const parsed = z.record(z.string(), z.unknown()).safeParse(payload);
    if (!parsed.success) {
      const detail = 'Invalid payload. Should be associative array';
      throw shopwareError(400, 'FRAMEWORK__BAD_REQUEST', detail);
    }
    const input = parsed.data;
    const id = readId(input.id, path, violations);
    const exists = this.state.codeById(id) !== undefined;
    const required = !exists && intent !== 'update';
    const changes: PreparedWrite['changes'] = {};

    if (required || 'promotionId' in input) {
      changes.promotionId = readForeignKey(input.promotionId, `${path}/promotionId`, violations);
    }
    if (required || 'code' in input) changes.code = readCode(input.code, `${path}/code`, violations);
    if ('payload' in input) changes.payload = readPayload(input.payload, `${path}/payload`, violations);
    return { id, exists, changes };
  }
}

function readId(value: unknown, path: string, violations: ErrorEntry[]): string {
  if (value === undefined || value === null || value === '') return randomBytes(16).toString('hex');
  return checkUuid(value, `${path}/id`, violations);
}

function readForeignKey(value: unknown, pointer: string, violations: ErrorEntry[]): string {
  if (value === undefined || value === null || value === '') {
    violations.push(blank(pointer));
    return '';
  }
  return checkUuid(value, pointer, violations);
}

function checkUuid(value: unknown, pointer: string, violations: ErrorEntry[]): string {
  if (typeof value !== 'string') {
    violations.push(violation(null, 'This value should be of type string.', [], pointer));
    return '';
  }
  if (!/^[0-9a-f]{32}$/.test(value)) {
    const template = 'The string "{{ string }}" is not a valid uuid.';
    violations.push(violation(null, template, { '{{ string }}': value }, pointer));
  }
  return value;
}

function readCode(value: unknown, pointer: string, violations: ErrorEntry[]): string {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) {
    violations.push(blank(pointer));
    return '';
  }
  if (typeof value !== 'string') {
    const parameters = { '{{ value }}': JSON.stringify(value), '{{ type }}': 'string' };
    const template = 'This value should be of type {{ type }}.';
    violations.push(violation('ba785a8c-82cb-4283-967c-3cf342181b40', template, parameters, pointer));
    return '';
  }
  // Text fields lose their markup before they are stored.
  const text = value.replace(/<[^>]*>/g, '');
  if (text.length > MAX_CODE_LENGTH) {
    const template = 'This value is too long. It should have {{ limit }} characters or less.';
    const parameters = { '{{ value }}': `"${text}"`, '{{ limit }}': String(MAX_CODE_LENGTH) };
    violations.push(violation('d94b19cc-114f-4f44-9cc4-4138e80a87b9', template, parameters, pointer));
  }
  return text;
}

function readPayload(value: unknown, pointer: string, violations: ErrorEntry[]): IndividualCode['payload'] {
  if (value === null) return null;
  const parsed = z.record(z.string(), z.json()).safeParse(value);
  if (parsed.success) return parsed.data;
  const parameters = { '{{ value }}': JSON.stringify(value), '{{ type }}': 'array' };
  const template = 'This value should be of type {{ type }}.';
  violations.push(violation('ba785a8c-82cb-4283-967c-3cf342181b40', template, parameters, pointer));
  return null;
}

function blank(pointer: string): ErrorEntry {
  const parameters = { '{{ value }}': 'null' };
  return violation(
    'c1051bb4-d103-4f74-8988-acbcafc7fdc3',
    'This value should not be blank.',
    parameters,
    pointer,
  );
}

function violation(
  code: string | null,
  template: string,
  parameters: Record<string, string> | readonly [],
  pointer: string,
): ErrorEntry {
  const detail = Object.entries(parameters).reduce(
    (text, [name, value]) => text.replaceAll(name, value),
    template,
  );
  return {
    code: code ?? 'FRAMEWORK__WRITE_CONSTRAINT_VIOLATION',
    status: '400',
    detail,
    template,
    meta: { parameters },
    source: { pointer },
  };
}

function intendError(expected: string, actual: string, hint: string): ShopwareError {
  const namespace = 'Shopware\\Core\\Framework\\DataAbstractionLayer\\Write\\Command\\';
  const parameters = {
    definition: ENTITY,
    expectedClass: `${namespace}${expected}`,
    actualClass: `${namespace}${actual}`,
  };
  const detail =
    `Expected command for "${ENTITY}" to be "${parameters.expectedClass}". ` +
    `(Got: ${parameters.actualClass})${hint}`;
  return shopwareError(400, 'FRAMEWORK__WRITE_TYPE_INTEND_ERROR', detail, parameters);
}

function duplicateEntry(value: string, key: string): ShopwareError {
  return databaseError('1062', `1062 Duplicate entry '${value}' for key '${ENTITY}.${key}'`);
}

function unknownPromotion(): ShopwareError {
  const constraint =
    `CONSTRAINT \`fk.${ENTITY}.promotion_id\` FOREIGN KEY (\`promotion_id\`) ` +
    'REFERENCES `promotion` (`id`) ON DELETE CASCADE ON UPDATE CASCADE';
  return databaseError(
    '1452',
    '1452 Cannot add or update a child row: a foreign key constraint fails ' +
      `(\`shopware\`.\`${ENTITY}\`, ${constraint})`,
  );
}

function databaseError(code: string, message: string): ShopwareError {
  const prefix =
    'An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: ';
  return foreignError(500, code, `${prefix}${message}`);
}

/** As Shopware writes dates: milliseconds and an offset instead of `Z`. */
export function timestamp(): string {
  return new Date().toISOString().replace('Z', '+00:00');
}
