import { csv, type CsvValue } from './csv';
import { markup, type Content, type Html } from './html';
import { counted } from './numbers';

/** A table as it stands in a page and as a file, out of one description. */
export interface Table {
  /** Unique among the tables of a page; names the file. */
  name: string;
  caption: string;
  columns: readonly Column[];
  /** The first cell of each names the row. They are made only as far as they are shown. */
  rows: ReadonlyArray<() => readonly Cell[]>;
}

export interface Column {
  title: string;
  /** Shown in place of the title where room is scarce. */
  short?: string;
  isNumeric?: boolean;
  /** `page`: has no place in a file. */
  only?: 'page' | 'file';
}

export interface Cell {
  shown: Content;
  /** The same in a file. */
  value: CsvValue;
}

export interface TableOptions {
  /** Where the table can be had as a file. */
  file?: string;
  /** For what the heading right above says already. */
  hidesCaption?: boolean;
}

/** More rows than so many are for a file. A list's page has at most 100. */
const MOST_ROWS = 100;

/** In a box of its own, which scrolls sideways when the table is wider than the page. */
export function tableHtml(table: Table, { file, hidesCaption = false }: TableOptions = {}): Html {
  const shown = table.columns.map(({ only }) => only !== 'file');
  const columns = table.columns.filter((_, index) => shown[index]);
  const rows = table.rows.slice(0, MOST_ROWS);
  const note =
    rows.length < table.rows.length &&
    markup`The first ${counted(rows.length)} of ${counted(table.rows.length)} rows; the file has them all. `;
  return markup`<div class="table">
<div class="scroll" role="group" aria-label="${table.caption}" tabindex="0"><table>
<caption class="${hidesCaption ? 'unseen' : ''}">${table.caption}</caption>
<thead><tr>${columns.map(heading)}</tr></thead>
<tbody>
${rows.map((row) =>
  rowHtml(
    row().filter((_, index) => shown[index]),
    columns,
  ),
)}</tbody>
</table></div>
${file !== undefined && markup`<p class="file">${note}<a href="${file}" download>CSV<span class="unseen"> of: ${table.caption}</span></a></p>\n`}</div>
`;
}

export function tableCsv({ columns, rows }: Table): string {
  const kept = columns.map(({ only }) => only !== 'page');
  const ofKept = <Each>(row: readonly Each[]): Each[] => row.filter((_, index) => kept[index]);
  return csv([
    ofKept(columns).map(({ title }) => title),
    ...rows.map((row) => ofKept(row()).map(({ value }) => value)),
  ]);
}

function heading({ title, short, isNumeric }: Column): Html {
  const text = short === undefined ? title : markup`<abbr title="${title}">${short}</abbr>`;
  return markup`<th scope="col"${classOf(isNumeric)}>${text}</th>`;
}

function rowHtml(row: readonly Cell[], columns: readonly Column[]): Html {
  const cells = row.map(({ shown }, index) =>
    index === 0
      ? markup`<th scope="row">${shown}</th>`
      : markup`<td${classOf(columns[index]?.isNumeric)}>${shown}</td>`,
  );
  return markup`<tr>${cells}</tr>\n`;
}

function classOf(isNumeric = false): Html | false {
  return isNumeric && markup` class="number"`;
}
