import OfficialStripe from 'stripe';
import { STRIPE_SECRET_KEY } from '../../sandbox/identities';
import type { SandboxUnderTest } from './sandbox-under-test';

/** The official library, speaking to the sandbox's Stripe; nothing is tried twice. */
export function officialStripe({ url }: SandboxUnderTest): OfficialStripe {
  const { hostname, port } = new URL(url);
  const rewrite = (target: string | URL | Request, init?: RequestInit): Promise<Response> =>
    fetch(String(target).replace('/v1/', '/stripe/v1/'), init);
  return new OfficialStripe(STRIPE_SECRET_KEY, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 0,
    httpClient: OfficialStripe.createFetchHttpClient(rewrite),
  });
}
