import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import { PERSON_OBJECT_ID } from './fresh-state';
import { addField } from './metadata';
import type { People } from './people';
import { personJson } from './person-json';
import type { RateLimit } from './rate-limit';
import {
  limitSchema,
  primaryEmail,
  versionSchema,
  type Person,
  type Settings,
  type TwentyState,
} from './state';

const valuesSchema = z.record(z.string(), z.json());
/** Somebody is named by id, or by primary e-mail address. */
const namedSchema = z.strictObject({ id: z.string().optional(), email: z.string().optional() });
const updateSchema = namedSchema.extend({ values: valuesSchema });
const fieldSchema = z.strictObject({
  name: z.string(),
  label: z.string().optional(),
  type: z.string().default('TEXT'),
  options: z.array(z.string()).optional(),
});
const rejectedSchema = z.strictObject({ rejected: z.boolean().default(true) });
const forbiddenSchema = z.strictObject({ forbidden: z.boolean().default(true) });
const delaySchema = z.strictObject({ milliseconds: z.number().min(0) });

/** What sales people and admins do in Twenty itself. */
export function twentyActions(
  state: TwentyState,
  people: People,
  rateLimit: RateLimit,
  changed: () => void,
): Double['actions'] {
  const changeSettings = (changes: Partial<Settings>): Json => {
    state.settings = { ...state.settings, ...changes };
    changed();
    return changes;
  };

  return {
    /** Values as in the API. */
    createPerson: async (input) => {
      const created = await people.create([valuesSchema.parse(input)]);
      return created.map((person) => personJson(state, person))[0] ?? {};
    },
    updatePerson: async (input) => {
      const { values, ...named } = updateSchema.parse(input);
      return personJson(state, people.update(find(state, named).id, values));
    },
    /** Into the trash. */
    deletePerson: async (input) => {
      const { id } = people.softDelete(find(state, namedSchema.parse(input)).id);
      return { id };
    },
    restorePerson: async (input) => {
      const { id } = people.restore(find(state, namedSchema.parse(input)).id);
      return { id };
    },
    destroyPerson: async (input) => {
      const { id } = find(state, namedSchema.parse(input));
      people.destroy(id);
      return { id };
    },
    /** Adds a field to people. */
    addField: async (input) => {
      const { name, label = name, type, options } = fieldSchema.parse(input);
      const choices = options?.map((value) => ({ value, label: value }));
      const field = addField(state, {
        name,
        label,
        type,
        options: choices,
        objectMetadataId: PERSON_OBJECT_ID,
      });
      changed();
      return { name: field.name, type: field.type };
    },
    setVersion: async (input) => changeSettings(z.strictObject({ version: versionSchema }).parse(input)),
    rejectKey: async (input) => changeSettings({ keyRejected: rejectedSchema.parse(input).rejected }),
    forbidDataModel: async (input) =>
      changeSettings({ dataModelForbidden: forbiddenSchema.parse(input).forbidden }),
    setInsertDelay: async (input) => changeSettings({ insertDelayMs: delaySchema.parse(input).milliseconds }),
    setLimits: async (input) => {
      const { limits } = z.strictObject({ limits: z.array(limitSchema) }).parse(input);
      rateLimit.reset();
      return changeSettings({ limits });
    },
    /** Somebody else in the workspace uses up the rate limit. */
    useUpLimit: async () => {
      rateLimit.useUp();
      return {};
    },
    /** As if that much time had gone by since the last calls. */
    passTime: async (input) => {
      const { milliseconds } = delaySchema.parse(input);
      rateLimit.passTime(milliseconds);
      return { milliseconds };
    },
  };
}

function find(state: TwentyState, { id, email }: z.infer<typeof namedSchema>): Person {
  const wanted = email?.toLowerCase();
  const person = state
    .all()
    .find((one) => (id === undefined ? primaryEmail(one)?.toLowerCase() === wanted : one.id === id));
  if (person && (id ?? email) !== undefined) return person;
  throw new Error(`There is no person ${id ?? email ?? 'without id and e-mail'}.`);
}
