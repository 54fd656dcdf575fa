import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { readPayerOfCharge, readSubscription, type StripeClient } from '../../services/stripe';
import { startHttpServer } from '../support/http-server';
import { stripeClient } from '../support/stripe-billing';

/** Objects as Stripe's own API documents them. */
const FIXTURES = resolve(__dirname, '../../../shared/fixtures/stripe');
const whereThereAreFixtures = existsSync(FIXTURES) ? it : it.skip;

interface Fixture {
  [field: string]: unknown;
}

function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Fixture;
}

async function answering<Value>(
  body: unknown,
  ask: (client: StripeClient) => Promise<Value>,
): Promise<Value> {
  const server = await startHttpServer(() => ({ body }));
  const value = await ask(stripeClient(server.url));
  await server.close();
  return value;
}

whereThereAreFixtures('Stripe’s own example of a subscription is read', async () => {
  const customer = fixture('customer');
  const product = fixture('product');
  const subscription = fixture('subscription');
  const items = subscription.items as { data: Array<{ price: object }> };
  const data = items.data.map((item) => ({ ...item, price: { ...item.price, product } }));
  const expanded = {
    ...subscription,
    customer,
    latest_invoice: fixture('invoice'),
    items: { ...items, data },
  };
  const read = await answering(expanded, (client) => readSubscription(client, 'sub_1'));
  expect(read).toMatchObject({
    id: subscription.id,
    customerId: customer.id,
    details: {
      externalId: subscription.id,
      productId: product.id,
      currency: 'usd',
      amountMinor: 2000,
      intervalUnit: 'month',
      cancelAtPeriodEnd: true,
      startedAt: new Date(1_234_567_890_000),
    },
  });
});

whereThereAreFixtures('Stripe’s own example of a charge is read', async () => {
  const customer = fixture('customer');
  const charge = { ...fixture('charge'), customer };
  expect(await answering(charge, (client) => readPayerOfCharge(client, 'ch_1'))).toMatchObject({
    customerId: customer.id,
  });
});
