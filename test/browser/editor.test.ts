import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Locator } from 'playwright-core';
import * as sandbox from '../../sandbox/identities';
import { WORKFLOWS_FOLDER } from '../../stack/paths';
import { readWorkflows } from '../../stack/workflow-file';
import { launchBrowser } from '../support/browser';
import { expectOneCoupon, useCampaign } from '../support/campaign';
import { Editor } from '../support/editor';
import { expectInvariants, WITHOUT_WAITS } from '../support/invites';
import { until } from '../support/until';
import { knownUser, toldOfSignUps } from '../support/users';

const SLOW = 120_000;
const campaign = useCampaign({ parameters: WITHOUT_WAITS });
let browser: Browser;
let editor: Editor;

beforeAll(async () => {
  browser = await launchBrowser();
  editor = await Editor.open(browser, campaign.stack);
}, SLOW);
afterAll(() => browser.close());

describe('the canvas', () => {
  it.each(readWorkflows(WORKFLOWS_FOLDER).map(({ content }) => [content.name, content] as const))(
    'of "%s" shows every node with its icon, in the order of the flow',
    async (_name, { id, nodes, connections }) => {
      await editor.show(id);
      const expected = nodes
        .filter(({ type }) => type !== 'n8n-nodes-base.stickyNote')
        .map(({ name }) => name);
      await until(async () => (await editor.nodes.count()) === expected.length, 'all nodes to be drawn');

      for (const name of expected) await expectIcon(editor.node(String(name)));
      const lines = pairs(connections);
      // What closes a loop leads back, around the nodes.
      for (const [source, target] of lines.filter((line) => !closesLoop(line, lines))) {
        const [from, to] = await Promise.all([boxOf(source), boxOf(target)]);
        expect({ source, target, leftToRight: from.x + from.width < to.x }).toMatchObject({
          leftToRight: true,
        });
      }
      const notes = await editor.stickyNotes.all();
      const room = await Promise.all(notes.map((note) => note.evaluate(roomLeft)));
      expect(room).not.toEqual([]);
      for (const pixels of room) expect(pixels).toBeGreaterThan(0);
    },
    SLOW,
  );

  it(
    'names the outputs that contacts leave by',
    async () => {
      await editor.show('discord-invite');
      expect(await editor.outputs('Check contact')).toEqual(['VIP', 'Basic', 'Has link', 'Not opted in']);
      expect(await editor.outputs('Confirm link')).toEqual(['Confirmed', 'Superseded']);
      expect(await editor.outputs('Resume')).toEqual(['Resume', 'Nothing to do']);
    },
    SLOW,
  );

  it.each([
    ['plan-changed', 'Record plan', ['Subscribed', 'Up to Date']],
    ['user-churned', 'Record plan', ['Churned', 'Up to Date']],
    ['customer-billing', 'Record billing', ['New Value', 'Same Value']],
  ])(
    'of "%s" names what becomes of a customer',
    async (workflow, node, names) => {
      await editor.show(workflow);
      expect(await editor.outputs(node)).toEqual(names);
    },
    SLOW,
  );

  it(
    'runs with the newest real purchase, and uses nothing up',
    async () => {
      const { eventId } = await campaign.buy({ email: 'tried@example.com', name: 'Trudy Tried' });
      const before = await campaign.settled([eventId], 'done');
      await editor.show('vip-coupon');
      await editor.execute();
      expect((await editor.succeeded()).sort()).toEqual([
        'Create promo code',
        'Look up purchase',
        'On VIP purchase',
        'Send coupon e-mail',
        'Settle',
        'Update contact',
      ]);
      await expectOneCoupon(campaign, 'tried@example.com');
      expect(await campaign.deliveriesOf([eventId])).toEqual(before);
    },
    SLOW,
  );

  it(
    'runs with the newest change of a contact, and issues nothing twice',
    async () => {
      await campaign.optIn('tried@example.com');
      const before = await expectInvariants(campaign, 'tried@example.com');
      const deliveries = await campaign.mauticDeliveries('Discord invite');
      await editor.show('discord-invite');
      await editor.execute();
      // The newest change is the workflow's own saving of the link.
      expect((await editor.succeeded()).sort()).toEqual([
        'Check contact',
        'On contact update',
        'Resume',
        'Settle',
      ]);
      expect(await expectInvariants(campaign, 'tried@example.com')).toEqual(before);
      expect(await campaign.invites()).toHaveLength(1);
      expect(await campaign.mauticDeliveries('Discord invite')).toEqual(deliveries);
    },
    SLOW,
  );

  it(
    'runs with the newest sign-up as often as one likes, and does everything once',
    async () => {
      const email = 'ada@example.com';
      await campaign.act('app', 'register', { email, name: 'Ada Lovelace', plan: 'enterprise' });
      const steps = [
        'Ensure person',
        'On registration',
        'Record registration',
        'Save sync',
        'Set up audience',
        'Settle',
        'Tell Slack',
        'Worth a notice?',
      ];
      for (const run of [1, 2]) {
        await editor.show('user-registered');
        await editor.execute();
        expect({ run, steps: (await editor.succeeded()).sort() }).toEqual({ run, steps });
      }
      expect(await knownUser(campaign, email)).toMatchObject({
        contacts: 1,
        segments: ['enterprise-tier', 'new-users'],
        campaigns: ['Welcome'],
        people: 1,
      });
      expect(await toldOfSignUps(campaign)).toHaveLength(1);
    },
    SLOW,
  );
});

