import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod/v4';
import type { Json } from '../double';
import { findDuplicates } from './duplicates';
import { emailsOf, writeEmails } from './email-addresses';
import { EspoCrmError } from './errors';
import { writableAttributesOf, type FieldDefinition } from './fields';
import type { Input } from './input';
import { writePhones } from './phone-numbers';
import { listedAttributesOf, recordJson } from './record-json';
import type { CrmRecord, Entity, EspoCrmState } from './state';
import { espoTime } from './time';
import { validate } from './validation';

const jsonSchema = z.json();

export interface CreateOptions {
  /** Who it is created by. */
  userId: string;
  skipDuplicateCheck: boolean;
}

/** Changes to records, whoever makes them; rights are the caller's business. */
export class RecordWrites {
  constructor(
    private readonly state: EspoCrmState,
    private readonly changed: () => void,
  ) {}

  /**
   * Throws 400 for a field that does not pass, and 409 with up to five records for a likely duplicate. Between that
   * check and the insert nothing is locked: of two at once, both may come through.
   */
  async create(
    entity: Entity,
    input: Input,
    { userId, skipDuplicateCheck }: CreateOptions,
  ): Promise<CrmRecord> {
    const now = espoTime();
    const draft: CrmRecord = {
      id: newId(),
      attributes: { ...this.defaults(entity), ...this.attributesFrom(entity, input) },
      emailAddresses: [],
      phoneNumbers: [],
      createdAt: now,
      createdById: userId,
      modifiedAt: now,
      modifiedById: null,
      deleted: false,
    };
    validate(this.state, entity, draft, input, true);
    if (!skipDuplicateCheck) this.refuseDuplicates(entity, draft, input);
    const { insertDelayMs } = this.state.settings;
    if (insertDelayMs > 0) await sleep(insertDelayMs);
    return this.save(entity, draft, input);
  }

  /** Changes only what is sent. Throws 400 for a field that does not pass. */
  update(entity: Entity, record: CrmRecord, input: Input, userId: string): CrmRecord {
    const attributes = { ...record.attributes, ...this.attributesFrom(entity, input) };
    if (attributes.status === 'Converted' && record.attributes.status !== 'Converted') {
      attributes.convertedAt = espoTime();
    }
    const draft = { ...record, attributes, modifiedAt: espoTime(), modifiedById: userId };
    validate(this.state, entity, draft, input, false);
    return this.save(entity, draft, input);
  }

  /** The row stays, and so do its addresses; only nobody finds it any more. */
  delete(entity: Entity, record: CrmRecord): void {
    this.state.put(entity, { ...record, deleted: true, modifiedAt: espoTime() });
    this.changed();
  }

  /** What a click on "Convert" makes of a lead when only a contact is wanted. */
  convert(lead: CrmRecord, userId: string): { lead: CrmRecord; contact: CrmRecord } {
    const now = espoTime();
    const shared = Object.entries(this.state.fields.Contact).flatMap(([name, field]) =>
      writableAttributesOf(name, field),
    );
    const attributes = Object.fromEntries(
      Object.entries(lead.attributes).filter(([attribute]) => shared.includes(attribute)),
    );
    const contact = this.state.put('Contact', {
      ...lead,
      id: newId(),
      attributes: { ...attributes, originalLeadId: lead.id },
      createdAt: now,
      createdById: userId,
      modifiedAt: now,
      modifiedById: null,
    });
    const changes = { status: 'Converted', createdContactId: contact.id };
    return { lead: this.update('Lead', lead, changes, userId), contact };
  }

  private save(entity: Entity, draft: CrmRecord, input: Input): CrmRecord {
    const saved = this.state.put(entity, {
      ...draft,
      emailAddresses: writeEmails(this.state, draft, input),
      phoneNumbers: writePhones(draft, input),
    });
    this.changed();
    return saved;
  }

  private refuseDuplicates(entity: Entity, draft: CrmRecord, input: Input): void {
    const duplicates = findDuplicates(this.state, entity, draft, emailsOf(input));
    if (duplicates.length === 0) return;
    const shown = listedAttributesOf(this.state, entity);
    const rows = duplicates.map((record) => recordJson(this.state, entity, record, shown));
    throw new EspoCrmError(409, 'duplicate', rows);
  }

  private defaults(entity: Entity): Record<string, Json> {
    return Object.fromEntries(
      Object.entries(this.state.fields[entity]).flatMap(([name, { default: value }]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
  }

  /** What of an input is kept as it is; attributes that are unknown or not to be written are dropped. */
  private attributesFrom(entity: Entity, input: Input): Record<string, Json> {
    return Object.fromEntries(
      Object.entries(this.state.fields[entity]).flatMap(([name, field]) =>
        writableAttributesOf(name, field)
          .filter((attribute) => attribute in input)
          .map((attribute) => [attribute, stored(field, input[attribute])]),
      ),
    );
  }
}

function stored({ type }: FieldDefinition, value: unknown): Json {
  if (type === 'bool') return Boolean(value) && value !== '0';
  const text = typeof value === 'string' && type !== 'enum' ? value.trim() : value;
  return text === '' ? null : (jsonSchema.safeParse(text).data ?? null);
}

/** EspoCRM's ids have 17 characters. */
function newId(): string {
  return randomBytes(9).toString('hex').slice(0, 17);
}
