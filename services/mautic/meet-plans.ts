import { MAUTIC, notPossible, type MauticApi } from './api';
import {
  deleteContact,
  findAllByEmail,
  getContacts,
  type ContactWrite,
  type FoundContacts,
} from './contacts';
import { keptEmpty, missingName, missingValues, type Plan } from './declaration';
import { presentOrReason } from './present-contact';
import type { Contact } from './schemas';
import { writeAll, type WriteResult } from './write-all';
import { asError, ServiceError } from '../http';

/**
 * One is enough, unless another creator is met (one more, to the contact that stays, and one more when that one is not
 * alone yet), or Mautic stored a value only once the contact existed, such as a no.
 */
const MOST_WRITES = 3;

/** A contact whose fields are as declared. */
export interface MetPlan {
  contact: Contact;
  /** Whether this very call created it. */
  created: boolean;
  /** Aliases of the fields that were written. */
  changed: string[];
}

/** How far a plan has come. */
interface Progress {
  readonly plan: Plan;
  /** The contact that was written to. */
  written?: { id: number; created: boolean; modifiedAt: string };
  /** Aliases of the fields that were written to it. */
  readonly changed: Set<string>;
  /** Why the latest write was refused, where another look may help. */
  refusal?: ServiceError;
}

interface Write extends ContactWrite {
  /** Aliases whose values really differ. */
  changed: readonly string[];
}

interface Found {
  byEmail: ReadonlyMap<string, readonly Contact[]>;
  byId: FoundContacts;
}

/**
 * Looks at the contacts, writes what differs and looks again, until all of it holds: a call for each look at up to 100
 * contacts, and one for each 25 that are written to. Gives a result or an error for each plan. No address and no id may be
 * among `plans` twice.
 *
 * Mautic has no unique key on the address: two that create the same contact at the same instant may both succeed. The
 * second look shows it; the contact with the lowest id stays, and whoever created another one deletes that again, unless
 * somebody has changed it by then.
 */
export async function meetPlans(
  api: MauticApi,
  plans: readonly Plan[],
): Promise<ReadonlyMap<Plan, MetPlan | Error>> {
  const results = new Map<Plan, MetPlan | Error>();
  let open: Progress[] = plans.map((plan) => ({ plan, changed: new Set<string>() }));
  for (let look = 1; open.length > 0; look += 1) {
    const writes = new Map<Progress, Write>();
    for (const [progress, step] of await nextSteps(api, open, look === 1)) {
      if ('values' in step && look <= MOST_WRITES) writes.set(progress, step);
      else results.set(progress.plan, 'values' in step ? notMet(progress, step) : step);
    }
    const outcomes = await writeAll(api, writes);
    open = [];
    for (const [progress, write] of writes) {
      const result = afterWrite(progress, write, outcomes.get(progress));
      if (result) results.set(progress.plan, result);
      else open.push(progress);
    }
  }
  return results;
}

/** What is to be written for each, the result when nothing is, or why it cannot; an outage is the error of each. */
async function nextSteps(
  api: MauticApi,
  open: readonly Progress[],
  isFirstLook: boolean,
): Promise<ReadonlyMap<Progress, Write | MetPlan | Error>> {
  const found = await findAll(api, open).catch(asError);
  const steps = open.map(async (progress) => {
    if (found instanceof Error) return [progress, found] as const;
    const step = await presentContact(api, progress, found, isFirstLook)
      .then((present) => nextStep(progress, present))
      .catch(asError);
    return [progress, step] as const;
  });
  return new Map(await Promise.all(steps));
}

async function findAll(api: MauticApi, open: readonly Progress[]): Promise<Found> {
  const addresses = open.flatMap(({ plan: { contact } }) => ('email' in contact ? contact.email : []));
  const ids = open.flatMap(({ plan: { contact } }) => ('id' in contact ? contact.id : []));
  const [byEmail, byId] = await Promise.all([findAllByEmail(api, addresses), getContacts(api, ids)]);
  return { byEmail, byId };
}

/**
 * The contact that is meant, if there is one. Of several that share the address it is the newest, as for Mautic itself; but
 * after a write, which may have met another creator, the first one.
 */
