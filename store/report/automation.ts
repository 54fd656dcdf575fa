import type { Queryable } from '../database';
import { STAGES, type Stage } from '../stage';

/** A workflow, or a sequence of e-mails, that works for customers in a stage. */
export interface Automation {
  name: string;
  /** Whether it is so at the moment; of a sequence, whether the workflow of its name is. */
  published: boolean;
  kind: 'workflow' | 'sequence';
}

/**
 * For whom events are worked on: where customers are when an event of the type comes, or where it brings them. Events
 * that are left out are about no stage: reports of mails, and changes of stages, whose sequences say themselves for whom
 * they are.
 */
const STAGES_OF_EVENT: Readonly<Record<string, readonly Stage[]>> = {
  'app:user.registered': ['discovery', 'trial'],
  'app:trial.started': ['trial'],
  'app:user.upgraded': ['onboarding'],
  'app:user.downgraded': ['atRisk'],
  'app:user.churned': ['churned'],
  'app:user.loggedIn': ['active'],
  'app:user.custom': ['active'],
  'mautic:mautic.lead_post_save_new': ['discovery', 'purchase'],
  'mautic:mautic.lead_post_save_update': ['discovery', 'purchase'],
  'stripe:checkout.session.completed': ['purchase'],
  'stripe:checkout.session.async_payment_succeeded': ['purchase'],
  'stripe:checkout.session.async_payment_failed': ['purchase'],
  'stripe:checkout.session.expired': ['discovery'],
  'stripe:charge.refunded': ['purchase'],
  'stripe:charge.dispute.created': ['purchase'],
  'stripe:customer.subscription.created': ['onboarding'],
  'stripe:customer.subscription.updated': ['atRisk'],
  'stripe:customer.subscription.paused': ['atRisk'],
  'stripe:customer.subscription.resumed': ['winBack'],
  'stripe:customer.subscription.deleted': ['churned'],
  'stripe:customer.subscription.trial_will_end': ['trial'],
  'stripe:customer.deleted': ['churned'],
  'stripe:invoice.paid': ['active'],
  'stripe:invoice.payment_failed': ['atRisk'],
  'lemonSqueezy:order_created': ['purchase'],
  'lemonSqueezy:order_refunded': ['purchase'],
  'lemonSqueezy:subscription_created': ['onboarding'],
  'lemonSqueezy:subscription_updated': ['atRisk'],
  'lemonSqueezy:subscription_cancelled': ['atRisk'],
  'lemonSqueezy:subscription_paused': ['atRisk'],
  'lemonSqueezy:subscription_resumed': ['winBack'],
  'lemonSqueezy:subscription_unpaused': ['winBack'],
  'lemonSqueezy:subscription_expired': ['churned'],
  'lemonSqueezy:subscription_payment_success': ['active'],
  'lemonSqueezy:subscription_payment_failed': ['atRisk'],
  'lemonSqueezy:subscription_payment_recovered': ['atRisk'],
  'lemonSqueezy:subscription_payment_refunded': ['active'],
};

/**
 * What is at work in each stage, by its names: every workflow that was ever published, and every sequence that anybody
 * ever entered. A sequence is where its newest version goes on, else where what starts the workflow of its name is; and
 * that workflow is left out, since it is the sequence.
 */
export async function readAutomation(database: Queryable): Promise<Map<Stage, Automation[]>> {
  const { rows: workflows } = await database.query<{
    name: string;
    published: boolean;
    eventTypes: string[];
  }>(
    `select name, bool_or(published) as published, array_agg(distinct type) as "eventTypes"
     from lifecycle.handler cross join unnest(event_types) as type group by name`,
  );
  const { rows: sequences } = await database.query<{ name: string; onlyWhile: Stage[] }>(
    `select distinct on (sequence.id) name, only_while as "onlyWhile"
     from lifecycle.sequence join lifecycle.sequence_version version on version.sequence_id = sequence.id
     order by sequence.id, version.id desc`,
  );
  const stagesOf = new Map(workflows.map(({ name, eventTypes }) => [name, stagesOfEvents(eventTypes)]));
  const isPublished = new Map(workflows.map(({ name, published }) => [name, published]));
  const isSequence = new Set(sequences.map(({ name }) => name));
  const all = [
    ...workflows
      .filter(({ name }) => !isSequence.has(name))
      .map(({ name }) => ({ name, kind: 'workflow' as const, stages: stagesOf.get(name) ?? [] })),
    ...sequences.map(({ name, onlyWhile }) => ({
      name,
      kind: 'sequence' as const,
      stages: onlyWhile.length > 0 ? onlyWhile : (stagesOf.get(name) ?? []),
    })),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
  return new Map(
    STAGES.map((stage) => [
      stage,
      all
        .filter(({ stages }) => stages.includes(stage))
        .map(({ name, kind }) => ({ name, published: isPublished.get(name) ?? false, kind })),
    ]),
  );
}

function stagesOfEvents(types: readonly string[]): Stage[] {
  return types.flatMap((type) => STAGES_OF_EVENT[type] ?? []);
}
