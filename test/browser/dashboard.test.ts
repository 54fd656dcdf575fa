import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { renderReport } from '../../nodes/LifecycleDashboard/render';
import { launchBrowser } from '../support/browser';
import { dashboardReports } from '../support/dashboard';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** What is laid out hangs on the width alone, and contrast on the colours. */
const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const;

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage({ bypassCSP: true });
});

afterAll(async () => {
  await browser.close();
});

/** Runs in the browser, once axe-core is there. */
async function violations(): Promise<string[]> {
  const { axe } = globalThis as unknown as {
    axe: { run(): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }> };
  };
  const result = await axe.run();
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

/** Runs in the browser. */
function width(): number {
  const { document } = globalThis as unknown as { document: { documentElement: { scrollWidth: number } } };
  return document.documentElement.scrollWidth;
}

/** Runs in the browser: opens what a reader can open. */
function openAll(): void {
  const { document } = globalThis as unknown as {
    document: { querySelectorAll(selector: string): Iterable<{ open: boolean }> };
  };
  for (const each of document.querySelectorAll('details')) each.open = true;
}

describe('the dashboard in Chromium', () => {
  // The year differs from the month only in length.
  const reports = Object.entries(dashboardReports()).filter(([name]) => name !== 'year');

  it.each(reports)(
    'is for everybody, wide and narrow, in both colours: %s',
    async (name, report) => {
      const { body } = await renderReport(report, { format: 'html' });
      for (const { colorScheme, width: wanted } of LOOKS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width: wanted, height: 800 });
        await page.setContent(body);
        await page.evaluate(openAll);
        expect(await page.evaluate(width)).toBeLessThanOrEqual(wanted);
        // It is the page of the dead again, with larger numbers.
        if (name === 'large') continue;
        await page.evaluate(AXE);
        expect(await page.evaluate(violations)).toEqual([]);
      }
    },
    120_000,
  );

  it('is printed whole, in light, without navigation', async () => {
    const { body } = await renderReport(dashboardReports().dead ?? missing(), { format: 'html' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setContent(body);
    expect(await page.locator('nav:visible, .file:visible, form:visible').count()).toBe(0);
    // The background of the cards, which is the paper's.
    expect(await page.locator('.card').first().evaluate(backgroundOf)).toBe('rgb(255, 255, 255)');
    const numbers = page.locator('details table').first();
    expect(await numbers.isVisible()).toBe(true);
    await page.emulateMedia({ media: null });
  });

  it('leads the keyboard past the navigation', async () => {
    const { body } = await renderReport(dashboardReports().small ?? missing(), { format: 'html' });
    await page.setContent(body);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.locator('main:focus').count()).toBe(1);
  });
});

/** Runs in the browser. */
function backgroundOf(element: object): string {
  const { getComputedStyle } = globalThis as unknown as {
    getComputedStyle(of: object): { backgroundColor: string };
  };
  return getComputedStyle(element).backgroundColor;
}

function missing(): never {
  throw new Error('There is no such report.');
}
