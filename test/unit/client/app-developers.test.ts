import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApplicationFolder } from './installed-package';
import { IntakeServer } from './intake-server';
import { TOKEN } from './receiver';

jest.setTimeout(60_000);

const PAGE = readFileSync(path.resolve(__dirname, '../../../docs/app-developers.md'), 'utf8');

/** The page's code, by the file that each block says it is. */
const snippets = new Map(
  [...PAGE.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(([, file = '', code = '']) => [file, code]),
);

const ada = { email: 'ada@example.com', name: 'Ada Lovelace' };

let intake: IntakeServer;
let application: ApplicationFolder;
const run = new Set<string>();

beforeAll(async () => {
  application = await ApplicationFolder.create();
  application.link('better-auth');
  // Stands in for the framework's: work for after the answer.
  application.write('node_modules/next/server.js', 'exports.after = (work) => setImmediate(work);');
  for (const [file, code] of snippets) application.write(file, code);
});
beforeEach(async () => {
  intake = await IntakeServer.start();
});
afterEach(() => intake.receiver.down());
afterAll(() => application.remove());

function settings(): Record<string, string> {
  return { LIFECYCLE_WEBHOOK_URL: intake.receiver.url, LIFECYCLE_WEBHOOK_TOKEN: TOKEN };
}

/** Runs code that gets the exports of the snippet as `module`; gives what it prints. */
async function use(file: string, code: string, environment = settings()): Promise<unknown> {
  run.add(file);
  const driver = application.write('driver.mts', `import * as module from './${file}';\n${code}`);
  return JSON.parse(await application.node([driver], environment));
}

async function shell(file: string, environment: Record<string, string>): Promise<string> {
  run.add(file);
  return (await application.command('sh', ['-e', application.at(file)], environment)).stdout;
}

/** What the intake has stored: the type and the data of each event. */
function stored() {
  return [...intake.events.values()].map(({ type, payload }) => ({ type, data: payload['data'] }));
}

describe('the snippet', () => {
  it('lifecycle.mjs tells of what was not delivered', async () => {
    const code = `
      const errors = [];
      console.error = (text) => errors.push(text);
      await module.lifecycle.userRegistered({ email: 'nobody', plan: 'free' });
      console.log(JSON.stringify(errors));
    `;
    expect(await use('lifecycle.mjs', code)).toEqual([
      expect.stringMatching(/^user\.registered was not delivered: .* answered 422: data\.email/),
    ]);
    expect(stored()).toEqual([]);
  });

  it('sign-up.mjs reports a registration', async () => {
    const code = `
      const users = { insert: async (user) => ({ ...user, id: 7 }) };
      const user = await module.signUp(users, ${JSON.stringify({ ...ada, newsletter: true })});
      await module.shutDown();
      console.log(JSON.stringify(user));
    `;
    expect(await use('sign-up.mjs', code)).toEqual({ ...ada, plan: 'free', id: 7 });
    const data = { ...ada, plan: 'free', source: 'website', marketingConsent: true };
    expect(stored()).toEqual([{ type: 'user.registered', data }]);
  });

  it('app/api/plan/route.ts reports an upgrade', async () => {
    const change = { email: ada.email, previousPlan: 'free', newPlan: 'pro' };
    const code = `
      const body = ${JSON.stringify(JSON.stringify(change))};
      const response = await module.POST(new Request('http://localhost/', { method: 'POST', body }));
      console.log(JSON.stringify(await response.json()));
    `;
    expect(await use('app/api/plan/route.ts', code)).toEqual({ plan: 'pro' });
    expect(stored()).toEqual([{ type: 'user.upgraded', data: change }]);
  });

  it('src/hooks.server.ts reports the use of a feature, and of nothing else', async () => {
    const code = `
      const works = [];
      const answers = [];
      for (const pathname of ['/reports', '/reports/export']) {
        const event = {
          url: new URL(pathname, 'http://localhost'),
          locals: { user: { email: '${ada.email}' } },
          platform: { context: { waitUntil: (work) => works.push(work) } },
        };
        const response = await module.handle({ event, resolve: async () => new Response('done') });
        answers.push(await response.text());
      }
      console.log(JSON.stringify([answers, await Promise.all(works)]));
    `;
    expect(await use('src/hooks.server.ts', code)).toEqual([['done', 'done'], [{ delivered: true }]]);
    const data = { email: ada.email, name: 'report.exported', properties: {} };
    expect(stored()).toEqual([{ type: 'user.custom', data }]);
  });

  it('auth.ts reports sign-ups and sign-ins', async () => {
    const body = { ...ada, password: 'correct horse battery staple', newsletter: true, source: 'website' };
    const code = `
      const { user } = await module.auth.api.signUpEmail({ body: ${JSON.stringify(body)} });
      console.log(JSON.stringify(user.email));
    `;
    const secret = 'a-secret-of-at-least-thirty-two-characters';
    const environment = { ...settings(), BETTER_AUTH_SECRET: secret, BETTER_AUTH_URL: 'http://localhost' };
    expect(await use('auth.ts', code, environment)).toBe(ada.email);
    const data = { ...ada, plan: 'free', source: 'website', marketingConsent: true };
    expect(stored().sort((one, other) => (one.type < other.type ? -1 : 1))).toEqual([
      { type: 'user.loggedIn', data: { email: ada.email } },
      { type: 'user.registered', data },
    ]);
  });

  it('curl.sh reports a registration, once', async () => {
    expect(JSON.parse(await shell('curl.sh', settings()))).toEqual({ received: true });
    expect(JSON.parse(await shell('curl.sh', settings()))).toEqual({ received: true, duplicate: true });
    const data = { ...ada, plan: 'pro', marketingConsent: true };
    expect(stored()).toEqual([{ type: 'user.registered', data }]);
    expect([...intake.events.keys()]).toEqual(['signup-4711']);
  });

  it('windmill.sh gets the id of a job', async () => {
    const answer = await shell('windmill.sh', windmillSettings());
    expect(answer).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    const data = { ...ada, plan: 'pro', marketingConsent: false };
    expect(stored()).toEqual([{ type: 'user.registered', data }]);
  });

  it('windmill.env lets the client speak the form of Windmill', async () => {
    run.add('windmill.env');
    const code = `
      const answer = await module.lifecycle.userLoggedIn({ email: '${ada.email}' });
      console.log(JSON.stringify(answer));
    `;
    expect(await use('lifecycle.mjs', code, windmillSettings())).toEqual({ delivered: true });
    expect(stored()).toEqual([{ type: 'user.loggedIn', data: { email: ada.email } }]);
    expect(intake.answers).toEqual([{ status: 201, body: [...intake.events.keys()][0] }]);
  });

  it('is run here, each of them', () => {
    expect([...run].sort()).toEqual([...snippets.keys()].sort());
  });

  /** As the page has them, with the address and the token put in. */
  function windmillSettings(): Record<string, string> {
    const { origin } = new URL(intake.receiver.url);
    const text = (snippets.get('windmill.env') ?? '')
      .replace('https://<your n8n>', origin)
      .replace(/<the token [^>]*>/, TOKEN);
    return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  }
});
