import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { LifecycleStripeApi } from '../../credentials/LifecycleStripeApi.credentials';
import { LifecycleStore } from '../../nodes/LifecycleStore/LifecycleStore.node';
import { StripeBilling } from '../../nodes/StripeBilling/StripeBilling.node';
import { STRIPE_SECRET_KEY } from '../../sandbox/identities';
import { providers } from '../../services/intake';
import type { Store } from '../../store';
import { executeNode, type FilledCredential } from './execute-node';

/** A credential for the sandbox's Stripe. */
export function stripeCredential(url: string, secretKey = STRIPE_SECRET_KEY): FilledCredential {
  return { type: new LifecycleStripeApi(), data: { url, secretKey } };
}

/** Works on events of Stripe as the workflow *Customer billing* does up to "Record billing". */
export class BillingRecorder {
  /** Ids in the store, by those of Stripe. */
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly store: Store,
    private readonly credentials: { stripe: FilledCredential; store: FilledCredential },
  ) {}

  /** In one run; `payloads` as Stripe delivers them. What was worked on before is worked on again. */
  async record(payloads: readonly string[]): Promise<IDataObject[]> {
    const items: IDataObject[] = [];
    for (const payload of payloads) items.push(await this.itemOf(payload));
    const payers = await this.read('customer', await this.read('subscription', items));
    const recorded = await executeNode(
      {
        node: new LifecycleStore(),
        parameters: { resource: 'customer', operation: 'record', about: 'billing' },
        credentials: [this.credentials.store],
      },
      payers,
    );
    return recorded.flat().map(({ json }) => json);
  }

  private async read(resource: string, items: IDataObject[]): Promise<IDataObject[]> {
    const parameters = { resource, operation: 'get' };
    const setup = { node: new StripeBilling(), parameters, credentials: [this.credentials.stripe] };
    const [read = []] = await executeNode(setup, items);
    return read.map(({ json }) => json);
  }

  private async itemOf(text: string): Promise<IDataObject> {
    const stripe = providers.find(({ source }) => source === 'stripe');
    const request = { headers: {}, rawBody: Buffer.from(text) };
    const [event] = stripe?.parse(JSON.parse(text), new Date(), request) ?? [];
    if (!event) throw new Error('That is no event of Stripe.');
    const { externalId, type, occurredAt, payload } = event;
    const { id = this.ids.get(externalId) } = await this.store.events.accept({ ...event, source: 'stripe' });
    if (id === undefined) throw new Error(`${externalId} was accepted by somebody else.`);
    this.ids.set(externalId, id);
    return {
      event: {
        id,
        source: 'stripe',
        externalId,
        type,
        occurredAt: occurredAt.toISOString(),
        payload: payload as IDataObject,
      },
      // Nobody holds it, so nobody waits for anybody.
      delivery: { id: '0', lease: randomUUID(), attempt: 1 },
    };
  }
}
