import type { FieldDefinitions } from './fields';

/** Fields that Lead and Contact share, as version 10.0 has them. */
const PERSON: FieldDefinitions = {
  name: { type: 'personName' },
  salutationName: { type: 'enum', options: ['', 'Mr.', 'Ms.', 'Mrs.', 'Dr.'] },
  firstName: { type: 'varchar', maxLength: 100 },
  lastName: { type: 'varchar', maxLength: 100 },
};

const REACH: FieldDefinitions = {
  addressStreet: { type: 'text', maxLength: 255 },
  addressCity: { type: 'varchar', maxLength: 100 },
  addressState: { type: 'varchar', maxLength: 100 },
  addressCountry: { type: 'varchar', maxLength: 100 },
  addressPostalCode: { type: 'varchar', maxLength: 40 },
  emailAddress: { type: 'email' },
  phoneNumber: { type: 'phone' },
  doNotCall: { type: 'bool' },
  description: { type: 'text' },
};

const TRACES: FieldDefinitions = {
  createdAt: { type: 'datetime', readOnly: true },
  modifiedAt: { type: 'datetime', readOnly: true },
  createdBy: { type: 'link', readOnly: true },
  modifiedBy: { type: 'link', readOnly: true },
};

/** No field is required. */
export const STOCK_LEAD_FIELDS: FieldDefinitions = {
  ...PERSON,
  title: { type: 'varchar', maxLength: 100, pattern: '$noBadCharacters' },
  status: {
    type: 'enum',
    options: ['New', 'Assigned', 'In Process', 'Converted', 'Recycled', 'Dead'],
    default: 'New',
    notActualOptions: ['Converted', 'Recycled', 'Dead'],
  },
  source: {
    type: 'enum',
    options: [
      '',
      'Call',
      'Email',
      'Existing Customer',
      'Partner',
      'Public Relations',
      'Web Site',
      'Campaign',
      'Other',
    ],
  },
  opportunityAmount: { type: 'currency' },
  opportunityAmountConverted: { type: 'currencyConverted', readOnly: true },
  website: { type: 'url' },
  ...REACH,
  convertedAt: { type: 'datetime', readOnly: true },
  ...TRACES,
  accountName: { type: 'varchar', maxLength: 100, pattern: '$noBadCharacters' },
  assignedUser: { type: 'link' },
  teams: { type: 'linkMultiple' },
  campaign: { type: 'link' },
  createdAccount: { type: 'link' },
  createdContact: { type: 'link' },
  createdOpportunity: { type: 'link' },
};

export const STOCK_CONTACT_FIELDS: FieldDefinitions = {
  ...PERSON,
  lastName: { type: 'varchar', maxLength: 100, required: true },
  ...REACH,
  account: { type: 'link' },
  campaign: { type: 'link' },
  ...TRACES,
  assignedUser: { type: 'link' },
  teams: { type: 'linkMultiple' },
  originalLead: { type: 'link', readOnly: true },
};
