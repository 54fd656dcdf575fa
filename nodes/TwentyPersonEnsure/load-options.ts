import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { personFields } from '../../services/twenty';
import { twentyOf } from './twenty';

/** Fields of people that have no parameter of their own; of a list with what it takes. */
export async function getPersonFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  const fields = await personFields(await twentyOf(this));
  return fields.map(({ name, label, type, options }) => ({
    name: label,
    value: name,
    description: options.length > 0 ? `${type}: ${options.join(', ')}` : type,
  }));
}
