import type { IAllExecuteFunctions, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import {
  listAudiences,
  listContactFields,
  MauticApi,
  type AudienceKind,
  type ContactField,
} from '../../services/mautic';
import { httpRequestOf } from './http';

export const MAUTIC_CREDENTIAL = 'lifecycleMauticApi';

/** Mautic with the credential that is chosen in the node. */
export async function mauticOf(context: IAllExecuteFunctions): Promise<MauticApi> {
  const { url } = await context.getCredentials<{ url: string }>(MAUTIC_CREDENTIAL);
  return new MauticApi({ url, request: httpRequestOf(context, MAUTIC_CREDENTIAL) });
}

/**
 * Contact fields for a drop-down: by label, as marketers know them; the alias is what the workflow keeps, since it is the
 * same everywhere.
 */
export async function contactFieldOptions(
  context: ILoadOptionsFunctions,
  isOffered: (field: ContactField) => boolean,
): Promise<INodePropertyOptions[]> {
  const fields = await listContactFields(await mauticOf(context));
  return fields
    .filter(isOffered)
    .map(({ alias, label, type }) => ({ name: label, value: alias, description: `${alias}, ${type}` }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** Segments or campaigns for a drop-down, by name; what the workflow keeps is the same in every Mautic. */
export async function audienceOptions(
  context: ILoadOptionsFunctions,
  kind: AudienceKind,
): Promise<INodePropertyOptions[]> {
  const audiences = await listAudiences(await mauticOf(context), kind);
  return audiences
    .map(({ name, label, published }) => ({
      name,
      value: label,
      description: published ? label : `${label}, not published`,
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
