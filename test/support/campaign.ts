import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, jest } from '@jest/globals';
import { Client } from 'pg';
import type { LogEntry } from '../../sandbox/request-log';
import { INTAKE_PATHS, registerWebhooks, startStack, type Stack, type StackOptions } from '../../stack/stack';
import { openStore, type DeliveryReport } from '../../store';
import { editedWorkflows, type WorkflowEdits } from './edited-workflows';
import { copyPrepared } from './prepared';
import { until } from './until';

export interface SentEmail {
  contactId: number;
  emailAddress: string;
  subject: string;
  body: string;
}

interface MauticContact {
  id: number;
  fields: Record<string, string | number | boolean>;
}

export interface DiscordInvite {
  code: string;
  status: 'live' | 'used' | 'expired' | 'revoked';
  uses: number;
  maxUses: number;
  maxAge: number;
  channelId: string;
  reason: string | null;
}

interface EspoCrmLead {
  id: string;
  emailAddress: string | null;
}

interface EspoCrmState {
  records: {
    Lead: Array<{
      id: string;
      attributes: Record<string, unknown>;
      emailAddresses: Array<{ lower: string; primary: boolean }>;
      deleted: boolean;
    }>;
  };
}

interface Run {
  id: number;
  status: string;
  data: string;
}

interface PromoCodeRow {
  id: string;
  code: string;
  promotionId: string;
}

const START_TIMEOUT_MS = 300_000;
/** Only a hang takes so long: some tests start n8n again, which a busy machine does slowly. */
const TEST_TIMEOUT_MS = 240_000;

interface CampaignOptions extends StackOptions, WorkflowEdits {
  /** Whether each test starts without a webhook at Stripe and Mautic; else they are entered there, as an admin does. */
  withoutWebhooks?: boolean;
}

/** What the campaign needs. Others would work on its events, too, or run by the clock, whatever a test is about. */
const CAMPAIGN: readonly string[] = ['intake', 'on-error', 'vip-coupon', 'discord-invite'];

