import type { IDisplayOptions, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { DateTime } from 'luxon';
import { compileEmail, type EmailData } from '../../../services/email';
import { LIMITS, isVariableName, type Mail } from '../../../services/resend';
import { itemParameter } from '../../shared/item-parameter';
import { requiredText } from '../../shared/parameters';
import { templateLocator, templateOf } from '../template-locator';
import { entriesIn, objectIn, problem, textIn, type Field } from './fields';

type Links = EmailData['links'];
type Content = Pick<Mail, 'subject' | 'html' | 'text' | 'template'>;

/** What the fields that a template is rendered from are preset to. */
export interface ContentPresets {
  subject: string;
  preheader: string;
  body: string;
  customer: string;
  data: string;
  sentAt: string;
  timeZone: string;
}

const SUBJECT = { name: 'subject', displayName: 'Subject' };
const PREHEADER = { name: 'preheader', displayName: 'Preheader' };
const BODY = { name: 'body', displayName: 'Body' };
const HTML = { name: 'html', displayName: 'HTML' };
const TEXT = { name: 'text', displayName: 'Text' };
const CUSTOMER = { name: 'customer', displayName: 'Customer' };
const DATA = { name: 'data', displayName: 'Data' };
const SENT_AT = { name: 'sentAt', displayName: 'Moment' };
const TIME_ZONE = { name: 'timeZone', displayName: 'Time Zone' };
const VARIABLES: Field = { name: 'variables.variable', displayName: 'Variables' };

/**
 * The parameters that say what is in a mail.
 *
 * @param isFixed whether templates are typed in, so that the editor must not take their braces for n8n's
 */
export function contentParameters(
  { show }: IDisplayOptions,
  presets: ContentPresets,
  isFixed: boolean,
): INodeProperties[] {
  const shownFor = (content: string): IDisplayOptions => ({ show: { ...show, content: [content] } });
  const liquid = shownFor('liquid');
  return [
    {
      displayName: 'Content',
      name: 'content',
      type: 'options',
      noDataExpression: true,
      default: 'liquid',
      options: [
        { name: 'HTML and Text', value: 'html', description: 'The mail as it is' },
        {
          name: 'Resend Template',
          value: 'resendTemplate',
          description: "A template that is kept in Resend, with values for the item's own variables",
        },
        {
          name: 'Template With Liquid',
          value: 'liquid',
          description: 'Subject and body in Markdown, with {{ customer.firstName }} and the logic of Liquid',
        },
      ],
      displayOptions: { show },
    },
    {
      ...SUBJECT,
      type: 'string',
      noDataExpression: isFixed,
      required: true,
      default: presets.subject,
      placeholder: 'e.g. Welcome, {{ customer.firstName | default: "friend" }}',
      description: 'May hold Liquid',
      displayOptions: liquid,
    },
    {
      ...PREHEADER,
      type: 'string',
      noDataExpression: isFixed,
      default: presets.preheader,
      placeholder: 'e.g. Three things to try first',
      description: 'What mailboxes show behind the subject. May hold Liquid.',
      displayOptions: liquid,
    },
    {
      ...BODY,
      type: 'string',
      noDataExpression: isFixed,
      typeOptions: { rows: 10 },
      required: true,
      default: presets.body,
      placeholder: 'e.g. Hello {{ customer.firstName }}, …',
      description:
        'Markdown, with Liquid in it: "customer", "data" and "links" are there, "now" is the moment given below. The frame around it, and a plain-text part, are added.',
      displayOptions: liquid,
    },
    {
      ...CUSTOMER,
      type: 'json',
      default: presets.customer,
      description:
        'What "customer" is in the template: email, name, firstName, lastName, tier, stage and more',
      displayOptions: liquid,
    },
    {
      ...DATA,
      type: 'json',
      default: presets.data,
      description: 'What "data" is in the template',
      displayOptions: liquid,
    },
    {
      ...SENT_AT,
      type: 'string',
      required: true,
      default: presets.sentAt,
      placeholder: 'e.g. 2026-11-30T09:00:00Z',
      description:
        'What "now" is in the template. It has to be the same when the workflow runs again, or Resend takes it for another mail.',
      displayOptions: liquid,
    },
    {
      ...TIME_ZONE,
      type: 'string',
      default: presets.timeZone,
      placeholder: 'e.g. Europe/Berlin',
      description: 'In which times in the template are shown',
      displayOptions: liquid,
    },
    {
      ...SUBJECT,
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. Your order',
      displayOptions: shownFor('html'),
    },
    {
      ...HTML,
      type: 'string',
      typeOptions: { rows: 6 },
      default: '',
      placeholder: 'e.g. <p>Thank you!</p>',
      displayOptions: shownFor('html'),
    },
    {
      ...TEXT,
      type: 'string',
      typeOptions: { rows: 4 },
      default: '',
      placeholder: 'e.g. Thank you!',
      description: 'The part for mailboxes that show no HTML. Empty: Resend makes it from the HTML.',
      displayOptions: shownFor('html'),
    },
    { ...templateLocator, displayOptions: shownFor('resendTemplate') },
    {
      ...SUBJECT,
      type: 'string',
      default: '',
      placeholder: 'e.g. Your order',
      description: "Empty: the template's own",
      displayOptions: shownFor('resendTemplate'),
    },
    {
      displayName: VARIABLES.displayName,
      name: 'variables',
      type: 'fixedCollection',
      typeOptions: { multipleValues: true },
      placeholder: 'Add Variable',
      default: {},
      description: 'Values for the variables of the template; one without a fallback in Resend must be here',
      options: [
        {
          displayName: 'Variable',
          name: 'variable',
          values: [
            {
              displayName: 'Name',
              name: 'name',
              type: 'string',
              default: '',
              placeholder: 'e.g. ORDER_NUMBER',
              description: 'As in the template, without its braces',
            },
            { displayName: 'Value', name: 'value', type: 'string', default: '' },
          ],
        },
      ],
      displayOptions: shownFor('resendTemplate'),
    },
  ];
}

/** Whether the content comes from Resend, which may then know the sender, too. */
export function isResendTemplate(context: IExecuteFunctions, itemIndex: number): boolean {
  return itemParameter(context, 'content', itemIndex) === 'resendTemplate';
}

/** The content of an item's mail. Throws `NodeOperationError` or `TemplateError`. */
export function contentOf(context: IExecuteFunctions, itemIndex: number, to: string, links: Links): Content {
  if (isResendTemplate(context, itemIndex)) return fromResendTemplate(context, itemIndex);
  const subject = requiredText(context, SUBJECT.name, SUBJECT.displayName, itemIndex);
  if (itemParameter(context, 'content', itemIndex) === 'html') {
    const [html, text] = [HTML, TEXT].map((field) => textIn(context, field, itemIndex));
    if (html || text) return { subject, ...(html && { html }), ...(text && { text }) };
    throw problem(context, itemIndex, '"HTML" and "Text" are both empty. Fill in one of them.');
  }
  requiredText(context, BODY.name, BODY.displayName, itemIndex);
  const email = compileEmail({
    subject,
    preheader: textIn(context, PREHEADER, itemIndex),
    body: textIn(context, BODY, itemIndex),
  });
  return email.render({
    customer: {
      ...{ email: to, name: null, firstName: null, lastName: null, tier: null, stage: null },
      ...objectIn(context, CUSTOMER, itemIndex),
    },
    data: objectIn(context, DATA, itemIndex),
    links,
    sentAt: momentIn(context, itemIndex),
    timeZone: textIn(context, TIME_ZONE, itemIndex).trim() || 'UTC',
  });
}

function fromResendTemplate(context: IExecuteFunctions, itemIndex: number): Content {
  const subject = textIn(context, SUBJECT, itemIndex).trim();
  const id = templateOf(context, itemIndex);
  const entries = entriesIn(context, VARIABLES, itemIndex).map(
    ({ name, value }): [string, string | number] => {
      const filled = typeof value === 'number' ? value : String(value ?? '');
      const isFine = isVariableName(name) && String(filled).length <= LIMITS.variable;
      if (isFine) return [name, filled];
      throw problem(
        context,
        itemIndex,
        `"Variables" has "${name.slice(0, 60)}": a name has up to 50 letters, digits and underscores, and its value up to ${LIMITS.variable} characters.`,
      );
    },
  );
  const variables = Object.fromEntries(entries);
  if (Object.keys(variables).length > LIMITS.variables) {
    throw problem(
      context,
      itemIndex,
      `"Variables" has more than ${LIMITS.variables}, which Resend does not take.`,
    );
  }
  return { ...(subject !== '' && { subject }), template: { id, variables } };
}

function momentIn(context: IExecuteFunctions, itemIndex: number): string {
  const value = itemParameter(context, SENT_AT.name, itemIndex, '');
  const text =
    value instanceof Date || DateTime.isDateTime(value)
      ? new Date(value.valueOf()).toISOString()
      : requiredText(context, SENT_AT.name, SENT_AT.displayName, itemIndex);
  if (DateTime.fromISO(text).isValid) return text;
  throw problem(
    context,
    itemIndex,
    `"${SENT_AT.displayName}" must be a time like 2026-11-30T09:00:00Z, one that stays the same when the workflow runs again.`,
  );
}
