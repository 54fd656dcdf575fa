import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Store } from '../../../store';
import { requiredText } from '../../shared/parameters';
import { processEach } from '../../shared/process-items';

const SERVICE = 'Email Sequence';

export const properties: INodeProperties[] = [
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    required: true,
    default: '={{ $json.customer.email }}',
    placeholder: 'name@email.com',
    description: 'Address of the customer',
  },
  {
    displayName: 'Sequence Name or ID',
    name: 'sequence',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getSequences' },
    default: '',
    description:
      'Which one ends. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Reason',
    name: 'reason',
    type: 'string',
    default: '',
    placeholder: 'e.g. talked to them on the phone',
    description: 'Kept with the mails that are not sent',
  },
];

/** No further mail of the sequence goes to the customers of the items. */
export function execute(context: IExecuteFunctions, store: Store): Promise<INodeExecutionData[][]> {
  return processEach(context, { service: SERVICE }, async (index) => {
    const email = requiredText(context, 'email', 'Email', index);
    const sequence = String(context.getNodeParameter('sequence', index, '')).trim();
    const reason = String(context.getNodeParameter('reason', index, '')).trim() || 'ended in a workflow';
    const dropped = await store.sequences.end(email, sequence === '' ? undefined : sequence, reason);
    const name = sequence === '' ? 'all sequences' : sequence;
    return {
      json: { sequence: { name, ended: true, dropped } },
      outcomes: [{ service: SERVICE, action: `${name} ended: ${dropped} mails dropped` }],
    };
  });
}
