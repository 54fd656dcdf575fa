import pLimit from 'p-limit';
import { MAUTIC, notPossible, type MauticApi } from './api';
import {
  findByEmail,
  getContacts,
  type ContactWrite,
  type FoundContacts,
  type WrittenContact,
} from './contacts';
import { missingValues, planFor, unmetFields, type ContactDeclaration, type Plan } from './declaration';
import { contactFields } from './fields';
import { presentOrReason } from './present-contact';
import type { Contact } from './schemas';
import { plainValue } from './values';
import { writeAll, type WriteResult } from './write-all';
import { asError, orError, ServiceError } from '../http';

/**
 * How many contacts go into one call. Mautic takes 200, but saves them one after the other, each with all that hangs
 * on it (webhooks among them), and the call must end well within its time-out.
 */
const BATCH_SIZE = 25;
/** Batches under way at once. */
const CONCURRENCY = 4;

/** A contact as it is once the declaration holds. */
export interface EnsuredContact {
  contact: Contact;
  created: boolean;
  /** Aliases of the fields that were written. */
  changed: string[];
  /** The declared fields with the values Mautic now has. */
  fields: Record<string, unknown>;
}

type Result = EnsuredContact | Error;

/**
 * Makes contacts look as declared, in the fewest calls: one to find them, one to write those that differ, one to
 * confirm what was written; contacts that already look as declared cost no further call. Gives a result or an error
 * for each declaration, in their order; one that already is an error stays it. Declarations for one address or id are met
 * one after the other.
 *
 * Mautic has no unique key on the address: two that create the same contact at the same instant may both succeed. Events
 * of one customer are therefore not to be worked on side by side.
 */
export async function ensureContacts(
  api: MauticApi,
  declarations: ReadonlyArray<ContactDeclaration | Error>,
): Promise<Result[]> {
  const aliases = new Set(declarations.flatMap(aliasesOf));
  const known = await contactFields(api, [...aliases]);
  const plans = declarations.map((declaration) =>
    declaration instanceof Error ? declaration : orError(() => planFor(declaration, known)),
  );
  const results = new Map<Plan, Result>();
  const limit = pLimit(CONCURRENCY);
  for (const round of rounds(plans.flatMap((plan) => (plan instanceof Error ? [] : plan)))) {
    const met = await Promise.all(batches(round).map((batch) => limit(() => meetOrFail(api, batch))));
    for (const [plan, result] of met.flatMap((batch) => [...batch])) results.set(plan, result);
  }
  return plans.map((plan) =>
    plan instanceof Error ? plan : (results.get(plan) ?? new Error('the contact was left out')),
  );
}

/** An outage of Mautic in the midst of a batch is the error of each of its contacts. */
async function meetOrFail(api: MauticApi, plans: readonly Plan[]): Promise<ReadonlyMap<Plan, Result>> {
  try {
    return await meet(api, plans);
  } catch (error) {
    return new Map(plans.map((plan) => [plan, asError(error)]));
  }
}

async function meet(
  api: MauticApi,
  plans: readonly Plan[],
  isSecondLook = false,
): Promise<ReadonlyMap<Plan, Result>> {
  const found = await findAll(api, plans);
  const results = new Map<Plan, Result>();
  const writes = new Map<Plan, ContactWrite>();
  for (const plan of plans) {
    const step = orError(() => stepFor(plan, found(plan)));
    if (step instanceof Error) results.set(plan, step);
    else if ('contact' in step) results.set(plan, ensured(plan, step, []));
    else writes.set(plan, step);
  }
  const written = await writeAll(api, writes);
  const overtaken = [...writes].filter(([plan, write]) => wasOvertaken(write, written.get(plan)));
  if (overtaken.length > 0 && !isSecondLook) {
    const retried = await meet(
      api,
      overtaken.map(([plan]) => plan),
      true,
    );
    for (const [plan, result] of retried) results.set(plan, result);
  }
  const reread = await readAgain(api, written);
  for (const [plan, outcome] of written) {
    if (results.has(plan)) continue;
    const changed = Object.keys(writes.get(plan)?.values ?? {}).filter((alias) => alias !== 'email');
    results.set(
      plan,
      outcome instanceof Error ? outcome : orError(() => confirmed(plan, outcome, changed, reread)),
    );
  }
  return results;
}

