import {
  NodeOperationError,
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
} from 'n8n-workflow';

/** How a script or flow is given its inputs. */
export function argumentParameters({ show }: IDisplayOptions): INodeProperties[] {
  return [
    {
      displayName: 'Specify Arguments',
      name: 'specifyArguments',
      type: 'options',
      noDataExpression: true,
      default: 'fields',
      options: [
        { name: 'Using Fields Below', value: 'fields' },
        { name: 'Using JSON', value: 'json' },
      ],
      displayOptions: { show },
    },
    {
      displayName: 'Arguments',
      name: 'arguments',
      type: 'fixedCollection',
      typeOptions: { multipleValues: true },
      placeholder: 'Add Argument',
      default: {},
      description: 'What the script or flow is given',
      options: [
        {
          displayName: 'Argument',
          name: 'argument',
          values: [
            {
              displayName: 'Name',
              name: 'name',
              type: 'string',
              default: '',
              placeholder: 'e.g. email',
              description: "Name of a parameter of the script's main function, or of an input of the flow",
            },
            {
              displayName: 'Value',
              name: 'value',
              type: 'string',
              default: '',
              description:
                'Numbers, yes-or-no values, lists and objects come from an expression, e.g. {{ 5 }} or {{ [1, 2] }}',
            },
          ],
        },
      ],
      displayOptions: { show: { ...show, specifyArguments: ['fields'] } },
    },
    {
      displayName: 'Arguments (JSON)',
      name: 'argumentsJson',
      type: 'json',
      default: '={{ $json.event.payload }}',
      description: 'An object with one property for each argument. Preset: all that the event came with.',
      displayOptions: { show: { ...show, specifyArguments: ['json'] } },
    },
  ];
}

/** The arguments of one item. Throws a `NodeOperationError` when what is entered as JSON is no object. */
export function argumentsOf(context: IExecuteFunctions, itemIndex: number): Record<string, unknown> {
  if (context.getNodeParameter('specifyArguments', itemIndex) === 'json') {
    return objectIn(context, itemIndex);
  }
  const entries = context.getNodeParameter('arguments.argument', itemIndex, []) as Array<{
    name: string;
    value: unknown;
  }>;
  return Object.fromEntries(
    entries.map(({ name, value }) => [name.trim(), value]).filter(([name]) => name !== ''),
  ) as Record<string, unknown>;
}

/** Windmill would wrap anything else in an argument named `body`, which hardly any script has. */
function objectIn(context: IExecuteFunctions, itemIndex: number): Record<string, unknown> {
  const entered: unknown = context.getNodeParameter('argumentsJson', itemIndex, '');
  const value = typeof entered === 'string' ? parsed(entered) : entered;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new NodeOperationError(
    context.getNode(),
    '"Arguments (JSON)" must be a JSON object, like { "email": "ada@example.com" }. Correct it, or check that the expression in it fits the incoming item.',
    { itemIndex },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