describe('a drop-down', () => {
  beforeEach(async () => editor.show(await editor.copyOf('vip-coupon')), SLOW);

  it(
    '"Promotion" lists the promotions of the shop',
    async () => {
      await editor.openNode('Create promo code');
      await editor.openList('promotion');
      expect(await texts(editor.listed)).toEqual(['Retired VIP', 'Summer sale', 'VIP reservation']);
    },
    SLOW,
  );

  it(
    '"Email" lists the template e-mails of Mautic',
    async () => {
      await editor.openNode('Send coupon e-mail');
      await editor.openList('emailTemplate');
      expect(await texts(editor.listed)).toEqual(expect.arrayContaining(['VIP coupon', 'Welcome 1: Hello']));
    },
    SLOW,
  );

  it(
    '"Field" lists the contact fields of Mautic by their labels',
    async () => {
      await editor.openNode('Update contact');
      await editor.openDropDown('alias');
      const offered = await texts(editor.choices);
      expect(offered).toEqual(expect.arrayContaining(['First Name', 'Promo code', 'VIP status']));
    },
    SLOW,
  );

  it(
    '"Products" lists the products of Stripe once picking is chosen',
    async () => {
      await editor.openNode('Look up purchase');
      await editor.openDropDown('matchProducts');
      await editor.choose('Picked Products');
      await editor.openDropDown('productIds');
      expect(await texts(editor.choices)).toContain('VIP reservation');
    },
    SLOW,
  );
});

describe('a drop-down of an invite', () => {
  beforeEach(async () => editor.show(await editor.copyOf('discord-invite')), SLOW);

  it(
    '"Channel" lists the channels of the Discord server with their categories',
    async () => {
      await editor.openNode('Issue VIP invite');
      await editor.openList('channel');
      expect((await texts(editor.listed)).sort()).toEqual([
        'Community / Campfire',
        'Community / announcements',
        'Community / vip-lounge',
        'Community / welcome',
        'Support / support',
        'Support / support-staff',
        'Support / ticket-log',
      ]);
    },
    SLOW,
  );

  it(
    '"Roles" lists the roles that can be given',
    async () => {
      await editor.openNode('Issue VIP invite');
      await editor.addOption('Role');
      await editor.openDropDown('roles');
      expect(await texts(editor.choices)).toEqual(expect.arrayContaining(['Backer', 'VIP']));
    },
    SLOW,
  );

  it(
    'for the fields of a contact lists those of the right kind',
    async () => {
      await editor.openNode('Check contact');
      await editor.openDropDown('optInField');
      expect((await texts(editor.choices)).sort()).toEqual([
        'Marketing consent',
        'Opt-in confirmed',
        'VIP status',
      ]);
      await editor.choose('Opt-in confirmed');
      await editor.openDropDown('vipLinkField');
      expect(await texts(editor.choices)).toEqual(
        expect.arrayContaining(['Discord invite (Basic)', 'Discord invite (VIP)']),
      );
    },
    SLOW,
  );

  it(
    "for a lead lists EspoCRM's own statuses and sources",
    async () => {
      await editor.openNode('Ensure lead');
      await editor.openDropDown('status');
      expect(await texts(editor.choices)).toEqual(
        expect.arrayContaining(["EspoCRM's Default", 'In Process']),
      );
      await editor.choose('In Process');
      await editor.openDropDown('source');
      expect(await texts(editor.choices)).toEqual(expect.arrayContaining(["EspoCRM's Default", 'Partner']));
    },
    SLOW,
  );
});

