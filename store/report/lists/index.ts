import { entries } from './entries';
import type { ReportList } from './list';
import { messages } from './messages';
import { suppressions } from './suppressions';

/** All that there are. */
export const LISTS: readonly ReportList[] = [entries, messages, suppressions];
