import type { MauticApi } from './api';
import { getContacts, type FoundContacts } from './contacts';
import { decide, type Decision, type GuardedFields } from './invite-guard';
import { asError, orError } from '../http';

/** A random wait; from 0 to 0 is none. */
export interface WaitRange {
  minMs: number;
  maxMs: number;
}

export interface ContactCheck {
  contactId: number;
  fields: GuardedFields;
}

export interface CheckOptions {
  /** Before the first look: lets what writes to the contacts at the same time finish. */
  jitter: WaitRange;
  /** Between the first look and the second. */
  recheck: WaitRange;
  sleep?: (milliseconds: number) => Promise<void>;
  /** From 0 up to 1. */
  random?: () => number;
}

type Result = Decision | Error;

/**
 * Decides about the invites of contacts, side by side: one wait and one look for all of them, then one more wait and
 * look for those that would get one, whose second look counts. Each look is one call for up to 100 contacts, and one
 * more for each that was deleted or merged. Gives a decision or an error for each check, in their order; one that
 * already is an error stays it.
 */
export async function checkContacts(
  api: MauticApi,
  checks: ReadonlyArray<ContactCheck | Error>,
  { jitter, recheck, sleep = pause, random = Math.random }: CheckOptions,
): Promise<Result[]> {
  const wait = async ({ minMs, maxMs }: WaitRange): Promise<void> => {
    const milliseconds = minMs + random() * (maxMs - minMs);
    if (milliseconds > 0) await sleep(milliseconds);
  };
  const pending = checks.flatMap((check) => (check instanceof Error ? [] : check));
  const decided = new Map<ContactCheck, Result>();
  if (pending.length > 0) {
    await wait(jitter);
    await look(api, pending, decided);
  }
  const due = pending.filter((check) => isDue(decided.get(check)));
  if (due.length > 0) {
    await wait(recheck);
    await look(api, due, decided);
  }
  return checks.map((check) =>
    check instanceof Error ? check : (decided.get(check) ?? new Error('the contact was left out')),
  );
}

/** Reads the contacts and writes what follows into `decided`; an outage is the error of each. */
async function look(
  api: MauticApi,
  checks: readonly ContactCheck[],
  decided: Map<ContactCheck, Result>,
): Promise<void> {
  const ids = checks.map(({ contactId }) => contactId);
  const found = await getContacts(api, ids).catch(asError);
  for (const check of checks) {
    decided.set(check, found instanceof Error ? found : decideOrError(check, found));
  }
}

function decideOrError({ contactId, fields }: ContactCheck, found: FoundContacts): Result {
  return orError(() => decide(contactId, found.get(contactId), fields));
}

function isDue(result: Result | undefined): boolean {
  return (
    result !== undefined &&
    !(result instanceof Error) &&
    (result.verdict === 'vip' || result.verdict === 'basic')
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
