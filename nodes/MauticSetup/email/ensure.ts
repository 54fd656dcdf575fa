import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { MauticApi } from '../../../services/mautic';
import { ensureEmails, frame } from '../../../services/mautic/setup';
import { requiredText } from '../../shared/parameters';
import { pairUp, rowsOf, textOf } from '../definitions';
import type { Ensured } from '../report';
import { LAYOUT } from './layout';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Ensure e mails',
  description: 'Create the template e-mails that Mautic lacks',
};

const showOnlyForEmails = { show: { resource: ['email'], operation: ['ensure'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Website',
    name: 'website',
    type: 'string',
    default: 'https://example.com',
    required: true,
    placeholder: 'e.g. https://www.your-company.com',
    description: 'Address of your site, which takes the place of {website} in the links of the e-mails',
    displayOptions: showOnlyForEmails,
  },
  {
    displayName: 'Emails',
    name: 'emails',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true },
    placeholder: 'Add Email',
    default: {},
    description:
      'The template e-mails that workflows and campaigns send. Once they are in Mautic, edit them there: they are not changed from here.',
    displayOptions: showOnlyForEmails,
    options: [
      {
        displayName: 'Email',
        name: 'email',
        values: [
          {
            displayName: 'Name',
            name: 'name',
            type: 'string',
            default: '',
            placeholder: 'e.g. Welcome 1: Hello',
            description: 'What workflows and campaigns call it; customers do not see it',
          },
          {
            displayName: 'Subject',
            name: 'subject',
            type: 'string',
            default: '',
            placeholder: 'e.g. Welcome, {contactfield=firstname|friend}',
            description: 'Tokens of Mautic can be used',
          },
          {
            displayName: 'Preheader',
            name: 'preheader',
            type: 'string',
            default: '',
            description: 'What in-boxes show behind the subject; at most 130 characters',
          },
          {
            displayName: 'Body',
            name: 'body',
            type: 'string',
            typeOptions: { rows: 8 },
            default: '',
            description:
              'HTML paragraphs; a link of the class "button" is shown as a button. {website} and tokens of Mautic can be used.',
          },
        ],
      },
    ],
  },
  {
    displayName: 'Layout',
    name: 'layout',
    type: 'string',
    typeOptions: { rows: 8 },
    default: LAYOUT,
    required: true,
    description:
      'The HTML document around each body. {preheader} and {content} are replaced here, all other tokens by Mautic when it sends.',
    displayOptions: showOnlyForEmails,
  },
];

/** What became of each definition. */
export async function execute(context: IExecuteFunctions, api: MauticApi): Promise<Ensured[]> {
  const layout = requiredText(context, 'layout', 'Layout', 0);
  const website = requiredText(context, 'website', 'Website', 0);
  const definitions = rowsOf<Record<string, unknown>>(context, 'emails.email').map((row) => {
    const preheader = textOf(row.preheader);
    const html = frame(layout, { preheader, content: textOf(row.body), website });
    return { name: textOf(row.name), subject: textOf(row.subject), preheader, html };
  });
  const names = definitions.map(({ name, subject }) => name || subject);
  return pairUp('email', names, await ensureEmails(api, definitions));
}
