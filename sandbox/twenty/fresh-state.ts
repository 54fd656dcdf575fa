import type { Json } from '../double';

export const PERSON_OBJECT_ID = '20202020-e674-48e5-a542-72570eee7213';
export const COMPANY_OBJECT_ID = '20202020-b374-4779-a561-80086cb2e17f';

export const JONAS_ID = '6a1c2f5e-0b1d-4e0a-9a51-0a4f6b7c8d01';
export const LENA_ID = '6a1c2f5e-0b1d-4e0a-9a51-0a4f6b7c8d02';
export const MARTA_ID = '6a1c2f5e-0b1d-4e0a-9a51-0a4f6b7c8d03';

/** A workspace with two people, one more in the trash, and the plan as a field of its own; Twenty's own rate limit. */
export function freshTwentyState(): Json {
  return structuredClone({
    settings: {
      version: '2.42',
      keyRejected: false,
      dataModelForbidden: false,
      limits: [
        { tokens: 100, windowMs: 1_000 },
        { tokens: 100, windowMs: 60_000 },
      ],
      insertDelayMs: 0,
    },
    fields: FIELDS,
    people: [
      person(JONAS_ID, 'Jonas', 'Weber', '2026-03-02T09:15:00.000Z', { jobTitle: 'Backer', plan: 'FREE' }),
      person(LENA_ID, 'Lena', 'Vogt', '2026-03-03T16:40:00.000Z', { plan: 'PRO' }),
      {
        ...person(MARTA_ID, 'Marta', 'Klein', '2026-03-04T08:00:00.000Z', {}),
        deletedAt: '2026-03-05T08:00:00.000Z',
      },
    ],
  });
}

function person(
  id: string,
  firstName: string,
  lastName: string,
  createdAt: string,
  values: Record<string, Json>,
): { [key: string]: Json } {
  const primaryEmail = `${firstName}.${lastName}@example.com`.toLowerCase();
  return {
    id,
    values: {
      name: { firstName, lastName },
      emails: { primaryEmail, additionalEmails: null },
      ...values,
    },
    createdAt,
    updatedAt: createdAt,
    deletedAt: null,
  };
}

const SYSTEM = [
  field(1, 'id', 'Id', 'UUID'),
  field(2, 'createdAt', 'Creation date', 'DATE_TIME'),
  field(3, 'updatedAt', 'Last update', 'DATE_TIME'),
  field(4, 'deletedAt', 'Deleted at', 'DATE_TIME'),
  field(5, 'createdBy', 'Created by', 'ACTOR'),
  field(6, 'position', 'Position', 'POSITION'),
].map((one) => ({ ...one, isSystem: true }));

const FIELDS: Json = [
  ...SYSTEM,
  field(7, 'name', 'Name', 'FULL_NAME'),
  field(8, 'emails', 'Emails', 'EMAILS'),
  field(9, 'phones', 'Phones', 'PHONES'),
  field(10, 'jobTitle', 'Job Title', 'TEXT'),
  field(11, 'city', 'City', 'TEXT'),
  field(12, 'avatarUrl', 'Avatar', 'TEXT'),
  field(13, 'linkedinLink', 'Linkedin', 'LINKS'),
  field(14, 'xLink', 'X', 'LINKS'),
  { ...field(15, 'company', 'Company', 'RELATION'), relation: { type: 'MANY_TO_ONE' } },
  { ...field(16, 'noteTargets', 'Notes', 'RELATION'), relation: { type: 'ONE_TO_MANY' } },
  {
    ...field(17, 'plan', 'Plan', 'SELECT'),
    isCustom: true,
    options: ['Free', 'Pro', 'Enterprise'].map((label) => ({ value: label.toUpperCase(), label })),
  },
];

function field(number: number, name: string, label: string, type: string): { [key: string]: Json } {
  const id = `20202020-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return { id, name, label, type, isCustom: false, isSystem: false };
}
