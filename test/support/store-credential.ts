import { LifecycleStoreApi } from '../../credentials/LifecycleStoreApi.credentials';
import type { FilledCredential } from './execute-node';

/** The store behind a connection URL, as an admin fills it in. */
export function storeCredential(connectionUrl: string): FilledCredential {
  const { hostname, port, pathname, username, password } = new URL(connectionUrl);
  return {
    type: new LifecycleStoreApi(),
    data: {
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    },
  };
}
