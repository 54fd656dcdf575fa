import { readList, type ListRow, type ReportList } from '../../store/report/lists/list';
import type { Queryable } from '../../store/database';
import type { ReportScope } from '../../store/report/scope';

/** All rows of a list, by reading page after page. */
export async function allRows(
  list: ReportList,
  database: Queryable,
  scope: ReportScope,
  filters: Record<string, string> = {},
  limit = 7,
): Promise<ListRow[]> {
  const rows: ListRow[] = [];
  let after: string | null = null;
  do {
    const page = await readList(list, database, scope, filters, after, limit);
    if (page.rows.length > limit) throw new Error(`A page of ${page.rows.length} rows`);
    rows.push(...page.rows);
    after = page.after;
  } while (after !== null);
  return rows;
}
