import { DISCORD_SERVER_ID, DISCORD_WEBHOOK_PATH } from '../sandbox/identities';
import { signedHeaders } from '../sandbox/discord/signature';
import { newSnowflake } from '../sandbox/discord/snowflake';
import { load, type LoadResult, type PreparedRequest } from './load';
import { figure, table } from './report';
import { withStack, type BenchOptions, type BenchStack } from './stack';
import { median, percentile } from './statistics';

/** How many people press a button at the same moment. */
const AT_ONCE = 50;
/** After that Discord shows that the interaction failed. */
const LIMIT_MS = 3_000;

/** How often they all do. */
export interface InteractionsSize {
  rounds: number;
}

export const FULL_SIZE: InteractionsSize = { rounds: 20 };
export const QUICK_SIZE: InteractionsSize = { rounds: 2 };

/** Nobody works on the events: what is measured is the first answer. The panel's button is stored, the select opens a form. */
const KINDS = [
  { title: 'button: stored, then answered', data: { custom_id: 'ticket:new', component_type: 2 } },
  {
    title: 'select: a form opens',
    data: { custom_id: 'ticket:category', component_type: 3, values: ['billing'] },
  },
] as const;

type Kind = (typeof KINDS)[number];

function pressed({ data }: Kind, person: number): PreparedRequest {
  const body = JSON.stringify({
    id: newSnowflake(),
    application_id: newSnowflake(),
    type: 3,
    token: 'a'.repeat(120),
    version: 1,
    guild_id: DISCORD_SERVER_ID,
    channel_id: newSnowflake(),
    member: {
      user: { id: String(1_400_000_000_000_000_000n + BigInt(person)), username: `member${person}` },
    },
    data,
  });
  return { headers: signedHeaders(body), body: Buffer.from(body) };
}

async function compare({ stack, count }: BenchStack, { rounds }: InteractionsSize): Promise<string[]> {
  const url = stack.n8nUrl + DISCORD_WEBHOOK_PATH;
  const results = new Map<Kind, LoadResult[]>(KINDS.map((kind) => [kind, []]));
  // One of each round is for warming up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of KINDS) {
      const requests = Array.from({ length: AT_ONCE }, (_, person) => pressed(kind, person));
      const result = await load({ url, requests, connections: AT_ONCE });
      if (round > 0) results.get(kind)?.push(result);
    }
  }
  const stored = await count(`select count(*)::int as count from lifecycle.event where source = 'discord'`);
  const expected = (rounds + 1) * AT_ONCE;
  return [
    table(
      ['', 'answers', 'p50 ms', 'p99 ms', 'most ms', 'answers/s', 'failed', `p99 below ${LIMIT_MS} ms`],
      KINDS.map((kind) => row(kind, results.get(kind) ?? [])),
    ),
    '',
    `Stored: ${stored} interactions of ${expected} buttons${stored === expected ? '' : ' — THESE SHOULD BE EQUAL'}.`,
  ];
}

function row({ title }: Kind, rounds: readonly LoadResult[]): string[] {
  const accepted = rounds.flatMap((round) => round.accepted);
  const latencies = accepted.map(({ sentAt, answeredAt }) => answeredAt - sentAt);
  const p99 = percentile(latencies, 0.99);
  return [
    title,
    String(accepted.length),
    figure(percentile(latencies, 0.5)),
    figure(p99),
    figure(Math.max(...latencies)),
    figure(median(rounds.map((round) => round.accepted.length / (round.durationMs / 1000)))),
    String(rounds.reduce((sum, { failed, refused }) => sum + failed + refused, 0)),
    p99 < LIMIT_MS ? 'yes' : 'NO',
  ];
}

/** First answers to Discord's interactions while many people press at the same moment. */
export async function interactions(options: BenchOptions, size: InteractionsSize): Promise<void> {
  const lines = await withStack(options, { tuned: true, published: ['intake'] }, (bench) =>
    compare(bench, size),
  );
  for (const line of lines) options.progress.say(line);
}
