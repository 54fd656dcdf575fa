import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { shopwareActions } from './actions';
import { ShopwareApi } from './api';
import { freshShopwareState } from './fresh-state';
import { renderShopware } from './render';
import { ShopwareState } from './state';

/**
 * Shopware 6.6 from the Admin API's side: promotions and their individual codes, with the shop's own checks, errors
 * and gaps in them (a code that is taken is an internal error of the database).
 */
export class ShopwareDouble implements Double {
  readonly name = 'shopware';
  readonly title = 'Shopware';
  readonly actions: Double['actions'];
  private readonly held = new ShopwareState();
  private readonly api: ShopwareApi;

  constructor(private readonly context: DoubleContext) {
    const changed = (): void => context.changed();
    this.api = new ShopwareApi(this.held, `${context.url}/api`, changed);
    this.actions = shopwareActions(this.held, changed);
    this.held.load(freshShopwareState());
  }

  handle(request: SandboxRequest): Promise<SandboxResponse> {
    return this.api.handle(request);
  }

  state(): Json {
    return this.held.toJson();
  }

  load(state: Json): void {
    this.held.load(state);
    this.context.changed();
  }

  reset(): void {
    this.api.auth.reset();
    this.load(freshShopwareState());
  }

  render(): string {
    return renderShopware(this.held);
  }
}