/** Gives what finds a plan's contact, or throws when that one could not be read. */
async function findAll(api: MauticApi, plans: readonly Plan[]): Promise<(plan: Plan) => Contact | undefined> {
  const addresses = plans.flatMap(({ contact }) => ('email' in contact ? contact.email : []));
  const ids = plans.flatMap(({ contact }) => ('id' in contact ? contact.id : []));
  const [byEmail, byId] = await Promise.all([
    addresses.length > 0 ? findByEmail(api, addresses) : new Map<string, Contact>(),
    getContacts(api, ids),
  ]);
  return ({ contact }) => ('id' in contact ? byId.get(contact.id) : byEmail.get(contact.email));
}

/**
 * What is to be written, the contact when it already looks as declared, or why it cannot. A contact that was merged is
 * refused when its id was given: what was decided about it need not hold for the one it went into.
 */
function stepFor(plan: Plan, existing: Contact | undefined): ContactWrite | WrittenContact | Error {
  const { contact } = plan;
  if ('id' in contact) {
    const present = presentOrReason(contact.id, existing);
    if (typeof present === 'string')
      return notPossible(`update the contact ${contact.id}: it was ${present}`);
  }
  const values = missingValues(plan, existing);
  if (existing) {
    return Object.keys(values).length > 0
      ? { id: existing.id, values }
      : { contact: existing, created: false };
  }
  if ('email' in contact && contact.createWhenMissing) return { values: { ...values, email: contact.email } };
  return notPossible('find a contact with this e-mail address, and the node is set not to create one');
}

/** Somebody created, or deleted, the contact between our look and our write. */
function wasOvertaken(write: ContactWrite, outcome: WriteResult | undefined): boolean {
  return outcome instanceof ServiceError && outcome.status === (write.id === undefined ? 422 : 404);
}

/** Contacts that were written and are to be confirmed, by id. */
function readAgain(api: MauticApi, written: ReadonlyMap<Plan, WriteResult>): Promise<FoundContacts> {
  const ids = [...written].flatMap(([plan, outcome]) =>
    plan.confirm && !(outcome instanceof Error) ? [outcome.contact.id] : [],
  );
  return getContacts(api, ids);
}

function confirmed(
  plan: Plan,
  { contact, created }: WrittenContact,
  changed: string[],
  reread: FoundContacts,
): Result {
  if ('id' in plan.contact && contact.id !== plan.contact.id) {
    return notPossible(
      `update the contact ${plan.contact.id}: it was merged into the contact ${contact.id} at that moment, which has ` +
        `the values now (${changed.join(', ')}). Check them there`,
    );
  }
  if (!plan.confirm) return ensured(plan, { contact, created }, changed);
  const current = reread.get(contact.id);
  if (!current) return unconfirmed(contact.id, 'the contact is gone again');
  const unmet = unmetFields(plan, current).map((alias) => `"${alias}"`);
  if (unmet.length === 0) return ensured(plan, { contact: current, created }, changed);
  return unconfirmed(contact.id, `${unmet.join(', ')} does not hold what was written`);
}

function ensured(plan: Plan, { contact, created }: WrittenContact, changed: string[]): EnsuredContact {
  const fields = plan.fields.map(({ field }) => [
    field.alias,
    plainValue(field, contact.fields[field.alias]),
  ]);
  return { contact, created, changed, fields: Object.fromEntries(fields) as Record<string, unknown> };
}

function unconfirmed(id: number, what: string): ServiceError {
  return new ServiceError(
    MAUTIC,
    `${MAUTIC} could not confirm the contact ${id} by reading it again: ${what}. It is tried again later. If that ` +
      'stays so, check type, length and list of values of the field under Settings > Custom Fields.',
    true,
  );
}

function aliasesOf(declaration: ContactDeclaration | Error): string[] {
  return declaration instanceof Error ? [] : declaration.fields.map(({ alias }) => alias);
}

/**
 * Groups in which every address or id stands once: a batch must not hold one contact twice. An id is never in a group
 * with an address, since both may be of one contact.
 */
function rounds(plans: readonly Plan[]): Plan[][] {
  const groups = new Map<string, Plan[]>();
  const seen = new Map<string | number, number>();
  for (const plan of plans) {
    const { contact } = plan;
    const key = 'id' in contact ? contact.id : contact.email;
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    const name = `${typeof key} ${round}`;
    groups.set(name, [...(groups.get(name) ?? []), plan]);
  }
  return [...groups.values()];
}

function batches(plans: readonly Plan[]): Plan[][] {
  const count = Math.ceil(plans.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) =>
    plans.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
}
