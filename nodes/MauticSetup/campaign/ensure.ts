import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { MauticApi } from '../../../services/mautic';
import { ensureCampaigns } from '../../../services/mautic/setup';
import { pairUp, rowsOf, textOf } from '../definitions';
import type { Ensured } from '../report';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Ensure campaigns',
  description: 'Create and publish the campaigns that Mautic lacks',
};

export const description: INodeProperties[] = [
  {
    displayName: 'Campaigns',
    name: 'campaigns',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true },
    placeholder: 'Add Campaign',
    default: {},
    description:
      'The campaigns that workflows put contacts into. Each sends its e-mails one after the other.',
    displayOptions: { show: { resource: ['campaign'], operation: ['ensure'] } },
    options: [
      {
        displayName: 'Campaign',
        name: 'campaign',
        values: [
          {
            displayName: 'Name',
            name: 'name',
            type: 'string',
            default: '',
            placeholder: 'e.g. Welcome',
            description: 'What workflows call it',
          },
          {
            displayName: 'Description',
            name: 'description',
            type: 'string',
            default: '',
            description: 'What marketers should know about it',
          },
          {
            displayName: 'Source Segment',
            name: 'segment',
            type: 'string',
            default: '',
            placeholder: 'e.g. campaign-welcome',
            description:
              'Alias of a segment. Mautic asks for one: its contacts enter the campaign by themselves, beside those that workflows put in.',
          },
          {
            displayName: 'Emails',
            name: 'emails',
            type: 'fixedCollection',
            typeOptions: { multipleValues: true, sortable: true },
            placeholder: 'Add Email',
            default: {},
            description: 'What the campaign sends, and when',
            options: [
              {
                displayName: 'Email',
                name: 'email',
                values: [
                  {
                    displayName: 'Day',
                    name: 'day',
                    type: 'number',
                    typeOptions: { minValue: 0, numberPrecision: 0 },
                    default: 0,
                    description: 'Days after the contact came in; 0 for at once',
                  },
                  {
                    displayName: 'Email',
                    name: 'email',
                    type: 'string',
                    default: '',
                    placeholder: 'e.g. Welcome 1: Hello',
                    description: 'Name of the template e-mail',
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
];

interface CampaignRow {
  name?: unknown;
  description?: unknown;
  segment?: unknown;
  emails?: { email?: Array<{ day?: unknown; email?: unknown }> };
}

/** What became of each definition. */
export async function execute(context: IExecuteFunctions, api: MauticApi): Promise<Ensured[]> {
  const definitions = rowsOf<CampaignRow>(context, 'campaigns.campaign').map((row) => ({
    name: textOf(row.name),
    description: textOf(row.description),
    segment: textOf(row.segment),
    emails: (row.emails?.email ?? []).map(({ day, email }) => ({
      name: textOf(email),
      day: Number(day ?? 0),
    })),
  }));
  const names = definitions.map(({ name }) => name);
  return pairUp('campaign', names, await ensureCampaigns(api, definitions));
}
