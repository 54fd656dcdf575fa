import { z } from 'zod/v4';
import { ServiceError } from '../http';
import { MAUTIC, type MauticApi } from './api';
import { listOf } from './schemas';

const PAGE_SIZE = 100;
const SECOND_MS = 1000;

const date = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

/** Loose and without transforms: the contact is handed on as it came. */
const listed = z.looseObject({
  id: z.union([z.number().int(), z.string().regex(/^\d+$/)]),
  dateAdded: date.nullish(),
  dateModified: date.nullish(),
});

/**
 * `modified`: contacts that were edited, by the time of the last edit. `added`: contacts that were never edited, which
 * have no such time, by when they came into being. Each contact is in one of both.
 */
export type ChangeKind = 'modified' | 'added';

/** A contact that was changed or added. */
export interface ChangedContact {
  id: number;
  /** Mautic's clock has whole seconds. */
  changedAt: Date;
  /** The contact, all of it, as Mautic gave it in a list. */
  raw: Record<string, unknown>;
}

export interface ChangedPage {
  /** Oldest first. */
  contacts: ChangedContact[];
  /** Where to go on: every contact whose change is older has been given, in this page or an earlier one. */
  next: Date;
}

const COLUMN = { modified: 'date_modified', added: 'date_added' } as const;
const PROPERTY = { modified: 'dateModified', added: 'dateAdded' } as const;

/**
 * The contacts whose change lies between two times, both included, oldest first, up to 100 at a time. None is left out
 * when contacts are edited meanwhile: a page starts at a time rather than after a number of contacts, since those that
 * are edited leave the window and let the others move up. Contacts without name, e-mail address or account ("anonymous"
 * visitors) are left out, as Mautic sends no webhooks for them either. Marking a contact "do not contact" is no change
 * here: Mautic keeps no time of it (`Lead::shouldSkipSettingModifiedProperties`).
 *
 * `to` has to be over by Mautic's clock, best by a grace period: what is edited in the very second in which it is listed
 * would hide what is older.
 *
 * Throws `ServiceError` when a page cannot be had.
 */
export async function* changedContacts(
  api: MauticApi,
  kind: ChangeKind,
  window: { from: Date; to: Date },
): AsyncGenerator<ChangedPage, void, undefined> {
  const { to } = window;
  for (let { from } = window; from <= to;) {
    const { contacts, isFull } = await changedBetween(api, kind, from, to);
    if (!isFull) {
      yield { contacts, next: to };
      return;
    }
    const last = contacts.at(-1)?.changedAt;
    if (last === undefined) throw outside(kind);
    // The page may have been cut within its last second.
    const whole = contacts.filter(({ changedAt }) => changedAt < last);
    if (whole.length > 0) {
      yield { contacts: whole, next: last };
      from = last;
    } else {
      yield* changedWithin(api, kind, last);
      from = new Date(last.getTime() + SECOND_MS);
      yield { contacts: [], next: from < to ? from : to };
    }
  }
}

/** The first contacts of a time span. */
async function changedBetween(api: MauticApi, kind: ChangeKind, from: Date, to: Date): Promise<Listed> {
  const col = COLUMN[kind];
  const clauses = [
    { col, expr: 'gte', val: sqlTime(from) },
    { col, expr: 'lte', val: sqlTime(to) },
  ];
  const { contacts, isFull } = await list(api, kind, clauses, col);
  const first = Math.floor(from.getTime() / SECOND_MS) * SECOND_MS;
  // Mautic loads the contacts in a second query, and one may have been edited between both.
  const inside = contacts.filter(({ changedAt }) => changedAt.getTime() >= first && changedAt <= to);
  return { contacts: inside, isFull };
}

/** All contacts of one second, where there are more than a page holds, as after an import: by id. */
async function* changedWithin(
  api: MauticApi,
  kind: ChangeKind,
  second: Date,
): AsyncGenerator<ChangedPage, void, undefined> {
  for (let after = 0; ;) {
    const clauses = [
      { col: COLUMN[kind], expr: 'eq', val: sqlTime(second) },
      { col: 'id', expr: 'gt', val: String(after) },
    ];
    const { contacts, isFull } = await list(api, kind, clauses, 'id');
    yield { contacts: contacts.filter(({ changedAt }) => changedAt <= second), next: second };
    if (!isFull) return;
    const last = Math.max(...contacts.map(({ id }) => id));
    if (last <= after) throw outside(kind);
    after = last;
  }
}

interface Clause {
  col: string;
  expr: string;
  val?: string;
}

interface Listed {
  contacts: ChangedContact[];
  /** Whether there may be more. */
  isFull: boolean;
}

/** One page. Plain clauses only: Mautic warns about nested ones (`orX`), which name no column. */
async function list(
  api: MauticApi,
  kind: ChangeKind,
  clauses: readonly Clause[],
  orderBy: string,
): Promise<Listed> {
  const where: Clause[] = [
    ...clauses,
    { col: 'date_identified', expr: 'isNotNull' },
    ...(kind === 'added' ? [{ col: 'date_modified', expr: 'isNull' }] : []),
  ];
  const { value } = await api.call(
    {
      action: actionOf(kind),
      method: 'GET',
      path: '/api/contacts',
      query: { ...whereQuery(where), orderBy, orderByDir: 'ASC', start: 0, limit: PAGE_SIZE },
    },
    listOf('contacts', listed),
  );
  const contacts = value.flatMap((raw): ChangedContact[] => {
    const time = raw[PROPERTY[kind]];
    return time ? [{ id: Number(raw.id), changedAt: new Date(time), raw }] : [];
  });
  // Mautic's list is an object by id, which keeps no other order.
  contacts.sort((one, other) => one.changedAt.getTime() - other.changedAt.getTime() || one.id - other.id);
  return { contacts, isFull: value.length >= PAGE_SIZE };
}

function actionOf(kind: ChangeKind): string {
  return `list the contacts that were ${kind}`;
}

/** It does not heed what it is asked for; going on would ask for the same page for ever. */
function outside(kind: ChangeKind): ServiceError {
  return new ServiceError(
    MAUTIC,
    `${MAUTIC} could not ${actionOf(kind)}: it gave contacts of another time than asked for. It is tried again later.`,
    true,
  );
}

function whereQuery(clauses: readonly Clause[]): Record<string, string> {
  return Object.fromEntries(
    clauses.flatMap((clause, index) =>
      Object.entries(clause).map(([key, value]: [string, string]) => [`where[${index}][${key}]`, value]),
    ),
  );
}

/** A time as it stands in Mautic's database: UTC, whole seconds. */
function sqlTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}
