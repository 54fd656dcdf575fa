import type { ContactField } from './state';

export const FIELD_GROUPS = ['core', 'social', 'personal', 'professional'] as const;
export type FieldGroup = (typeof FIELD_GROUPS)[number];

/** Types whose columns are VARCHAR(64) unless asked for otherwise (5.1). */
const LIMITED_TYPES = ['text', 'select', 'url', 'email'];
const CHAR_LENGTH_LIMIT = 64;

type FieldDefinition = Pick<ContactField, 'label' | 'alias'> & Partial<Omit<ContactField, 'id'>>;

/** The contact fields of a new installation, in their order. */
const STOCK: readonly FieldDefinition[] = [
  { label: 'Title', alias: 'title', type: 'lookup', properties: { list: ['Mr', 'Mrs', 'Miss'] } },
  { label: 'First Name', alias: 'firstname' },
  { label: 'Last Name', alias: 'lastname' },
  { label: 'Primary company', alias: 'company' },
  { label: 'Position', alias: 'position' },
  { label: 'Email', alias: 'email', type: 'email', isUniqueIdentifier: true },
  { label: 'Mobile', alias: 'mobile', type: 'tel' },
  { label: 'Phone', alias: 'phone', type: 'tel' },
  { label: 'Points', alias: 'points', type: 'number', defaultValue: '0' },
  { label: 'Fax', alias: 'fax', type: 'tel', isFixed: false },
  { label: 'Address Line 1', alias: 'address1' },
  { label: 'Address Line 2', alias: 'address2' },
  { label: 'City', alias: 'city' },
  { label: 'State', alias: 'state', type: 'region' },
  { label: 'Zip Code', alias: 'zipcode' },
  { label: 'Country', alias: 'country', type: 'country' },
  { label: 'Preferred Locale', alias: 'preferred_locale', type: 'locale' },
  { label: 'Preferred Timezone', alias: 'timezone', type: 'timezone' },
  { label: 'Date Last Active', alias: 'last_active', type: 'datetime' },
  { label: 'Attribution Date', alias: 'attribution_date', type: 'datetime' },
  { label: 'Attribution', alias: 'attribution', type: 'number', properties: { roundmode: 4, scale: 2 } },
  { label: 'Website', alias: 'website', type: 'url', isFixed: false },
  { label: 'Facebook', alias: 'facebook', group: 'social', isFixed: false },
  { label: 'Foursquare', alias: 'foursquare', group: 'social', isFixed: false },
  { label: 'Instagram', alias: 'instagram', group: 'social', isFixed: false },
  { label: 'LinkedIn', alias: 'linkedin', group: 'social', isFixed: false },
  { label: 'Skype', alias: 'skype', group: 'social', isFixed: false },
  { label: 'Twitter', alias: 'twitter', group: 'social', isFixed: false },
];

/** Nearly as many as the API's default page holds: with a few more it does not hold them all. */
export function stockFields(): ContactField[] {
  return STOCK.map((definition, index) => newField({ isFixed: true, ...definition, id: index + 1 }));
}

/** A field with Mautic's defaults for all that `definition` leaves out. */
export function newField(definition: FieldDefinition & { id: number }): ContactField {
  const type = definition.type ?? 'text';
  return {
    group: 'core',
    isFixed: false,
    isUniqueIdentifier: false,
    isRequired: false,
    isPublished: true,
    defaultValue: null,
    charLengthLimit: LIMITED_TYPES.includes(type) ? CHAR_LENGTH_LIMIT : null,
    properties: {},
    ...definition,
    type,
  };
}
