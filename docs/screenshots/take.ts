/**
 * Takes the pictures of this folder anew: npx tsx docs/screenshots/take.ts
 * It starts everything on free ports, in a folder of its own, and ends it again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { Browser, Page } from 'playwright-core';
import { N8nApi } from '../../stack/n8n-api';
import { startStack, type Stack } from '../../stack/stack';
import { launchBrowser } from '../../test/support/browser';
import { Editor } from '../../test/support/editor';
import { until } from '../../test/support/until';
import { takeTicket } from './ticket';

const PEOPLE = [
  ['Ada Lovelace', 'ada.lovelace@example.com'],
  ['Scarlett O’Hara', 'scarlett@example.com'],
  ['李小龙', 'xiaolong@example.com'],
  ['Grace Hopper', 'grace.hopper@example.com'],
  ['Katherine Johnson', 'katherine@example.com'],
  ['Alan Turing', 'alan.turing@example.com'],
  ['Mary Jackson', 'mary@example.com'],
  ['Edsger Dijkstra', 'edsger@example.com'],
] as const;

async function tell(stack: Stack, method: string, target: string, body: object): Promise<void> {
  const response = await fetch(stack.sandboxUrl + target, { method, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${target}: ${await response.text()}`);
}

async function buy(stack: Stack, index: number, product = 'vip'): Promise<void> {
  const [name, email] = PEOPLE[index] ?? PEOPLE[0];
  await tell(stack, 'POST', '/sandbox/stripe/actions/completeCheckout', { name, email, product });
}

/** Somebody saves a contact in Mautic, whose webhook has been answered when this returns. */
async function save(stack: Stack, [name, email]: readonly [string, string], fields: object): Promise<void> {
  const [firstname = '', lastname = ''] = name.split(' ');
  const contact = { email, fields: { firstname, lastname, ...fields } };
  await tell(stack, 'POST', '/sandbox/mautic/actions/saveContact', contact);
}

async function ask<Row extends object>(connectionString: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<Row>(text).finally(() => client.end());
  return rows;
}

async function allSettled({ databaseUrl }: Stack): Promise<void> {
  const open = `select 1 from lifecycle.delivery join lifecycle.handler on handler.id = handler_id
    where published and state <> 'done'`;
  await until(async () => (await ask(databaseUrl, open)).length === 0, 'all events to be worked on', 90);
}

async function picture(page: Page, name: string): Promise<void> {
  // Animations come to rest, and the pointer points at nothing.
  await page.mouse.move(700, 90);
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: path.join(__dirname, `${name}.png`) });
}

async function takeWorkflows(editor: Editor): Promise<void> {
  const { page } = editor;
  for (const [workflow, height] of [
    ['vip-coupon', 960],
    ['discord-invite', 860],
    ['user-registered', 760],
    ['plan-changed', 960],
    ['customer-billing', 760],
    ['stripe-daily-sync', 760],
    ['intake', 960],
    ['onboarding-sequence', 900],
    ['support-tickets', 960],
    ['lifecycle-dashboard', 760],
  ] as const) {
    await page.setViewportSize({ width: 1440, height });
    await editor.show(workflow);
    await picture(page, workflow);
  }
}

async function takeDropDowns(editor: Editor): Promise<void> {
  for (const [workflow, node, parameter, name] of [
    ['vip-coupon', 'Create promo code', 'promotion', 'promotion-list'],
    ['discord-invite', 'Issue VIP invite', 'channel', 'channel-list'],
  ] as const) {
    await editor.page.setViewportSize({ width: 1440, height: 700 });
    await editor.show(await editor.copyOf(workflow));
    await editor.openNode(node);
    await editor.openList(parameter);
    await picture(editor.page, name);
  }
}

/** A mail of a sequence as marketers write it. */
async function takeMail(editor: Editor): Promise<void> {
  await editor.page.setViewportSize({ width: 1440, height: 1000 });
  await editor.show(await editor.copyOf('onboarding-sequence'));
  await editor.openNode('Plan onboarding tips');
  await picture(editor.page, 'sequence-node');
}

async function takeSegments(editor: Editor): Promise<void> {
  await editor.page.setViewportSize({ width: 1440, height: 900 });
  await editor.show(await editor.copyOf('user-registered'));
  await editor.openNode('Set up audience');
  await editor.openDropDown('segment');
  await picture(editor.page, 'segment-list');
}

/** One run with many items, of which some are no VIP purchases. */
async function takeRun(editor: Editor, stack: Stack): Promise<void> {
  await unpublish(stack, 'customer-billing');
  // Two runs that are kept waiting let the other purchases collect.
  await tell(stack, 'PUT', '/sandbox/latency', { milliseconds: 1_500 });
  for (const index of [0, 1]) {
    await buy(stack, index);
    await editor.page.waitForTimeout(700);
  }
  for (const index of [2, 3, 4, 5]) await buy(stack, index);
  for (const index of [6, 7]) await buy(stack, index, 'basic');
  await tell(stack, 'PUT', '/sandbox/latency', { milliseconds: 0 });
  await allSettled(stack);

  await editor.page.setViewportSize({ width: 1440, height: 900 });
  await editor.showRuns('vip-coupon', await largestRun(stack, 'vip-coupon'));
  await picture(editor.page, 'run');
}

