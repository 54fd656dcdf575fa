import type { SandboxRequest, SandboxResponse } from '../double';
import { parsePhpQuery } from '../php-query';
import { answer } from './errors';
import { page, parseListQuery } from './listing';
import { sqlDate } from './php';
import type { MauticState, SentEmail } from './state';
import { UnknownColumn } from './where';

const DEFAULT_LIMIT = 100;

type StatRow = Record<string, string | null>;

/** Columns of the table in its own order; `tokens` and `copy_id` are not given out. */
const COLUMNS = [
  'id',
  'email_id',
  'lead_id',
  'list_id',
  'ip_id',
  'email_address',
  'date_sent',
  'is_read',
  'is_failed',
  'viewed_in_browser',
  'date_read',
  'tracking_hash',
  'retry_count',
  'source',
  'source_id',
  'open_count',
  'last_opened',
  'open_details',
];
const HIDDEN_COLUMNS = ['copy_id', 'tokens'];

/**
 * `GET /api/stats/{table}`. Of the tables that Mautic lists, the sandbox has `email_stats`. Everything that goes wrong
 * is answered with 200 and `errors`: an unknown column as well as a missing right.
 */
export function stats(state: MauticState, request: SandboxRequest, table: string): SandboxResponse {
  if (table.trim().toLowerCase() !== 'email_stats') {
    return answer({
      availableTables: ['email_stats'],
      tableColumns: { email_stats: [...COLUMNS, ...HIDDEN_COLUMNS] },
    });
  }
  if (state.settings.deniedPermissions.includes('lead:leads:view')) {
    return failure('You do not have the view permission to load data from the lead table', 403);
  }
  const query = parseListQuery(request);
  const limit = parsePhpQuery(request.query).limit;
  try {
    const { rows, total } = page(
      state.sentEmails.all().map(statRow),
      { ...query, limit: 0 },
      (row, column) => {
        const cell = row[column];
        return cell === null || cell === undefined || !isNumericColumn(column) ? cell : Number(cell);
      },
    );
    const most = typeof limit === 'string' ? Number.parseInt(limit, 10) || 0 : DEFAULT_LIMIT;
    // Unlike in the other lists, a limit of 0 means none at all.
    return answer({ total: String(total), stats: rows.slice(query.start, query.start + most) });
  } catch (error) {
    return columnFailure(error);
  }
}

/** Only an unknown column is an answer; anything else is a mistake of this double, and goes on. */
function columnFailure(error: unknown): SandboxResponse {
  if (!(error instanceof UnknownColumn)) throw error;
  const state = 'SQLSTATE[42S22]: Column not found: 1054';
  return failure(`An exception occurred while executing a query: ${state} ${error.message}`, 1054);
}

function failure(message: string, code: number): SandboxResponse {
  return answer({ errors: [{ message, code }] });
}

function isNumericColumn(column: string): boolean {
  return /^(id|.*_id|is_.*|viewed_in_browser|.*_count)$/.test(column);
}

/** As the database driver gives a row: all text. */
function statRow(sent: SentEmail): StatRow {
  return {
    id: String(sent.id),
    email_id: String(sent.emailId),
    lead_id: String(sent.contactId),
    list_id: null,
    ip_id: null,
    email_address: sent.emailAddress,
    date_sent: sqlDate(sent.dateSent),
    is_read: '0',
    is_failed: '0',
    viewed_in_browser: '0',
    date_read: null,
    tracking_hash: sent.trackingHash,
    retry_count: '0',
    source: 'api',
    source_id: '0',
    open_count: '0',
    last_opened: null,
    open_details: 'a:0:{}',
  };
}
