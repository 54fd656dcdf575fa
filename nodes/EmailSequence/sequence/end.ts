import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Store } from '../../../store';
import { emailOf, emailProperty } from '../../shared/customer-email';
import { isOfTestDelivery } from '../../shared/item';
import { processEach } from '../../shared/process-items';

const SERVICE = 'Email Sequence';

export const properties: INodeProperties[] = [
  emailProperty,
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

/**
 * No further mail of the sequence goes to the customers of the items. An event that is tried in the editor ends nothing; a
 * workflow that somebody starts by hand, to end one, does.
 */
export function execute(context: IExecuteFunctions, store: Store): Promise<INodeExecutionData[][]> {
  return processEach(context, { service: SERVICE }, async (index) => {
    const email = emailOf(context, index);
    const sequence = String(context.getNodeParameter('sequence', index, '')).trim();
    const reason = String(context.getNodeParameter('reason', index, '')).trim() || 'ended in a workflow';
    const name = sequence === '' ? 'all sequences' : sequence;
    if (isOfTestDelivery(context.getInputData()[index]?.json ?? {})) {
      return { json: { sequence: { name, ended: false, note: 'Nothing ends by an event in the editor.' } } };
    }
    const dropped = await store.sequences.end(email, sequence === '' ? undefined : sequence, reason);
    return {
      json: { sequence: { name, ended: true, dropped } },
      outcomes: [{ service: SERVICE, action: `${name} ended: ${dropped} mails dropped` }],
    };
  });
}
