import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod/v4';
import type { TrialsFile } from '../sandbox/double';
import {
  APP_EVENTS_WEBHOOK_PATH,
  DISCORD_BOT_SECRET,
  DISCORD_WEBHOOK_PATH,
  LEMON_SQUEEZY_WEBHOOK_PATH,
  LEMON_SQUEEZY_WEBHOOK_SECRET,
  MAUTIC_PASSWORD,
  MAUTIC_USERNAME,
  MAUTIC_WEBHOOK_PATH,
  MAUTIC_WEBHOOK_SECRET,
  RESEND_WEBHOOK_PATH,
  RESEND_WEBHOOK_SECRET,
  STRIPE_WEBHOOK_PATH,
  STRIPE_WEBHOOK_SECRET,
} from '../sandbox/identities';
import { startSandbox, type RunningSandbox } from '../sandbox/server';
import { appEventsTokenOf, credentialsFor } from './credentials';
import { dashboardLogin, type DashboardLogin } from './dashboard';
import { StackError, messageOf } from './error';
import { ensureInstalled } from './install';
import { Lock } from './lock';
import { N8n } from './n8n';
import { packPackage, placePackage } from './package';
import { DEFAULT_DATA_FOLDER, WORKFLOWS_FOLDER } from './paths';
import { claimPort } from './ports';
import { Postgres } from './postgres';
import { SILENT, type Progress } from './progress';
import { keepSecrets } from './secrets';
import { readServices, type Services } from './services';
import { syncN8n } from './sync';
import { readWorkflows } from './workflow-file';

export interface StackOptions {
  /** Folder that everything is kept in; default `.data` in the checkout. */
  dataFolder?: string;
  /** Ports on the loopback address; 0 or absent: any free one. */
  n8nPort?: number | undefined;
  sandboxPort?: number | undefined;
  postgresPort?: number | undefined;
  /** The variables of `.env.example` that name databases and outside systems. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Further settings for n8n, by the names of its own environment variables. */
  n8nEnvironment?: Readonly<Record<string, string>>;
  /** With the settings that make n8n fast (default), or with its own. */
  tuned?: boolean;
  /** Folder of the workflows to import; default those of the package. */
  workflowsFolder?: string;
  /** Ids of the workflows to publish, of those whose files say so; default all of them. */
  published?: readonly string[];
  /** Webhooks that have to answer before n8n counts as started; default the intake's. */
  webhookPaths?: readonly string[];
  progress?: Progress;
  /** Aborting it ends a start that is under way, leaving nothing behind. */
  signal?: AbortSignal;
  /** Called when a part ends that nobody has told to. */
  onCrash?: (crash: StackError) => void;
}

/** A running PostgreSQL, n8n with the package and its workflows, and sandbox. */
export interface Stack {
  /** Can be killed and started again, as can the server below. */
  n8n: N8n;
  /** Absent when both databases are elsewhere. */
  postgres: Postgres | undefined;
  /** The store's. */
  databaseUrl: string;
  n8nDatabaseUrl: string;
  /** Without trailing slash. */
  n8nUrl: string;
  sandboxUrl: string;
  /** Who may log in to n8n. */
  owner: { email: string; password: string };
  /** The dashboard's address, and who may see it. */
  dashboard: DashboardLogin & { url: string };
  /** Which outside systems are real; the sandbox plays the others. */
  services: Services;
  /** With which an application reports its events. */
  appEventsToken: string;
  /** Path of the SQLite file that trials are read from: the team's own, or the one that the sandbox writes. */
  trialsDatabase: string;
  /** n8n's log. */
  logPath: string;
  /** Ends everything, in order. */
  stop(): Promise<void>;
}

type Environment = NonNullable<StackOptions['environment']>;

/** What has been started, to be ended in the opposite order. */
class Parts {
  private readonly ends: Array<() => Promise<void>> = [];

  onEnd(end: () => Promise<void>): void {
    this.ends.push(end);
  }

