/**
 * Events of checkouts for `PUT state` of the Stripe double, oldest first, without a webhook having been sent: `evt_0`,
 * `evt_1` and so on, or `<prefix>_0`.
 */
export function stripeEvents(
  times: readonly Date[],
  { type = 'checkout.session.completed', prefix = 'evt' }: { type?: string; prefix?: string } = {},
): object[] {
  return times.map((time, index) => {
    const id = `${prefix}_${index}`;
    const created = Math.floor(time.getTime() / 1000);
    const object = {
      id: `cs_${index}`,
      object: 'checkout.session',
      customer_email: `buyer${index}@example.com`,
    };
    const payload = JSON.stringify({ id, object: 'event', type, created, data: { object } });
    return { id, type, created, sessionId: object.id, payload };
  });
}
