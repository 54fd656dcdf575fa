import { badgeHtml, type Tone } from '../cells';
import { markup, NOTHING, theirs, type Content, type Html } from '../html';
import { STAGE_NAMES, TIER_NAMES } from '../names';
import { moneyInMajor } from '../numbers';
import type { CustomerReport } from '../report';
import { date, moment } from '../times';

type Known = NonNullable<CustomerReport['customer']>;

const STATUS_TONES: Readonly<Record<NonNullable<Known['status']>, Tone>> = {
  trialing: 'plain',
  active: 'good',
  past_due: 'bad',
  paused: 'warn',
  cancelled: 'warn',
  churned: 'bad',
};

export function factsHtml(customer: Known): Html {
  const { stage, stageSince, tier, status, planChangedAt, lifetimeValue, currency } = customer;
  const { lastActivity, lastActivityAt, trialEndsAt } = customer;
  const facts: Array<[string, Content]> = [
    ['Stage', stage === null ? NOTHING : [STAGE_NAMES[stage], since(stageSince)]],
    ['Tier', tier === null ? NOTHING : TIER_NAMES[tier]],
    [
      'Status',
      status === null
        ? NOTHING
        : [badgeHtml(status.replace('_', ' '), STATUS_TONES[status]), since(planChangedAt)],
    ],
    ['Lifetime value', currency === null ? NOTHING : moneyInMajor(lifetimeValue, currency)],
    ['Signed up', [date(customer.signedUpAt), bySource(customer.signupSource)]],
    ['Trial ends', date(trialEndsAt)],
    ['Marketing consent', customer.marketingConsent ? 'Yes' : 'No'],
    ['Time zone', theirs(customer.timeZone)],
    ['Last login', moment(customer.lastLoginAt)],
    ['Last activity', lastActivity === null ? NOTHING : [theirs(lastActivity), at(lastActivityAt)]],
    ['Segments in Mautic', theirs(customer.segments.join(', '))],
    ['Campaigns in Mautic', theirs(customer.campaigns.join(', '))],
  ];
  return markup`<dl class="facts">
${facts.map(([name, content]) => markup`<div><dt>${name}</dt><dd>${content}</dd></div>\n`)}</dl>
`;
}

function since(iso: string | null): Html | false {
  return iso !== null && markup` <small>since ${date(iso)}</small>`;
}

function at(iso: string | null): Html | false {
  return iso !== null && markup` <small>${date(iso)}</small>`;
}

function bySource(source: string | null): Html | false {
  return source !== null && markup` <small>by ${theirs(source)}</small>`;
}
