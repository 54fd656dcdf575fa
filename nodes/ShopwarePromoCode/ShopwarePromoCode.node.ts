import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { SHOPWARE } from '../../services/shopware';
import { processBatch } from '../shared/process-items';
import * as ensure from './ensure';
import { searchPromotionList } from './promotion-locator';
import { SHOPWARE_CREDENTIAL } from './shop';

export class ShopwarePromoCode implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Shopware Promo Code',
    name: 'shopwarePromoCode',
    icon: { light: 'file:shopwarePromoCode.svg', dark: 'file:shopwarePromoCode.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": promo code " + $parameter["prefix"] }}',
    description: 'Give each purchase its own single-use promo code in a Shopware promotion',
    defaults: { name: 'Shopware Promo Code' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: SHOPWARE_CREDENTIAL, required: true }],
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'ensure',
        options: [ensure.option],
      },
      ...ensure.description,
    ],
  };

  methods = { listSearch: { searchPromotions: searchPromotionList } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processBatch(this, { service: SHOPWARE }, (indexes) => ensure.execute(this, indexes));
  }
}
