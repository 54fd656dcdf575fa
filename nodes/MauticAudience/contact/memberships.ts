import {
  NodeOperationError,
  type IDataObject,
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
} from 'n8n-workflow';
import {
  MAUTIC,
  type ContactDeclaration,
  type EnsuredContact,
  type MembershipChange,
} from '../../../services/mautic';
import type { Outcome } from '../../shared/item';
import { itemParameter } from '../../shared/item-parameter';

const segments: INodeProperties = {
  displayName: 'Segments',
  name: 'segments',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true },
  placeholder: 'Add Segment',
  default: {},
  description: 'What the contact is in, and what not; all other segments stay as they are',
  options: [
    {
      displayName: 'Segment',
      name: 'segment',
      values: [
        {
          displayName: 'Segment Name or ID',
          name: 'segment',
          type: 'options',
          typeOptions: { loadOptionsMethod: 'getSegments' },
          default: '',
          description:
            'The segment; an expression gives its alias, name or ID. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
        },
        {
          displayName: 'Is a Member',
          name: 'member',
          type: 'boolean',
          default: true,
          description:
            'Whether the contact is in the segment; off takes it out. An expression must give true or false.',
        },
      ],
    },
  ],
};

const campaigns: INodeProperties = {
  displayName: 'Campaigns',
  name: 'campaigns',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true },
  placeholder: 'Add Campaign',
  default: {},
  description:
    'What the contact is in, and what not; all other campaigns stay as they are. Comes after fields and segments.',
  options: [
    {
      displayName: 'Campaign',
      name: 'campaign',
      values: [
        {
          displayName: 'Campaign Name or ID',
          name: 'campaign',
          type: 'options',
          typeOptions: { loadOptionsMethod: 'getCampaigns' },
          default: '',
          description:
            'The campaign; an expression gives its name or ID. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
        },
        {
          displayName: 'Is a Member',
          name: 'member',
          type: 'boolean',
          default: true,
          description:
            'Whether the contact is in the campaign; off takes it out. An expression must give true or false.',
        },
      ],
    },
  ],
};

/** What the contact is to be in and what not. */
export function membershipProperties(displayOptions: IDisplayOptions): INodeProperties[] {
  return [segments, campaigns].map((property) => ({ ...property, displayOptions }));
}

/** Throws a `NodeOperationError` for a row that does not say which one, or whether. */
export function declaredMemberships(
  context: IExecuteFunctions,
  index: number,
): Required<Pick<ContactDeclaration, 'segments' | 'campaigns'>> {
  return {
    segments: rows(context, 'segments.segment', index).map((row) => ({
      segment: nameIn(context, row.segment, 'Segment', index),
      member: memberIn(context, row, row.segment, index),
    })),
    campaigns: rows(context, 'campaigns.campaign', index).map((row) => ({
      campaign: nameIn(context, row.campaign, 'Campaign', index),
      member: memberIn(context, row, row.campaign, index),
    })),
  };
}

function rows(context: IExecuteFunctions, name: string, index: number): IDataObject[] {
  return itemParameter(context, name, index, []) as IDataObject[];
}

function nameIn(context: IExecuteFunctions, value: unknown, displayName: string, itemIndex: number): string {
  const name = typeof value === 'number' ? String(value) : value;
  if (typeof name === 'string' && name.trim() !== '') return name.trim();
  throw new NodeOperationError(
    context.getNode(),
    `"${displayName}" is empty. Choose one, or check that the expression in it fits the incoming item.`,
    { itemIndex },
  );
}

/** Nothing but true and false: an expression that finds nothing must not take anybody out. */
function memberIn(
  context: IExecuteFunctions,
  { member }: IDataObject,
  name: unknown,
  itemIndex: number,
): boolean {
  if (typeof member === 'boolean') return member;
  throw new NodeOperationError(
    context.getNode(),
    `"Is a Member" of "${String(name)}" is neither true nor false. Check that the expression in it fits the incoming item.`,
    { itemIndex },
  );
}

/** What an item gets to know about it; nothing when nothing was declared. */
export function audienceJson({ audience }: EnsuredContact): IDataObject {
  if (!audience) return {};
  const { changes, ...memberOf } = audience;
  return { audience: { ...memberOf, changed: changes.map(changeText) } };
}

/** One line for each change. */
export function audienceOutcomes({ contact, audience }: EnsuredContact): Array<Omit<Outcome, 'at'>> {
  const id = String(contact.id);
  return (audience?.changes ?? []).map((change) => ({ service: MAUTIC, action: changeText(change), id }));
}

function changeText({ kind, label, member }: MembershipChange): string {
  return `${member ? 'added to' : 'removed from'} ${kind} ${label}`;
}
