import { lifecycleDestination, windmillDestination, type Destination } from './destination';
import type { Endpoint } from './options';

/** What the environment and the options say about where events go. */
export type Configuration = { destination: Destination } | { reason: string };

type Environment = Readonly<Record<string, string | undefined>>;
type Format = NonNullable<Endpoint['format']>;

const VARIABLES: Readonly<Record<Format, { url: string; token: string }>> = {
  lifecycle: { url: 'LIFECYCLE_WEBHOOK_URL', token: 'LIFECYCLE_WEBHOOK_TOKEN' },
  windmill: { url: 'WINDMILL_WEBHOOK_URL', token: 'WINDMILL_API_TOKEN' },
};
const DEFAULT_WORKSPACE = 'main';

/** The environment, where there is one: an edge runtime may have none. */
export function environment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}

/**
 * Reads the options first and then the environment: `LIFECYCLE_…`, and when that says nothing `WINDMILL_…`, which goes
 * together with Windmill's form. No reason holds the token or the address.
 */
export function configurationOf(endpoint: Endpoint, from: Environment): Configuration {
  const format = endpoint.format ?? formatIn(endpoint, from);
  const names = VARIABLES[format];
  const address = text(endpoint.url) ?? text(from[names.url]);
  const token = text(endpoint.token) ?? text(from[names.token]);
  const missing = [...(address ? [] : [`url (${names.url})`]), ...(token ? [] : [`token (${names.token})`])];
  if (!address || !token) return { reason: `not configured: ${missing.join(' and ')} is missing` };

  const url = parsed(address);
  if (!url) return { reason: 'not configured: the url is no address' };
  if (url.username || url.password) {
    return { reason: 'not configured: the url may not hold a user and password' };
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return { reason: 'not configured: the url has to begin with https://, except for this machine itself' };
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return { reason: 'not configured: the token holds characters that an HTTP header cannot carry' };
  }
  return {
    destination:
      format === 'windmill'
        ? windmillDestination(url, token, text(from['WINDMILL_WORKSPACE']) ?? DEFAULT_WORKSPACE)
        : lifecycleDestination(url, token),
  };
}

function formatIn({ url, token }: Endpoint, from: Environment): Format {
  const saysLifecycle = text(url) ?? text(token) ?? text(from[VARIABLES.lifecycle.url]);
  return saysLifecycle === undefined && text(from[VARIABLES.windmill.url]) !== undefined
    ? 'windmill'
    : 'lifecycle';
}

function text(value: unknown): string | undefined {
  return (typeof value === 'string' && value.trim()) || undefined;
}

function parsed(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}
