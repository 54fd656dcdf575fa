/** An application with Better Auth on PostgreSQL, as a process of its own: tells its parent its address. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth' with { 'resolution-mode': 'import' };
import { Pool } from 'pg';
import { createLifecycleClient, lifecycle } from '../../../client';

/** Whoever is called so cannot be given an account, so that the transaction of the sign-up is rolled back. */
const NOBODY = 'Nobody';

const nobodyGetsIn: BetterAuthPlugin = {
  id: 'nobody',
  init: ({ internalAdapter }) => ({
    options: {
      databaseHooks: {
        account: {
          create: {
            before: async ({ userId }) => {
              const user = await internalAdapter.findUserById(userId);
              if (user?.name === NOBODY) throw new Error('nobody gets in');
            },
          },
        },
      },
    },
  }),
};

async function main(): Promise<void> {
  const [{ betterAuth }, { toNodeHandler }, { getMigrations }] = await Promise.all([
    import('better-auth'),
    import('better-auth/node'),
    import('better-auth/db/migration'),
  ]);
  const client = createLifecycleClient({ timeout: Number(process.env['CLIENT_TIMEOUT']) });
  const inBackground: Array<Promise<unknown>> = [];

  const options = {
    baseURL: 'http://127.0.0.1',
    secret: 'a-secret-of-at-least-thirty-two-characters',
    database: new Pool({ connectionString: process.env['DATABASE_URL'] }),
    emailAndPassword: { enabled: true },
    user: {
      additionalFields: {
        newsletter: { type: 'boolean', required: false },
        campaign: { type: 'string', required: false },
      },
    },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      backgroundTasks: { handler: (work) => void inBackground.push(work) },
    },
    plugins: [
      lifecycle({
        client,
        plan: ({ email }) => (email.startsWith('pro') ? 'pro' : 'free'),
        source: ({ campaign }) => (typeof campaign === 'string' ? campaign : undefined),
        marketingConsent: ({ newsletter }) => newsletter === true,
      }),
      nobodyGetsIn,
    ],
  } satisfies BetterAuthOptions;
  await (await getMigrations(options)).runMigrations();
  const auth = betterAuth(options);
  const handle = toNodeHandler(auth);

  const server = createServer((request, response) => {
    if (request.url !== '/settled') return void handle(request, response);
    // What Better Auth was given to see through, as a serverless platform would.
    const works = inBackground.splice(0);
    void Promise.all(works).then(() => response.end(String(works.length)));
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
}

void main();
