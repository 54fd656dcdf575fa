import type { Json } from '../double';
import { STOCK_CONTACT_FIELDS, STOCK_LEAD_FIELDS } from './stock-fields';
import { ADMIN_ID } from './users';

export const ANNA_LEAD_ID = '66f1000000000a001';
export const JONAS_LEAD_ID = '66f1000000000a002';
export const LENA_LEAD_ID = '66f1000000000a003';
export const JONAS_CONTACT_ID = '66f1000000000b001';

/**
 * A CRM in which a campaign has begun: three leads, one of them converted to a contact. The API users may do
 * everything with leads, and read contacts.
 */
export function freshEspoCrmState(): Json {
  return structuredClone({
    settings: {
      credentialsRejected: false,
      maintenance: false,
      metadataForbidden: false,
      rights: { Lead: ['create', 'read', 'edit', 'delete'], Contact: ['read'] },
      forbiddenFields: [],
      unreadableIds: [],
      insertDelayMs: 0,
    },
    deniedLogins: [],
    fields: { Lead: STOCK_LEAD_FIELDS, Contact: STOCK_CONTACT_FIELDS },
    emailAddresses: ['jonas.weber@example.com', 'lena.vogt@example.com', 'anna.schmidt@example.com'].map(
      (address) => ({ lower: address, name: address, optOut: false, invalid: false }),
    ),
    records: {
      Lead: [
        record(JONAS_LEAD_ID, 'jonas.weber@example.com', '2026-03-02 09:15:00', {
          firstName: 'Jonas',
          lastName: 'Weber',
          status: 'Converted',
          source: 'Web Site',
          convertedAt: '2026-03-09 14:30:00',
          createdContactId: JONAS_CONTACT_ID,
        }),
        record(LENA_LEAD_ID, 'lena.vogt@example.com', '2026-03-03 16:40:00', {
          firstName: 'Lena',
          lastName: 'Vogt',
          status: 'In Process',
          source: 'Campaign',
        }),
        record(ANNA_LEAD_ID, 'anna.schmidt@example.com', '2026-03-05 11:05:00', {
          firstName: 'Anna',
          lastName: 'Schmidt',
          status: 'New',
          source: 'Campaign',
        }),
      ],
      Contact: [
        record(JONAS_CONTACT_ID, 'jonas.weber@example.com', '2026-03-09 14:30:00', {
          firstName: 'Jonas',
          lastName: 'Weber',
          originalLeadId: JONAS_LEAD_ID,
        }),
      ],
    },
  });
}

function record(id: string, email: string, createdAt: string, attributes: Record<string, string>): Json {
  return {
    id,
    attributes,
    emailAddresses: [{ lower: email, primary: true }],
    phoneNumbers: [],
    createdAt,
    createdById: ADMIN_ID,
    modifiedAt: createdAt,
    modifiedById: null,
    deleted: false,
  };
}
