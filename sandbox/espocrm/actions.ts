import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import { deniedLoginsForLockOut } from './auth';
import { recordJson } from './record-json';
import {
  ENTITIES,
  entitySchema,
  rightSchema,
  type CrmRecord,
  type Entity,
  type EspoCrmState,
  type Settings,
} from './state';
import { ADMIN_ID } from './users';
import type { RecordWrites } from './writes';

const attributesSchema = z.record(z.string(), z.json());
/** A record is named by its id, or by one of its e-mail addresses. */
const namedSchema = z.strictObject({ id: z.string().optional(), email: z.string().optional() });
const hideSchema = namedSchema.extend({ hidden: z.boolean().default(true) });
const addressSchema = namedSchema.extend({ address: z.string(), primary: z.boolean().default(false) });
const requireSchema = z.strictObject({
  entity: entitySchema.default('Lead'),
  field: z.string(),
  required: z.boolean().default(true),
});
const optionsSchema = z.strictObject({ options: z.array(z.string()).min(1) });
const maintenanceSchema = z.strictObject({ maintenance: z.boolean().default(true) });
const forbiddenSchema = z.strictObject({ forbidden: z.boolean().default(true) });
const rejectedSchema = z.strictObject({ rejected: z.boolean().default(true) });
const secondsSchema = z.strictObject({ seconds: z.number().positive() });
const delaySchema = z.strictObject({ milliseconds: z.number().min(0) });
const rightsSchema = z.strictObject({ entity: entitySchema, rights: z.array(rightSchema) });
const fieldsSchema = z.strictObject({ fields: z.array(z.string()) });

/** What sales people and admins do in EspoCRM itself. */
export function espoCrmActions(
  state: EspoCrmState,
  writes: RecordWrites,
  changed: () => void,
): Double['actions'] {
  const create = async (entity: Entity, input: Json): Promise<Json> => {
    const options = { userId: ADMIN_ID, skipDuplicateCheck: true };
    return recordJson(state, entity, await writes.create(entity, attributesSchema.parse(input), options));
  };
  const leadNamed = (named: z.infer<typeof namedSchema>): CrmRecord => find(state, ['Lead'], named).record;
  const changeSettings = (changes: Partial<Settings>): Json => {
    state.settings = { ...state.settings, ...changes };
    changed();
    return changes;
  };
  const setOptions = (field: 'status' | 'source', input: Json): Json => {
    const { options } = optionsSchema.parse(input);
    const definition = state.fields.Lead[field] ?? { type: 'enum' };
    const standard = definition.default;
    state.fields.Lead[field] = {
      ...definition,
      options,
      // Like the form for fields, which does not leave a default that is no option.
      ...(standard !== undefined && !options.includes(standard) && { default: options[0] }),
    };
    changed();
    return { options };
  };

  return {
    /** Attributes as in the API; without the duplicate check. */
    createLead: (input) => create('Lead', input),
    createContact: (input) => create('Contact', input),
    convertLead: async (input) => {
      const { lead, contact } = writes.convert(leadNamed(namedSchema.parse(input)), ADMIN_ID);
      return { leadId: lead.id, contactId: contact.id };
    },
    deleteLead: async (input) => {
      const lead = leadNamed(namedSchema.parse(input));
      writes.delete('Lead', lead);
      return { leadId: lead.id };
    },
    /** Moves a lead or contact to a team that the API users are not in, or back. */
    hideRecord: async (input) => {
      const { hidden, ...named } = hideSchema.parse(input);
      const { id } = find(state, ENTITIES, named).record;
      const others = state.settings.unreadableIds.filter((other) => other !== id);
      changeSettings({ unreadableIds: hidden ? [...others, id] : others });
      return { id, hidden };
    },
    /** Adds one more address to a lead or contact. */
    addAddress: async (input) => {
      const { address, primary, ...named } = addressSchema.parse(input);
      const { entity, record } = find(state, ENTITIES, named);
      const existing = record.emailAddresses.flatMap(({ lower, primary: wasPrimary }) => {
        const { name = lower, optOut = false, invalid = false } = state.address(lower) ?? {};
        return [{ emailAddress: name, primary: wasPrimary && !primary, optOut, invalid }];
      });
      const emailAddressData = [...existing, { emailAddress: address, primary }];
      writes.update(entity, record, { emailAddressData }, ADMIN_ID);
      return { id: record.id };
    },
    /** A field that does not exist is made, as a text; names of own fields begin with a small c. */
    requireField: async (input) => {
      const { entity, field, required } = requireSchema.parse(input);
      const existing = state.fields[entity][field];
      if (!existing && !/^c[A-Z]/.test(field)) {
        throw new Error(`${entity} has no field "${field}"; own fields are named like "cLifetimePlan".`);
      }
      state.fields[entity][field] = { ...(existing ?? { type: 'varchar', maxLength: 100 }), required };
      changed();
      return { entity, field, required };
    },
    setStatusList: async (input) => setOptions('status', input),
    setSourceList: async (input) => setOptions('source', input),
    setMaintenance: async (input) => changeSettings(maintenanceSchema.parse(input)),
    forbidMetadata: async (input) =>
      changeSettings({ metadataForbidden: forbiddenSchema.parse(input).forbidden }),
    rejectCredentials: async (input) =>
      changeSettings({ credentialsRejected: rejectedSchema.parse(input).rejected }),
    setRights: async (input) => {
      const { entity, rights } = rightsSchema.parse(input);
      return changeSettings({ rights: { ...state.settings.rights, [entity]: rights } });
    },
    forbidFields: async (input) => changeSettings({ forbiddenFields: fieldsSchema.parse(input).fields }),
    setInsertDelay: async (input) => changeSettings({ insertDelayMs: delaySchema.parse(input).milliseconds }),
    lockOut: async () => setDeniedLogins(deniedLoginsForLockOut()),
    liftLockOut: async () => setDeniedLogins([]),
    /** As if that much time had gone by since the denied logins. */
    passTime: async (input) => {
      const { seconds } = secondsSchema.parse(input);
      return setDeniedLogins(state.deniedLogins.map((at) => at - seconds * 1000));
    },
  };

  function setDeniedLogins(deniedLogins: number[]): Json {
    state.deniedLogins = deniedLogins;
    changed();
    return { deniedLogins: deniedLogins.length };
  }
}

function find(
  state: EspoCrmState,
  entities: readonly Entity[],
  { id, email }: z.infer<typeof namedSchema>,
): { entity: Entity; record: CrmRecord } {
  const lower = email?.toLowerCase();
  for (const entity of entities) {
    const record = state
      .all(entity)
      .find((candidate) =>
        id === undefined
          ? candidate.emailAddresses.some((address) => address.lower === lower)
          : candidate.id === id,
      );
    if (record) return { entity, record };
  }
  throw new Error(`There is no ${entities.join(' or ')} ${id ?? email ?? 'without id and e-mail'}.`);
}
