import path from 'node:path';
import { readConnectionUrl } from './connection-url';
import { DEFAULT_DATA_FOLDER } from './paths';
import type { Secrets } from './secrets';

export interface N8nSettings {
  /** Folder that n8n keeps its `.n8n` in. */
  userFolder: string;
  port: number;
  /** Where its task runners meet it. */
  brokerPort: number;
  /** Connection URL of n8n's own database. */
  databaseUrl: string;
  secrets: Pick<Secrets, 'encryptionKey' | 'owner'>;
  /** With the settings that make it fast, or with n8n's own. */
  tuned: boolean;
  /** Path of the Node.js it runs on; its task runners take the first on the PATH. */
  node: string;
}

/** Whatever a shell or another n8n left behind in these would change how this one behaves. */
const NOT_INHERITED = /^(N8N|DB|EXECUTIONS|QUEUE|CREDENTIALS|NODE_FUNCTION|npm)_|^NODE_OPTIONS$/;

function databaseSettings(connectionUrl: string): Record<string, string> {
  const { host, port, database, user, password, sslMode } = readConnectionUrl(connectionUrl);
  return {
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: host,
    DB_POSTGRESDB_PORT: String(port),
    DB_POSTGRESDB_DATABASE: database,
    DB_POSTGRESDB_USER: user,
    DB_POSTGRESDB_PASSWORD: password,
    ...(sslMode !== 'disable' && {
      DB_POSTGRESDB_SSL_ENABLED: 'true',
      DB_POSTGRESDB_SSL_REJECT_UNAUTHORIZED: String(sslMode === 'verify-full'),
    }),
  };
}

/**
 * The environment n8n is started with.
 * @param inherited usually `process.env`; its n8n settings are left out, so that a start depends on nothing but its arguments
 * @param extra n8n settings that go before all others
 */
export function n8nEnvironment(
  settings: N8nSettings,
  inherited: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const { userFolder, port, brokerPort, databaseUrl, secrets, tuned, node } = settings;
  const kept = Object.entries(inherited).filter(([name]) => !NOT_INHERITED.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [path.dirname(node), inherited.PATH].join(path.delimiter),
    // Anything else makes n8n put stack traces into its answers to webhooks.
    NODE_ENV: 'production',
    // What one start has compiled of n8n's thousands of files, the next one need not.
    NODE_COMPILE_CACHE: path.join(DEFAULT_DATA_FOLDER, 'compile-cache'),
    N8N_USER_FOLDER: userFolder,
    N8N_ENCRYPTION_KEY: secrets.encryptionKey,
    N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
    N8N_INSTANCE_OWNER_EMAIL: secrets.owner.email,
    N8N_INSTANCE_OWNER_PASSWORD_HASH: secrets.owner.passwordHash,
    N8N_INSTANCE_OWNER_FIRST_NAME: 'Stack',
    N8N_INSTANCE_OWNER_LAST_NAME: 'Owner',
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_PORT: String(port),
    // Served over plain HTTP on the loopback address, where not every browser takes a Secure cookie.
    N8N_SECURE_COOKIE: 'false',
    N8N_RUNNERS_BROKER_PORT: String(brokerPort),
    ...databaseSettings(databaseUrl),
    GENERIC_TIMEZONE: 'UTC',
    EXECUTIONS_MODE: 'regular',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_HIRING_BANNER_ENABLED: 'false',
    // Asks api.n8n.io for a list at every start.
    N8N_DISABLED_MODULES: 'mcp-registry',
    ...(tuned && {
      // By default every webhook call and execution makes an isolate for expressions, about 50 ms of CPU each.
      N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
      // The default of 2 makes executions that run side by side wait for each other's writes.
      DB_POSTGRESDB_POOL_SIZE: '10',
    }),
    ...extra,
  };
}
