import type {
  IExecuteFunctions,
  ILoadOptionsFunctions,
  INodeListSearchResult,
  INodeProperties,
} from 'n8n-workflow';
import { listTemplates } from '../../services/resend';
import { requiredText } from '../shared/parameters';
import { resendOf } from '../shared/resend';

export const templateLocator: INodeProperties = {
  displayName: 'Template',
  name: 'template',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'alias', value: '' },
  description:
    'The published template to send. With an alias, which is given in Resend, the workflow works unchanged with another account. The list needs an API key with full access.',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a template…',
      typeOptions: { searchListMethod: 'searchTemplates', searchable: true },
    },
    {
      displayName: 'By Alias',
      name: 'alias',
      type: 'string',
      placeholder: 'e.g. order-confirmation',
    },
    {
      displayName: 'By ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. 34a080c9-b17d-4187-ad80-5af20266e535',
      validation: [
        {
          type: 'regex',
          properties: { regex: '^\\s*[0-9a-fA-F-]{36}\\s*$', errorMessage: 'An ID is a UUID' },
        },
      ],
    },
  ],
};

/** The id or alias of the template that is chosen in the node for an item. */
export function templateOf(context: IExecuteFunctions, itemIndex: number): string {
  return requiredText(context, templateLocator.name, templateLocator.displayName, itemIndex);
}

/** Fills the list with the published templates; one that has an alias is kept by it. */
export async function searchTemplates(
  this: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  const templates = await listTemplates(await resendOf(this));
  const wanted = filter.trim().toLowerCase();
  return {
    results: templates
      .map(({ id, name, alias }) => ({
        name: alias === null || alias === name ? name : `${name} (${alias})`,
        value: alias ?? id,
      }))
      .filter(({ name }) => name.toLowerCase().includes(wanted)),
  };
}
