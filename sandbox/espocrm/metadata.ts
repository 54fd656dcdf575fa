import type { SandboxResponse } from '../double';
import { forbidden } from './errors';
import { ENTITIES, rightSchema, type EspoCrmState } from './state';
import type { ApiUser } from './users';

/** `GET /Metadata`: fields of the entities, or what is at a key such as `entityDefs.Lead.fields.status.options`. */
export function readMetadata(state: EspoCrmState, key: string | null): SandboxResponse {
  if (state.settings.metadataForbidden) throw forbidden("No access to 'Metadata'.");
  const entities = ENTITIES.filter((entity) => state.settings.rights[entity].length > 0);
  const hidden = state.settings.forbiddenFields;
  const entityDefs = Object.fromEntries(
    entities.map((entity) => {
      const fields = Object.entries(state.fields[entity]).filter(([name]) => !hidden.includes(name));
      return [entity, { fields: Object.fromEntries(fields) }];
    }),
  );
  const all: unknown = { entityDefs };
  const value = key === null ? all : key.split('.').reduce(childOf, all);
  // Nothing at the key, or nothing that the role may see: an empty answer.
  return { status: 200, body: value };
}

function childOf(parent: unknown, name: string): unknown {
  return Object.getOwnPropertyDescriptor(Object(parent), name)?.value;
}

/** `GET /App/user`: who is asking, and what the role allows; an entity without any right is left out. */
export function readAppUser(state: EspoCrmState, { id, userName }: ApiUser): SandboxResponse {
  const entities = ENTITIES.filter((entity) => state.settings.rights[entity].length > 0);
  const table = Object.fromEntries(
    entities.map((entity) => [
      entity,
      Object.fromEntries(
        rightSchema.options.map((right) => {
          const granted = right === 'create' ? 'yes' : 'all';
          return [right, state.may(entity, right) ? granted : 'no'];
        }),
      ),
    ]),
  );
  return {
    status: 200,
    body: {
      user: { id, userName, name: userName, type: 'api', isActive: true },
      acl: { table },
      preferences: {},
      token: null,
      settings: { recordListMaxSizeLimit: 200, phoneNumberInternational: true },
      language: 'en_US',
      appParams: {},
    },
  };
}
