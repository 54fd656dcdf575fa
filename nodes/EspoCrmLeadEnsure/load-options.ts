import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { leadFields, leadOptions } from '../../services/espocrm';
import { authentication, espoCrmOf } from './espocrm';

/** Have parameters of their own. */
const ELSEWHERE = ['firstName', 'lastName', 'status', 'source'];

async function values(
  context: ILoadOptionsFunctions,
  field: 'status' | 'source',
): Promise<INodePropertyOptions[]> {
  const options = await leadOptions(await clientOf(context), field);
  return [
    { name: "EspoCRM's Default", value: '' },
    ...options.map((option) => ({ name: option, value: option })),
  ];
}

export async function getLeadStatuses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return await values(this, 'status');
}

export async function getLeadSources(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return await values(this, 'source');
}

export async function getLeadFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  const fields = await leadFields(await clientOf(this));
  return fields
    .filter(({ attribute }) => !ELSEWHERE.includes(attribute))
    .map(({ attribute, type }) => ({ name: attribute, value: attribute, description: type }));
}

async function clientOf(context: ILoadOptionsFunctions) {
  return await espoCrmOf(context, context.getNodeParameter(authentication.name));
}
