import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod/v4';
import type { Json } from '../double';
import { storedEmails } from './email-addresses';
import { badRequest, duplicate, noSuchField, notFound } from './errors';
import { problemOf, type Field } from './fields';
import { MOST_RECORDS } from './listing';
import { fieldOfKey, valueOf } from './person-json';
import { primaryEmail, type Person, type TwentyState } from './state';

/** What a client sends for a person: values by the key of the field. */
export type Input = Readonly<Record<string, unknown>>;

const jsonSchema = z.json();
const uuid = z.uuid();
/** Set by Twenty, or (`id`) by {@link People.create} itself. */
const NOT_WRITTEN = ['id', 'createdAt', 'updatedAt', 'deletedAt', 'createdBy', 'position'];

/** Changes to people, whoever makes them. */
export class People {
  constructor(
    private readonly state: TwentyState,
    private readonly changed: () => void,
  ) {}

  /**
   * Creates all or none, as one statement. Throws 400 for a field that does not pass, for more than 60, and for an
   * address that somebody has as the primary one, be it somebody in the trash.
   */
  async create(inputs: readonly Input[]): Promise<Person[]> {
    if (inputs.length > MOST_RECORDS) {
      throw badRequest(`Maximum number of records to create is ${MOST_RECORDS}`);
    }
    const now = new Date().toISOString();
    const created = inputs.map((input): Person => {
      const { id = randomUUID() } = input;
      if (!uuid.safeParse(id).success) throw badRequest(`Invalid UUID value '${String(id)}' for field "id"`);
      const values = this.stored({}, input);
      return { id: String(id), values, createdAt: now, updatedAt: now, deletedAt: null };
    });
    const { insertDelayMs } = this.state.settings;
    if (insertDelayMs > 0) await sleep(insertDelayMs);
    if (created.some(({ id }) => this.state.get(id))) throw duplicate();
    this.requireUnique(created);
    for (const person of created) this.state.put(person);
    this.changed();
    return created;
  }

  /** Changes only what is sent. Throws 404 for somebody who is not there or in the trash, 400 as {@link create}. */
  update(id: string, input: Input): Person {
    const person = this.live(id);
    const updated = {
      ...person,
      values: this.stored(person.values, input),
      updatedAt: new Date().toISOString(),
    };
    this.requireUnique([updated]);
    return this.save(updated);
  }

  /** Into the trash, where the address stays taken. */
  softDelete(id: string): Person {
    return this.save({ ...this.live(id), deletedAt: new Date().toISOString() });
  }

  /** For good. */
  destroy(id: string): void {
    if (!this.state.get(id)) throw notFound();
    this.state.remove(id);
    this.changed();
  }

  /** Out of the trash. */
  restore(id: string): Person {
    const person = this.state.get(id);
    if (!person) throw notFound();
    return this.save({ ...person, deletedAt: null });
  }

  /** Throws 404 for somebody who is not there or in the trash. */
  live(id: string): Person {
    const person = this.state.get(id);
    if (!person || person.deletedAt !== null) throw notFound();
    return person;
  }

  private save(person: Person): Person {
    this.state.put(person);
    this.changed();
    return person;
  }

  private requireUnique(people: readonly Person[]): void {
    const ids = new Set(people.map(({ id }) => id));
    const others = this.state.all().filter(({ id }) => !ids.has(id));
    const addresses = [...others, ...people].flatMap((person) => primaryEmail(person) ?? []);
    if (new Set(addresses).size < addresses.length) throw duplicate();
    if (ids.size < people.length) throw duplicate();
  }

  private stored(before: Person['values'], input: Input): Person['values'] {
    const values = { ...before };
    for (const [key, value] of Object.entries(input)) {
      const field = fieldOfKey(this.state, key);
      if (!field) throw noSuchField(key);
      if (NOT_WRITTEN.includes(key)) continue;
      const problem = problemOf(field, value);
      if (problem !== undefined) throw badRequest(problem);
      values[key] = this.storedValue(field, values[key], value);
    }
    return values;
  }

  /** Of what has parts, those that are not sent stay, except for e-mail addresses and links. */
  private storedValue({ name, type }: Field, held: Json | undefined, value: unknown): Json {
    if (name === 'emails' && value !== null) return storedEmails(this.state.settings.version, value);
    const json = jsonSchema.safeParse(value).data ?? null;
    return isParts(json) && isParts(held) && type !== 'LINKS' ? { ...held, ...json } : json;
  }
}

function isParts(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Twenty's own idea of duplicates: the same first and last name, LinkedIn address, or primary e-mail address. */
export function duplicatesOf(state: TwentyState, person: Pick<Person, 'id' | 'values'>): Person[] {
  const keys = criteriaOf(state, person);
  return state
    .all()
    .filter((other) => other.id !== person.id && other.deletedAt === null)
    .filter((other) => {
      const theirs = criteriaOf(state, other);
      return keys.some((key, index) => key !== '' && key === theirs[index]);
    });
}

function criteriaOf(state: TwentyState, { id, values }: Pick<Person, 'id' | 'values'>): string[] {
  const person = { id, values, createdAt: '', updatedAt: '', deletedAt: null };
  const { firstName, lastName } = Object(valueOf(state, person, 'name'));
  const { primaryLinkUrl } = Object(valueOf(state, person, 'linkedinLink'));
  return [
    firstName && lastName ? `${firstName}\n${lastName}` : '',
    String(primaryLinkUrl ?? ''),
    primaryEmail(person)?.toLowerCase() ?? '',
  ];
}
