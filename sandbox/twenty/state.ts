import { z } from 'zod/v4';
import type { Json } from '../double';
import { fieldSchema, type Field } from './fields';

/**
 * Releases whose REST API differs: `1.0` (mid 2025) throttles with a 400 and tells a wrong key as `message`, `1.10`
 * throttles with a bare 429, `2.42` with `Retry-After`, has another path for restoring and another list of objects.
 */
export const VERSIONS = ['1.0', '1.10', '2.42'] as const;
export const versionSchema = z.enum(VERSIONS);
export type Version = z.infer<typeof versionSchema>;

const personSchema = z.strictObject({
  id: z.uuid(),
  /** By the key of the field; what was never written is left out. */
  values: z.record(z.string(), z.json()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** When it was put into the trash. */
  deletedAt: z.iso.datetime().nullable(),
});
export type Person = z.infer<typeof personSchema>;

export const limitSchema = z.strictObject({ tokens: z.int().positive(), windowMs: z.int().positive() });

const settingsSchema = z.strictObject({
  version: versionSchema,
  /** The key was revoked. */
  keyRejected: z.boolean(),
  /** The role of the key may not see the data model. */
  dataModelForbidden: z.boolean(),
  /** Of the whole workspace, whoever calls; each is a bucket that fills up steadily. */
  limits: z.array(limitSchema),
  /** Time an insert takes, in milliseconds: what else comes in meanwhile may be faster. */
  insertDelayMs: z.number().min(0).max(60_000),
});
export type Settings = z.infer<typeof settingsSchema>;

const stateSchema = z.strictObject({
  settings: settingsSchema,
  /** Of people. */
  fields: z.array(fieldSchema),
  people: z.array(personSchema),
});

/** What a Twenty workspace holds, as far as people go. */
export class TwentyState {
  settings: Settings = {
    version: '2.42',
    keyRejected: false,
    dataModelForbidden: false,
    limits: [],
    insertDelayMs: 0,
  };
  fields: Field[] = [];
  private readonly people = new Map<string, Person>();

  /** Oldest first, the trash included. */
  all(): Person[] {
    return [...this.people.values()];
  }

  get(id: string): Person | undefined {
    return this.people.get(id);
  }

  /** Inserts or replaces. */
  put(person: Person): Person {
    this.people.set(person.id, person);
    return person;
  }

  remove(id: string): void {
    this.people.delete(id);
  }

  toJson(): Json {
    // Parsed, so that nobody outside holds a part of the state.
    return stateSchema.parse({ settings: this.settings, fields: this.fields, people: this.all() });
  }

  /** Replaces everything; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const parsed = stateSchema.safeParse(json);
    if (!parsed.success) throw new Error(`This is no Twenty state:\n${z.prettifyError(parsed.error)}`);
    const { settings, fields, people } = parsed.data;
    Object.assign(this, { settings, fields });
    this.people.clear();
    for (const person of people) this.put(person);
  }
}

/** The address that has to be unique; `undefined` when the person has none. */
export function primaryEmail({ values }: Pick<Person, 'values'>): string | undefined {
  const { emails } = values;
  const address: unknown = Object(emails).primaryEmail;
  return typeof address === 'string' && address !== '' ? address : undefined;
}
