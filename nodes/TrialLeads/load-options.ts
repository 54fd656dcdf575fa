import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { columnsOf, tablesOf } from '../../services/trial-leads';
import { pathOf } from './trials-database';

export async function getTables(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  const tables = await tablesOf(await pathOf(this));
  return tables.map((name) => ({ name, value: name }));
}

export async function getColumns(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return await columns(this);
}

export async function getOptionalColumns(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return [{ name: 'None', value: '' }, ...(await columns(this))];
}

async function columns(context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  const table = String(context.getCurrentNodeParameter('table') ?? '');
  const found = await columnsOf(await pathOf(context), table);
  return found.map(({ name, type }) => ({ name, value: name, ...(type && { description: type }) }));
}