describe('a drop-down of an audience', () => {
  it(
    'lists the segments and campaigns of Mautic by their names',
    async () => {
      await editor.show(await editor.copyOf('user-registered'));
      await editor.openNode('Set up audience');
      await editor.openDropDown('segment');
      expect(await texts(editor.choices)).toEqual(
        expect.arrayContaining(['Churned', 'Enterprise tier', 'Free tier', 'New Users', 'Pro tier']),
      );
      await editor.choose('Pro tier');
      await editor.openDropDown('campaign');
      expect(await texts(editor.choices)).toEqual(
        expect.arrayContaining([
          'Enterprise walkthrough',
          'Pro onboarding',
          'Retention',
          'Welcome',
          'Win-back',
        ]),
      );
    },
    SLOW,
  );
});

describe('a node that works for several providers', () => {
  it.each([
    ['Lemon Squeezy events', '/webhook/lemonsqueezy/lifecycle'],
    ['App events', '/webhook/app/lifecycle'],
    ['Windmill calls', '/webhook/windmill/api/w/:workspace/jobs/run/p/:kind/:folder/:name'],
  ])(
    'shows the one address to be entered where the events come from: %s',
    async (node, path) => {
      await editor.show('intake');
      await editor.openNode(node);
      const addresses = await editor.productionUrls();
      expect(addresses.map((address) => [new URL(address).protocol, new URL(address).pathname])).toEqual([
        ['http:', path],
      ]);
    },
    SLOW,
  );

  it.each([
    ['intake', 'Mautic events'],
    ['reconcile-missed', 'Catch up with Mautic'],
  ])(
    'lets the provider be chosen, and each credential among its kind: %s',
    async (workflow, node) => {
      await editor.show(await editor.copyOf(workflow));
      await editor.openNode(node);
      expect(await editor.chosenCredentials()).toEqual(['Lifecycle Store', 'Mautic']);
      await editor.openDropDown('provider');
      await editor.choose('Stripe');
      expect((await editor.chosenCredentials())[0]).toBe('Lifecycle Store');
    },
    SLOW,
  );
});

