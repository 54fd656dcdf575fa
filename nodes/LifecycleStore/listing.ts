import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { withIsoTimes } from '../shared/iso-times';

export const limitProperty: INodeProperties = {
  displayName: 'Limit',
  name: 'limit',
  type: 'number',
  typeOptions: { minValue: 1 },
  default: 50,
  description: 'Max number of results to return',
};

/** Lists something for each item, as many as its {@link limitProperty} says; times become ISO 8601. */
export async function listForEach<Row extends object>(
  context: IExecuteFunctions,
  list: (index: number, limit: number) => Promise<readonly Row[]>,
): Promise<INodeExecutionData[][]> {
  const found: INodeExecutionData[] = [];
  for (let index = 0; index < context.getInputData().length; index += 1) {
    const rows = await list(index, context.getNodeParameter(limitProperty.name, index) as number);
    found.push(...rows.map((row) => ({ json: withIsoTimes(row), pairedItem: { item: index } })));
  }
  return [found];
}

/** What was chosen of a list; none means all. */
export function chosen<Value extends string>(
  context: IExecuteFunctions,
  name: string,
  index: number,
): readonly Value[] | undefined {
  const values = context.getNodeParameter(name, index, []) as Value[];
  return values.length > 0 ? values : undefined;
}
