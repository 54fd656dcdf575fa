import type { INodeProperties } from 'n8n-workflow';
import type { Customer, RecordedCustomer } from '../../../store';
import type { Facts, Topic } from './said';

/** What a workflow wants to know of events: of plans, either those that customers have, or their end. */
export type About = Exclude<Topic, 'plan'> | 'plan' | 'churn';

/** What the workflow needs of an event, and with it which outputs the node has. */
export const aboutProperty: INodeProperties = {
  displayName: 'About',
  name: 'about',
  type: 'options',
  noDataExpression: true,
  default: 'plan',
  options: [
    {
      name: 'Activity',
      value: 'activity',
      description: 'A sign-in or something else a user did. Outputs: Changed, Unchanged.',
    },
    {
      name: 'Billing',
      value: 'billing',
      description:
        'A subscription, an invoice, an order, a refund or a dispute. Outputs: New Value, Same Value.',
    },
    {
      name: 'End of All Plans',
      value: 'churn',
      description: 'Those who have no plan any more. Outputs: Churned, Up to Date.',
    },
    {
      name: 'Plan',
      value: 'plan',
      description: 'Those who have a plan, new or changed. Outputs: Subscribed, Up to Date.',
    },
    { name: 'Registration', value: 'registration', description: 'A new user. One output.' },
    { name: 'Trial', value: 'trial', description: 'A trial that has started. One output.' },
  ],
  description:
    'What this workflow is about. It decides the outputs; whatever else the event says is recorded as well. An event tried in the editor is only worked out, and nothing of it is kept.',
};

/** What one kind of recording makes of a customer. */
interface Aspect {
  topic: Topic;
  /** Names of the outputs; a single one has none. An item that fails leaves by the first. */
  outputs: readonly string[];
  isSaid(facts: Facts | undefined): boolean;
  output(recorded: RecordedCustomer): number;
  /** Whether somebody whose first plan this is counts as new to its tier, as after a change. */
  firstPlanCounts(recorded: RecordedCustomer): boolean;
  /** What is done once the later steps have worked: *Save Sync* keeps it, so that it is not done again. */
  sync(recorded: RecordedCustomer): { plan?: number; login?: string; activity?: string; value?: number };
  /** Past tense, for the audit trail; `unsaid` is why the event says nothing about the topic, where that is known. */
  action(recorded: RecordedCustomer, facts: Facts, unsaid: string | undefined): string;
}

const UP_TO_DATE = 1;

/** Both look at every event about plans, since any may end the last plan or bring one back; the plan decides who acts. */
const plan = {
  topic: 'plan',
  isSaid: (facts) => facts?.plan !== undefined,
  firstPlanCounts: () => true,
  sync: ({ due, versions }) => (due.plan ? { plan: versions.plan } : {}),
  action: ({ customer, due }) => `plan recorded: ${planOf(customer)}${upToDate(due.plan)}`,
} satisfies Partial<Aspect>;

export const aspects: Readonly<Record<About, Aspect>> = {
  registration: {
    topic: 'registration',
    outputs: [''],
    isSaid: (facts) => facts?.signedUpAt !== undefined,
    output: () => 0,
    // A plan that somebody signs up with is nothing new, unless an event about plans has made it so before.
    firstPlanCounts: ({ planShown }) => planShown,
    // An event about plans that comes later finds its work not done, though the registration has named the same plan.
    sync: () => ({}),
    action: ({ customer }) => `registration recorded: ${planOf(customer)}`,
  },
  plan: {
    ...plan,
    outputs: ['Subscribed', 'Up to Date'],
    output: ({ customer, due }) => (due.plan && customer.status !== 'churned' ? 0 : UP_TO_DATE),
  },
  churn: {
    ...plan,
    outputs: ['Churned', 'Up to Date'],
    output: ({ customer, due }) => (due.plan && customer.status === 'churned' ? 0 : UP_TO_DATE),
  },
  activity: {
    topic: 'activity',
    outputs: ['Changed', 'Unchanged'],
    isSaid: (facts) => facts?.loggedInAt !== undefined || facts?.activity !== undefined,
    output: ({ due }) => (due.login || due.activity ? 0 : 1),
    firstPlanCounts: () => true,
    sync: ({ due, versions }) => ({
      ...(due.login && versions.login && { login: versions.login.toISOString() }),
      ...(due.activity && versions.activity && { activity: versions.activity.toISOString() }),
    }),
    action: ({ due }, { activity }) =>
      `${activity ? `activity recorded: ${activity.name}` : 'sign-in recorded'}${upToDate(due.login || due.activity)}`,
  },
  billing: {
    topic: 'billing',
    outputs: ['New Value', 'Same Value'],
    // Whoever is named has it on the timeline, though it may move neither money nor plan, as a dispute.
    isSaid: (facts) => facts !== undefined,
    output: ({ due }) => (due.value ? 0 : 1),
    firstPlanCounts: () => true,
    sync: ({ due, versions }) => (due.value ? { value: versions.value } : {}),
    action: billingAction,
  },
  trial: {
    topic: 'trial',
    outputs: [''],
    isSaid: (facts) => facts?.trial !== undefined,
    output: () => 0,
    firstPlanCounts: () => true,
    sync: () => ({}),
    action: ({ customer }) => `trial recorded, stage ${customer.stage ?? 'unknown'}`,
  },
};

const CHANGES: Readonly<Record<NonNullable<Customer['lastChange']>, string>> = {
  start: 'first plan',
  upgrade: 'upgraded',
  downgrade: 'downgraded',
  churn: 'left',
  return: 'came back',
};

function billingAction(
  { customer, due }: RecordedCustomer,
  { payment, subscription }: Facts,
  unsaid: string | undefined,
): string {
  const { lifetimeValue, currency, stage } = customer;
  const said = [
    ...(payment ? [`payment recorded: ${lifetimeValue} ${currency?.toUpperCase() ?? ''} in all`] : []),
    ...(subscription ? [`subscription recorded: ${subscription.status}`] : []),
  ];
  const noted = unsaid === undefined ? 'noted on the timeline' : `noted on the timeline: ${unsaid}`;
  const recorded = said.length > 0 ? said.join(', ') : noted;
  return `${recorded}, stage ${stage ?? 'unknown'}${payment ? upToDate(due.value) : ''}`;
}

function planOf({ tier, status, lastChange }: Customer): string {
  const plan = tier ?? status ?? 'no plan';
  return lastChange === null ? plan : `${plan}, ${CHANGES[lastChange]}`;
}

function upToDate(isDue: boolean): string {
  return isDue ? '' : ', nothing to change';
}
