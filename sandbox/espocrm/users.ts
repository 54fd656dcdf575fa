import { ESPOCRM_HMAC_KEY, ESPOCRM_HMAC_SECRET, ESPOCRM_KEY } from '../identities';

export interface ApiUser {
  id: string;
  userName: string;
  authMethod: 'ApiKey' | 'Hmac';
  apiKey: string;
  secretKey: string;
}

/** One API user of each kind; a key of one kind is no good for the other. */
export const API_USERS: readonly ApiUser[] = [
  {
    id: '66f0a1b2c3d4e5f60',
    userName: 'n8n',
    authMethod: 'ApiKey',
    apiKey: ESPOCRM_KEY,
    secretKey: '',
  },
  {
    id: '66f0a1b2c3d4e5f61',
    userName: 'n8n-hmac',
    authMethod: 'Hmac',
    apiKey: ESPOCRM_HMAC_KEY,
    secretKey: ESPOCRM_HMAC_SECRET,
  },
];

/** The colleague who works in EspoCRM itself. */
export const ADMIN_ID = '66f0a1b2c3d4e5f69';

/** What EspoCRM shows for a user's id. */
export function userName(id: string): string | null {
  return id === ADMIN_ID ? 'Admin' : (API_USERS.find((user) => user.id === id)?.userName ?? null);
}
