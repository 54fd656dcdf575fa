import path from 'node:path';

/** The checkout. */
export const ROOT = path.resolve(__dirname, '..');
/** Where n8n and its Node.js are installed, with a lock file of their own. */
export const STACK_FOLDER = __dirname;
/** Where everything goes that a start creates, unless told otherwise; not under version control. */
export const DEFAULT_DATA_FOLDER = path.join(ROOT, '.data');
export const WORKFLOWS_FOLDER = path.join(ROOT, 'workflows');
