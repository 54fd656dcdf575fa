import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import { StripeError } from '../../../sandbox/stripe/errors';
import { RateLimit } from '../../../sandbox/stripe/rate-limit';
import { StripeClient } from '../../../services/stripe';
import { axiosRequest } from '../../../stack/axios-request';
import { startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

describe('the limit of calls per second', () => {
  /** How many of `count` calls made at once are let through. */
  const letThrough = (limit: RateLimit, count: number): number =>
    Array.from({ length: count }).filter(() => {
      try {
        limit.take();
        return true;
      } catch (error) {
        if (error instanceof StripeError) return false;
        throw error;
      }
    }).length;

  it('is a hundred, of which as many come back as time goes by', () => {
    let now = 1_000_000;
    const limit = new RateLimit(() => now);
    expect(letThrough(limit, 150)).toBe(100);
    now += 250;
    expect(letThrough(limit, 150)).toBe(25);
    now += 60_000;
    expect(letThrough(limit, 150)).toBe(100);
    limit.allow(25);
    expect(letThrough(limit, 150)).toBe(25);
    limit.reset();
    expect(letThrough(limit, 150)).toBe(100);
  });
});

describe('the Stripe double beyond its limit', () => {
  let sandbox: SandboxUnderTest;
  beforeEach(async () => {
    sandbox = await startSandboxUnderTest({ stripe: StripeDouble });
    await sandbox.call('PUT', '/sandbox/state/stripe', { rateLimitPerSecond: 2 });
  });
  afterEach(() => sandbox.close());

  const get = () => sandbox.stripe('GET', '/v1/products/prod_Pro');

  it('refuses as Stripe does, without a Retry-After', async () => {
    const answers = [await get(), await get(), await get()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const refusal = answers[2];
    expect(refusal?.body).toMatchObject({
      error: { type: 'invalid_request_error', code: 'rate_limit', message: expect.stringContaining('rate') },
    });
    expect(refusal?.headers.get('stripe-rate-limited-reason')).toBe('global-rate');
    expect(refusal?.headers.get('retry-after')).toBeNull();
  });

  it('does not remember a refusal for an idempotency key', async () => {
    const post = () =>
      sandbox.call('POST', '/stripe/v1/webhook_endpoints', 'url=http://a.example&enabled_events[]=*', {
        authorization: `Bearer ${STRIPE_SECRET_KEY}`,
        'idempotency-key': 'key-1',
      });
    await get();
    await get();
    expect(await post()).toMatchObject({ status: 429 });
    await sandbox.call('PUT', '/sandbox/state/stripe', { rateLimitPerSecond: 100 });
    expect(await post()).toMatchObject({ status: 200 });
  });

  it('is got over by the package’s own client', async () => {
    const request = axiosRequest({ Authorization: `Bearer ${STRIPE_SECRET_KEY}` });
    const client = new StripeClient({ url: `${sandbox.url}/stripe`, request });
    const read = () => client.get('read a product', '/v1/products/prod_Pro');
    expect(await Promise.all([read(), read(), read()])).toHaveLength(3);
    const statuses = (await sandbox.log()).map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  });

  it('has its limit in its state, and its own again after a reset', async () => {
    const limit = async () =>
      (await sandbox.call('GET', '/sandbox/state/stripe')).body as { rateLimitPerSecond: number };
    expect(await limit()).toMatchObject({ rateLimitPerSecond: 2 });
    await sandbox.call('POST', '/sandbox/reset');
    expect(await limit()).toMatchObject({ rateLimitPerSecond: 100 });
    expect(await sandbox.call('PUT', '/sandbox/state/stripe', { rateLimitPerSecond: 0 })).toMatchObject({
      status: 400,
    });
  });
});
