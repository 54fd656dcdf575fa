import type {
  CampaignReport,
  CurrencyReport,
  CustomerReport,
  EmailReport,
  JourneyReport,
  ListReport,
  MachineReport,
  MailCounts,
  OverviewReport,
  Report,
  ReportScope,
  RevenueDay,
  StepReport,
  TicketReport,
} from '../../nodes/LifecycleDashboard/report';
import { EVENT_SOURCES, STAGES } from '../../store';
import { Random } from './random';

const NOW = Date.parse('2026-11-29T14:20:00.000Z');
const DAY_MS = 86_400_000;

/** So long before the end of the period, as ISO 8601. */
function ago(hours: number): string {
  return new Date(NOW - hours * 3_600_000).toISOString();
}

export function scopeOf(days: number, tier: ReportScope['tier'] = null): ReportScope {
  return { period: { days, from: ago(days * 24), until: ago(0) }, tier };
}

/** Every day that the period touches, as `2026-11-29`, oldest first. */
function lastDays(days: number): string[] {
  return Array.from({ length: days + 1 }, (_, index) =>
    new Date(NOW - (days - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

const NO_MAILS: MailCounts = {
  planned: 0,
  sent: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
  bounced: 0,
  complained: 0,
  unsubscribed: 0,
  skipped: 0,
  failed: 0,
  unknown: 0,
};

const NO_CAMPAIGN: CampaignReport = {
  purchases: 0,
  couponsIssued: 0,
  couponsRedeemed: null,
  couponsRevoked: 0,
  invitesIssued: 0,
  invitesLive: 0,
  invitesUsed: 0,
  invitesExpired: 0,
  invitesRevoked: 0,
  leadsCreated: 0,
  days: [],
};

const VERSIONS = [
  { name: 'n8n-nodes-lifecycle', version: '0.1.0' },
  { name: 'Node.js', version: '24.11.0' },
  { name: 'PostgreSQL', version: '18.1' },
  { name: 'Schema', version: '012' },
];

/** Right after installation. */
export function emptyOverview(): OverviewReport {
  return {
    kind: 'overview',
    scope: scopeOf(30),
    journey: {
      stages: STAGES.map((stage) => ({
        stage,
        customers: 0,
        entered: 0,
        left: 0,
        movedOn: 0,
        medianHours: null,
        automation: [],
      })),
      moves: [],
      total: 0,
      days: [],
    },
    emails: { sequences: [], days: [], skipped: [], suppressed: [] },
    revenue: { currencies: [] },
    campaign: NO_CAMPAIGN,
    tickets: {
      open: 0,
      byCategory: [],
      medianFirstAnswerMinutes: null,
      medianResolutionHours: null,
      staff: [],
    },
    machine: {
      hours: [],
      bucket: 'day',
      sources: EVENT_SOURCES.map((source) => ({ source, events: 0, lastReceivedAt: null })),
      handlers: [],
      dead: [],
      lag: { medianSeconds: null, p95Seconds: null, deliveries: 0 },
      oldestWaitingAt: null,
      syncs: [],
      limits: [],
      versions: VERSIONS,
    },
  };
}

/** The first day, with a handful of customers. */
export function smallOverview(): OverviewReport {
  return { ...overview(0.0003, 1), scope: scopeOf(1) };
}

/** A hundred thousand customers. */
export function largeOverview(days = 30): OverviewReport {
  return overview(1, days);
}

/** Something was given up, something waits for too long, and a sync and a limit are in trouble. */
export function deadOverview(): OverviewReport {
  const report = overview(0.04, 7);
  const [first, second, ...rest] = report.machine.handlers;
  if (first === undefined || second === undefined) throw new Error('The fixture has too few workflows.');
  return {
    ...report,
    scope: scopeOf(7, 'pro'),
    machine: {
      ...report.machine,
      handlers: [
        { ...first, dead: 3, retried: 2 },
        { ...second, published: false, waiting: 128, oldestWaitingAt: ago(51) },
        ...rest,
      ],
      dead: [
        {
          handlerId: '1',
          handler: 'VIP coupon',
          eventType: 'stripe:checkout.session.completed',
          deliveries: 2,
          newest: {
            id: '901',
            at: ago(5),
            service: 'Shopware',
            message:
              'Shopware: the promotion “VIP 2026” was not found (404). Create it in Shopware, or correct its name in the node “Ensure coupon”, then try again.',
          },
        },
        {
          handlerId: '1',
          handler: 'VIP coupon',
          eventType: 'stripe:checkout.session.async_payment_succeeded',
          deliveries: 1,
          newest: { id: '877', at: ago(30), service: null, message: 'The run was cut off 5 times.' },
        },
      ],
      oldestWaitingAt: ago(51),
      syncs: report.machine.syncs.map((sync, index) =>
        index === 0
          ? {
              ...sync,
              state: 'failed',
              lastFailure: 'Stripe: no answer within 30 s while listing subscriptions.',
            }
          : sync,
      ),
      limits: report.machine.limits.map((limit, index) => (index === 0 ? { ...limit, used: 962 } : limit)),
    },
  };
}

function overview(size: number, days: number): OverviewReport {
  const random = new Random(days * 1_000 + Math.round(size * 10_000));
  const some = (most: number): number => Math.round(most * size * (0.8 + 0.4 * random.next()));
  return {
    kind: 'overview',
    scope: scopeOf(days),
    journey: journey(some, days),
    emails: emails(some, days),
    revenue: {
      currencies: [currency('eur', some, days), currency('usd', some, days), currency('jpy', some, days)],
    },
    campaign: campaign(some, days),
    tickets: tickets(some),
    machine: machine(some, days),
  };
}

type Some = (most: number) => number;

function journey(some: Some, days: number): JourneyReport {
  const there = [12_400, 21_900, 3_180, 5_260, 38_300, 2_840, 15_700, 420].map(some);
  const stages = STAGES.map((stage, index) => {
    const entered = some([4_210, 3_950, 610, 1_320, 1_190, 540, 470, 88][index] ?? 0);
    return {
      stage,
      customers: there[index] ?? 0,
      entered,
      left: Math.round(entered * 0.9),
      movedOn: Math.round(entered * ([0.71, 0.22, 0.35, 0.83, 0.12, 0.41, 0.07, 0][index] ?? 0)),
      medianHours: [31.5, 142, 18.2, 96.4, 2_904, 61.7, 1_420, null][index] ?? null,
      automation:
        (
          [
            [{ name: 'Discord invite', published: true, kind: 'workflow' }],
            [
              { name: 'User registered', published: true, kind: 'workflow' },
              { name: 'Trial ending', published: true, kind: 'sequence' },
            ],
            [{ name: 'VIP coupon', published: true, kind: 'workflow' }],
            [
              { name: 'Plan changed', published: true, kind: 'workflow' },
              { name: 'Onboarding', published: false, kind: 'sequence' },
            ],
            [],
            [{ name: 'Dunning', published: true, kind: 'sequence' }],
            [{ name: 'User churned', published: true, kind: 'workflow' }],
            [{ name: 'Win-back', published: true, kind: 'sequence' }],
          ] as const
        )[index]?.map((each) => ({ ...each })) ?? [],
    };
  });
  return {
    stages,
    moves: [
      { from: null, to: 'discovery', customers: some(4_210) },
      { from: 'discovery', to: 'trial', customers: some(2_980) },
      { from: 'trial', to: 'onboarding', customers: some(870) },
      { from: 'onboarding', to: 'active', customers: some(1_090) },
      { from: 'active', to: 'atRisk', customers: some(510) },
      { from: 'atRisk', to: 'churned', customers: some(210) },
    ],
    total: there.reduce((sum, each) => sum + each, 0),
    days: lastDays(days).flatMap((day) =>
      STAGES.map((stage, index) => ({
        day,
        stage,
        entered: some([140, 130, 20, 44, 40, 18, 16, 3][index] ?? 0),
      })),
    ),
  };
}

function mails(some: Some, sent: number): MailCounts {
  const really = some(sent);
  const delivered = Math.round(really * 0.984);
  return {
    planned: some(sent / 6),
    sent: really,
    delivered,
    opened: Math.round(delivered * 0.43),
    clicked: Math.round(delivered * 0.087),
    bounced: Math.round(really * 0.011),
    complained: Math.round(delivered * 0.0006),
    unsubscribed: Math.round(delivered * 0.0041),
    skipped: some(sent / 30),
    failed: Math.round(really * 0.0001),
    unknown: 0,
  };
}

function step(index: number, name: string, subject: string, some: Some, sent: number): StepReport {
  return { ...mails(some, sent), step: index, name, subject, variants: [] };
}

function emails(some: Some, days: number): EmailReport {
  const greeting = step(0, 'Greeting', 'Welcome, {{ customer.firstName }}', some, 9_400);
  const half = (share: number, opened: number, clicked: number): MailCounts => {
    const delivered = Math.round(greeting.delivered * share);
    return {
      ...NO_MAILS,
      sent: delivered,
      delivered,
      opened: Math.round(delivered * opened),
      clicked: Math.round(delivered * clicked),
    };
  };
  const steps = [
    {
      ...greeting,
      variants: [
        { ...half(0.5, 0.41, 0.084), variant: 0, name: 'A', subject: 'Welcome, {{ customer.firstName }}' },
        { ...half(0.5, 0.46, 0.089), variant: 1, name: 'B', subject: 'Good to have you here' },
      ],
    },
    step(1, 'First steps', 'Three things to try today', some, 8_100),
    step(2, 'Ask how it goes', 'How is it going?', some, 6_300),
  ];
  const dunning = [
    step(0, 'Payment failed', 'Your payment did not go through', some, 540),
    step(1, 'Reminder', 'Your plan ends in {{ days }} days', some, 310),
  ];
  const total = (all: readonly StepReport[]): MailCounts =>
    Object.fromEntries(
      Object.keys(NO_MAILS).map((key) => [
        key,
        all.reduce((sum, each) => sum + each[key as keyof MailCounts], 0),
      ]),
    ) as unknown as MailCounts;
  return {
    sequences: [
      {
        ...total(steps),
        sequence: 'Welcome',
        kind: 'marketing',
        topic: 'Tips',
        entered: some(9_800),
        underWay: some(2_150),
        steps,
      },
      {
        ...total(dunning),
        sequence: 'Dunning',
        kind: 'transactional',
        topic: null,
        entered: some(560),
        underWay: some(140),
        steps: dunning,
      },
    ],
    days: lastDays(days).map((day) => ({ ...mails(some, 24_650 / days), day })),
    skipped: [
      { reason: 'unsubscribed from all marketing', mails: some(512) },
      { reason: 'has had a marketing mail on that day already', mails: some(208) },
      { reason: 'the address bounced', mails: some(96) },
    ],
    suppressed: [
      { reason: 'bounced', addresses: some(1_204) },
      { reason: 'complained', addresses: some(38) },
    ],
  };
}

function currency(code: string, some: Some, days: number): CurrencyReport {
  const unit = code === 'jpy' ? 1 : code === 'usd' ? 60 : 100;
  const change = (most: number): number => some(most) * unit * 10;
  const revenueDays: RevenueDay[] = lastDays(days).map((day) => ({
    day,
    newMinor: change(180),
    expansionMinor: change(50),
    contractionMinor: change(24),
    churnedMinor: change(92),
    reactivatedMinor: change(12),
  }));
  const sum = (key: Exclude<keyof RevenueDay, 'day'>): number =>
    revenueDays.reduce((total, each) => total + each[key], 0);
  return {
    currency: code,
    mrrMinor: some(1_940_000) * unit,
    subscriptions: some(38_000),
    newMinor: sum('newMinor'),
    expansionMinor: sum('expansionMinor'),
    contractionMinor: sum('contractionMinor'),
    churnedMinor: sum('churnedMinor'),
    reactivatedMinor: sum('reactivatedMinor'),
    newCount: some(1_120),
    expansionCount: some(210),
    contractionCount: some(90),
    churnedCount: some(470),
    reactivatedCount: some(66),
    failing: some(310),
    failed: some(820),
    recovered: some(460),
    paidMinor: some(2_010_000) * unit,
    refundedMinor: some(14_800) * unit,
    days: revenueDays,
  };
}

function tickets(some: Some): TicketReport {
  return {
    open: some(24),
    byCategory: [
      { category: 'billing', open: some(11), opened: some(120), closed: some(114) },
      { category: 'technical', open: some(9), opened: some(210), closed: some(206) },
      { category: 'other', open: some(4), opened: some(31), closed: some(28) },
    ],
    medianFirstAnswerMinutes: 22.5,
    medianResolutionHours: 19.25,
    staff: [
      { name: 'nora', open: some(13), closed: some(190), medianFirstAnswerMinutes: 14 },
      { name: 'tom', open: some(11), closed: some(158), medianFirstAnswerMinutes: null },
    ],
  };
}

function campaign(some: Some, days: number): CampaignReport {
  return {
    purchases: some(1_930),
    couponsIssued: some(1_925),
    couponsRedeemed: some(870),
    couponsRevoked: some(21),
    invitesIssued: some(3_420),
    invitesLive: some(400),
    invitesUsed: some(2_610),
    invitesExpired: some(320),
    invitesRevoked: some(90),
    leadsCreated: some(3_280),
    days: lastDays(days).map((day) => ({
      day,
      purchases: some(64),
      couponsIssued: some(64),
      couponsRedeemed: some(29),
      invitesIssued: some(114),
      leadsCreated: some(109),
    })),
  };
}

function machine(some: Some, days: number): MachineReport {
  const perSource = [3_100, 2_400, 220, 9_800, 0, 5_600];
  const bucket = days <= 7 ? 'hour' : 'day';
  const at = bucket === 'day' ? lastDays(days).map((day) => `${day}T00:00:00.000Z`) : lastHours(days * 24);
  const share = bucket === 'day' ? 1 : 1 / 24;
  return {
    hours: at.flatMap((each) =>
      EVENT_SOURCES.flatMap((source, index) => {
        const events = some((perSource[index] ?? 0) * share);
        return events === 0 ? [] : [{ at: each, source, events }];
      }),
    ),
    bucket,
    sources: EVENT_SOURCES.map((source, index) => ({
      source,
      events: some((perSource[index] ?? 0) * days),
      lastReceivedAt: perSource[index] === 0 ? null : ago(0.02 + index / 3),
    })),
    handlers: [
      'VIP coupon',
      'Plan changed',
      'Discord invite',
      'User registered',
      'User churned',
      'Customer billing',
      'Email engagement',
    ].map((name, index) => ({
      id: String(index + 1),
      name,
      published: true,
      events: some(9_000 * (index + 1)),
      waiting: index === 6 ? some(240) : 0,
      leased: index === 6 ? some(100) : 0,
      retried: 0,
      dead: 0,
      oldestWaitingAt: index === 6 && some(240) > 0 ? ago(0.01) : null,
    })),
    dead: [],
    lag: { medianSeconds: 0.42, p95Seconds: 3.8, deliveries: 1_000 },
    oldestWaitingAt: some(240) > 0 ? ago(0.01) : null,
    syncs: [
      {
        name: 'stripe-subscriptions',
        state: 'done',
        startedAt: ago(11.3),
        finishedAt: ago(11.2),
        counts: { read: some(76_000), changed: some(120), new: some(35) },
        lastFailure: null,
      },
      {
        name: 'mautic-contacts',
        state: 'running',
        startedAt: ago(0.05),
        finishedAt: null,
        counts: { read: some(4_000) },
        lastFailure: null,
      },
    ],
    limits: [
      {
        service: 'Discord',
        limit: 'Live invites',
        used: Math.min(900, some(400)),
        of: 1_000,
        note: 'Expired ones are freed by themselves.',
      },
      { service: 'Resend', limit: 'Mails sent today', used: some(820), of: null, note: null },
      { service: 'Resend', limit: 'Mails sent this month', used: some(24_600), of: 50_000, note: null },
    ],
    versions: VERSIONS,
  };
}

/** The beginnings of so many hours, oldest first. */
function lastHours(hours: number): string[] {
  const last = Math.floor(NOW / 3_600_000);
  return Array.from({ length: hours }, (_, index) =>
    new Date((last - (hours - 1 - index)) * 3_600_000).toISOString(),
  );
}

export function listReport(): ListReport {
  return {
    kind: 'list',
    scope: scopeOf(30),
    list: 'messages',
    title: 'Mails that were skipped',
    filters: { sequence: 'Welcome', state: 'skipped' },
    columns: [
      { key: 'at', title: 'At', kind: 'time' },
      { key: 'email', title: 'Customer', kind: 'customer' },
      { key: 'step', title: 'Step', kind: 'text' },
      { key: 'reason', title: 'Why', kind: 'text' },
      { key: 'attempts', title: 'Tries', kind: 'number' },
      { key: 'valueMinor', title: 'Lifetime value', kind: 'money' },
      { key: 'delivery', title: 'Delivery', kind: 'delivery' },
    ],
    rows: Array.from({ length: 40 }, (_, index) => ({
      at: ago(index * 3.7),
      email: `customer.${index}@example.com`,
      customerId: index % 7 === 3 ? null : String(1_000 + index),
      step: index % 2 === 0 ? 'Greeting' : 'First steps',
      reason: 'unsubscribed from all marketing',
      attempts: index % 3,
      valueMinor: index % 4 === 0 ? null : 4_900 * index,
      currency: index % 5 === 0 ? 'jpy' : 'eur',
      delivery: index % 6 === 0 ? String(500 + index) : null,
    })),
    after: '2026-11-20T10:00:00.000Z~4711',
  };
}

export function customerReport(): CustomerReport {
  return {
    kind: 'customer',
    scope: scopeOf(30),
    email: 'ada@example.com',
    customer: {
      id: '42',
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      tier: 'pro',
      previousTier: 'free',
      status: 'past_due',
      lastChange: 'upgrade',
      planChangedAt: ago(70),
      signedUpAt: ago(900),
      signupSource: 'launch-campaign',
      marketingConsent: true,
      timeZone: 'Europe/London',
      lastLoginAt: ago(29),
      lastActivity: 'report exported',
      lastActivityAt: ago(28.5),
      trialStartedAt: ago(900),
      trialEndsAt: ago(564),
      stage: 'atRisk',
      stageSince: ago(70),
      lifetimeValue: 98,
      currency: 'eur',
      mauticContactId: 17,
      twentyPersonId: 'b1f6',
      segments: ['new-users', 'pro'],
      campaigns: ['Welcome'],
      syncedAt: ago(69),
    },
    subscriptions: [
      {
        id: '7',
        customerId: '42',
        email: 'ada@example.com',
        source: 'stripe',
        externalId: 'sub_1QdA',
        externalCustomerId: 'cus_1',
        status: 'past_due',
        productId: 'prod_1',
        productName: 'Pro',
        priceId: 'price_1',
        tier: 'pro',
        currency: 'eur',
        amountMinor: 4_900,
        intervalCount: 1,
        intervalUnit: 'month',
        periodStart: ago(70),
        periodEnd: ago(-650),
        cancelAtPeriodEnd: false,
        cancelAt: null,
        canceledAt: null,
        endedAt: null,
        cancellationReason: null,
        cancellationFeedback: null,
        cancellationComment: null,
        trialStart: null,
        trialEnd: null,
        paymentFailing: true,
        metadata: {},
        startedAt: ago(790),
        readAt: ago(60),
        firstSeenAt: ago(790),
        updatedAt: ago(60),
      },
    ],
    timeline: [
      {
        kind: 'mail',
        at: ago(46),
        id: '12',
        sequence: 'Dunning',
        step: 'Payment failed',
        subject: 'Your payment did not go through',
        state: 'sent',
        reason: null,
        reports: [
          { kind: 'delivered', at: ago(45.9), link: null },
          { kind: 'opened', at: ago(40), link: null },
          { kind: 'clicked', at: ago(39.9), link: 'https://example.com/billing?from=mail' },
        ],
      },
      {
        kind: 'mail',
        at: ago(47),
        id: '11',
        sequence: 'Welcome',
        step: 'Ask how it goes',
        subject: 'How is it going?',
        state: 'dropped',
        reason: 'the sequence has ended: customer.stageChanged',
        reports: [],
      },
      {
        kind: 'stage',
        at: ago(70),
        stage: 'atRisk',
        previousStage: 'active',
        cause: 'stripe:invoice.payment_failed',
      },
      {
        kind: 'event',
        at: ago(70),
        id: '3001',
        source: 'stripe',
        externalId: 'evt_1',
        type: 'invoice.payment_failed',
        receivedAt: ago(70),
        deliveries: [
          {
            id: '8001',
            handler: 'Customer billing',
            state: 'done',
            attempts: 1,
            outcomes: [
              { service: 'Stripe', action: 'subscription read', id: 'sub_1QdA', at: ago(70) },
              { service: 'Store', action: 'customer recorded', id: '42', at: ago(70) },
            ],
            lastFailure: null,
          },
          {
            id: '8002',
            handler: 'Plan changed',
            state: 'dead',
            attempts: 6,
            outcomes: [{ service: 'Mautic', action: 'contact found', id: '17', at: ago(69) }],
            lastFailure: {
              node: 'Declare segments',
              service: 'Mautic',
              message: 'Mautic: the segment “pro” was not found. Create it, or run “Mautic setup”.',
              retryable: false,
            },
          },
        ],
      },
      {
        kind: 'payment',
        at: ago(790),
        source: 'stripe',
        subject: 'in_1',
        currency: 'eur',
        paid: 49,
        refunded: null,
      },
      { kind: 'plan', at: ago(790), change: 'upgrade', tier: 'pro', previousTier: 'free', status: 'active' },
      {
        kind: 'event',
        at: ago(900),
        id: '2000',
        source: 'app',
        externalId: 'reg-1',
        type: 'user.registered',
        receivedAt: ago(900),
        deliveries: [],
      },
    ],
    more: true,
  };
}

/** A report of every kind in every state, by a name that can be a file's. */
export function dashboardReports(): Record<string, Report> {
  return {
    empty: emptyOverview(),
    small: smallOverview(),
    large: largeOverview(),
    year: largeOverview(365),
    dead: deadOverview(),
    customer: customerReport(),
    'customer-unknown': {
      ...customerReport(),
      customer: null,
      subscriptions: [],
      timeline: [],
      more: false,
    },
    list: listReport(),
    'list-empty': { ...listReport(), rows: [], after: null },
    replay: {
      kind: 'replay',
      question: 'Try all 2 dead events of the kind “Checkout completed” again with “VIP coupon”?',
      deliveries: 2,
      token: '1.abc',
      fields: { replay: 'all', handler: '1', type: 'stripe:checkout.session.completed' },
      refused: false,
    },
    replayed: { kind: 'replayed', deliveries: 2 },
    'not-found': { kind: 'notFound', message: 'There is no customer with the id 4711.' },
  };
}