  /** Goes on when one of them cannot be ended, and says so in the end. */
  async end(): Promise<void> {
    const errors: unknown[] = [];
    for (let end = this.ends.pop(); end; end = this.ends.pop()) {
      await end().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new StackError(errors.map(messageOf).join(' '));
  }
}

function setting(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

function withoutPassword(connectionUrl: string): string {
  const url = new URL(connectionUrl);
  url.password = '';
  return url.href;
}

/** Waits for all, also when one fails: whatever the others have started has to be ended then. */
async function all<First, Second, Third>(
  works: readonly [Promise<First>, Promise<Second>, Promise<Third>],
): Promise<[First, Second, Third]> {
  await Promise.allSettled(works);
  return await Promise.all(works);
}

/** Paths of the intake's webhooks. */
export const INTAKE_PATHS = [
  STRIPE_WEBHOOK_PATH,
  MAUTIC_WEBHOOK_PATH,
  LEMON_SQUEEZY_WEBHOOK_PATH,
  RESEND_WEBHOOK_PATH,
  DISCORD_WEBHOOK_PATH,
  APP_EVENTS_WEBHOOK_PATH,
];

/** Tells the sandbox's systems where n8n takes in webhooks, as an admin does there. */
export async function registerWebhooks({
  sandboxUrl,
  n8nUrl,
  services,
  appEventsToken,
}: Pick<Stack, 'sandboxUrl' | 'n8nUrl' | 'services' | 'appEventsToken'>): Promise<void> {
  if (!services.appEvents) {
    const endpoint = { url: n8nUrl + APP_EVENTS_WEBHOOK_PATH, token: appEventsToken };
    await ask('PUT', `${sandboxUrl}/sandbox/state/app`, { endpoint });
  }
  if (!services.lemonSqueezy) {
    const webhook = { url: n8nUrl + LEMON_SQUEEZY_WEBHOOK_PATH, secret: LEMON_SQUEEZY_WEBHOOK_SECRET };
    await ask('PUT', `${sandboxUrl}/sandbox/state/lemonsqueezy`, { webhook });
  }
  if (!services.stripe) {
    await ask('PUT', `${sandboxUrl}/sandbox/state/stripe`, {
      webhookEndpoints: [{ url: n8nUrl + STRIPE_WEBHOOK_PATH, secret: STRIPE_WEBHOOK_SECRET }],
    });
  }
  if (!services.resend) {
    await ask('PUT', `${sandboxUrl}/sandbox/state/resend`, {
      webhooks: [{ endpoint: n8nUrl + RESEND_WEBHOOK_PATH, signingSecret: RESEND_WEBHOOK_SECRET }],
    });
  }
  if (!services.mautic) {
    const hooks = `${sandboxUrl}/mautic/api/hooks`;
    const hook = { name: 'n8n', webhookUrl: n8nUrl + MAUTIC_WEBHOOK_PATH, secret: MAUTIC_WEBHOOK_SECRET };
    const created = await ask('POST', `${hooks}/new`, { ...hook, triggers: MAUTIC_TRIGGERS });
    const { id } = hookSchema.parse(created).hook;
    // Mautic switches off a webhook that was never edited when its first delivery fails.
    await ask('PATCH', `${hooks}/${id}/edit`, { description: 'Contacts, for the Lifecycle workflows' });
  }
  if (!services.discord) await registerInteractions(sandboxUrl, n8nUrl + DISCORD_WEBHOOK_PATH);
}

/** Discord calls the address before it takes it. While Intake is not published nothing answers there, and it is left out. */
async function registerInteractions(sandboxUrl: string, address: string): Promise<void> {
  const response = await fetch(`${sandboxUrl}/discord/applications/@me`, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/json',
      authorization: `Bot ${DISCORD_BOT_SECRET}`,
      'user-agent': 'DiscordBot (https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle, 1.0)',
    },
    body: JSON.stringify({ interactions_endpoint_url: address }),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 400) throw new StackError(`The sandbox took no webhook: ${text}`);
}

const MAUTIC_TRIGGERS = ['mautic.lead_post_save_new', 'mautic.lead_post_save_update'];
const hookSchema = z.object({ hook: z.object({ id: z.number() }) });

async function ask(method: string, url: string, body: object): Promise<unknown> {
  const login = Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64');
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Basic ${login}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new StackError(`The sandbox took no webhook: ${text}`);
  return JSON.parse(text);
}

/**
 * Starts everything, and resolves when it is ready for webhooks.
 * @throws StackError with what to do; nothing is left running then
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const parts = new Parts();
  try {
    return await start(options, parts);
  } catch (error) {
    await parts.end();
    throw error;
  }
}

async function start(options: StackOptions, parts: Parts): Promise<Stack> {
  const { environment = {}, progress = SILENT, tuned = true, signal, onCrash } = options;
  const dataFolder = path.resolve(options.dataFolder ?? DEFAULT_DATA_FOLDER);
  // What can be wrong without anything having been started comes first.
  const services = readServices(environment);
  const workflows = readWorkflows(options.workflowsFolder ?? WORKFLOWS_FOLDER).map((file) => ({
    ...file,
    isActive: file.isActive && (options.published?.includes(file.content.id) ?? true),
  }));
  const lock = await Lock.take(dataFolder);
  parts.onEnd(async () => lock.release());
  const n8nPort = await claimPort(options.n8nPort, 'n8n', 'N8N_PORT');
  const sandboxPort = await claimPort(options.sandboxPort, 'the sandbox', 'SANDBOX_PORT');
  const postgresPort = await claimPort(options.postgresPort, 'PostgreSQL', 'POSTGRES_PORT');
  const runtime = await ensureInstalled({ progress, signal });
  const secrets = keepSecrets(dataFolder);
  const dashboard = dashboardLogin(
    {
      username: setting(environment, 'DASHBOARD_USERNAME'),
      password: setting(environment, 'DASHBOARD_PASSWORD'),
    },
    secrets.dashboardPassword,
  );
  const trialsDatabase = path.resolve(services.trials?.TRIALS_DB ?? path.join(dataFolder, 'trials.db'));

  const userFolder = path.join(dataFolder, 'n8n');
  mkdirSync(userFolder, { recursive: true, mode: 0o700 });
  const [postgres, sandbox] = await all([
    startPostgres({ ...options, postgresPort }, dataFolder, progress, parts, lock),
    startSandboxPart(
      sandboxPort,
      parts,
      services.trials ? undefined : { database: trialsDatabase, node: runtime.node },
    ),
    progress.step('Building the package', async () => placePackage(await packPackage(), userFolder)),
  ]);
  signal?.throwIfAborted();

  const databaseUrl = setting(environment, 'DATABASE_URL') ?? embeddedUrl(postgres, 'lifecycle');
  const n8nDatabaseUrl = setting(environment, 'N8N_DATABASE_URL') ?? embeddedUrl(postgres, 'n8n');
  const logPath = path.join(dataFolder, 'n8n.log');
  const n8n = new N8n({
    runtime,
    userFolder,
    logPath,
    port: n8nPort,
    databaseUrl: n8nDatabaseUrl,
    secrets,
    tuned,
    webhookPaths: options.webhookPaths ?? (options.workflowsFolder ? [] : INTAKE_PATHS),
    extraEnvironment: options.n8nEnvironment,
    signal,
    onCrash,
    onLaunch: (pid) => lock.watch('n8n', pid),
  });
  parts.onEnd(() => n8n.stop());
  await progress.step('Starting n8n', () => n8n.launch());

  const isOwnDatabase = setting(environment, 'N8N_DATABASE_URL') !== undefined;
  const notes = await progress.step('Bringing in credentials and workflows', async () => {
    const changes = await syncN8n({
      dataFolder,
      n8nUrl: n8n.url,
      owner: secrets.owner,
      database: isOwnDatabase ? withoutPassword(n8nDatabaseUrl) : (postgres?.identity ?? ''),
      credentials: credentialsFor({
        services,
        databaseUrl,
        sandboxUrl: sandbox.url,
        trialsDatabase,
        secrets,
        dashboard,
      }),
      workflows,
      signal,
    });
    const missing = await n8n.waitForWebhooks();
    return [
      ...changes,
      ...missing.map((webhook) => `Nothing answers at ${n8n.url}${webhook}: is its workflow published?`),
    ];
  });
  for (const note of notes) progress.say(note);

  const addresses = { n8nUrl: n8n.url, sandboxUrl: sandbox.url };
  const appEventsToken = appEventsTokenOf(services, secrets);
  await registerWebhooks({ ...addresses, services, appEventsToken });
  lock.announce([n8n.url, sandbox.url]);
  const { email, password } = secrets.owner;
  return {
    ...addresses,
    n8n,
    postgres,
    databaseUrl,
    n8nDatabaseUrl,
    owner: { email, password },
    dashboard: { ...dashboard, url: `${n8n.url}/webhook/lifecycle-dashboard` },
    services,
    appEventsToken,
    trialsDatabase,
    logPath,
    stop: () => parts.end(),
  };
}

function embeddedUrl(postgres: Postgres | undefined, database: string): string {
  // It is started whenever one of the two databases is not elsewhere.
  if (!postgres) throw new StackError(`There is no database "${database}".`);
  return postgres.url(database);
}

async function startPostgres(
  { environment = {}, postgresPort: port, signal, onCrash }: StackOptions,
  dataFolder: string,
  progress: Progress,
  parts: Parts,
  lock: Lock,
): Promise<Postgres | undefined> {
  if (setting(environment, 'DATABASE_URL') && setting(environment, 'N8N_DATABASE_URL')) return undefined;
  const postgres = await progress.step('Starting PostgreSQL', () =>
    Postgres.start({
      dataFolder,
      port,
      databases: ['n8n', 'lifecycle'],
      signal,
      onCrash,
      onLaunch: (pid) => lock.watch('postgres', pid),
    }),
  );
  parts.onEnd(() => postgres.stop());
  return postgres;
}

async function startSandboxPart(port: number, parts: Parts, trials?: TrialsFile): Promise<RunningSandbox> {
  // In this process, which has nothing else to do while n8n works.
  const sandbox = await startSandbox({ port, trials });
  parts.onEnd(() => sandbox.close());
  return sandbox;
}
