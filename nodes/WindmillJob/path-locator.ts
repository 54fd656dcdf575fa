import type {
  IExecuteFunctions,
  ILoadOptionsFunctions,
  INodeListSearchResult,
  INodeProperties,
} from 'n8n-workflow';
import { listRunnables, type RunnableKind } from '../../services/windmill';
import { requiredText } from '../shared/parameters';
import { windmillOf } from './windmill';

export const kindParameter: INodeProperties = {
  displayName: 'Kind',
  name: 'kind',
  type: 'options',
  noDataExpression: true,
  default: 'script',
  options: [
    { name: 'Flow', value: 'flow' },
    { name: 'Script', value: 'script' },
  ],
};

export const pathLocator: INodeProperties = {
  displayName: 'Path',
  name: 'path',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'path', value: '' },
  description:
    'The script or flow to run. The path is the same in every workspace that it is deployed to, so that the workflow works unchanged there.',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a script or flow…',
      typeOptions: { searchListMethod: 'searchRunnables', searchable: true },
    },
    {
      displayName: 'By Path',
      name: 'path',
      type: 'string',
      placeholder: 'e.g. f/lifecycle/welcome_user',
      validation: [
        {
          type: 'regex',
          properties: {
            regex: '^\\s*(u|f|hub)/[^/]+/.*[^/]$',
            errorMessage: 'A path is like f/lifecycle/welcome_user',
          },
        },
      ],
    },
  ],
};

/** What is chosen as {@link kindParameter}. */
export function kindOf(chosen: unknown): RunnableKind {
  return chosen === 'flow' ? 'flow' : 'script';
}

/** The path that is chosen in the node for an item. */
export function pathOf(context: IExecuteFunctions, itemIndex: number): string {
  return requiredText(context, pathLocator.name, pathLocator.displayName, itemIndex);
}

/** Fills the list with the scripts or flows of the workspace, by their summaries where they have one. */
export async function searchRunnables(
  this: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  const kind = kindOf(this.getNodeParameter(kindParameter.name));
  const runnables = await listRunnables(await windmillOf(this), kind);
  const wanted = filter.trim().toLowerCase();
  return {
    results: runnables
      .map(({ path, summary }) => ({ name: summary === '' ? path : `${summary} (${path})`, value: path }))
      .filter(({ name }) => name.toLowerCase().includes(wanted)),
  };
}
