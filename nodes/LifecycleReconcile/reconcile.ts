import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { asError } from '../../services/http';
import { MAUTIC } from '../../services/mautic';
import { RESEND } from '../../services/resend';
import { STRIPE } from '../../services/stripe';
import type { Store } from '../../store';
import { mauticOf } from '../shared/mautic';
import { keepRegistered } from '../shared/provider-webhooks';
import { storeOf } from '../shared/store';
import { stripeOf } from '../shared/stripe';
import type { CaughtUp } from './caught-up';
import { catchUpWithMautic } from './mautic';
import { catchUpWithStripe } from './stripe';

/** Those that can be asked for what they did not deliver. */
type ProviderName = 'stripe' | 'mautic';

const TITLE = { stripe: STRIPE, mautic: MAUTIC } as const;
const LOOKED_AT = { stripe: 'event', mautic: 'changed contact' } as const;

const WEBHOOK_IS = {
  registered: 'its webhook is as it has to be',
  repaired: 'its webhook was repaired',
  'not ours': 'no webhook of ours is registered there, so there is none to look after',
} as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Keeps a run to minutes; what is left is for the next one. */
const MOST_PAGES = 100;

/**
 * Looks after the provider's webhook, then adds what it never delivered, and says what came of both. Throws when one
 * of them failed; a failure of the first does not keep the second from being done.
 */
export async function reconcile(context: IExecuteFunctions): Promise<IDataObject> {
  const provider = context.getNodeParameter('provider', 0) as ProviderName | 'resend';
  const store = await storeOf(context);
  if (provider === 'resend') return await lookAfterResend(context, store);
  // A webhook that cannot be looked after is no reason to leave behind what was lost.
  const webhook = await keepRegistered(context, provider, store).catch(asError);
  const caughtUp = await catchUp(context, provider, store);
  const summary = summaryOf(provider, caughtUp);
  if (webhook instanceof Error) {
    throw new Error(`${summary} But its webhook could not be looked after: ${webhook.message}`);
  }
  const { looked, added, from, to, more } = caughtUp;
  return {
    provider,
    looked,
    added,
    from: from.toISOString(),
    to: to.toISOString(),
    more,
    webhook,
    summary,
  };
}

/** Resend has no list of what happened. It tries for more than a day to deliver, as long as the webhook is there. */
async function lookAfterResend(context: IExecuteFunctions, store: Store): Promise<IDataObject> {
  const webhook = await keepRegistered(context, 'resend', store);
  return { provider: 'resend', webhook, summary: `${RESEND}: ${WEBHOOK_IS[webhook]}.` };
}

async function catchUp(context: IExecuteFunctions, provider: ProviderName, store: Store): Promise<CaughtUp> {
  const lookBackMs = (context.getNodeParameter('lookBackHours', 0) as number) * HOUR_MS;
  const options = { now: new Date(), lookBackMs, mostPages: MOST_PAGES };
  if (provider === 'stripe') return await catchUpWithStripe(await stripeOf(context), store, options);
  const graceMs = (context.getNodeParameter('graceMinutes', 0) as number) * MINUTE_MS;
  return await catchUpWithMautic(await mauticOf(context), store, { ...options, graceMs });
}

function summaryOf(provider: ProviderName, { looked, added, from, to, more }: CaughtUp): string {
  const objects = `${looked} ${LOOKED_AT[provider]}${looked === 1 ? '' : 's'}`;
  const span = `from ${from.toISOString().slice(0, 19)}Z to ${to.toISOString().slice(0, 19)}Z`;
  const missing = `${added} had never arrived and ${added === 1 ? 'was' : 'were'} added`;
  const found = added === 0 ? 'nothing had been lost' : missing;
  const rest = more ? ' There are more, which the next run goes on with.' : '';
  return `${TITLE[provider]}: looked at ${objects} ${span}; ${found}.${rest}`;
}
