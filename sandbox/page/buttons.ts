import type { Json } from '../double';

/** What the page lets a person do in the systems themselves, each by one call of the control API. */
export interface PageButton {
  label: string;
  /** Shown under the pointer. */
  hint: string;
  /** Below `/sandbox/`. */
  action: string;
  input: Readonly<Record<string, Json>>;
  /** What the page says when it worked. */
  done: string;
  /** What else goes into the input, when the form's fields are filled in: the input's key by the field. */
  form: Readonly<Partial<Record<FormField, string>>>;
}

/** What the page asks about the person. */
export type FormField = 'name' | 'email';

export interface ButtonGroup {
  title: string;
  buttons: readonly PageButton[];
}

const checkout = (label: string, hint: string, input: PageButton['input']): PageButton => ({
  label,
  hint,
  action: 'stripe/actions/completeCheckout',
  input,
  done: 'Bought. Stripe tells n8n about it.',
  form: { name: 'name', email: 'email' },
});

const subscription = (
  label: string,
  hint: string,
  action: string,
  input: PageButton['input'] = {},
): PageButton => ({
  label,
  hint,
  action: `stripe/actions/${action}`,
  input,
  done: 'Done. Stripe tells n8n about it.',
  form: action === 'subscribe' ? { name: 'name', email: 'email' } : { email: 'email' },
});

/** Somebody who is in Mautic from the beginning and has not opted in. */
const SOMEBODY = 'jonas.weber@example.com';

const contactChange = (label: string, hint: string, fields: Json): PageButton => ({
  label,
  hint: `${hint} (Jonas Weber, unless an e-mail address is filled in)`,
  action: 'mautic/actions/saveContact',
  input: { email: SOMEBODY, fields },
  done: 'Saved. Mautic tells n8n about it.',
  form: { email: 'email' },
});

const userAction = (label: string, hint: string, action: string, input: PageButton['input']): PageButton => ({
  label,
  hint: `${hint} (Rosa Keller, unless an e-mail address is filled in)`,
  action: `app/actions/${action}`,
  input,
  done: 'Done. Your application tells n8n about it.',
  form: { name: 'name', email: 'email' },
});

const subscriberAction = (
  label: string,
  hint: string,
  action: string,
  input: PageButton['input'] = {},
): PageButton => ({
  label,
  hint: `${hint} (Rosa Keller, unless an e-mail address is filled in)`,
  action: `lemonsqueezy/actions/${action}`,
  input,
  done: 'Done. Lemon Squeezy tells n8n about it.',
  form: { name: 'name', email: 'email' },
});

const trial = (
  label: string,
  hint: string,
  action: string,
  input: PageButton['input'],
  form: PageButton['form'],
): PageButton => ({
  label,
  hint,
  action: `trials/actions/${action}`,
  input,
  done: 'Written. n8n sees it the next time it looks.',
  form,
});

