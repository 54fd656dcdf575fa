import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Colours and shapes of all pages. */
export const STYLE = readFileSync(join(__dirname, 'page.css'), 'utf8');
