import { z } from 'zod/v4';
import type { Input } from './input';
import type { CrmRecord, PhoneNumber } from './state';

const TYPES = ['Mobile', 'Office', 'Home', 'Fax', 'Other'] as const;
/** `phoneNumberInternational` is on, as it is by default. */
const E164 = /^\+[1-9]\d{6,14}$/;

const itemSchema = z.object({
  phoneNumber: z.string(),
  type: z.enum(TYPES).nullish(),
  primary: z.boolean().nullish(),
  optOut: z.boolean().nullish(),
  invalid: z.boolean().nullish(),
});
const dataSchema = z.array(itemSchema);

/** Whether something is written at all. */
export function hasPhone(input: Input): boolean {
  return 'phoneNumber' in input || 'phoneNumberData' in input;
}

/** The numbers that are written; the list wins over the single number. */
export function phonesOf(input: Input): string[] {
  const data = dataSchema.safeParse(input.phoneNumberData);
  if (data.success) return data.data.map(({ phoneNumber }) => phoneNumber);
  const number = singleOf(input);
  return number === undefined ? [] : [number];
}

/** Name of the check that what is written fails, if there is one. */
export function phoneFailure(input: Input): string | undefined {
  const { phoneNumber, phoneNumberData } = input;
  if (Array.isArray(phoneNumberData) && !dataSchema.safeParse(phoneNumberData).success) return 'valid';
  const isText = phoneNumber === undefined || phoneNumber === null || typeof phoneNumber === 'string';
  const numbers = [...phonesOf(input), singleOf(input) ?? []].flat();
  return isText && numbers.every((number) => E164.test(number)) ? undefined : 'valid';
}

/** A list replaces all numbers of the record, a single one its primary number. Gives the record's new numbers. */
export function writePhones(record: CrmRecord, input: Input): PhoneNumber[] {
  const data = dataSchema.safeParse(input.phoneNumberData);
  if (data.success) {
    const primary = data.data.findIndex((item) => item.primary === true);
    return data.data.map(({ phoneNumber, type, optOut, invalid }, index) => ({
      phoneNumber,
      type: type ?? TYPES[0],
      primary: index === Math.max(primary, 0),
      optOut: optOut === true,
      invalid: invalid === true,
    }));
  }
  if (!('phoneNumber' in input)) return record.phoneNumbers;
  const number = singleOf(input);
  const others = record.phoneNumbers.filter(({ primary, phoneNumber }) => !primary && phoneNumber !== number);
  if (number === undefined) return others.map((other, index) => ({ ...other, primary: index === 0 }));
  const flags = { type: TYPES[0], primary: true, optOut: false, invalid: false };
  return [{ phoneNumber: number, ...flags }, ...others];
}

function singleOf({ phoneNumber }: Input): string | undefined {
  const number = typeof phoneNumber === 'string' ? phoneNumber.trim() : '';
  return number === '' ? undefined : number;
}
