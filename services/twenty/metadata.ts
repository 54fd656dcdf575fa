import { z } from 'zod/v4';
import { parseAnswer, ServiceError } from '../http';
import { TWENTY, type TwentyClient } from './client';

const ACTION = 'list the fields of people';

/** What can be entered for a field, by its type: its value, or parts of it. Other types are Twenty's own business. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    [
      ...['TEXT', 'NUMBER', 'NUMERIC', 'BOOLEAN', 'DATE', 'DATE_TIME', 'UUID'],
      ...['SELECT', 'MULTI_SELECT', 'RATING', 'ARRAY', 'RAW_JSON'],
    ].map((type) => [type, []]),
  ),
  FULL_NAME: ['firstName', 'lastName'],
  EMAILS: ['primaryEmail'],
  PHONES: ['primaryPhoneNumber', 'primaryPhoneCountryCode', 'primaryPhoneCallingCode'],
  LINKS: ['primaryLinkUrl', 'primaryLinkLabel'],
  CURRENCY: ['amountMicros', 'currencyCode'],
  ADDRESS: [
    ...['addressStreet1', 'addressStreet2', 'addressCity'],
    ...['addressPostcode', 'addressState', 'addressCountry'],
  ],
};

/** Set by Twenty, or by parameters of their own. */
const ELSEWHERE = ['id', 'name', 'emails', 'createdAt', 'updatedAt', 'deletedAt'];

const fieldDefinition = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  isActive: z.boolean().nullish(),
  isSystem: z.boolean().nullish(),
  options: z
    .array(z.object({ value: z.string() }))
    .nullish()
    .catch(null),
  relation: z.object({ type: z.string() }).nullish().catch(null),
});

const objectDefinition = z.object({ nameSingular: z.string(), fields: z.array(z.unknown()).nullish() });

/** Older servers have the list below its name. */
const listOfObjects = z.object({
  data: z.union([
    z.array(objectDefinition),
    z.object({ objects: z.array(objectDefinition) }).transform(({ objects }) => objects),
  ]),
  pageInfo: z.object({ hasNextPage: z.boolean().nullish(), endCursor: z.string().nullish() }).nullish(),
});

/** A field of people, or a part of one, that can be set. */
export interface PersonField {
  /** As the API takes it, e.g. `jobTitle`, `companyId`, `phones.primaryPhoneNumber`. */
  name: string;
  /** As people read it in Twenty. */
  label: string;
  /** Twenty's type of the field, e.g. `TEXT`, `SELECT`. */
  type: string;
  /** What a list takes; empty for other fields. */
  options: string[];
}

/** What can be set in a person besides name and address, by label. Throws `ServiceError`. */
export async function personFields(client: TwentyClient): Promise<PersonField[]> {
  const definitions = await personDefinitions(client);
  return definitions
    .filter(({ name, isActive, isSystem }) => isActive !== false && !isSystem && !ELSEWHERE.includes(name))
    .flatMap(({ name, label, type, options, relation }): PersonField[] => {
      const choices = (options ?? []).map(({ value }) => value);
      if (relation?.type === 'MANY_TO_ONE') return [{ name: `${name}Id`, label, type, options: [] }];
      const parts = PARTS[type];
      if (!parts) return [];
      if (parts.length === 0) return [{ name, label, type, options: choices }];
      return parts.map((part) => ({
        name: `${name}.${part}`,
        label: `${label} (${part})`,
        type,
        options: [],
      }));
    })
    .sort((one, other) => one.label.localeCompare(other.label));
}

async function personDefinitions(client: TwentyClient): Promise<Array<z.output<typeof fieldDefinition>>> {
  for (let cursor: string | undefined; ;) {
    const answer = await client.call({
      action: ACTION,
      method: 'GET',
      path: '/metadata/objects',
      query: { limit: 60, ...(cursor !== undefined && { starting_after: cursor }) },
      advice: {
        403: "Give the API key's role the right to the data model in Twenty under Settings > Roles, or enter the name as an expression.",
      },
    });
    const { data, pageInfo } = parseAnswer({ service: TWENTY, action: ACTION }, listOfObjects, answer.body);
    const person = data.find(({ nameSingular }) => nameSingular === 'person');
    if (person)
      return parseAnswer({ service: TWENTY, action: ACTION }, z.array(fieldDefinition), person.fields ?? []);
    cursor = (pageInfo?.hasNextPage && pageInfo.endCursor) || undefined;
    if (cursor === undefined) break;
  }
  throw new ServiceError(TWENTY, `${TWENTY} could not ${ACTION}: it has no object "person".`, false);
}