/** It works on the same purchases, and each customer is up to one workflow at a time. */
async function unpublish({ n8nUrl, owner }: Stack, workflowId: string): Promise<void> {
  const api = new N8nApi(n8nUrl);
  await api.logIn(owner);
  const workflow = await api.workflow(workflowId);
  if (!workflow) throw new Error(`There is no workflow ${workflowId}.`);
  await api.unpublish(workflow);
}

/** One run with contacts for every output of "Check contact". */
async function takeInviteRun(editor: Editor, stack: Stack): Promise<void> {
  // As many runs as the workflow has at a time, kept waiting, let the other contacts collect.
  await tell(stack, 'PUT', '/sandbox/latency', { milliseconds: 2_000 });
  for (const index of [1, 2, 3, 4]) {
    await save(stack, [`Early Bird ${index}`, `early.bird${index}@example.com`], { opt_in_confirmed: true });
  }
  for (const [index, person] of PEOPLE.slice(2).entries()) {
    await save(stack, person, { opt_in_confirmed: true, vip_status: index % 3 === 0 });
  }
  await save(stack, ['Margaret Hamilton', 'margaret@example.com'], { city: 'Boston' });
  await save(stack, ['Barbara Liskov', 'barbara@example.com'], {
    opt_in_confirmed: true,
    discord_invite_basic: 'https://discord.gg/earlier',
  });
  await tell(stack, 'PUT', '/sandbox/latency', { milliseconds: 0 });
  await allSettled(stack);

  await editor.page.setViewportSize({ width: 1440, height: 900 });
  await editor.showRuns('discord-invite', await largestRun(stack, 'discord-invite'));
  await picture(editor.page, 'invite-run');
}

async function largestRun({ n8nDatabaseUrl }: Stack, workflowId: string): Promise<string> {
  const [run] = await ask<{ id: number }>(
    n8nDatabaseUrl,
    `select id from execution_entity join execution_data on "executionId" = id
     where "workflowId" = '${workflowId}' order by length(data) desc limit 1`,
  );
  if (!run) throw new Error(`${workflowId} has not run.`);
  return String(run.id);
}

/** One user goes up a tier, one comes by a partner, one subscribes at Lemon Squeezy. */
async function liveAsUsers(stack: Stack): Promise<void> {
  const user = async (index: number, target: string, body: object): Promise<void> => {
    const [name, email] = PEOPLE[index] ?? PEOPLE[0];
    await tell(stack, 'POST', `/sandbox/${target}`, { name, email, ...body });
  };
  await user(3, 'app/actions/register', { plan: 'free', source: 'website' });
  await user(4, 'app/actions/register', { plan: 'enterprise', source: 'partner' });
  await allSettled(stack);
  await user(3, 'app/actions/changePlan', { plan: 'pro', previousPlan: 'free' });
  await user(5, 'lemonsqueezy/actions/subscribe', { plan: 'pro' });
  await allSettled(stack);
}

async function takeSandbox(browser: Browser, stack: Stack): Promise<void> {
  const [ada, scarlett] = PEOPLE;
  await buy(stack, 0);
  await allSettled(stack);
  for (const person of [scarlett, ada]) {
    await save(stack, person, { opt_in_confirmed: true });
    await allSettled(stack);
  }
  await tell(stack, 'POST', '/sandbox/discord/actions/redeemInvite', { user: 'ada' });
  await liveAsUsers(stack);
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme });
    await page.goto(stack.sandboxUrl);
    await page.locator('#live.on').waitFor();
    await page.locator('#card-mautic').getByText('Your VIP coupon is here').first().waitFor();
    const discord = await page.locator('#card-discord').boundingBox();
    if (!discord) throw new Error('The sandbox shows no Discord.');
    await page.setViewportSize({ width: 1440, height: Math.ceil(discord.y + discord.height) + 10 });
    await picture(page, `sandbox-${colorScheme}`);
    await page.close();
  }
}

/** The page behind the password, after all that the other pictures needed. */
async function takeDashboard(browser: Browser, { dashboard }: Stack): Promise<void> {
  const { url, username, password } = dashboard;
  for (const [name, viewport, colorScheme] of [
    ['light', { width: 1280, height: 900 }, 'light'],
    ['dark', { width: 1280, height: 900 }, 'dark'],
    ['phone', { width: 390, height: 844 }, 'light'],
  ] as const) {
    const page = await browser.newPage({ viewport, colorScheme, httpCredentials: { username, password } });
    await page.goto(`${url}?period=7`);
    await page.screenshot({ path: path.join(__dirname, `dashboard-${name}.png`) });
    await page.close();
  }
}

async function takeAll(browser: Browser, stack: Stack): Promise<void> {
  const editor = await Editor.open(browser, stack);
  await takeWorkflows(editor);
  await takeDropDowns(editor);
  await takeSegments(editor);
  await takeMail(editor);
  await takeSandbox(browser, stack);
  await takeTicket(browser, stack);
  await takeRun(editor, stack);
  await takeInviteRun(editor, stack);
  await takeDashboard(browser, stack);
}

async function main(): Promise<void> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'lifecycle-screenshots-'));
  const stack = await startStack({ dataFolder });
  try {
    const browser = await launchBrowser();
    await takeAll(browser, stack).finally(() => browser.close());
  } finally {
    await stack.stop();
    rmSync(dataFolder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
