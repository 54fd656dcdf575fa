import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { TicketLimits, TicketRefusal } from '../../store';

export const limitProperties: INodeProperties[] = [
  {
    displayName: 'Most Open Tickets',
    name: 'openTickets',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 100 },
    default: 2,
    description: 'How many tickets a member may have open at a time',
  },
  {
    displayName: 'Minutes Between Tickets',
    name: 'coolDownMinutes',
    type: 'number',
    typeOptions: { minValue: 0 },
    default: 5,
    description: 'How long a member has to wait after opening one before the next; 0 for no time',
  },
];

export function limitsOf(context: IExecuteFunctions, itemIndex: number): TicketLimits {
  return {
    openTickets: Math.max(1, Number(context.getNodeParameter('openTickets', itemIndex)) || 1),
    coolDownMinutes: Math.max(0, Number(context.getNodeParameter('coolDownMinutes', itemIndex)) || 0),
  };
}

/** What the member is told. */
export function refusalText(refusal: TicketRefusal): string {
  if (refusal.kind === 'tooSoon') {
    const seconds = Math.ceil(refusal.until.getTime() / 1000);
    return `You have opened a ticket just now. You can open another one <t:${seconds}:R>.`;
  }
  const channels = refusal.open.map(({ channelId }) =>
    channelId === null ? 'one that is being made' : `<#${channelId}>`,
  );
  const many = channels.length === 1 ? 'a ticket' : `${channels.length} tickets`;
  return `You have ${many} open already: ${channels.slice(0, 5).join(', ')}. Please go on there, or close it first.`;
}
