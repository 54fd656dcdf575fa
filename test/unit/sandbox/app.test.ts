import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppDouble } from '../../../sandbox/app';
import { doubleContext } from '../../support/double-client';

let context: ReturnType<typeof doubleContext>;
let app: AppDouble;
beforeEach(() => {
  context = doubleContext('http://sandbox.invalid/app');
  app = new AppDouble(context);
  app.load({ endpoint: { url: 'http://n8n.invalid/webhook', token: 'a-token' } });
});
afterEach(() => app.reset());

const events = () =>
  context.posted.map(({ body }) => JSON.parse(body) as { id: string; type: string; data: object });

describe('your application', () => {
  it('reports what a user does, with its token', async () => {
    await app.actions.register?.({ email: 'ada@example.com', name: 'Ada', plan: 'pro', source: 'ads' });
    expect(context.posted).toMatchObject([
      { url: 'http://n8n.invalid/webhook', headers: { authorization: 'Bearer a-token' } },
    ]);
    expect(events()).toMatchObject([
      {
        type: 'user.registered',
        data: { email: 'ada@example.com', name: 'Ada', plan: 'pro', source: 'ads', marketingConsent: true },
      },
    ]);
  });

  it('tells an upgrade from a downgrade', async () => {
    await app.actions.register?.({ email: 'ada@example.com' });
    await app.actions.changePlan?.({ email: 'ada@example.com', plan: 'enterprise' });
    await app.actions.changePlan?.({ email: 'ada@example.com', plan: 'pro' });
    expect(events().slice(1)).toMatchObject([
      { type: 'user.upgraded', data: { previousPlan: 'free', newPlan: 'enterprise' } },
      { type: 'user.downgraded', data: { previousPlan: 'enterprise', newPlan: 'pro' } },
    ]);
    await expect(app.actions.changePlan?.({ email: 'ada@example.com', plan: 'pro' })).rejects.toThrow(
      /on pro already/,
    );
  });

  it('plays a whole life', async () => {
    await app.actions.liveALife?.({ email: 'ada@example.com', name: 'Ada' });
    expect(events().map(({ type }) => type)).toEqual([
      'user.registered',
      'user.loggedIn',
      'user.custom',
      'user.upgraded',
      'user.downgraded',
      'user.churned',
    ]);
  });

  it('sends copies with one id, and shows what was answered', async () => {
    context.status = 401;
    const answer = await app.actions.logIn?.({ email: '<b>ada@example.com', copies: 3 });
    expect(answer).toMatchObject({ statuses: [401, 401, 401] });
    expect(new Set(events().map(({ id }) => id)).size).toBe(1);
    expect(app.render()).toContain('&lt;b&gt;ada@example.com');
    expect(app.render()).toContain('401');
  });

  it('keeps its address over a new start, and its users only until then', async () => {
    await app.actions.register?.({});
    app.reset();
    expect(app.state()).toEqual({
      endpoint: { url: 'http://n8n.invalid/webhook', token: 'a-token' },
      users: [],
      sent: [],
    });
    app.load({ endpoint: null });
    await app.actions.logIn?.({});
    expect(app.render()).toContain('No address is entered');
    expect(context.posted).toHaveLength(1);
  });
});
