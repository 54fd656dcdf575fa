import type { SandboxRequest, SandboxResponse } from '../double';
import { parsePhpQuery } from '../php-query';
import { answer } from './errors';
import { page, parseListQuery } from './listing';
import { sqlDate } from './php';
import type { Contact, MauticState, SentEmail } from './state';
import { UnknownColumn } from './where';

const DEFAULT_LIMIT = 100;

type StatRow = Record<string, string | null>;

interface Table {
  /** In the table's own order, as far as they are given out. */
  columns: readonly string[];
  hiddenColumns: readonly string[];
  rows: (state: MauticState) => StatRow[];
}

/** Of the tables that Mautic lists, those the sandbox has. */
const TABLES: Readonly<Record<string, Table>> = {
  campaign_leads: {
    columns: [
      'campaign_id',
      'lead_id',
      'date_added',
      'manually_removed',
      'manually_added',
      'date_last_exited',
      'rotation',
    ],
    hiddenColumns: [],
    rows: (state) =>
      [
        ...memberships(state, ({ campaigns }) => campaigns, 'campaign_id'),
        // Taken out by hand; a segment that was entered by hand keeps no row of it.
        ...memberships(state, ({ leftCampaigns }) => leftCampaigns, 'campaign_id').map((row) => ({
          ...row,
          manually_removed: '1',
        })),
      ].map((row) => ({ ...row, date_last_exited: null, rotation: '1' })),
  },
  email_stats: {
    columns: [
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
    ],
    hiddenColumns: ['copy_id', 'tokens'],
    rows: (state) => state.sentEmails.all().map(statRow),
  },
  lead_lists_leads: {
    columns: ['leadlist_id', 'lead_id', 'date_added', 'manually_removed', 'manually_added'],
    hiddenColumns: [],
    rows: (state) => memberships(state, ({ segments }) => segments, 'leadlist_id'),
  },
};

/**
 * `GET /api/stats/{table}`. Everything that goes wrong is answered with 200 and `errors`: an unknown column as well as a
 * missing right.
 */
export function stats(state: MauticState, request: SandboxRequest, name: string): SandboxResponse {
  const table = TABLES[name.trim().toLowerCase()];
  if (!table) {
    return answer({
      availableTables: Object.keys(TABLES),
      tableColumns: Object.fromEntries(
        Object.entries(TABLES).map(([key, { columns, hiddenColumns }]) => [
          key,
          [...columns, ...hiddenColumns],
        ]),
      ),
    });
  }
  if (state.settings.deniedPermissions.includes('lead:leads:view')) {
    return failure('You do not have the view permission to load data from the lead table', 403);
  }
  const query = parseListQuery(request);
  const limit = parsePhpQuery(request.query).limit;
  try {
    const { rows, total } = page(table.rows(state), { ...query, limit: 0 }, (row, column) => {
      const cell = row[column];
      return cell === null || cell === undefined || !isNumericColumn(column) ? cell : Number(cell);
    });
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
  return /^(id|.*_id|is_.*|manually_.*|viewed_in_browser|.*_count|rotation)$/.test(column);
}

/** A row for each contact and what it is in; `column` is for the id of the latter. */
function memberships(
  state: MauticState,
  idsOf: (contact: Contact) => readonly number[],
  column: string,
): StatRow[] {
  return state.contacts.all().flatMap((contact) =>
    idsOf(contact).map((id) => ({
      [column]: String(id),
      lead_id: String(contact.id),
      date_added: sqlDate(contact.dateAdded),
      manually_removed: '0',
      manually_added: '1',
    })),
  );
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
