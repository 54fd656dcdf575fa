import {
  NodeConnectionTypes,
  NodeOperationError,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { SHOPWARE } from '../../services/shopware';
import { processBatch } from '../shared/process-items';
import * as ensure from './ensure';
import * as findRedeemed from './find-redeemed';
import { searchPromotionList } from './promotion-locator';
import { SHOPWARE_CREDENTIAL } from './shop';
import * as withdraw from './withdraw';

/** By the value of the parameter "Operation". */
const operations: Readonly<Record<string, Pick<typeof ensure, 'execute'>>> = {
  ensure,
  findRedeemed,
  withdraw,
};

export class ShopwarePromoCode implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Shopware Promo Code',
    name: 'shopwarePromoCode',
    icon: { light: 'file:shopwarePromoCode.svg', dark: 'file:shopwarePromoCode.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": promo code " + $parameter["prefix"] }}',
    description:
      'Give each purchase its own single-use promo code in a Shopware promotion, and take it back after a refund',
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
        options: [ensure.option, findRedeemed.option, withdraw.option],
      },
      ...ensure.description,
      ...findRedeemed.description,
      ...withdraw.description,
    ],
  };

  methods = { listSearch: { searchPromotions: searchPromotionList } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const name = this.getNodeParameter('operation', 0);
    const operation = operations[name];
    if (!operation) throw new NodeOperationError(this.getNode(), `The operation "${name}" is unknown.`);
    return await processBatch(this, { service: SHOPWARE }, (indexes) => operation.execute(this, indexes));
  }
}
