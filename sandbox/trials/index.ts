import { z } from 'zod/v4';
import type { Double, DoubleContext, Json, SandboxResponse } from '../double';
import { escapeHtml } from '../html';
import { renderTrials } from './render';
import { newRowSchema, type NewRow, type Row } from './row';
import { TrialsWriter, type Answer } from './trials-writer';

const DAY_MS = 86_400_000;
/** So many rows go to the database at once. */
const MOST_AT_ONCE = 5_000;

const PEOPLE = [
  { email: 'mira.lang@example.com', name: 'Mira Lang', company: 'Lang & Partner' },
  { email: 'tom.obrien@example.com', name: "Tom O'Brien", company: 'Harbour Tools Ltd' },
  { email: 'yuki.tanaka@example.com', name: '田中 有希', company: 'Sakura 株式会社' },
  { email: 'Zoe.Becker@Example.com', name: 'Zoë Becker', company: null },
] as const;

const text = z.string().nullable().optional();
const trialSchema = z.strictObject({
  /** Left out: somebody made up. */
  email: text,
  name: text,
  company: text,
  plan: z.string().nullable().default('pro'),
  days: z.int().min(0).max(3_650).default(14),
  /** Default: now. */
  startedAt: z.iso.datetime().optional(),
});
const crowdSchema = z.strictObject({
  count: z.int().min(1).max(200_000),
  emailDomain: z.string().min(1).default('trials.example'),
});
const stateSchema = z.object({ rows: z.array(newRowSchema) });

const NO_DATABASE =
  'The sandbox has no trial database here: it comes with the whole stack (npm start), unless TRIALS_DB names your own.';

/** A program that writes trials into an SQLite file of its own, as the product of the team would. */
export class TrialsDouble implements Double {
  readonly name = 'trials';
  readonly title = 'Trial database';
  private readonly writer: TrialsWriter | undefined;
  private table: { count: number; rows: Row[] } = { count: 0, rows: [] };
  private problem: string | null = null;

  constructor(private readonly context: DoubleContext) {
    const { trials } = context;
    this.writer = trials && new TrialsWriter(trials);
    if (!this.writer) this.problem = NO_DATABASE;
    else this.tell({ do: 'look' }).catch((error: unknown) => this.fail(error));
  }

  readonly actions: Double['actions'] = {
    startTrial: async (input) => {
      const { days, startedAt, ...given } = trialSchema.parse(input);
      const started = startedAt === undefined ? Date.now() : Date.parse(startedAt);
      const row = { ...this.person(given), ...period(started, days) };
      const { ids } = await this.tell({ do: 'add', rows: [row] });
      return { id: ids[0] ?? null, ...row };
    },
    addTrials: async (input) => {
      const { count, emailDomain } = crowdSchema.parse(input);
      const ids: number[] = [];
      for (let done = 0; done < count; done += MOST_AT_ONCE) {
        const rows = crowd(Math.min(MOST_AT_ONCE, count - done), this.table.count, emailDomain);
        const answer = await this.tell({ do: 'add', rows });
        ids.push(...answer.ids);
      }
      return { added: ids.length, firstId: ids[0] ?? null, lastId: ids.at(-1) ?? null };
    },
    /** What is added from now on is not to be seen by readers until it is committed. */
    beginTransaction: async () => this.done({ do: 'begin' }),
    commitTransaction: async () => this.done({ do: 'commit' }),
    rollBackTransaction: async () => this.done({ do: 'rollback' }),
    /** Moves what stands in the WAL file into the database itself. */
    checkpoint: async () => this.done({ do: 'checkpoint' }),
  };

  async handle(): Promise<SandboxResponse> {
    return { status: 404, body: { error: 'The trial database is a file and answers no calls.' } };
  }

  /** The newest rows; `database` is where they can all be read. */
  state(): Json {
    return {
      database: this.context.trials?.database ?? null,
      problem: this.problem,
      count: this.table.count,
      rows: this.table.rows.map((row) => ({ ...row })),
    };
  }

  /** Puts `rows` in the place of those there are; a row without an id gets the next one. */
  async load(state: Json): Promise<void> {
    const { rows } = stateSchema.parse(state);
    await this.tell({ do: 'replace', rows });
  }

  /** Empties the table; ids go on where they were, so that whoever remembers the last one sees what comes. */
  async reset(): Promise<void> {
    if (this.problem !== null) return;
    await this.tell({ do: 'replace', rows: [] }).catch((error: unknown) => this.fail(error));
  }

  /** The rows stay. */
  async close(): Promise<void> {
    await this.writer?.close();
  }

  render(): string {
    if (this.problem !== null) return `<p class="note">${escapeHtml(this.problem)}</p>`;
    const { database = '' } = this.context.trials ?? {};
    return `${renderTrials(this.table)}<p class="note">In <code>${escapeHtml(database)}</code></p>`;
  }

  private async tell(command: Parameters<TrialsWriter['call']>[0]): Promise<Answer> {
    if (!this.writer) throw new Error(NO_DATABASE);
    const answer = await this.writer.call(command);
    this.table = { count: answer.count, rows: answer.rows };
    this.context.changed();
    return answer;
  }

  private async done(command: Parameters<TrialsWriter['call']>[0]): Promise<Json> {
    const { count } = await this.tell(command);
    return { count };
  }

  private fail(error: unknown): void {
    this.problem = error instanceof Error ? error.message : 'The trial database cannot be written.';
    this.context.changed();
  }

  /** Who is made up belongs together: an address that is given comes without the rest of it. */
  private person(
    given: Pick<NewRow, 'email' | 'name' | 'company' | 'plan'>,
  ): Omit<Row, 'id' | 'started_at' | 'ends_at'> {
    const nobody = { email: null, name: null, company: null };
    const madeUp = PEOPLE[this.table.count % PEOPLE.length] ?? PEOPLE[0];
    const { email, name, company } = given.email === undefined ? madeUp : nobody;
    return {
      email: given.email ?? email,
      name: given.name ?? name,
      company: given.company ?? company,
      plan: given.plan ?? null,
    };
  }
}

function period(started: number, days: number): Pick<Row, 'started_at' | 'ends_at'> {
  return {
    started_at: new Date(started).toISOString(),
    ends_at: new Date(started + days * DAY_MS).toISOString(),
  };
}

function crowd(count: number, before: number, emailDomain: string): NewRow[] {
  const times = period(Date.now(), 14);
  return Array.from({ length: count }, (_, index) => {
    const number = before + index + 1;
    return {
      email: `trial${number}@${emailDomain}`,
      name: `Trial ${number}`,
      company: `Company ${number}`,
      plan: number % 3 === 0 ? 'enterprise' : 'pro',
      ...times,
    };
  });
}