export const BUTTON_GROUPS: readonly ButtonGroup[] = [
  {
    title: 'Use the application',
    buttons: [
      userAction('Sign up', 'On the free plan, with marketing consent', 'register', {
        source: 'website',
        timeZone: 'America/New_York',
      }),
      userAction('Sign up by a partner', 'Without marketing consent; Slack should be told', 'register', {
        plan: 'enterprise',
        source: 'partner',
        marketingConsent: false,
      }),
      userAction('Log in', 'Mautic is told at most once an hour', 'logIn', {}),
      userAction('Use a feature', 'An event of your own', 'custom', { event: 'report.exported' }),
      userAction('Go Enterprise', 'Into the segment of the tier', 'changePlan', {
        plan: 'enterprise',
        previousPlan: 'free',
      }),
      userAction('Go back to Pro', 'A downgrade', 'changePlan', { plan: 'pro', previousPlan: 'enterprise' }),
      userAction('Leave', 'Into the win-back campaign', 'churn', {}),
      userAction('Live a whole life', 'All of it, one after the other', 'liveALife', {}),
      {
        label: 'Two weeks pass',
        hint: 'Mautic sends the e-mails that its campaigns have due by then',
        action: 'mautic/actions/runCampaigns',
        input: { days: 14 },
        done: 'Sent. They are among the e-mails of Mautic.',
        form: {},
      },
    ],
  },
  {
    title: 'Buy something',
    buttons: [
      checkout('Buy a VIP reservation', 'Paid by card', { product: 'vip' }),
      checkout('Buy a basic pledge', 'Not VIP: no coupon should follow', { product: 'basic' }),
      checkout('Buy for free', 'A VIP reservation with a 100 % discount', { product: 'vip', discount: true }),
      checkout('Buy three at once', 'Three VIP reservations in one purchase', {
        product: 'vip',
        quantity: 3,
      }),
      checkout('Buy a basket of 120', 'The VIP reservation is on the second page of items', {
        product: 'many',
      }),
      {
        label: 'Redeem the newest coupon',
        hint: 'Somebody uses the code in an order of the shop',
        action: 'shopware/actions/redeemCode',
        input: {},
        done: 'Redeemed. Campaign check sees it the next time it looks.',
        form: { name: 'customerName' },
      },
    ],
  },
  {
    title: 'Delayed payment',
    buttons: [
      checkout('Buy with a delayed payment', 'By SEPA debit: the money is still under way', {
        product: 'vip',
        paymentStatus: 'unpaid',
      }),
      {
        label: 'The money arrives',
        hint: 'The newest delayed payment succeeds',
        action: 'stripe/actions/succeedAsyncPayment',
        input: {},
        done: 'Paid. Stripe tells n8n about it.',
        form: {},
      },
      {
        label: 'The payment fails',
        hint: 'The newest delayed payment bounces',
        action: 'stripe/actions/failAsyncPayment',
        input: {},
        done: 'Failed. Stripe tells n8n about it.',
        form: {},
      },
    ],
  },
  {
    title: 'Subscribe at Stripe',
    buttons: [
      subscription(
        'Subscribe to Pro',
        'For Rosa Keller, unless an e-mail address is filled in',
        'subscribe',
        {
          plan: 'pro',
        },
      ),
      subscription('Change to Enterprise', 'The newest subscription goes up a tier', 'changePlan', {
        plan: 'enterprise',
      }),
      subscription('The next month is paid', 'The invoice is paid at once', 'renew'),
      subscription('The next month is not paid', 'The card is declined', 'failPayment'),
      subscription('The money comes after all', 'The open invoice is paid', 'renew'),
      subscription('Get money back', 'All of the newest payment', 'refund'),
      subscription('Dispute the payment', 'The bank takes the newest payment back', 'openDispute'),
      subscription('Cancel at the end', 'Too expensive; it is paid for until then', 'cancelAtPeriodEnd', {
        feedback: 'too_expensive',
      }),
      subscription('Cancel now', 'The newest subscription ends', 'cancelNow'),
    ],
  },
  {
    title: 'Subscribe at Lemon Squeezy',
    buttons: [
      subscriberAction('Subscribe at Lemon Squeezy', 'Three webhooks at once, in any order', 'subscribe', {
        plan: 'pro',
        shuffle: true,
      }),
      subscriberAction('Switch to Enterprise', 'The difference is paid at once', 'changePlan', {
        plan: 'enterprise',
      }),
      subscriberAction('Pay the next month', 'A renewal', 'renew'),
      subscriberAction('Cancel', 'The plan stays until the month is over', 'cancel'),
      subscriberAction('Resume', 'What was cancelled goes on', 'resume'),
      subscriberAction('Give the last payment back', 'All of it', 'refund'),
      subscriberAction('End the subscription', 'The month of a cancelled one is over', 'expire'),
    ],
  },
  {
    title: 'Try it out',
    buttons: [
      trial(
        'Start a trial',
        'One more row in the trial database',
        'startTrial',
        {},
        { name: 'name', email: 'email' },
      ),
      trial('Start 25 trials', 'For people made up', 'addTrials', { count: 25 }, {}),
    ],
  },
  {
    title: 'Opt in and join',
    buttons: [
      contactChange('Opt in', 'The contact has confirmed the opt-in', { opt_in_confirmed: true }),
      contactChange('Become VIP', 'The VIP invite should take the place of the basic one', {
        vip_status: true,
      }),
      contactChange('Withdraw the opt-in', 'Nothing more should be sent', { opt_in_confirmed: false }),
      contactChange('Clear the invite links', 'A new invite should follow', {
        discord_invite_vip: null,
        discord_invite_basic: null,
      }),
      {
        label: 'Use the newest invite',
        hint: 'Somebody joins the server by it',
        action: 'discord/actions/redeemInvite',
        input: {},
        done: 'Joined.',
        form: { name: 'user' },
      },
    ],
  },
  {
    title: 'Make trouble',
    buttons: [
      {
        label: 'Deliver the last event again',
        hint: 'As Stripe does when it is not sure that it was heard',
        action: 'stripe/actions/redeliver',
        input: {},
        done: 'Delivered again. Nothing new should happen.',
        form: {},
      },
      {
        label: 'Deliver it 20 times at once',
        hint: 'Still one code and one e-mail',
        action: 'stripe/actions/redeliver',
        input: { copies: 20 },
        done: 'Delivered 20 times. Nothing new should happen.',
        form: {},
      },
    ],
  },
];
