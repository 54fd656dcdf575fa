import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from '../chromium';

/** Starts Chromium; rejects with what to do when there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
  // Chromium's own sandbox does not run as root, as in a container; shared memory is small there.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  return await chromium.launch({ executablePath, args });
}
