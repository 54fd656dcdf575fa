import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { quotable } from '../../../services/http';
import { LIMITS, ResendError, isTagText, tagOf, type Tag } from '../../../services/resend';
import { addressesIn, isAddress, pairsIn, problem, requiredAddressesIn, type Field } from './fields';

export const FROM = { name: 'from', displayName: 'From' };
export const TO = { name: 'to', displayName: 'To' };

/** A name of a header (RFC 9110, 5.6.2). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const tagValues: INodeProperties[] = [
  { displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. campaign' },
  { displayName: 'Value', name: 'value', type: 'string', default: '', placeholder: 'e.g. spring_2027' },
];

/**
 * The sender: that of the node, else the default one. A template of Resend's knows its own, so that there it may be left open.
 * Throws a `NodeOperationError` for what is no sender, a `ResendError` when there is none.
 */
export function senderOf(
  context: IExecuteFunctions,
  itemIndex: number,
  { defaultSender, isTemplates }: { defaultSender: string; isTemplates: boolean },
): string | undefined {
  const [from, ...others] = addressesIn(context, FROM, itemIndex);
  if (others.length > 0) {
    throw problem(context, itemIndex, '"From" has more than one address; a mail has one sender.');
  }
  if (from !== undefined || isTemplates) return from;
  if (isAddress(defaultSender)) return defaultSender;
  const problemOfDefault =
    defaultSender === ''
      ? 'The e-mail has no sender: enter a sender in the node, or the default one in the credential Lifecycle Resend API.'
      : `The default sender in the credential Lifecycle Resend API is "${quotable(defaultSender)}", which is no e-mail address. Enter it as ada@example.com or Ada <ada@example.com>.`;
  throw new ResendError(problemOfDefault, false, undefined, true, true);
}

export function recipientsIn(context: IExecuteFunctions, field: Field, itemIndex: number): string[] {
  const read = field === TO ? requiredAddressesIn : addressesIn;
  const addresses = read(context, field, itemIndex);
  if (addresses.length <= LIMITS.recipients) return addresses;
  throw problem(
    context,
    itemIndex,
    `"${field.displayName}" has ${addresses.length} addresses; a mail goes to ${LIMITS.recipients} at most. Send one mail to each, which also keeps them from seeing one another.`,
  );
}

/** The headers of a mail; with an address to unsubscribe at also those that mailboxes make a button of (RFC 8058). */
export function headersOf(
  context: IExecuteFunctions,
  itemIndex: number,
  field: Field,
  unsubscribeUrl: string | undefined,
): Record<string, string> {
  const own = pairsIn(context, field, itemIndex);
  for (const { name, value } of own) {
    if (HEADER_NAME.test(name) && !/[\r\n]/.test(value)) continue;
    throw problem(
      context,
      itemIndex,
      `"${field.displayName}" has "${name.slice(0, 60)}": a name has letters, digits and hyphens, and its value is one line.`,
    );
  }
  return {
    ...(unsubscribeUrl !== undefined && {
      'List-Unsubscribe': `<${unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    }),
    ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
  };
}

/** Tags as they are entered. Throws a `NodeOperationError` for what Resend does not take. */
export function tagsIn(context: IExecuteFunctions, itemIndex: number, field: Field): Tag[] {
  const tags = pairsIn(context, field, itemIndex);
  for (const { name, value } of tags) {
    if (isTagText(name) && isTagText(value)) continue;
    throw problem(
      context,
      itemIndex,
      `"${field.displayName}" has "${name.slice(0, 60)}": "${value.slice(0, 60)}". Names and values are up to 256 letters (without accents), digits, underscores and hyphens, so an e-mail address cannot be one.`,
    );
  }
  return tags;
}

/** As {@link tagsIn}, with what Resend does not take replaced, and those without a value left out. */
export function safeTagsIn(context: IExecuteFunctions, itemIndex: number, field: Field): Tag[] {
  const tags = pairsIn(context, field, itemIndex).filter(({ value }) => value !== '');
  return tags.map(({ name, value }) => tagOf(tagOf('', name).value, value));
}
