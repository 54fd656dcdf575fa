import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

const showOnlyForSubscriptions: IDisplayOptions = { show: { provider: ['stripe'], what: ['subscriptions'] } };

/** What a sync of subscriptions is asked for. */
export const subscriptionProperties: INodeProperties[] = [
  {
    displayName: 'Plan Metadata Key',
    name: 'planMetadataKey',
    type: 'string',
    required: true,
    default: 'plan',
    placeholder: 'e.g. plan',
    displayOptions: showOnlyForSubscriptions,
    description:
      "Key of the entry in the product's metadata, or else in the price's, whose value is free, pro or enterprise, in upper or lower case",
  },
  {
    displayName: 'Our Subscriptions',
    name: 'ours',
    type: 'options',
    noDataExpression: true,
    default: 'metadata',
    displayOptions: showOnlyForSubscriptions,
    options: [
      {
        name: 'Of Certain Products',
        value: 'products',
        description: 'Those that hold one of the products chosen below',
      },
      {
        name: 'Whose Product Names a Plan',
        value: 'metadata',
        description: 'Those that hold a product with the metadata above',
      },
    ],
    description: 'Which subscriptions of the Stripe account are meant; all others are left alone',
  },
  {
    displayName: 'Product Names or IDs',
    name: 'products',
    type: 'multiOptions',
    typeOptions: { loadOptionsMethod: 'getProducts' },
    default: [],
    required: true,
    displayOptions: { show: { ...showOnlyForSubscriptions.show, ours: ['products'] } },
    description:
      'Products whose subscriptions are meant. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Only Resume',
    name: 'onlyResume',
    type: 'boolean',
    noDataExpression: true,
    default: false,
    displayOptions: showOnlyForSubscriptions,
    description:
      'Whether to do nothing unless the last run was cut off or has failed, and then to go on where that stopped',
  },
  {
    displayName: 'Let Workflows Work on the First Run',
    name: 'deliverFirst',
    type: 'boolean',
    noDataExpression: true,
    default: false,
    displayOptions: showOnlyForSubscriptions,
    description:
      'Whether workflows also start for what the first run of all finds. When off, the first run only fills the store, so that nobody is greeted or won back who has been a customer, or has left, for long.',
  },
];
