import { domainToASCII } from 'node:url';
import { z } from 'zod/v4';
import type { Json } from '../double';
import { badRequest } from './errors';
import type { Version } from './state';

const addressSchema = z.email({ pattern: z.regexes.unicodeEmail });
const emailsSchema = z.looseObject({
  primaryEmail: z.string().nullish(),
  additionalEmails: z.array(z.string()).nullish(),
});

/** An address as Twenty stores it: in lower case, since 2.42 with its domain in ASCII. */
export function storedAddress(version: Version, address: string): string {
  const lower = address.toLowerCase();
  if (version !== '2.42') return lower;
  const at = lower.lastIndexOf('@');
  return `${lower.slice(0, at + 1)}${domainToASCII(lower.slice(at + 1)) || lower.slice(at + 1)}`;
}

/**
 * The field `emails` as it is stored. It is written as a whole: a part that is not sent is emptied. Since 2.42 it has to
 * hold addresses, else 400.
 */
export function storedEmails(version: Version, value: unknown): Json {
  const parsed = emailsSchema.safeParse(value);
  if (!parsed.success) throw badRequest('Invalid value for field "emails"');
  const { primaryEmail, additionalEmails } = parsed.data;
  const given = [...(primaryEmail ? [primaryEmail] : []), ...(additionalEmails ?? [])];
  const wrong = version === '2.42' ? given.find((one) => !addressSchema.safeParse(one).success) : undefined;
  if (wrong !== undefined) throw badRequest(`Invalid email value '${wrong}' for field "emails"`);
  return {
    primaryEmail: primaryEmail ? storedAddress(version, primaryEmail) : '',
    additionalEmails: additionalEmails?.length
      ? additionalEmails.map((address) => storedAddress(version, address))
      : null,
  };
}
