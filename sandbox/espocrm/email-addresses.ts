import { z } from 'zod/v4';
import type { Input } from './input';
import { primaryEmail } from './record-json';
import { ENTITIES, type CrmRecord, type EmailAddress, type EspoCrmState } from './state';

const MOST_ADDRESSES = 10;
const MOST_CHARACTERS = 255;
const MOST_LOCAL_CHARACTERS = 64;
const MOST_LABEL_CHARACTERS = 63;

const itemSchema = z.object({
  emailAddress: z.string().nullish(),
  primary: z.boolean().nullish(),
  optOut: z.boolean().nullish(),
  invalid: z.boolean().nullish(),
});
const dataSchema = z.array(itemSchema);

type Links = CrmRecord['emailAddresses'];

/** Whether something is written at all. */
export function hasEmail(input: Input): boolean {
  return 'emailAddress' in input || 'emailAddressData' in input;
}

/** The addresses that are written, as they were sent; the list wins over the single address. */
export function emailsOf(input: Input): string[] {
  const data = dataSchema.safeParse(input.emailAddressData);
  const emails = data.success ? data.data.map(({ emailAddress }) => emailAddress) : [input.emailAddress];
  return emails.flatMap((email) => (typeof email === 'string' && email.trim() !== '' ? [email.trim()] : []));
}

/** Name of the check that what is written fails, if there is one. */
export function emailFailure({ emailAddress, emailAddressData }: Input): string | undefined {
  const items: unknown[] = Array.isArray(emailAddressData) ? emailAddressData : [];
  const parsed = dataSchema.safeParse(items);
  if (!parsed.success) return 'emailAddress';
  // Only the single address is trimmed before it is checked.
  const single = typeof emailAddress === 'string' ? emailAddress.trim() : emailAddress;
  const written = [single, ...parsed.data.map((item) => item.emailAddress)].filter(
    (email) => email !== undefined && email !== null && email !== '',
  );
  if (!written.every(isEmailAddress)) return 'emailAddress';
  if (written.some((email) => String(email).length > MOST_CHARACTERS)) return 'maxLength';
  return items.length > MOST_ADDRESSES ? 'maxCount' : undefined;
}

/**
 * Writes the addresses of a record, and their flags. A list replaces all that the record has; a single address
 * replaces its primary one. Gives the record's new links.
 */
export function writeEmails(state: EspoCrmState, record: CrmRecord, input: Input): Links {
  const data = dataSchema.safeParse(input.emailAddressData);
  if (data.success) return writeList(state, record, data.data);
  if ('emailAddress' in input) {
    const [email] = emailsOf(input);
    const links = email === undefined ? withoutPrimary(record) : writePrimary(state, record, email);
    writeFlags(state, links, input);
    return links;
  }
  writeFlags(state, record.emailAddresses, input);
  return record.emailAddresses;
}

function writeList(state: EspoCrmState, record: CrmRecord, items: z.infer<typeof dataSchema>): Links {
  const written = items.flatMap(({ emailAddress, ...item }) => {
    const name = emailAddress?.trim() ?? '';
    return name === '' ? [] : [{ ...item, name, lower: name.toLowerCase() }];
  });
  const primary = written.findLast((item) => item.primary === true) ?? written[0];
  for (const { lower, name, optOut, invalid } of written) {
    if (isLocked(state, record, lower)) continue;
    state.putAddress({ lower, name, optOut: optOut === true, invalid: invalid === true });
  }
  const keys = [...new Set(written.map(({ lower }) => lower))];
  return keys.map((lower) => ({ lower, primary: lower === primary?.lower }));
}

function writePrimary(state: EspoCrmState, record: CrmRecord, email: string): Links {
  const lower = email.toLowerCase();
  // An address that somebody has keeps its spelling.
  if (!state.address(lower)) state.putAddress({ lower, name: email, optOut: false, invalid: false });
  if (primaryEmail(state, record) === email) return record.emailAddresses;
  const kept = record.emailAddresses.filter((link) => !link.primary && link.lower !== lower);
  return [{ lower, primary: true }, ...kept];
}

/** The next address, if there is one, takes the place of the primary one. */
function withoutPrimary({ emailAddresses }: CrmRecord): Links {
  return emailAddresses
    .filter(({ primary }) => !primary)
    .map(({ lower }, index) => ({ lower, primary: index === 0 }));
}

function writeFlags(state: EspoCrmState, links: Links, input: Input): void {
  const primary = links.find((link) => link.primary);
  const address = primary && state.address(primary.lower);
  if (!address) return;
  const { emailAddressIsOptedOut: optOut, emailAddressIsInvalid: invalid } = input;
  const changes: Partial<EmailAddress> = {
    ...(typeof optOut === 'boolean' && { optOut }),
    ...(typeof invalid === 'boolean' && { invalid }),
  };
  state.putAddress({ ...address, ...changes });
}

/** An address stays as it is while a record has it that the user may not edit. */
function isLocked(state: EspoCrmState, writing: CrmRecord, lower: string): boolean {
  return ENTITIES.some((entity) =>
    state
      .all(entity)
      .some(
        (record) =>
          record.id !== writing.id &&
          record.emailAddresses.some((link) => link.lower === lower) &&
          !(state.may(entity, 'edit') && state.isReadable(record)),
      ),
  );
}

/** PHP's FILTER_VALIDATE_EMAIL: ASCII only, and a domain with a dot. */
function isEmailAddress(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const at = value.lastIndexOf('@');
  const local = value.slice(0, at);
  const domain = value.slice(at + 1);
  const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  const isLocal =
    local.length <= MOST_LOCAL_CHARACTERS &&
    (new RegExp(`^${atom}(\\.${atom})*$`).test(local) ||
      /^"([\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])+"$/.test(local));
  const labels = domain.split('.');
  const isDomain =
    labels.length > 1 &&
    labels.every(
      (label) => label.length <= MOST_LABEL_CHARACTERS && /^[A-Za-z0-9]+(-+[A-Za-z0-9]+)*$/.test(label),
    ) &&
    /^[A-Za-z]/.test(labels.at(-1) ?? '');
  return at > 0 && isLocal && isDomain;
}
