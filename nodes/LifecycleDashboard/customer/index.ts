import { emptyState } from '../figures';
import { markup, plain, theirs } from '../html';
import { Links } from '../links';
import { page, type Rendered } from '../page';
import type { CustomerReport } from '../report';
import { tableHtml } from '../table';
import { factsHtml } from './facts';
import { subscriptionsTable } from './subscriptions-table';
import { timelineHtml } from './timeline';

/** All that is known of one customer, and what became of everything that happened. */
export function customerPage(report: CustomerReport): Rendered {
  const { scope, customer, email, subscriptions, timeline } = report;
  const links = new Links(scope);
  const name = customer?.name ?? null;
  const subscribed =
    subscriptions.length === 0
      ? emptyState('No subscription of theirs is known.')
      : tableHtml(subscriptionsTable(subscriptions), { hidesCaption: true });
  const known =
    customer === null
      ? emptyState(
          timeline.length === 0
            ? 'Nothing is known of this address.'
            : 'Nobody with this address is in the store yet; events name it, which are below.',
        )
      : factsHtml(customer);
  return page({
    title: plain(name ?? email),
    heading: theirs(name ?? email),
    lead: markup`${name !== null && markup`${theirs(email)}. `}<a href="${links.overview()}">Back to the overview</a>`,
    scope,
    body: markup`<section class="card" aria-labelledby="known-title">
<h2 id="known-title">What is known</h2>
${known}</section>
<section class="card" aria-labelledby="subscriptions-title">
<h2 id="subscriptions-title">Subscriptions</h2>
${subscribed}</section>
${timelineHtml(report, links)}`,
  });
}
