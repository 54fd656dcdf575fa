import { z } from 'zod/v4';
import type { Json } from '../double';
import { attributesOf, fieldSchema, type FieldDefinitions } from './fields';

export const ENTITIES = ['Lead', 'Contact'] as const;
export type Entity = (typeof ENTITIES)[number];
export const entitySchema = z.enum(ENTITIES);

export const rightSchema = z.enum(['create', 'read', 'edit', 'delete']);
export type Right = z.infer<typeof rightSchema>;

const idSchema = z.string().min(1).max(17);
/** UTC, e.g. `2026-03-02 09:15:00`. */
const timeSchema = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'has to be like 2026-03-02 09:15:00');

/** An address is there once, whoever has it: its flags and its spelling are shared. */
const emailAddressSchema = z.strictObject({
  /** Its key: the address in lower case. */
  lower: z.string().min(1),
  /** As it was first written. */
  name: z.string().min(1),
  optOut: z.boolean(),
  invalid: z.boolean(),
});

export const phoneNumberSchema = z.strictObject({
  phoneNumber: z.string().min(1),
  type: z.string(),
  primary: z.boolean(),
  optOut: z.boolean(),
  invalid: z.boolean(),
});

const recordSchema = z.strictObject({
  id: idSchema,
  /** Everything that is kept as it was written, by attribute; what is not set is left out. */
  attributes: z.record(z.string(), z.json()),
  emailAddresses: z.array(z.strictObject({ lower: z.string().min(1), primary: z.boolean() })),
  phoneNumbers: z.array(phoneNumberSchema),
  createdAt: timeSchema,
  createdById: idSchema,
  modifiedAt: timeSchema,
  modifiedById: idSchema.nullable(),
  deleted: z.boolean(),
});

const settingsSchema = z.strictObject({
  /** The API users were given new keys. */
  credentialsRejected: z.boolean(),
  maintenance: z.boolean(),
  metadataForbidden: z.boolean(),
  /** Role of the API users. */
  rights: z.record(entitySchema, z.array(rightSchema)),
  /** Fields that the role hides, of every entity. */
  forbiddenFields: z.array(z.string()),
  /** Records that belong to a team which the API users are not in. */
  unreadableIds: z.array(z.string()),
  /** Time between the duplicate check and the insert, in milliseconds: EspoCRM locks nothing meanwhile. */
  insertDelayMs: z.number().min(0).max(60_000),
});

const stateSchema = z.strictObject({
  settings: settingsSchema,
  /** When logins were denied, in milliseconds since 1970. */
  deniedLogins: z.array(z.number()),
  fields: z.record(entitySchema, z.record(z.string(), fieldSchema)),
  emailAddresses: z.array(emailAddressSchema),
  records: z.record(entitySchema, z.array(recordSchema)),
});

export type EmailAddress = z.infer<typeof emailAddressSchema>;
export type PhoneNumber = z.infer<typeof phoneNumberSchema>;
export type CrmRecord = z.infer<typeof recordSchema>;
export type Settings = z.infer<typeof settingsSchema>;

/** What an EspoCRM instance holds. */
export class EspoCrmState {
  settings: Settings = {
    credentialsRejected: false,
    maintenance: false,
    metadataForbidden: false,
    rights: { Lead: [], Contact: [] },
    forbiddenFields: [],
    unreadableIds: [],
    insertDelayMs: 0,
  };
  deniedLogins: number[] = [];
  fields: Record<Entity, FieldDefinitions> = { Lead: {}, Contact: {} };
  private readonly addresses = new Map<string, EmailAddress>();
  private readonly records: Record<Entity, Map<string, CrmRecord>> = { Lead: new Map(), Contact: new Map() };

  /** Those that are not deleted, oldest first. */
  all(entity: Entity): CrmRecord[] {
    return [...this.records[entity].values()].filter(({ deleted }) => !deleted);
  }

  /** `undefined` when there is none or it is deleted. */
  get(entity: Entity, id: string): CrmRecord | undefined {
    const record = this.records[entity].get(id);
    return record?.deleted === false ? record : undefined;
  }

  /** Inserts or replaces. */
  put(entity: Entity, record: CrmRecord): CrmRecord {
    this.records[entity].set(record.id, record);
    return record;
  }

  address(lower: string): EmailAddress | undefined {
    return this.addresses.get(lower);
  }

  /** Inserts or replaces. */
  putAddress(address: EmailAddress): void {
    this.addresses.set(address.lower, address);
  }

  /** Names of everything that a record of the entity has, those hidden by the role included. */
  attributesOf(entity: Entity): string[] {
    const own = Object.entries(this.fields[entity]).flatMap(([name, field]) => attributesOf(name, field));
    return ['id', 'deleted', ...own];
  }

  /** The part of {@link attributesOf} that the role hides. */
  forbiddenAttributesOf(entity: Entity): string[] {
    return this.settings.forbiddenFields.flatMap((name) => {
      const field = this.fields[entity][name];
      return field ? attributesOf(name, field) : [];
    });
  }

  may(entity: Entity, right: Right): boolean {
    return this.settings.rights[entity].includes(right);
  }

  /** Whether the API users see the record at all. */
  isReadable({ id }: CrmRecord): boolean {
    return !this.settings.unreadableIds.includes(id);
  }

  toJson(): Json {
    // Parsed, so that nobody outside holds a part of the state.
    return stateSchema.parse({
      settings: this.settings,
      deniedLogins: this.deniedLogins,
      fields: this.fields,
      emailAddresses: [...this.addresses.values()],
      records: { Lead: [...this.records.Lead.values()], Contact: [...this.records.Contact.values()] },
    });
  }

  /** Replaces everything; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const parsed = stateSchema.safeParse(json);
    if (!parsed.success) throw new Error(`This is no EspoCRM state:\n${z.prettifyError(parsed.error)}`);
    const { settings, deniedLogins, fields, emailAddresses, records } = parsed.data;
    const known = new Set(emailAddresses.map(({ lower }) => lower));
    const used = ENTITIES.flatMap((entity) => records[entity].flatMap((record) => record.emailAddresses));
    const unknown = used.find(({ lower }) => !known.has(lower));
    if (unknown) throw new Error(`This is no EspoCRM state: ${unknown.lower} is not among the addresses.`);
    Object.assign(this, { settings, deniedLogins, fields });
    this.addresses.clear();
    for (const address of emailAddresses) this.putAddress(address);
    for (const entity of ENTITIES) {
      this.records[entity].clear();
      for (const record of records[entity]) this.put(entity, record);
    }
  }
}
