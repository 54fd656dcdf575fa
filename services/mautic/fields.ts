import { MAUTIC, notPossible, type MauticApi } from './api';
import { Cache } from '../http';
import { contactField, type ContactField } from './schemas';
import { isOffered } from './values';

const cache = new Cache<ContactField[]>();

/** All contact fields that are published. Kept for five minutes per installation. */
export async function listContactFields(api: MauticApi): Promise<ContactField[]> {
  return (await cache.get(api.url, () => readFields(api))).filter(({ published }) => published);
}

/** The contact fields by alias, read anew when one, or a choice of one, is not among those that are kept. */
export async function contactFields(
  api: MauticApi,
  declared: ReadonlyArray<{ alias: string; value?: unknown }>,
): Promise<Map<string, ContactField>> {
  if (declared.length === 0) return new Map();
  const found = byAlias(await cache.get(api.url, () => readFields(api)));
  const complete = declared.every(({ alias, value }) => {
    const field = found.get(alias);
    return field?.published && isOffered(field, value);
  });
  return complete ? found : byAlias(await cache.refresh(api.url, () => readFields(api)));
}

/**
 * The field with this alias out of `fields`. Throws a `ServiceError`, not retryable, that says where to create it when it
 * is not there or not published: Mautic itself ignores such a field without a word.
 */
export function fieldNamed(fields: ReadonlyMap<string, ContactField>, alias: string): ContactField {
  const field = fields.get(alias);
  if (!field) {
    throw notPossible(
      `set the contact field "${alias}": it has no field with that alias. ` +
        `Create it in ${MAUTIC} under Settings > Custom Fields with exactly this alias, or pick another field in the node`,
    );
  }
  if (!field.published) {
    throw notPossible(
      `set the contact field "${alias}": it is not published. Publish it in ${MAUTIC} under Settings > Custom Fields`,
    );
  }
  return field;
}

function byAlias(fields: readonly ContactField[]): Map<string, ContactField> {
  return new Map(fields.map((field) => [field.alias, field]));
}

function readFields(api: MauticApi): Promise<ContactField[]> {
  return api.list(
    { action: 'list its contact fields', path: '/api/fields/contact', key: 'fields' },
    contactField,
  );
}
