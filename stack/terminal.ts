import type { Progress } from './progress';

/** How often the line with what is under way is drawn anew, in milliseconds. */
const REDRAW = 200;
/** How often a long step is mentioned where nothing can be redrawn (a log file, a CI run), in milliseconds. */
const REMIND = 30_000;

/** `0.4 s`, `12 s`, `3 min 05 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

interface RunningStep {
  title: string;
  note: string;
  startedAt: number;
  remindedAt: number;
}

/** Progress on a terminal: one line for each finished step, and below them one line that lives. */
export class Terminal implements Progress {
  private readonly running = new Set<RunningStep>();
  private timer: NodeJS.Timeout | undefined;
  private readonly isLive: boolean;
  private readonly hasColour: boolean;

  constructor(private readonly output: NodeJS.WriteStream = process.stdout) {
    this.isLive = output.isTTY;
    this.hasColour = output.isTTY && !process.env.NO_COLOR;
  }

  async step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const now = Date.now();
    const step: RunningStep = { title, note: '', startedAt: now, remindedAt: now };
    this.running.add(step);
    this.timer ??= setInterval(() => this.tick(), REDRAW);
    this.draw();
    let mark = this.red('✖');
    try {
      const result = await work((text) => {
        step.note = text;
      });
      mark = this.green('✔');
      return result;
    } finally {
      this.running.delete(step);
      if (this.running.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
      this.say(`${mark} ${this.describe(step)}`);
    }
  }

  say(text: string): void {
    this.erase();
    this.output.write(`${text}\n`);
    this.draw();
  }

  bold(text: string): string {
    return this.style(text, 1);
  }

  dim(text: string): string {
    return this.style(text, 2);
  }

  green(text: string): string {
    return this.style(text, 32);
  }

  red(text: string): string {
    return this.style(text, 31);
  }

  private style(text: string, code: number): string {
    return this.hasColour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  private describe({ title, note, startedAt }: RunningStep): string {
    const duration = formatDuration(Date.now() - startedAt);
    return `${title}${note ? ` (${note})` : ''} ${this.dim(duration)}`;
  }

  private tick(): void {
    if (this.isLive) return this.draw();
    for (const step of this.running) {
      if (Date.now() - step.remindedAt < REMIND) continue;
      step.remindedAt = Date.now();
      this.output.write(`… ${this.describe(step)}\n`);
    }
  }

  private draw(): void {
    if (!this.isLive || this.running.size === 0) return;
    this.erase();
    // Some terminals tell no width.
    const width = (this.output.columns || 80) - 1;
    // Cut before styling: a cut escape sequence would colour the rest of the terminal.
    const line = [...this.running]
      .map((step) => step.title + (step.note ? ` (${step.note})` : ''))
      .join(', ');
    const since = formatDuration(Date.now() - Math.min(...[...this.running].map((step) => step.startedAt)));
    this.output.write(this.dim(`… ${line} ${since}`.slice(0, width)));
  }

  private erase(): void {
    if (this.isLive) this.output.write('\r\u001b[K');
  }
}
