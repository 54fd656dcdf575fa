import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod/v4';
import type { TrialsFile } from '../double';
import { rowSchema, type NewRow } from './row';

const PROGRAM = join(__dirname, 'writer.mjs');

const answerSchema = z.union([
  z.object({ error: z.string() }),
  z.object({ fatal: z.string() }),
  z.object({
    count: z.int(),
    /** The newest, in the order in which they were added. */
    rows: z.array(rowSchema),
    ids: z.array(z.int()).default([]),
  }),
]);

export type Answer = Exclude<z.output<typeof answerSchema>, { error: string } | { fatal: string }>;

type Command =
  | { do: 'add' | 'replace'; rows: readonly NewRow[] }
  | { do: 'begin' | 'commit' | 'rollback' | 'checkpoint' | 'look' };

/** The program that keeps the trial database open; it carries out one command after the other. */
export class TrialsWriter {
  private readonly program: ChildProcess;
  private readonly ended: Promise<void>;
  /** Those who wait for an answer, in the order of their commands. */
  private readonly waiting: Array<(answer: Answer | Error) => void> = [];
  private problem: string | undefined;

  constructor({ node, database }: TrialsFile) {
    const args = ['--disable-warning=ExperimentalWarning', PROGRAM, database];
    this.program = spawn(node, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.ended = new Promise((resolve) => {
      this.program.once('error', () => this.end(`${node} does not run`, resolve));
      this.program.once('close', () => this.end('the program that writes it has ended', resolve));
    });
    // What is written to a program that has ended is told by its end.
    this.program.stdin?.on('error', () => undefined);
    if (this.program.stdout) {
      createInterface({ input: this.program.stdout }).on('line', (line) => this.hear(line));
    }
  }

  /** Rejects with what is wrong with the command, or with the program. */
  async call(command: Command): Promise<Answer> {
    const answer = await new Promise<Answer | Error>((resolve) => {
      if (this.problem !== undefined) return resolve(failure(this.problem));
      this.waiting.push(resolve);
      this.program.stdin?.write(`${JSON.stringify(command)}\n`);
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** Lets it finish what it was told, close the database and end. */
  async close(): Promise<void> {
    this.program.stdin?.end();
    await this.ended;
  }

  private hear(line: string): void {
    const answer = answerSchema.parse(JSON.parse(line));
    // Its end, which follows, tells those who wait.
    if ('fatal' in answer) this.problem = answer.fatal;
    else this.waiting.shift()?.('error' in answer ? failure(answer.error) : answer);
  }

  private end(problem: string, resolve: () => void): void {
    this.problem ??= problem;
    for (const answer of this.waiting.splice(0)) answer(failure(this.problem));
    resolve();
  }
}

function failure(problem: string): Error {
  return new Error(`The trial database cannot be written: ${problem}.`);
}
