import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What to do when {@link findChromium} finds none. */
export const CHROMIUM_MISSING =
  'The browser tests need Chromium. Debian and Ubuntu: apt-get install --no-install-recommends chromium. ' +
  'Elsewhere: install Chromium or Chrome and set CHROMIUM_PATH to its program.';

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of the Chromium to test with: `CHROMIUM_PATH`, else the first of the usual names on the PATH. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH: configured, PATH = '' } = process.env;
  const candidates = PATH.split(path.delimiter).flatMap((folder) =>
    NAMES.map((name) => path.join(folder, name)),
  );
  return [configured, ...candidates].find((file) => file !== undefined && file !== '' && isExecutable(file));
}
