/**
 * Takes the pictures of this folder anew: npx tsx docs/screenshots/take.ts
 * It starts everything on free ports, in a folder of its own, and ends it again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startStack, type Stack } from '../../stack/stack';
import { launchBrowser } from '../../test/support/browser';
import { Editor } from '../../test/support/editor';

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
    ['intake', 700],
  ] as const) {
    await page.setViewportSize({ width: 1440, height });
    await editor.show(workflow);
    await picture(page, workflow);
  }
}

async function takeDropDown(editor: Editor): Promise<void> {
  await editor.page.setViewportSize({ width: 1440, height: 700 });
  await editor.show(await editor.copyOf('vip-coupon'));
  await editor.openNode('Create promo code');
  await editor.openList('promotion');
  await picture(editor.page, 'promotion-list');
}

/** One run with many items, of which some are no VIP purchases. */
async function takeRun(editor: Editor, stack: Stack): Promise<void> {
  // Two runs that are kept waiting let the other purchases collect.
  await tell(stack, 'PUT', '/sandbox/latency', { milliseconds: 1_500 });
  for (const index of [0, 1]) {
    await buy(stack, index);
    await editor.page.waitForTimeout(700);
  }
  for (const index of [2, 3, 4, 5]) await buy(stack, index);
  for (const index of [6, 7]) await buy(stack, index, 'basic');
  await tell(stack, 'PUT', '/sandbox/latency', { milliseconds: 0 });
  await editor.page.waitForTimeout(15_000);

  await editor.page.setViewportSize({ width: 1440, height: 900 });
  await editor.showRuns('vip-coupon');
  await picture(editor.page, 'run');
}

async function takeSandbox(browser: Browser, stack: Stack): Promise<void> {
  await buy(stack, 0);
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1180 }, colorScheme });
    await page.goto(stack.sandboxUrl);
    await page.locator('#live.on').waitFor();
    await page.locator('#card-mautic').getByText('Your VIP coupon is here').first().waitFor();
    await picture(page, `sandbox-${colorScheme}`);
    await page.close();
  }
}

async function takeAll(browser: Browser, stack: Stack): Promise<void> {
  const editor = await Editor.open(browser, stack);
  await takeWorkflows(editor);
  await takeDropDown(editor);
  await takeSandbox(browser, stack);
  await takeRun(editor, stack);
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
