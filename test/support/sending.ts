import { readFileSync } from 'node:fs';
import path from 'node:path';
import { WORKFLOWS_FOLDER } from '../../stack/paths';
import type { useCampaign } from './campaign';
import { until as eventually } from './until';

type Campaign = ReturnType<typeof useCampaign>;

const PATH = 'send-due';

interface WorkflowJson {
  id: string;
  name: string;
  nodes: Array<{ id: string; name: string; parameters: object }>;
  connections: Record<string, { main: object[] }>;
}

/** The workflow *Send due e-mails* as it ships, but that a call starts it in place of the clock, and says what time it is. */
export const SENDING = sendingWorkflow();

function sendingWorkflow(): WorkflowJson {
  const file = path.join(WORKFLOWS_FOLDER, 'send-due-emails.json');
  const shipped = JSON.parse(readFileSync(file, 'utf8')) as WorkflowJson;
  const clock = {
    id: 'sending-call',
    name: 'Every 2 minutes',
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    webhookId: PATH,
    position: [0, 0],
    parameters: { path: PATH, responseMode: 'lastNode', options: {} },
  };
  const nodes = shipped.nodes.map((node) => {
    if (node.name === clock.name) return clock;
    if (node.name !== 'Claim due mails') return node;
    const dueBy = `={{ $('${clock.name}').first().json.query.by }}`;
    // Weeks pass within seconds here, and what happens in them is not to meet on one day.
    return { ...node, parameters: { ...node.parameters, dueBy, mostMarketingPerDay: 99 } };
  });
  // The answer of the call is what the last node gives, by its first output.
  const end = {
    id: 'sending-end',
    name: 'Nothing due',
    type: 'n8n-nodes-base.noOp',
    typeVersion: 1,
    position: [512, 208],
    parameters: {},
  };
  const claim = shipped.connections['Claim due mails'] ?? { main: [] };
  const connections = {
    ...shipped.connections,
    'Claim due mails': { main: [...claim.main.slice(0, 1), [{ node: end.name, type: 'main', index: 0 }]] },
  };
  return {
    ...shipped,
    id: 'sending-by-call',
    name: 'Sending by call',
    nodes: [...nodes, end],
    connections,
  };
}

/** A mail that Resend has taken. */
export interface ResendMail {
  id: string;
  to: string[];
  from: string;
  subject: string;
  html: string | null;
  text: string | null;
  headers: Record<string, string>;
  createdAt: string;
}

/** Sends all that is due by then, as the clock would; gives whether the run ended well. */
export async function sendDue(campaign: Campaign, by: Date): Promise<boolean> {
  const target = `${campaign.stack.n8nUrl}/webhook/${PATH}?by=${encodeURIComponent(by.toISOString())}`;
  const answer = await fetch(target);
  await answer.text();
  return answer.ok;
}

/** What Resend has taken, oldest first. */
export async function resendMails(campaign: Campaign): Promise<ResendMail[]> {
  return (await campaign.stateOf<{ mails: ResendMail[] }>('resend')).mails;
}

/** Waits until n8n has heard of all that happened to mails, and everything was worked on. */
export async function allHeard(campaign: Campaign): Promise<void> {
  await eventually(async () => {
    const { events } = await campaign.stateOf<{ events: Array<{ deliveries: Array<{ state: string }> }> }>(
      'resend',
    );
    return events.every(({ deliveries }) =>
      deliveries.every(({ state }) => state === 'delivered' || state === 'given up'),
    );
  }, "Resend's webhooks to be answered");
  await campaign.allSettled();
}

/** When the next mail of anybody is due; `undefined` when none is planned. */
export async function nextDue(campaign: Campaign): Promise<Date | undefined> {
  const [row] = await campaign.rows<{ at: Date | null }>(
    `select min(due_at) as at from lifecycle.message where state in ('planned', 'waiting')`,
  );
  return row?.at ?? undefined;
}

/** Lets time pass, and sends each mail when it is due, none before: their subjects, and when each was sent. */
export async function letTimePass(
  campaign: Campaign,
  until: Date,
): Promise<Array<{ subject: string; to: string | undefined; at: Date }>> {
  const sent: Array<{ subject: string; to: string | undefined; at: Date }> = [];
  for (;;) {
    const due = await nextDue(campaign);
    if (due === undefined || due > until) return sent;
    const before = (await resendMails(campaign)).length;
    await sendDue(campaign, new Date(due.getTime() - 60_000));
    if ((await resendMails(campaign)).length > before)
      throw new Error(`A mail went out before ${due.toISOString()}.`);
    // Whose customer is being recorded at this moment comes with a later round.
    await eventually(async () => {
      await sendDue(campaign, due);
      const next = await nextDue(campaign);
      return next === undefined || next > due;
    }, `all that is due at ${due.toISOString()} to go out`);
    const mails = await resendMails(campaign);
    sent.push(...mails.slice(before).map(({ subject, to }) => ({ subject, to: to[0], at: due })));
  }
}
