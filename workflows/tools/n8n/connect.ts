import { existsSync } from 'node:fs';
import path from 'node:path';
import { keepSecrets } from '../../../stack/secrets';
import { ToolError } from '../error';
import type { N8n } from './n8n';
import { PublicApi } from './public-api';
import { openSession } from './session';

const DEFAULT_PORT = '5678';

/**
 * Connects to the n8n at `N8N_URL`: with `N8N_API_KEY`, or as `N8N_OWNER_EMAIL` with `N8N_OWNER_PASSWORD`, or as the
 * owner of the n8n that `npm start` runs on this machine.
 */
export async function connect(root: string, environment: NodeJS.ProcessEnv): Promise<N8n> {
  const { N8N_URL, N8N_PORT, N8N_API_KEY, N8N_OWNER_EMAIL, N8N_OWNER_PASSWORD, DATA_DIR } = environment;
  const url = (N8N_URL || `http://127.0.0.1:${N8N_PORT || DEFAULT_PORT}`).replace(/\/+$/, '');
  if (N8N_API_KEY) return new PublicApi(url, N8N_API_KEY);
  if (N8N_OWNER_EMAIL && N8N_OWNER_PASSWORD) {
    return await openSession(url, { email: N8N_OWNER_EMAIL, password: N8N_OWNER_PASSWORD });
  }
  const dataFolder = path.resolve(root, DATA_DIR || '.data');
  if (!N8N_URL && existsSync(path.join(dataFolder, 'secrets.json'))) {
    return await openSession(url, keepSecrets(dataFolder).owner);
  }
  throw new ToolError(
    'Say how to get into n8n: set N8N_URL, and either N8N_API_KEY or N8N_OWNER_EMAIL and N8N_OWNER_PASSWORD.',
  );
}
