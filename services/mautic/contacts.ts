import pLimit from 'p-limit';
import { z } from 'zod/v4';
import type { MauticApi } from './api';
import { contact, contactBatch, listOf, oneContact, type Contact } from './schemas';
import type { FieldValue } from './values';
import { asError, type ServiceError } from '../http';

/** Keeps the address of a call short enough for any proxy. */
const IDS_PER_CALL = 100;
/** What is left of the 8 KiB that web servers take as a call's address, with room for a long host. */
const LONGEST_QUERY = 6_000;
/** Contacts beyond one per address that do not cost a second page. */
const EXPECTED_DUPLICATES = 10;
/** Contacts read one by one at the same time. */
const CONCURRENCY = 4;

/** Flat values by alias, as Mautic's write calls take them. */
export type ContactValues = Readonly<Record<string, FieldValue>>;

/** Something to write: to a contact that exists (`id`), or a new one, whose values must hold its `email`. */
export interface ContactWrite {
  id?: number;
  values: ContactValues;
}

export interface WrittenContact {
  contact: Contact;
  created: boolean;
}

/**
 * The contact with each of these addresses, by address (in lower case). Where several share one, the newest counts, since
 * that is the one Mautic's own forms and API would write to (`LeadRepository::getLeadsByUniqueFields`).
 */
export async function findByEmail(
  api: MauticApi,
  addresses: readonly string[],
): Promise<Map<string, Contact>> {
  const found = await findAllByEmail(api, addresses);
  return new Map([...found].flatMap(([address, [newest]]) => (newest ? [[address, newest]] : [])));
}

/** Every contact with these addresses, by address (in lower case), newest first. */
export async function findAllByEmail(
  api: MauticApi,
  addresses: readonly string[],
): Promise<Map<string, Contact[]>> {
  const listed = await Promise.all(
    addressGroups(addresses).map((group) =>
      listContacts(api, whereQuery(emailClause(group)), group.length + EXPECTED_DUPLICATES),
    ),
  );
  const found = byEmail(listed.flat());
  const missed = addresses.filter((address) => address.includes("'") && !found.has(address));
  // Up to PHP 8.0 Mautic does not decode an apostrophe in a where clause; its search never encodes one.
  const searched = await Promise.all(
    missed.map((address) => listContacts(api, { search: `email:+${address}` }).then(byEmail)),
  );
  return new Map([...found, ...searched.flatMap((more) => [...more])]);
}

/** Groups of addresses, each short enough for the address of one call. */
function addressGroups(addresses: readonly string[]): string[][] {
  const groups: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const address of addresses) {
    const added = encodeURIComponent(`${address},`).length;
    const group = length + added > LONGEST_QUERY ? undefined : groups.at(-1);
    length = group ? length + added : added;
    if (group) group.push(address);
    else groups.push([address]);
  }
  return groups;
}

/** The contact, or `undefined` when it is gone. A merged contact's id gives the one it went into. */
async function getContact(api: MauticApi, id: number): Promise<Contact | undefined> {
  const { value } = await api.call(
    { action: `read the contact ${id}`, method: 'GET', path: `/api/contacts/${id}`, expect: [404] },
    z.union([oneContact, z.object({ errors: z.unknown() })]),
  );
  return 'contact' in value ? value.contact : undefined;
}

/** Contacts by the id that was asked for. */
export interface FoundContacts {
  /** `undefined` for one that is gone. Throws for one that could not be read, which is not to stop the others. */
  get(id: number): Contact | undefined;
}

/**
 * The contacts with these ids in as few calls as possible. One that was merged is found under its old id too. Throws
 * when the list of them cannot be read.
 */
export async function getContacts(api: MauticApi, ids: readonly number[]): Promise<FoundContacts> {
  const wanted = [...new Set(ids)];
  const found = new Map<number, Contact | Error | undefined>();
  if (wanted.length > 1) {
    for (let start = 0; start < wanted.length; start += IDS_PER_CALL) {
      const some = await listById(api, wanted.slice(start, start + IDS_PER_CALL));
      for (const one of some) found.set(one.id, one);
    }
  }
  const limit = pLimit(CONCURRENCY);
  const missed = wanted.filter((id) => !found.has(id));
  await Promise.all(
    missed.map((id) => limit(async () => found.set(id, await getContact(api, id).catch(asError)))),
  );
  return {
    get(id) {
      const one = found.get(id);
      if (one instanceof Error) throw one;
      return one;
    },
  };
}

/** The contacts with these ids, without those that are gone or were merged: one call, since there cannot be more of them. */
async function listById(api: MauticApi, ids: readonly number[]): Promise<Contact[]> {
  const query = {
    ...whereQuery({ col: 'id', expr: 'in', val: ids.join(',') }),
    start: 0,
    limit: ids.length,
  };
  const { value } = await api.call(
    { action: 'read the contacts', method: 'GET', path: '/api/contacts', query },
    listOf('contacts', contact),
  );
  return value;
}

