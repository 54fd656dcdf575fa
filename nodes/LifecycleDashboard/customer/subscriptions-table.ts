import { badge, text, time, words } from '../cells';
import { NOTHING } from '../html';
import { SOURCE_NAMES, TIER_NAMES } from '../names';
import { money } from '../numbers';
import type { CustomerReport } from '../report';
import type { Cell, Table } from '../table';

type Subscription = CustomerReport['subscriptions'][number];

export function subscriptionsTable(subscriptions: readonly Subscription[]): Table {
  return {
    name: 'subscriptions',
    caption: 'Subscriptions',
    columns: [
      { title: 'Subscription' },
      { title: 'Product' },
      { title: 'Tier' },
      { title: 'State' },
      { title: 'Price', isNumeric: true },
      { title: 'Since' },
      { title: 'Paid until' },
      { title: 'Ends' },
    ],
    rows: subscriptions.map((subscription) => {
      const { source, externalId, productName, tier, startedAt, periodEnd } = subscription;
      return () => [
        text(`${SOURCE_NAMES[source]} ${externalId}`),
        text(productName),
        tier === null ? text(null) : words(TIER_NAMES[tier]),
        stateOf(subscription),
        priceOf(subscription),
        time(startedAt),
        time(periodEnd),
        time(endOf(subscription)),
      ];
    }),
  };
}

function stateOf({ status, paymentFailing }: Subscription): Cell {
  const state = status.replaceAll('_', ' ');
  return paymentFailing ? badge(`${state}, payment failing`, 'bad') : text(state);
}

/** `€49 a month`, `€470 every 2 years` */
function priceOf({ amountMinor, currency, intervalCount, intervalUnit }: Subscription): Cell {
  if (amountMinor === null || currency === null) return { shown: NOTHING, value: null };
  const price = money(amountMinor, currency);
  if (intervalUnit === null) return words(price);
  const howMany = intervalCount ?? 1;
  return text(`${price} ${howMany === 1 ? `a ${intervalUnit}` : `every ${howMany} ${intervalUnit}s`}`);
}

function endOf({ endedAt, cancelAt, cancelAtPeriodEnd, periodEnd }: Subscription): string | null {
  return endedAt ?? cancelAt ?? (cancelAtPeriodEnd ? periodEnd : null);
}
