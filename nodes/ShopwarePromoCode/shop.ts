import { NodeOperationError, type IAllExecuteFunctions } from 'n8n-workflow';
import { Promotions, ShopwareClient, type PromoCodeShop } from '../../services/shopware';
import { httpRequestOf } from '../shared/http';

export const SHOPWARE_CREDENTIAL = 'lifecycleShopwareApi';

interface ShopwareCredential {
  url: string;
  clientId: string;
  promoCodeKey: string;
}

/** One for each integration, kept between executions. */
const promotionsByShop = new Map<string, Promotions>();

/**
 * The shop of the credential that is chosen in the node. The client ID is checked before n8n fetches a token with it:
 * what goes wrong in there is told like a shop that is down.
 */
export async function shopOf(context: IAllExecuteFunctions): Promise<PromoCodeShop> {
  const credential = await context.getCredentials<ShopwareCredential & object>(SHOPWARE_CREDENTIAL);
  const { url, clientId, promoCodeKey } = credential;
  if (!clientId.trim().startsWith('SWIA')) {
    throw new NodeOperationError(
      context.getNode(),
      'The client ID in the Lifecycle Shopware API credential must be the access key ID of an integration, which starts with SWIA.',
    );
  }
  const integration = `${url} ${clientId}`;
  const promotions = promotionsByShop.get(integration) ?? new Promotions();
  promotionsByShop.set(integration, promotions);
  const request = httpRequestOf(context, SHOPWARE_CREDENTIAL, { renewable: true });
  const client = new ShopwareClient({ url, request });
  return { client, promotions, key: promoCodeKey };
}
