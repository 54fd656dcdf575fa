const CREATED_AT = '2017-06-19T09:31:18+00:00';
const HAPPENED_AT = '2017-06-19T09:32:24+00:00';

/** Unlike in real events, a field has no `normalizedValue`. */
const CONTACT = {
  isPublished: true,
  dateAdded: CREATED_AT,
  dateModified: HAPPENED_AT,
  createdBy: 1,
  createdByUser: 'John Doe',
  modifiedBy: 1,
  modifiedByUser: 'John Doe',
  id: 52,
  points: 0,
  color: null,
  fields: {
    core: {
      firstname: sampleField(2, 'First Name', 'firstname', 'text', 'John'),
      lastname: sampleField(3, 'Last Name', 'lastname', 'text', 'Doe'),
      email: sampleField(6, 'Email', 'email', 'email', 'john@doe.name'),
    },
    social: {},
    personal: [],
    professional: [],
  },
  lastActive: null,
  owner: { id: 1, username: 'john', firstName: 'John', lastName: 'Doe' },
  ipAddresses: [],
  tags: [],
  utmtags: null,
  stage: null,
  dateIdentified: CREATED_AT,
  preferredProfileImage: 'gravatar',
  doNotContact: [],
  frequencyRules: [],
};

const SAMPLES: Readonly<Record<string, object>> = {
  'mautic.lead_post_save_new': { contact: CONTACT },
  'mautic.lead_post_save_update': { contact: CONTACT },
  'mautic.lead_points_change': { contact: CONTACT, points: { old_points: 0, new_points: 5 } },
  'mautic.lead_post_delete': { id: 52, contact: { ...CONTACT, id: null } },
};

/**
 * What "Send Test Payload" posts: a sample of each of the events for which Mautic has one, and, beside them, a text that
 * is no event.
 */
export function testPayload(events: readonly string[], now: string): Record<string, unknown> {
  const samples = events.flatMap((event) => {
    const sample = SAMPLES[event];
    return sample ? [[event, [{ ...sample, timestamp: HAPPENED_AT }]]] : [];
  });
  return { ...Object.fromEntries(samples), timestamp: now };
}

function sampleField(id: number, label: string, alias: string, type: string, value: string): object {
  return { id: String(id), label, alias, type, group: 'core', object: 'lead', is_fixed: '1', value };
}
