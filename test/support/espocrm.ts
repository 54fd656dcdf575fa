import { LifecycleEspoCrmApi } from '../../credentials/LifecycleEspoCrmApi.credentials';
import { LifecycleEspoCrmHmacApi } from '../../credentials/LifecycleEspoCrmHmacApi.credentials';
import { ESPOCRM_HMAC_KEY, ESPOCRM_HMAC_SECRET, ESPOCRM_KEY } from '../../sandbox/identities';
import type { FilledCredential } from './execute-node';
import type { TestSandbox } from './sandbox';

export interface EspoCrmRecord {
  id: string;
  attributes: Record<string, unknown>;
  /** In lower case. */
  emailAddresses: Array<{ lower: string; primary: boolean }>;
  createdAt: string;
}

/** The part of the EspoCRM double's state that tests look at. */
export interface EspoCrmStateJson {
  emailAddresses: Array<{ lower: string; name: string; optOut: boolean; invalid: boolean }>;
  records: Record<'Lead' | 'Contact', EspoCrmRecord[]>;
}

/** A record to put into the double. */
export interface NewRecord {
  id: string;
  /** The first one is the primary one. */
  emails: string[];
  status?: string;
  firstName?: string;
  lastName?: string;
  createdAt?: string;
}

/** The sandbox's credentials for EspoCRM at `url`, one of each kind, as an admin fills them in. */
export function espoCrmCredentials(url: string, over: Record<string, string> = {}): FilledCredential[] {
  const hmac = { url, apiKey: ESPOCRM_HMAC_KEY, secretKey: ESPOCRM_HMAC_SECRET, ...over };
  return [
    { type: new LifecycleEspoCrmApi(), data: { url, apiKey: ESPOCRM_KEY, ...over } },
    { type: new LifecycleEspoCrmHmacApi(), data: hmac },
  ];
}

/** The leads or contacts in the double, oldest first. */
export async function recordsIn(espoCrm: TestSandbox, entity: 'Lead' | 'Contact'): Promise<EspoCrmRecord[]> {
  return (await espoCrm.state<EspoCrmStateJson>()).records[entity];
}

/** Puts many records into the double at once, in place of those it has. */
export async function replaceRecords(
  espoCrm: TestSandbox,
  records: Partial<Record<'Lead' | 'Contact', readonly NewRecord[]>>,
): Promise<void> {
  const state = await espoCrm.state<EspoCrmStateJson>();
  const all = Object.values(records).flat();
  const addresses = new Set(all.flatMap(({ emails }) => emails));
  await espoCrm.load({
    ...state,
    emailAddresses: [...addresses].map((name) => ({
      lower: name.toLowerCase(),
      name,
      optOut: false,
      invalid: false,
    })),
    records: { Lead: (records.Lead ?? []).map(stored), Contact: (records.Contact ?? []).map(stored) },
  });
}

function stored({ id, emails, createdAt = '2026-01-05 10:00:00', ...attributes }: NewRecord): object {
  return {
    id,
    attributes,
    emailAddresses: emails.map((email, index) => ({ lower: email.toLowerCase(), primary: index === 0 })),
    phoneNumbers: [],
    createdAt,
    createdById: 'admin',
    modifiedAt: createdAt,
    modifiedById: null,
    deleted: false,
  };
}
