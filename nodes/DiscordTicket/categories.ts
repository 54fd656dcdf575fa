import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

/** What a ticket may be about. */
export interface TicketCategory {
  /** As it is kept, e.g. `billing`. */
  key: string;
  name: string;
  description: string;
}

const MOST = 25;
const schema = z.object({
  category: z
    .array(
      z.object({
        key: z.string().regex(/^[A-Za-z][\w-]{0,39}$/),
        name: z.string().trim().min(1),
        description: z.string().default(''),
      }),
    )
    .min(1)
    .max(MOST),
});

export const categoriesProperty: INodeProperties = {
  displayName: 'Categories',
  name: 'categories',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true, sortable: true },
  placeholder: 'Add category',
  default: {
    category: [
      { key: 'purchase', name: 'Purchase', description: 'Before you buy: prices, plans, delivery' },
      { key: 'setup', name: 'Setup', description: 'First steps, installation, moving in' },
      { key: 'technical', name: 'Technical problem', description: 'Something does not work' },
      { key: 'billing', name: 'Billing', description: 'Invoices, payments, refunds' },
      { key: 'other', name: 'Something else', description: '' },
    ],
  },
  description: 'What a ticket may be about; up to 25, in the order in which members see them',
  options: [
    {
      displayName: 'Category',
      name: 'category',
      values: [
        {
          displayName: 'Description',
          name: 'description',
          type: 'string',
          default: '',
          placeholder: 'e.g. Invoices, payments, refunds',
          description: 'Up to 100 characters',
        },
        {
          displayName: 'Key',
          name: 'key',
          type: 'string',
          required: true,
          default: '',
          placeholder: 'e.g. billing',
          description:
            'As it is kept and counted: letters, digits, hyphens, no colon; not to be changed later',
        },
        {
          displayName: 'Name',
          name: 'name',
          type: 'string',
          required: true,
          default: '',
          placeholder: 'e.g. Billing',
          description: 'As members see it',
        },
      ],
    },
  ],
};

/** The categories of the node. Throws a `NodeOperationError` for what cannot be shown or told apart. */
export function categoriesOf(context: IExecuteFunctions, itemIndex: number): TicketCategory[] {
  const parsed = schema.safeParse(context.getNodeParameter(categoriesProperty.name, itemIndex));
  const categories = parsed.data?.category ?? [];
  if (parsed.success && new Set(categories.map(({ key }) => key)).size === categories.length)
    return categories;
  throw new NodeOperationError(
    context.getNode(),
    `"Categories" must hold 1 to ${MOST}, each with a name and a key of its own (letters, digits and hyphens).`,
    { itemIndex },
  );
}

/** Its name; the key itself for one that the node does not have any more. */
export function categoryName(categories: readonly TicketCategory[], key: string): string {
  return categories.find((category) => category.key === key)?.name ?? key;
}
