import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { openStore, type Store } from '../../store';

interface CredentialsReader {
  getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

/** The store that the node's credential names. Rejects when it cannot be reached. */
export async function storeOf(context: CredentialsReader): Promise<Store> {
  return await openStore(connectionUrlOf(await context.getCredentials('lifecycleStoreApi')));
}

/** The connection URL of a "Lifecycle Store API" credential's fields. */
export function connectionUrlOf(credential: ICredentialDataDecryptedObject): string {
  const { host, port, database, user, password, ssl } = credential;
  const login = `${encodeURIComponent(String(user))}:${encodeURIComponent(String(password ?? ''))}`;
  const address = `${String(host).trim()}:${Number(port)}/${encodeURIComponent(String(database))}`;
  return `postgres://${login}@${address}?sslmode=${String(ssl ?? 'disable')}`;
}