describe('the Test button', () => {
  it.each([
    'Stripe',
    'Shopware',
    'Mautic',
    'Discord',
    'EspoCRM',
    'Twenty',
    'Windmill',
    'Lemon Squeezy',
    'Lifecycle Store',
    'App events',
    'Slack',
  ])(
    'of the credential "%s" turns green',
    async (name) => {
      expect(await editor.testCredential(name)).toBe('success');
    },
    SLOW,
  );

  it('of the credential for HMAC turns green', async () => {
    const fields = {
      url: `${campaign.stack.sandboxUrl}/espocrm`,
      apiKey: sandbox.ESPOCRM_HMAC_KEY,
      secretKey: sandbox.ESPOCRM_HMAC_SECRET,
    };
    expect(await editor.verdictOn('lifecycleEspoCrmHmacApi', fields)).toMatchObject({ status: 'OK' });
  });

  it.each<[string, string, () => object, RegExp]>([
    [
      'Stripe',
      'lifecycleStripeApi',
      () => ({ url: `${campaign.stack.sandboxUrl}/stripe`, secretKey: 'sk_test_wrong' }),
      /Stripe does not know this secret key/,
    ],
    [
      'Shopware',
      'lifecycleShopwareApi',
      () => ({
        url: `${campaign.stack.sandboxUrl}/shopware`,
        clientId: sandbox.SHOPWARE_CLIENT_ID,
        clientSecret: 'wrong',
      }),
      /Shopware does not accept this client ID and client secret/,
    ],
    [
      'Mautic',
      'lifecycleMauticApi',
      () => ({
        url: `${campaign.stack.sandboxUrl}/mautic`,
        username: sandbox.MAUTIC_USERNAME,
        password: 'wrong',
      }),
      /Check the user name and password/,
    ],
    [
      'Discord',
      'lifecycleDiscordApi',
      () => ({
        url: `${campaign.stack.sandboxUrl}/discord`,
        botToken: 'wrong',
        serverId: sandbox.DISCORD_SERVER_ID,
      }),
      /Discord does not know this bot token/,
    ],
    [
      'EspoCRM',
      'lifecycleEspoCrmApi',
      () => ({ url: `${campaign.stack.sandboxUrl}/espocrm`, apiKey: 'wrong' }),
      /EspoCRM does not accept this\. Check the key/,
    ],
    [
      'EspoCRM, by HMAC,',
      'lifecycleEspoCrmHmacApi',
      () => ({
        url: `${campaign.stack.sandboxUrl}/espocrm`,
        apiKey: sandbox.ESPOCRM_HMAC_KEY,
        secretKey: 'wrong',
      }),
      /EspoCRM does not accept this\. Check both keys/,
    ],
    [
      'the store',
      'lifecycleStoreApi',
      () => {
        const { hostname, port, username, pathname } = new URL(campaign.stack.databaseUrl);
        const database = pathname.slice(1);
        return { host: hostname, port: Number(port), database, user: username, password: 'wrong' };
      },
      /The password is wrong/,
    ],
    ['app events', 'lifecycleAppEventsApi', () => ({ token: 'short' }), /at least 32 characters/],
    ['Lemon Squeezy', 'lifecycleLemonSqueezyApi', () => ({ webhookSecrets: 'short' }), /6 to 40 characters/],
    [
      'Twenty',
      'lifecycleTwentyApi',
      () => ({ url: `${campaign.stack.sandboxUrl}/twenty`, apiKey: 'wrong' }),
      /Twenty does not accept the API key/,
    ],
    [
      'Windmill',
      'lifecycleWindmillApi',
      () => ({ url: `${campaign.stack.sandboxUrl}/windmill`, workspace: 'campaign', token: 'wrong' }),
      /Windmill does not know this token/,
    ],
    [
      'Slack',
      'lifecycleSlackApi',
      () => ({ webhookUrl: `${campaign.stack.sandboxUrl}/slack/services/T000/B000/wrong` }),
      /Slack does not know this webhook/,
    ],
  ])('of %s with a wrong secret says what to do', async (_name, type, fields, message) => {
    expect(await editor.verdictOn(type, fields())).toEqual({
      status: 'Error',
      message: expect.stringMatching(message),
    });
  });

  it(
    'shows the reason in the editor, and turns green once the secret is right',
    async () => {
      const url = `${campaign.stack.sandboxUrl}/stripe`;
      await editor.createCredential('Stripe, mistyped', 'lifecycleStripeApi', { url, secretKey: 'sk_typo' });
      expect(await editor.testCredential('Stripe, mistyped')).toBe('error');
      await editor.page.getByText('More details').click();
      await editor.page.getByText('Stripe does not know this secret key.').first().waitFor();
      await editor.page
        .locator('[data-test-id="parameter-input-secretKey"] input')
        .fill(sandbox.STRIPE_SECRET_KEY);
      await editor.page.locator('[data-test-id="credential-save-button"]').click();
      await editor.page.getByText('Connection tested successfully').waitFor();
      await editor.retryCredential();
      await editor.page.getByText('Connection tested successfully').waitFor();
    },
    SLOW,
  );
});

