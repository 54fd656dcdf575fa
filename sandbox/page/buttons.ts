/** What the page lets a person do in the systems themselves, each by one call of the control API. */
export interface PageButton {
  label: string;
  /** Shown under the pointer. */
  hint: string;
  /** Below `/sandbox/`. */
  action: string;
  input: Readonly<Record<string, string | number | boolean>>;
  /** What the page says when it worked. */
  done: string;
  /** Whether the buyer's name and address from the form belong to it. */
  buys: boolean;
}

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
  buys: true,
});

export const BUTTON_GROUPS: readonly ButtonGroup[] = [
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
        buys: false,
      },
      {
        label: 'The payment fails',
        hint: 'The newest delayed payment bounces',
        action: 'stripe/actions/failAsyncPayment',
        input: {},
        done: 'Failed. Stripe tells n8n about it.',
        buys: false,
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
        buys: false,
      },
      {
        label: 'Deliver it 20 times at once',
        hint: 'Still one code and one e-mail',
        action: 'stripe/actions/redeliver',
        input: { copies: 20 },
        done: 'Delivered 20 times. Nothing new should happen.',
        buys: false,
      },
    ],
  },
];