/**
 * Changes or creates one contact; fields that are not sent stay. An edit is sent again when its answer is lost. A creation
 * is not: the first one may still be under way, and the second, which does not see its contact yet, would make another of
 * the same address.
 */
export async function writeContact(api: MauticApi, write: ContactWrite): Promise<WrittenContact> {
  const { id, values } = write;
  const { status, value } = await api.call(
    {
      action: writing(id),
      method: id === undefined ? 'POST' : 'PATCH',
      path: id === undefined ? '/api/contacts/new' : `/api/contacts/${id}/edit`,
      body: bodyOf(values),
      repeatable: id !== undefined,
    },
    oneContact,
  );
  return { contact: value.contact, created: id === undefined && status === 201 };
}

/** As {@link writeContact} for several at once: all new or all existing, none of them twice; an error per contact. */
export async function writeContacts(
  api: MauticApi,
  writes: readonly ContactWrite[],
): Promise<Array<WrittenContact | ServiceError>> {
  const isNew = writes.every(({ id }) => id === undefined);
  const action = isNew ? 'create the contacts' : 'update the contacts';
  const { value } = await api.call(
    {
      action,
      method: isNew ? 'POST' : 'PATCH',
      path: isNew ? '/api/contacts/batch/new' : '/api/contacts/batch/edit',
      body: writes.map(({ id, values }) => ({ ...(id !== undefined && { id }), ...bodyOf(values) })),
      repeatable: !isNew,
    },
    contactBatch,
  );
  const { contacts, statusCodes, errors } = value;
  return writes.map(({ id }, index) => {
    const status = statusCodes.get(index) ?? 500;
    const written = contacts.get(index);
    if (written && status >= 200 && status < 300)
      return { contact: written, created: isNew && status === 201 };
    return api.refusal(writing(id), status, errors?.get(index)?.message);
  });
}

/** Deletes a contact for good; one that is gone already is as good. */
export async function deleteContact(api: MauticApi, id: number): Promise<void> {
  await api.call(
    {
      action: `delete the contact ${id}`,
      method: 'DELETE',
      path: `/api/contacts/${id}/delete`,
      repeatable: true,
      expect: [404],
      advice: {
        403: "Give the API user's role the permission to delete contacts, merge the contacts of this address in Mautic, and replay.",
      },
    },
    z.unknown(),
  );
}

/** Why the contact should get no e-mail, as Mautic's reasons: 1 unsubscribed, 2 bounced, 3 marked by hand. */
export function emailMarks(one: Contact): number[] {
  return one.doNotContact.filter(({ channel }) => channel === 'email').map(({ reason }) => reason);
}

function writing(id: number | undefined): string {
  return id === undefined ? 'create the contact' : `update the contact ${id}`;
}

/** Blank values are ignored by Mautic unless the call says that they are meant. */
function bodyOf(values: ContactValues): Record<string, FieldValue> {
  const clears = Object.values(values).some((value) => value === null || value === '');
  return clears ? { ...values, overwriteWithBlank: true } : { ...values };
}

interface WhereClause {
  col: string;
  expr: 'eq' | 'in';
  val: string;
}

/**
 * `in` rather than `eq` where it matters: Mautic encodes an apostrophe in what it is asked for and decodes it for `in` only.
 */
function emailClause(addresses: readonly string[]): WhereClause {
  const [only] = addresses;
  const plain = addresses.length === 1 && only !== undefined && !only.includes("'");
  return { col: 'email', expr: plain ? 'eq' : 'in', val: addresses.join(',') };
}

function whereQuery({ col, expr, val }: WhereClause): Record<string, string> {
  return { 'where[0][col]': col, 'where[0][expr]': expr, 'where[0][val]': val };
}

function listContacts(api: MauticApi, query: Record<string, string>, pageSize?: number): Promise<Contact[]> {
  const list = { action: 'find the contact', path: '/api/contacts', key: 'contacts', query };
  return api.list({ ...list, ...(pageSize !== undefined && { pageSize }) }, contact);
}

/** Newest first. Mautic compares as its database does (accents, wildcards), so equality is checked here. */
function byEmail(contacts: readonly Contact[]): Map<string, Contact[]> {
  const newestFirst = contacts.toSorted((one, other) =>
    one.addedAt === other.addedAt ? other.id - one.id : one.addedAt < other.addedAt ? 1 : -1,
  );
  const found = new Map<string, Contact[]>();
  for (const one of newestFirst) {
    const address = one.email.toLowerCase();
    found.set(address, [...(found.get(address) ?? []), one]);
  }
  return found;
}