describe("the sandbox's page", () => {
  it(
    'shows a purchase, an opt-in, and all that comes of them, live',
    async () => {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(campaign.stack.sandboxUrl);
      await page.locator('#live.on').waitFor();
      await page.getByLabel('Person’s name').fill('Ada Lovelace');
      await page.getByLabel('Person’s e-mail').fill('ada@example.com');
      await page.getByRole('button', { name: 'Buy a VIP reservation' }).click();
      await page.locator('#card-stripe').getByText('Ada Lovelace').waitFor();
      await page.locator('#card-mautic').getByText('Your VIP coupon is here, Ada!').waitFor();
      const { code } = await expectOneCoupon(campaign, 'ada@example.com');
      await page.locator('#card-shopware').getByText(code).waitFor();
      await page.locator('#card-mautic').getByRole('cell', { name: code }).waitFor();
      await page.getByRole('button', { name: 'Opt in', exact: true }).click();
      await page.locator('#card-discord').getByRole('row', { name: 'vip-lounge live' }).waitFor();
      await page.locator('#card-mautic').getByText('The VIP room is open, Ada').waitFor();
      await page.locator('#card-espocrm').getByRole('row', { name: 'Ada Lovelace' }).waitFor();
      expect(errors).toEqual([]);
      await page.close();
    },
    SLOW,
  );
});

/** An image that has loaded, or one of n8n's own icons; n8n draws a question mark for a type that it does not know. */
async function expectIcon(node: Locator): Promise<void> {
  const icon = node.locator('.n8n-node-icon').locator('img, svg').first();
  await icon.waitFor();
  if ((await node.locator('.n8n-node-icon img').count()) === 0) return;
  await until(
    async () => await icon.evaluate(isLoaded),
    `the icon of ${await node.getAttribute('data-node-name')} to load`,
  );
}

/** Runs in the browser. */
function isLoaded(image: { complete?: boolean; naturalWidth?: number }): boolean {
  return image.complete === true && image.naturalWidth !== 0;
}

/** Runs in the browser: how many pixels of a sticky note are left below its text. */
function roomLeft(note: {
  getBoundingClientRect(): { bottom: number };
  querySelector(selector: string): { getBoundingClientRect(): { bottom: number } } | null;
}): number {
  const last = note.querySelector('p:last-child');
  return last === null ? 0 : note.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom;
}

/** Source and target of every connection. */
function pairs(connections: Record<string, unknown>): Array<[string, string]> {
  const outputs = connections as Record<string, { main?: Array<Array<{ node: string }> | null> }>;
  return Object.entries(outputs).flatMap(([source, { main = [] }]) =>
    main.flatMap((targets) => (targets ?? []).map(({ node }): [string, string] => [source, node])),
  );
}

/** Whether a line leads back to a node that comes before the one it starts from. */
function closesLoop([source, target]: [string, string], lines: ReadonlyArray<[string, string]>): boolean {
  const starts = lines.map(([from]) => from).filter((from) => lines.every(([, to]) => to !== from));
  const fromStart = reachedFrom(starts, lines);
  return (
    reachedFrom([target], lines).includes(source) && fromStart.indexOf(target) < fromStart.indexOf(source)
  );
}

/** The nodes that lines lead to, the nearest first, and those that they start from. */
function reachedFrom(starts: readonly string[], lines: ReadonlyArray<[string, string]>): string[] {
  const reached = new Set(starts);
  // A set goes on through what is added to it on the way.
  for (const node of reached) for (const [from, to] of lines) if (from === node) reached.add(to);
  return [...reached];
}

async function boxOf(name: string): Promise<{ x: number; width: number }> {
  const box = await editor.node(name).boundingBox();
  if (!box) throw new Error(`${name} is not on the canvas.`);
  return box;
}

/** First lines: the names, without descriptions. */
async function texts(locator: Locator): Promise<string[]> {
  return (await locator.allInnerTexts()).map((text) => text.split('\n')[0]?.trim() ?? '');
}
