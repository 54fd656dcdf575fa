import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { requiredId } from '../../shared/parameters';

export const contactIdProperty: INodeProperties = {
  displayName: 'Contact ID',
  name: 'contactId',
  type: 'string',
  required: true,
  default: '={{ $json.contact.id }}',
  placeholder: 'e.g. 47',
  description: 'ID of the contact in Mautic. Preset for items of the Mautic Contact Guard node.',
};

export const causeProperty: INodeProperties = {
  displayName: 'Cause',
  name: 'cause',
  type: 'string',
  required: true,
  default: '={{ $json.event.id }}',
  placeholder: 'e.g. 1234',
  description:
    'What the invite is for: for the same cause a contact is issued one invite. Preset: the event.',
};

/** Whom an invite is for. */
export interface Recipient {
  /** As the store knows the contact. */
  subject: string;
  /** As errors tell it. */
  whom: string;
  /** The start of what the audit log says. */
  reason: string;
}

/** The contact that an item names. */
export function recipientOf(context: IExecuteFunctions, index: number): Recipient {
  const id = requiredId(context, contactIdProperty.name, contactIdProperty.displayName, index);
  return { subject: `mautic:${id}`, whom: `the Mautic contact ${id}`, reason: `Mautic contact ${id}` };
}

/** A parameter that may be empty, also because its expression found nothing. */
export function optionalText(context: IExecuteFunctions, name: string, index: number): string {
  return String(context.getNodeParameter(name, index, '') ?? '').trim();
}