async function presentContact(
  api: MauticApi,
  progress: Progress,
  { byEmail, byId }: Found,
  isFirstLook: boolean,
): Promise<Contact | undefined> {
  const { plan, written } = progress;
  if ('id' in plan.contact) {
    const { id } = plan.contact;
    const present = presentOrReason(id, byId.get(id));
    // What was decided about a contact need not hold for the one it went into.
    if (typeof present === 'string') throw notPossible(`update the contact ${id}: it was ${present}`);
    return present;
  }
  const sharing = byEmail.get(plan.contact.email) ?? [];
  const [newest] = sharing;
  const [first] = sharing.toSorted((one, other) => one.id - other.id);
  if (!written) return isFirstLook ? newest : first;
  const own = sharing.find(({ id }) => id === written.id);
  if (!own || !first) throw unconfirmed(written.id, 'the contact is gone again');
  if (!written.created || own === first) return own;
  if (!isSameTime(own.modifiedAt, written.modifiedAt)) throw bothInUse(first, own);
  await deleteContact(api, own.id);
  delete progress.written;
  progress.changed.clear();
  return first;
}

function nextStep({ plan, written, changed }: Progress, present: Contact | undefined): Write | MetPlan {
  // A name is offered once: it is no part of what has to hold.
  const missing = { ...(!written && missingName(plan, present)), ...missingValues(plan, present) };
  const values = { ...keptEmpty(plan), ...missing };
  if (present) {
    return Object.keys(missing).length > 0
      ? { id: present.id, values, changed: Object.keys(missing) }
      : { contact: present, created: written?.created ?? false, changed: [...changed] };
  }
  const { contact } = plan;
  if ('email' in contact && contact.createWhenMissing) {
    return { values: { ...values, email: contact.email }, changed: Object.keys(missing) };
  }
  throw notPossible('find a contact with this e-mail address, and the node is set not to create one');
}

/** What came of it, or `undefined` when that takes another look. */
function afterWrite(
  progress: Progress,
  write: Write,
  outcome: WriteResult = new Error('the write was left out'),
): MetPlan | Error | undefined {
  if (outcome instanceof Error) {
    if (!mayHeal(write, outcome)) return outcome;
    progress.refusal = outcome;
    return undefined;
  }
  const { plan } = progress;
  const { contact } = outcome;
  if ('id' in plan.contact && contact.id !== plan.contact.id) {
    return notPossible(
      `update the contact ${plan.contact.id}: it was merged into the contact ${contact.id} at that moment, which has ` +
        `the values now (${write.changed.join(', ')}). Check them there`,
    );
  }
  const created = outcome.created || (progress.written?.created ?? false);
  delete progress.refusal;
  progress.written = { id: contact.id, created, modifiedAt: contact.modifiedAt };
  for (const alias of write.changed) progress.changed.add(alias);
  return plan.confirm || created ? undefined : { contact, created, changed: [...progress.changed] };
}

/**
 * Whether the contact was created or deleted between our look and our write; or shares its address with another one at the
 * moment, which Mautic refuses and which passes when the other is somebody's mistake that is being deleted.
 */
function mayHeal(write: Write, error: Error): error is ServiceError {
  if (!(error instanceof ServiceError)) return false;
  return error.status === 422 || (error.status === 404 && write.id !== undefined);
}

function isSameTime(one: string, other: string): boolean {
  return one === other || Date.parse(one) === Date.parse(other);
}

/** What somebody else wrote to ours would be lost with it. */
function bothInUse(first: Contact, own: Contact): ServiceError {
  return notPossible(
    `tell which contact is meant: the contacts ${first.id} and ${own.id}, created at the same moment, share one e-mail ` +
      'address, and both have been written to. Merge them in Mautic, and replay',
  );
}

/** Why it still is not as declared after so many writes. */
function notMet({ refusal, written }: Progress, { id, changed }: Write): ServiceError {
  if (refusal)
    return new ServiceError(MAUTIC, `${refusal.message} It is tried again later.`, true, refusal.status);
  const fields = changed.map((alias) => `"${alias}"`).join(', ');
  return unconfirmed(id ?? written?.id, `${fields} does not hold what was written`);
}

function unconfirmed(id: number | undefined, what: string): ServiceError {
  return new ServiceError(
    MAUTIC,
    `${MAUTIC} could not confirm the contact ${id ?? ''} by reading it again: ${what}. It is tried again later. If that ` +
      'stays so, check type, length and list of values of the field under Settings > Custom Fields.',
    true,
  );
}
