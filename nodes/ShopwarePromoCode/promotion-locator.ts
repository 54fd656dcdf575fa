import {
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeListSearchResult,
  type INodeParameterResourceLocator,
  type INodeProperties,
} from 'n8n-workflow';
import { searchPromotions, type PromotionSelector } from '../../services/shopware';
import { requiredText } from '../shared/parameters';
import { shopOf } from './shop';

export const promotionLocator: INodeProperties = {
  displayName: 'Promotion',
  name: 'promotion',
  type: 'resourceLocator',
  required: true,
  // By name, so that a workflow works unchanged in another shop.
  default: { mode: 'name', value: '' },
  description: 'The promotion that the code belongs to. It must be active and set up for individual codes.',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a promotion…',
      typeOptions: { searchListMethod: 'searchPromotions', searchable: true },
    },
    {
      displayName: 'By Name',
      name: 'name',
      type: 'string',
      placeholder: 'e.g. VIP reservation',
    },
    {
      displayName: 'By ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. 0189f3c2a4b67d5e8f901a2b3c4d5e6f',
      validation: [
        {
          type: 'regex',
          properties: { regex: '^[0-9a-f]{32}$', errorMessage: 'An ID has 32 digits from 0 to 9 and a to f' },
        },
      ],
    },
  ],
};

/** The promotion that is chosen in the node for an item. */
export function promotionSelector(context: IExecuteFunctions, itemIndex: number): PromotionSelector {
  const value = requiredText(context, promotionLocator.name, promotionLocator.displayName, itemIndex);
  const locator = context.getNodeParameter(promotionLocator.name, itemIndex) as INodeParameterResourceLocator;
  return { by: locator.mode === 'name' ? 'name' : 'id', value };
}

/** Fills the list of promotions. */
export async function searchPromotionList(
  this: ILoadOptionsFunctions,
  filter = '',
  paginationToken = '1',
): Promise<INodeListSearchResult> {
  const page = Number(paginationToken);
  const { client } = await shopOf(this);
  const { promotions, hasMore } = await searchPromotions(client, filter, page);
  return {
    results: promotions.map(({ id, name }) => ({ name, value: id })),
    ...(hasMore && { paginationToken: String(page + 1) }),
  };
}
