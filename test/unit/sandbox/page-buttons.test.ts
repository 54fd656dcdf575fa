import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WELCOME_ID } from '../../../sandbox/discord/fresh-state';
import { DISCORD_BOT_SECRET } from '../../../sandbox/identities';
import { BUTTON_GROUPS, type PageButton } from '../../../sandbox/page/buttons';
import { startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

const PERSON = { name: 'Anna Schmidt', email: 'anna@example.com' };
const buttons = BUTTON_GROUPS.flatMap((group) => group.buttons);

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await startSandboxUnderTest();
});
afterAll(() => sandbox.close());

/** What the page sends for a click, with the form filled in or not. */
function inputOf({ input, form }: PageButton, person: Partial<typeof PERSON>): object {
  const filled = [form.name && { [form.name]: person.name }, form.email && { [form.email]: person.email }];
  return Object.assign({}, input, ...filled);
}

/** What the buttons need that comes from n8n: an invite, on the server's first day, and a coupon. */
async function issueCoupon(code: string): Promise<void> {
  const { body } = await sandbox.call('GET', '/sandbox/state/shopware');
  const state = body as { promotions: Array<{ id: string }>; codes: object[] };
  const coupon = {
    id: createHash('md5').update(code).digest('hex'),
    code,
    promotionId: state.promotions[0]?.id,
    payload: null,
    createdAt: new Date().toISOString(),
    updatedAt: null,
  };
  await sandbox.call('PUT', '/sandbox/state/shopware', { ...state, codes: [...state.codes, coupon] });
}

async function issueInvite(): Promise<void> {
  await sandbox.call(
    'POST',
    `/discord/channels/${WELCOME_ID}/invites`,
    { unique: true, max_uses: 1 },
    { authorization: `Bot ${DISCORD_BOT_SECRET}`, 'user-agent': 'DiscordBot (https://n8n.example, 1.0)' },
  );
}

async function click(label: string, person: Partial<typeof PERSON> = PERSON): Promise<unknown> {
  const button = buttons.find((candidate) => candidate.label === label);
  if (!button) throw new Error(`The page has no button "${label}".`);
  const { status, body } = await sandbox.call('POST', `/sandbox/${button.action}`, inputOf(button, person));
  expect({ label, status, body }).toMatchObject({ status: 200 });
  return body;
}

describe("the page's buttons", () => {
  it.each([
    ['filled in', PERSON],
    ['left empty', {}],
  ])('all do what they say with the form %s', async (when, person) => {
    await issueInvite();
    await issueCoupon(`VIP ${when}`);
    for (const { label, action } of buttons) {
      // There is no file to write to here.
      if (action.startsWith('trials/')) continue;
      // Only one delayed payment is under way: it arrives, or it fails.
      if (label === 'The payment fails') await click('Buy with a delayed payment', person);
      await click(label, person);
    }
  });

  it('change the contact whose address is filled in', async () => {
    await click('Opt in');
    await click('Become VIP');
    await click('Clear the invite links');
    const { body } = await sandbox.call('GET', '/sandbox/state/mautic');
    const { contacts } = body as { contacts: Array<{ fields: Record<string, unknown> }> };
    expect(contacts.filter(({ fields }) => fields.email === PERSON.email)).toMatchObject([
      { fields: { opt_in_confirmed: true, vip_status: true } },
    ]);
  });

  it('say what is missing when there is no trial database', async () => {
    const trials = buttons.filter(({ action }) => action.startsWith('trials/'));
    expect(trials).toHaveLength(2);
    for (const button of trials) {
      expect(await sandbox.call('POST', `/sandbox/${button.action}`, inputOf(button, {}))).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining('no trial database') },
      });
    }
  });

  it('let the person from the form join by the newest invite', async () => {
    await sandbox.call('POST', '/sandbox/reset');
    await issueInvite();
    expect(await click('Use the newest invite')).toMatchObject({ user: PERSON.name, uses: 1 });
  });

  it('stand on the page with all that its script needs', async () => {
    const { body } = await sandbox.call('GET', '/');
    expect(body).toContain('<legend>Opt in and join</legend>');
    for (const { label } of buttons) expect(body).toContain(`>${label}</button>`);
    expect(body).toContain('data-form="{&quot;name&quot;:&quot;user&quot;}"');
  });
});
