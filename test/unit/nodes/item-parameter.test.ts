import { describe, expect, it } from '@jest/globals';
import type { IDataObject, IExecuteFunctions, INodeParameters, INodeType } from 'n8n-workflow';
import { itemParameter } from '../../../nodes/shared/item-parameter';
import { executeContext } from '../../support/execute-node';

const items: IDataObject[] = [
  {
    customer: { email: 'ada@example.com', tier: null, is: { pro: true }, count: 0, list: ['a'], more: {} },
    text: 'plain',
  },
  { customer: null },
  { customer: 'a text', text: '={{ 1 + 1 }}' },
  { customer: { email: 'a=b', constructor: 'own' } },
  {},
];

const VALUE = { displayName: 'Value', name: 'value', type: 'json', default: '' };
const NODE = {
  description: { displayName: 'Node', name: 'node', properties: [VALUE], inputs: [], outputs: [], group: [] },
} as unknown as INodeType;

/** The context of a node, which counts how often n8n is asked to evaluate something. */
function contextOf(parameters: INodeParameters): { context: IExecuteFunctions; evaluated: () => number } {
  const context = executeContext({ node: NODE, parameters }, items);
  let count = 0;
  const counting: IExecuteFunctions = Object.create(context) as IExecuteFunctions;
  counting.getNodeParameter = ((...given: Parameters<IExecuteFunctions['getNodeParameter']>) => {
    if (!(given[3] as { rawExpressions?: boolean } | undefined)?.rawExpressions) count += 1;
    return context.getNodeParameter(...given);
  }) as IExecuteFunctions['getNodeParameter'];
  return { context: counting, evaluated: () => count };
}

/** What n8n itself makes of the parameter, item by item. */
function asN8n(parameters: INodeParameters): unknown[] {
  const context = executeContext({ node: NODE, parameters }, items);
  return items.map((_, index) => context.getNodeParameter('value', index, 'fallback'));
}

const read = (context: IExecuteFunctions): unknown[] =>
  items.map((_, index) => itemParameter(context, 'value', index, 'fallback'));

describe('a parameter of an item', () => {
  it.each<[string, INodeParameters['value']]>([
    ['a reference', '={{ $json.customer.email }}'],
    ['a reference without blanks', '={{$json.text}}'],
    ['a reference to an object', '={{ $json.customer }}'],
    ['an optional reference', '={{ $json.customer?.is?.pro }}'],
    ['a reference beyond a text', '={{ $json.customer.email.length }}'],
    ['a reference beyond a list', '={{ $json.customer.list.length }}'],
    ['a calculation', '={{ $json.customer.count + 1 }}'],
    ['a text with a reference in it', '=Dear {{ $json.text }}'],
    ['two references', '={{ $json.text }}{{ $json.customer.email }}'],
    ['a text', 'no expression'],
    ['a number', 4],
    ['a yes', true],
    [
      'rows',
      {
        row: [
          { name: 'a', value: '={{ $json.text }}' },
          { name: 'b', value: false },
        ],
      },
    ],
    ['rows, one calculated', { row: [{ value: '={{ $json.text }}' }, { value: '={{ !$json.text }}' }] }],
  ])('is what n8n gives: %s', (_what, value) => {
    const { context } = contextOf({ value });
    expect(read(context)).toEqual(asN8n({ value }));
  });

  it('is refused as n8n refuses it', () => {
    const { context } = contextOf({ value: '={{ $json.customer.constructor }}' });
    expect(() => itemParameter(context, 'value', 3)).toThrow(/invalid constructor/);
  });

  it('is the fallback where there is none', () => {
    const { context } = contextOf({});
    expect(itemParameter(context, 'value.row', 0, 'fallback')).toBe('fallback');
  });

  it('is looked up without n8n where it only refers to a field', () => {
    const { context, evaluated } = contextOf({
      value: { row: [{ name: 'a', value: '={{ $json.customer.email }}' }] },
    });
    read(context);
    // Of the item whose customer is a text, n8n has to say.
    expect(evaluated()).toBe(1);
  });
});