/** The whole machine for the tests of a file: n8n, PostgreSQL, the sandbox, and what a test does with them. */
export function useCampaign(options: CampaignOptions = {}) {
  jest.setTimeout(TEST_TIMEOUT_MS);
  let folder: string;
  let stack: Stack;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lifecycle-e2e-'));
    copyPrepared(folder);
    const workflowsFolder = editedWorkflows(path.join(folder, 'workflows'), options);
    const { copies = [], added = [] } = options;
    const published = [...(options.published ?? CAMPAIGN), ...[...copies, ...added].map(({ id }) => id)];
    stack = await startStack({
      dataFolder: folder,
      workflowsFolder,
      webhookPaths: INTAKE_PATHS,
      ...options,
      published,
    });
  }, START_TIMEOUT_MS);

  beforeEach(async () => {
    await post('/sandbox/reset');
    await call('DELETE', '/sandbox/faults');
    // The sandbox starts over with its numbers, so what the store knows by them has to go.
    await query(
      stack.databaseUrl,
      `truncate lifecycle.event, lifecycle.effect, lifecycle.invite, lifecycle.cursor, lifecycle.webhook, lifecycle.customer, lifecycle.erasure, lifecycle.sync_run, lifecycle.suppression, lifecycle.email_preference, lifecycle.sending_pause cascade`,
    );
    if (options.withoutWebhooks) await call('PUT', '/sandbox/state/stripe', { webhookEndpoints: [] });
    else await registerWebhooks(stack);
  });

  afterAll(async () => {
    await (await openStore(stack.databaseUrl)).close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function call(method: string, target: string, body?: object): Promise<unknown> {
    const response = await fetch(stack.sandboxUrl + target, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${target}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  const post = (target: string, body: object = {}) => call('POST', target, body);

  async function deliveriesOf(eventIds: readonly string[]): Promise<DeliveryReport[]> {
    const store = await openStore(stack.databaseUrl);
    const found = await Promise.all(eventIds.map((externalId) => store.deliveries.find({ externalId }, 10)));
    return found.flat();
  }

  async function deliveriesTo(workflowName: string): Promise<DeliveryReport[]> {
    const store = await openStore(stack.databaseUrl);
    const found = await store.deliveries.find({}, 1_000);
    return found.filter(({ handler }) => handler.name === workflowName);
  }

  return {
    get stack() {
      return stack;
    },

    /** Completes a checkout at the sandbox's Stripe, which delivers its webhook. */
    async buy(checkout: object = {}): Promise<{ sessionId: string; eventId: string }> {
      return (await post('/sandbox/stripe/actions/completeCheckout', checkout)) as {
        sessionId: string;
        eventId: string;
      };
    },

    async act(double: string, action: string, input: object = {}): Promise<unknown> {
      return await post(`/sandbox/${double}/actions/${action}`, input);
    },

    /** What goes wrong from now on at one of the systems; no rules: nothing. */
    async fail(double: string, ...rules: object[]): Promise<void> {
      await call('PUT', `/sandbox/faults/${double}`, { rules });
    },

    /** Whether the call that a rule (used once) is for has come in, and, if its answer is held back, was acted on. */
    async hasReached(double: string, rule: { path: string; holdMs?: number }): Promise<boolean> {
      if (rule.holdMs !== undefined) {
        const log = (await call('GET', '/sandbox/requests')) as LogEntry[];
        return log.some((entry) => entry.double === double && new RegExp(rule.path).test(entry.path));
      }
      const faults = (await call('GET', '/sandbox/faults')) as Record<string, { rules: unknown[] }>;
      return faults[double]?.rules.length === 0;
    },

    /** How long each system takes over each answer from now on. */
    async slowDown(milliseconds: number): Promise<void> {
      await call('PUT', '/sandbox/latency', { milliseconds });
    },

    /** What a system of the sandbox holds. */
    async stateOf<State>(double: string): Promise<State> {
      return (await call('GET', `/sandbox/state/${double}`)) as State;
    },

    /** Changes what a system of the sandbox holds, without its having noticed. */
    async setState(double: string, changes: object): Promise<void> {
      const state = (await call('GET', `/sandbox/state/${double}`)) as object;
      await call('PUT', `/sandbox/state/${double}`, { ...state, ...changes });
    },

    /** The requests that have reached the sandbox, oldest first. */
    async requests(): Promise<LogEntry[]> {
      return (await call('GET', '/sandbox/requests')) as LogEntry[];
    },

    async codes(): Promise<PromoCodeRow[]> {
      return ((await call('GET', '/sandbox/state/shopware')) as { codes: PromoCodeRow[] }).codes;
    },

    async emails(): Promise<SentEmail[]> {
      return ((await call('GET', '/sandbox/state/mautic')) as { sentEmails: SentEmail[] }).sentEmails;
    },

    /** Every invite of the sandbox's Discord, oldest first, those that have ended included. */
    async invites(): Promise<DiscordInvite[]> {
      return ((await call('GET', '/sandbox/state/discord')) as { invites: DiscordInvite[] }).invites;
    },

    /** For which contact each invite was issued in the end, by its code, as the store has recorded it. */
    async inviteOwners(): Promise<Map<string, number>> {
      const recorded = await query<{ code: string; contactId: number }>(
        stack.databaseUrl,
        `select code, substring(subject from '^mautic:(\\d+)$')::int as "contactId"
         from lifecycle.invite where code is not null and cause is not null`,
      );
      return new Map(recorded.map(({ code, contactId }) => [code, contactId]));
    },

    /** The leads of the sandbox's EspoCRM, oldest first, each with its primary address in lower case. */
    async leads(): Promise<EspoCrmLead[]> {
      const { records } = (await call('GET', '/sandbox/state/espocrm')) as EspoCrmState;
      return records.Lead.filter(({ deleted }) => !deleted).map(({ id, attributes, emailAddresses }) => ({
        ...attributes,
        id,
        emailAddress: emailAddresses.find(({ primary }) => primary)?.lower ?? null,
      }));
    },

    /** A contact opts in, in Mautic, with further fields as given; its webhook has been answered when this returns. */
    async optIn(email: string, fields: object = {}): Promise<number> {
      const { contactId } = (await post('/sandbox/mautic/actions/saveContact', {
        email,
        fields: { opt_in_confirmed: true, ...fields },
      })) as { contactId: number };
      return contactId;
    },

    /** Waits until no event waits, is worked on, or has failed; those that are dead stay so. */
    async allSettled(seconds?: number): Promise<void> {
      let open: object[] = [];
      await until(
        async () => {
          open = await query(
            stack.databaseUrl,
            `select state, last_failure from lifecycle.delivery where state not in ('done', 'dead')`,
          );
          return open.length === 0;
        },
        () => `all events to be worked on; still open: ${JSON.stringify(open.slice(0, 3))}`,
        seconds,
      );
    },

    /** The deliveries to a workflow, newest first. */
    deliveriesTo,

    /** The deliveries of Mautic's events to a workflow, newest first. */
    async mauticDeliveries(workflowName: string): Promise<DeliveryReport[]> {
      return (await deliveriesTo(workflowName)).filter(({ event }) => event.source === 'mautic');
    },

    /** What Slack was told. */
    async slackMessages(): Promise<string[]> {
      const { messages } = (await call('GET', '/sandbox/state/slack')) as {
        messages: Array<{ text: string }>;
      };
      return messages.map(({ text }) => text);
    },

    /** The contacts with this address, in whatever case. */
    async contacts(email: string): Promise<MauticContact[]> {
      const { contacts } = (await call('GET', '/sandbox/state/mautic')) as { contacts: MauticContact[] };
      return contacts.filter(
        ({ fields }) => String(fields.email ?? '').toLowerCase() === email.toLowerCase(),
      );
    },

    deliveriesOf,

    /** How many events and executions there are: what a refused webhook may not add to. */
    async traces(): Promise<{ events: number; executions: number }> {
      const [events, executions] = await Promise.all([
        query<{ count: number }>(stack.databaseUrl, 'select count(*)::int as count from lifecycle.event'),
        query<{ count: number }>(stack.n8nDatabaseUrl, 'select count(*)::int as count from execution_entity'),
      ]);
      return { events: events[0]?.count ?? 0, executions: executions[0]?.count ?? 0 };
    },

    /** Waits until all deliveries of the events are in one of the states, at least one of each event. */
    async settled(eventIds: readonly string[], ...states: string[]): Promise<DeliveryReport[]> {
      let deliveries: DeliveryReport[] = [];
      await until(
        async () => {
          deliveries = await deliveriesOf(eventIds);
          return (
            deliveries.length >= eventIds.length && deliveries.every(({ state }) => states.includes(state))
          );
        },
        () =>
          `${eventIds.length} events to be ${states.join(' or ')}; last seen: ${JSON.stringify(
            deliveries.slice(0, 3).map(({ state, lastFailure }) => ({ state, lastFailure })),
          )}`,
      );
      return deliveries;
    },

    /** The executions of a workflow, oldest first; `data` names the nodes that have run. */
    async runs(workflowId: string): Promise<Run[]> {
      return await query<Run>(
        stack.n8nDatabaseUrl,
        `select id, status, data
         from execution_entity join execution_data on "executionId" = id
         where "workflowId" = '${workflowId}' order by id`,
      );
    },

    /** Gives a code to a purchase that is not ours, as somebody in the shop's administration may have done. */
    async takeCode(code: string): Promise<void> {
      const state = (await call('GET', '/sandbox/state/shopware')) as {
        codes: object[];
        promotions: Array<{ id: string; name: string }>;
      };
      const promotionId = state.promotions.find(({ name }) => name === 'VIP reservation')?.id;
      const row = {
        id: 'f'.repeat(32),
        promotionId,
        code,
        payload: null,
        createdAt: new Date().toISOString(),
        updatedAt: null,
      };
      await call('PUT', '/sandbox/state/shopware', { ...state, codes: [...state.codes, row] });
    },

    /** Runs SQL on the store's database, past the store. */
    async sql(text: string): Promise<void> {
      await query(stack.databaseUrl, text);
    },

    /** Rows of the store's database, past the store. */
    async rows<Row extends object>(text: string): Promise<Row[]> {
      return await query<Row>(stack.databaseUrl, text);
    },

    /** Whether the store's database takes connections; if not, it ends those it has. n8n's own database stays up. */
    async allowStoreConnections(allowed: boolean): Promise<void> {
      const name = new URL(stack.databaseUrl).pathname.slice(1);
      await query(stack.n8nDatabaseUrl, `alter database ${name} with allow_connections ${allowed}`);
      if (allowed) return;
      await query(
        stack.n8nDatabaseUrl,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      );
    },

    async replayDead(): Promise<void> {
      const store = await openStore(stack.databaseUrl);
      await store.deliveries.replay({ states: ['dead'] });
    },

    /** As if the back-off of every failed delivery had passed. */
    async passTime(): Promise<void> {
      await query(
        stack.databaseUrl,
        `with due as (
           update lifecycle.delivery set due_at = now() where state = 'failed' returning handler_id
         )
         select pg_notify('lifecycle_delivery', handler_id) from due`,
      );
    },
  };
}

async function query<Row extends object>(connectionString: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<Row>(text).finally(() => client.end());
  return rows;
}

/** Exactly one code, one VIP contact that carries it, and one e-mail with it. */
export async function expectOneCoupon(
  campaign: ReturnType<typeof useCampaign>,
  email: string,
): Promise<{ code: string; contact: MauticContact }> {
  const [codes, contacts, emails] = await Promise.all([
    campaign.codes(),
    campaign.contacts(email),
    campaign.emails(),
  ]);
  const contact = contacts[0];
  const code = codes[0]?.code ?? '';
  expect(codes).toHaveLength(1);
  expect(contacts).toHaveLength(1);
  expect(emails).toHaveLength(1);
  expect(contact?.fields).toMatchObject({ promo_code: code });
  expect(Boolean(Number(contact?.fields.vip_status))).toBe(true);
  expect(emails[0]).toMatchObject({ contactId: contact?.id, emailAddress: contact?.fields.email });
  expect(emails[0]?.body).toContain(code);
  if (!contact) throw new Error('unreachable');
  return { code, contact };
}
