import { LifecycleTwentyApi } from '../../credentials/LifecycleTwentyApi.credentials';
import { TWENTY_KEY } from '../../sandbox/identities';
import type { FilledCredential } from './execute-node';
import type { TestSandbox } from './sandbox';

export interface TwentyPerson {
  id: string;
  values: Record<string, unknown>;
  createdAt: string;
  deletedAt: string | null;
}

/** The part of the Twenty double's state that tests look at. */
export interface TwentyStateJson {
  people: TwentyPerson[];
}

/** Somebody to put into the double. */
export interface SomePerson {
  id: string;
  email: string;
  /** Further addresses. */
  emails?: string[];
  values?: Record<string, unknown>;
  createdAt?: string;
  deletedAt?: string;
}

/** The sandbox's credential for Twenty at `url`, as an admin fills it in. */
export function twentyCredential(url: string, over: Record<string, string> = {}): FilledCredential {
  return { type: new LifecycleTwentyApi(), data: { url, apiKey: TWENTY_KEY, ...over } };
}

/** An id that Twenty takes, the same for the same number. */
export function personId(number: number): string {
  return `7c9e6679-7425-40de-944b-${String(number).padStart(12, '0')}`;
}

/** Everybody in the double, the trash included, oldest first. */
export async function peopleIn(twenty: TestSandbox): Promise<TwentyPerson[]> {
  return (await twenty.state<TwentyStateJson>()).people;
}

/** Puts people into the double, just as they are, in place of those it has. */
export async function replacePeople(twenty: TestSandbox, people: readonly SomePerson[]): Promise<void> {
  const state = await twenty.state<TwentyStateJson>();
  await twenty.load({ ...state, people: people.map(stored) });
}

function stored({ id, email, emails, values = {}, createdAt, deletedAt }: SomePerson): object {
  const at = createdAt ?? '2026-01-05T10:00:00.000Z';
  return {
    id,
    values: { emails: { primaryEmail: email, additionalEmails: emails ?? null }, ...values },
    createdAt: at,
    updatedAt: at,
    deletedAt: deletedAt ?? null,
  };
}
