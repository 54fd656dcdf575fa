import { z } from 'zod/v4';
import { parseAnswer, ServiceError } from '../http';
import { ESPOCRM, type EspoCrmClient } from './client';

/** What a field's attribute is called after the field's own name, for the types that a value can be entered for. */
const ATTRIBUTE_ENDING: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['varchar', 'text', 'wysiwyg', 'url', 'urlMultiple', 'phone'],
      ...['enum', 'multiEnum', 'array', 'checklist', 'bool'],
      ...['int', 'float', 'decimal', 'currency', 'date', 'datetime', 'datetimeOptional'],
    ].map((type) => [type, '']),
  ),
  link: 'Id',
  linkMultiple: 'Ids',
};

const fieldDefinitions = z.record(
  z.string(),
  z.object({
    type: z.string().nullish(),
    readOnly: z.unknown(),
    disabled: z.unknown(),
    utility: z.unknown(),
  }),
);

/** An attribute of a lead that can be set. */
export interface LeadField {
  /** As the API takes it, e.g. `phoneNumber`, `cLifetimePlan`, `assignedUserId`. */
  attribute: string;
  /** EspoCRM's type of the field, e.g. `varchar`, `link`. */
  type: string;
}

/** The values that this EspoCRM takes for a lead's status or source, in its own order. Throws `ServiceError`. */
export async function leadOptions(client: EspoCrmClient, field: 'status' | 'source'): Promise<string[]> {
  const key = `entityDefs.Lead.fields.${field}.options`;
  const options = await metadata(client, `list the values of the field "${field}"`, key, z.array(z.string()));
  return options.filter((option) => option !== '');
}

/** What can be set in a lead, by name. Throws `ServiceError`. */
export async function leadFields(client: EspoCrmClient): Promise<LeadField[]> {
  const fields = await metadata(
    client,
    'list the fields of a lead',
    'entityDefs.Lead.fields',
    fieldDefinitions,
  );
  return Object.entries(fields)
    .flatMap(([name, { type, readOnly, disabled, utility }]) => {
      const ending = ATTRIBUTE_ENDING[type ?? ''];
      if (!type || ending === undefined || readOnly || disabled || utility) return [];
      return [{ attribute: `${name}${ending}`, type }];
    })
    .sort((one, other) => one.attribute.localeCompare(other.attribute));
}

/** A part of the metadata; EspoCRM answers with nothing at all when the user may not see it (`MetadataService`). */
async function metadata<Schema extends z.ZodType>(
  client: EspoCrmClient,
  action: string,
  key: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { body } = await client.call({ action, method: 'GET', path: '/Metadata', query: { key } });
  if (body !== undefined && body !== null) return parseAnswer({ service: ESPOCRM, action }, schema, body);
  throw new ServiceError(
    ESPOCRM,
    `${ESPOCRM} could not ${action}: the API user may not see Leads. Give its role access to them under ` +
      'Administration > Roles, or enter the name as an expression.',
    false,
  );
}
