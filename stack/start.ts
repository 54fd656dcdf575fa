import { existsSync } from 'node:fs';
import path from 'node:path';
import { StackError, messageOf } from './error';
import { publishPanel } from './panel';
import { DEFAULT_DATA_FOLDER, ROOT } from './paths';
import { realServices } from './services';
import { startStack, type Stack } from './stack';
import { BUYER, playOptIn, playPurchase, playRegistration } from './story';
import { Terminal, formatDuration } from './terminal';

const DEFAULT_PORTS = { N8N_PORT: 5678, SANDBOX_PORT: 5690, POSTGRES_PORT: 5691 };
/** Settings of n8n that may stand in the environment; what the stack needs goes its own way. */
const OWN_SETTINGS = new Set(['N8N_PORT', 'N8N_DATABASE_URL']);

function port(name: keyof typeof DEFAULT_PORTS): number {
  const text = process.env[name]?.trim();
  if (!text) return DEFAULT_PORTS[name];
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new StackError(`${name} has to be a port number, not "${text}".`);
}

/** What the user has set for n8n itself, such as its log level or the public address of its webhooks. */
function n8nSettings(): Record<string, string> {
  const settings = Object.entries(process.env).filter(
    ([name]) => /^(N8N|EXECUTIONS)_/.test(name) && !OWN_SETTINGS.has(name),
  );
  return Object.fromEntries(settings.map(([name, value]) => [name, value ?? '']));
}

function readEnvironmentFile(): void {
  const file = path.join(ROOT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

async function showStory(stack: Stack, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { appEvents, stripe, mautic } = stack.services;
  const chapters = [
    { title: 'buys a VIP reservation', play: playPurchase, isReal: stripe, name: 'Stripe' },
    { title: 'opts in', play: playOptIn, isReal: mautic, name: 'Mautic' },
    { title: 'signs up', play: playRegistration, isReal: appEvents, name: 'Your application' },
  ];
  for (const { title, play, isReal, name } of chapters) {
    if (isReal) {
      terminal.say(`\n${name} is real: nobody ${title} there for a trial.`);
      continue;
    }
    terminal.say(`\n${terminal.bold(`${BUYER.name} ${title}`)} ${terminal.dim(`(${BUYER.email})`)}`);
    try {
      for (const { after, text } of await play(stack, signal)) {
        terminal.say(`  ${terminal.green('✔')} ${`${(after / 1000).toFixed(2)} s`.padStart(8)}  ${text}`);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      terminal.say(`  ${terminal.red('✖')} ${messageOf(error)}`);
    }
  }
}

function showAddresses(stack: Stack, terminal: Terminal): void {
  const { n8nUrl, sandboxUrl, owner, dashboard, services, logPath } = stack;
  // The name instead of the number: it is what browsers and people expect of this machine.
  const shown = (url: string): string => url.replace('127.0.0.1', 'localhost');
  const real = realServices(services);
  const rows: Array<[string, string]> = [
    ['n8n', shown(n8nUrl)],
    ['  log in', `${owner.email}  ${owner.password}`],
    ['Dashboard', shown(dashboard.url)],
    ['  log in', `${dashboard.username}  ${dashboard.password}`],
    ['Sandbox', shown(sandboxUrl)],
    ...(real.length > 0 ? [['Real', real.join(', ')] satisfies [string, string]] : []),
    ['Logs', path.relative(process.cwd(), logPath)],
  ];
  terminal.say('');
  for (const [name, value] of rows) terminal.say(`  ${terminal.dim(name.padEnd(11))}${value}`);
  terminal.say(`\n${terminal.dim('Ctrl-C ends everything.')}`);
}

async function main(): Promise<void> {
  const terminal = new Terminal();
  const startedAt = Date.now();
  const interruption = new AbortController();
  let crash: StackError | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort());
  }

  readEnvironmentFile();
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      dataFolder: process.env.DATA_DIR?.trim() || DEFAULT_DATA_FOLDER,
      n8nPort: port('N8N_PORT'),
      sandboxPort: port('SANDBOX_PORT'),
      postgresPort: port('POSTGRES_PORT'),
      environment: process.env,
      n8nEnvironment: n8nSettings(),
      progress: terminal,
      signal: interruption.signal,
      onCrash: (error) => {
        crash ??= error;
        interruption.abort();
      },
    });
    terminal.say(terminal.bold(`Ready after ${formatDuration(Date.now() - startedAt)}.`));
    await publishPanel(stack).catch((error: unknown) => terminal.say(messageOf(error)));
    await showStory(stack, terminal, interruption.signal);
    showAddresses(stack, terminal);
    // Whatever ends it comes as an abort.
    await new Promise((resolve) => {
      const wake = setInterval(() => undefined, 60_000);
      const end = (): void => {
        clearInterval(wake);
        resolve(undefined);
      };
      if (interruption.signal.aborted) end();
      else interruption.signal.addEventListener('abort', end);
    });
  } catch (error) {
    if (!interruption.signal.aborted) crash ??= new StackError(messageOf(error));
  }
  if (stack) await terminal.step('Stopping', () => stack.stop());
  if (crash) {
    terminal.say(`\n${terminal.red('✖')} ${crash.message}`);
    process.exitCode = 1;
  } else {
    terminal.say('Stopped, nothing is left running.');
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
