import {
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeListSearchResult,
  type INodeParameterResourceLocator,
  type INodeProperties,
} from 'n8n-workflow';
import { listEmails, type EmailReference } from '../../services/mautic';
import { mauticOf } from '../shared/mautic';
import { requiredText } from '../shared/parameters';

export const emailLocator: INodeProperties = {
  displayName: 'Email',
  name: 'emailTemplate',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'name', value: '' },
  description:
    'The template e-mail to send. Chosen from the list it is kept by its name too, so that the workflow works unchanged with another Mautic.',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select an e-mail…',
      typeOptions: { searchListMethod: 'searchEmails', searchable: true },
    },
    {
      displayName: 'By Name',
      name: 'name',
      type: 'string',
      placeholder: 'e.g. VIP coupon',
    },
    {
      displayName: 'By ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. 42',
      validation: [
        { type: 'regex', properties: { regex: '^[1-9]\\d*$', errorMessage: 'An ID is a whole number' } },
      ],
    },
  ],
};

/** The e-mail that is chosen in the node for an item. */
export function emailReference(context: IExecuteFunctions, itemIndex: number): EmailReference {
  const value = requiredText(context, emailLocator.name, emailLocator.displayName, itemIndex);
  const locator = context.getNodeParameter(emailLocator.name, itemIndex) as INodeParameterResourceLocator;
  return locator.mode === 'id' ? { id: Number(value) } : { name: value };
}

/** Fills the list of e-mails. */
export async function searchEmails(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
  const emails = await listEmails(await mauticOf(this));
  const wanted = filter.trim().toLowerCase();
  return {
    results: emails
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .map(({ name }) => ({ name, value: name }))
      // Mautic's own order is lost: it sends an object by id.
      .sort((one, other) => one.name.localeCompare(other.name)),
  };
}
