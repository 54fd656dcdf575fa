import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { validateLog } from '../contract/contract';
import { useCampaign } from '../support/campaign';
import { expectInvariants, WITHOUT_WAITS } from '../support/invites';
import { until } from '../support/until';

const campaign = useCampaign({ parameters: WITHOUT_WAITS });
const HANDLER = 'Discord invite';
const FOREIGN_LINK = 'https://discord.gg/madebyhand';

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

/** What was recorded for the event that had the invite issued. */
async function issuingDelivery() {
  const deliveries = await campaign.mauticDeliveries(HANDLER);
  return deliveries.find(({ outcomes }) => outcomes.some(({ action }) => action === 'invite issued'));
}

const save = (email: string, fields: object) => campaign.act('mautic', 'saveContact', { email, fields });

describe('a contact who opts in', () => {
  it.each([
    ['as a VIP gets a VIP invite', true, 'vip'],
    ['otherwise gets a basic one', false, 'basic'],
  ] as const)('%s, saved, e-mailed once, and is a lead', async (_case, isVip, expected) => {
    await campaign.optIn('ada@example.com', { firstname: 'Ada', lastname: 'Lovelace', vip_status: isVip });
    const { tier, code } = await expectInvariants(campaign, 'ada@example.com');
    expect(tier).toBe(expected);
    expect(await campaign.invites()).toEqual([
      expect.objectContaining({ code, status: 'live', maxUses: 1, maxAge: 604_800 }),
    ]);
    const [lead, ...others] = (await campaign.leads()).filter(
      ({ emailAddress }) => emailAddress === 'ada@example.com',
    );
    expect(lead).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace' });
    expect(others).toEqual([]);
    expect((await issuingDelivery())?.outcomes.map(({ service, action }) => `${service}: ${action}`)).toEqual(
      [
        `Mautic: ${isVip ? 'VIP' : 'basic'} invite due`,
        'Discord: invite issued',
        'Mautic: contact updated',
        `Mautic: "discord_invite_${expected}" confirmed`,
        `Mautic: e-mail "${isVip ? 'VIP' : 'Basic'} Discord invite" sent`,
        'EspoCRM: lead created',
      ],
    );
  });

  it('with an apostrophe and capitals in the address works', async () => {
    await campaign.optIn("Scarlett.O'Hara+club@Example.COM");
    expect((await expectInvariants(campaign, "scarlett.o'hara+club@example.com")).tier).toBe('basic');
  });

  it.each([
    [
      'who is on do-not-contact',
      async () => campaign.act('mautic', 'setDoNotContact', { email: 'no@example.com', reason: 2 }),
    ],
    ['whose opt-in is not confirmed', async () => save('no@example.com', { opt_in_confirmed: false })],
  ])('%s gets nothing, and the reason is on record', async (_case, prepare) => {
    await save('no@example.com', { firstname: 'No' });
    await prepare();
    await save('no@example.com', {
      city: 'Nowhere',
      ...(_case.includes('do-not') && { opt_in_confirmed: true }),
    });
    await expectInvariants(campaign, 'no@example.com');
    expect(await campaign.invites()).toEqual([]);
    expect(await campaign.emails()).toEqual([]);
    const [newest] = await campaign.mauticDeliveries(HANDLER);
    expect(newest?.outcomes).toEqual([
      expect.objectContaining({ service: 'Mautic', action: expect.stringMatching(/^no invite: /) }),
    ]);
  });

  it('without an e-mail address gets nothing', async () => {
    await campaign.act('mautic', 'saveContact', { email: 'gone@example.com' });
    await save('gone@example.com', { email: '', firstname: 'Nobody', opt_in_confirmed: true });
    await campaign.allSettled();
    expect(await campaign.invites()).toEqual([]);
  });

  it.each([
    ['deleted', async (id: number) => campaign.act('mautic', 'deleteContact', { id })],
    [
      'merged away',
      async (id: number) => {
        const { contactId: survivor } = (await save('survivor@example.com', { firstname: 'S' })) as {
          contactId: number;
        };
        await campaign.act('mautic', 'mergeContacts', { survivor, other: id });
      },
    ],
  ])('and is %s before n8n looks gets nothing, without an error', async (_case, remove) => {
    await campaign.stack.n8n.stop();
    await campaign.stack.n8n.start();
    await campaign.fail('mautic', { method: 'GET', path: '^/api/contacts', latencyMs: 1_500, times: 1 });
    const id = await campaign.optIn('away@example.com', { vip_status: true });
    await remove(id);
    await campaign.allSettled();
    const deliveries = await campaign.mauticDeliveries(HANDLER);
    const own = deliveries.filter(({ event }) => JSON.stringify(event.payload).includes('away@example.com'));
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ state }) => state === 'done')).toBe(true);
    const emails = await campaign.emails();
    expect(emails.filter(({ contactId }) => contactId === id)).toEqual([]);
  });

  it('and has a link already gets nothing new', async () => {
    await campaign.optIn('linked@example.com', { vip_status: true, discord_invite_vip: FOREIGN_LINK });
    await save('linked@example.com', { city: 'Berlin' });
    const { code } = await expectInvariants(campaign, 'linked@example.com');
    expect(code).toBe('madebyhand');
    expect(await campaign.invites()).toEqual([]);
    expect(await campaign.emails()).toEqual([]);
    expect((await campaign.leads()).some(({ emailAddress }) => emailAddress === 'linked@example.com')).toBe(
      false,
    );
  });

  it('is changed again by us without anything new', async () => {
    await campaign.optIn('echo@example.com');
    const { code } = await expectInvariants(campaign, 'echo@example.com');
    await save('echo@example.com', { city: 'Paris' });
    await save('echo@example.com', { city: 'Rome' });
    expect((await expectInvariants(campaign, 'echo@example.com')).code).toBe(code);
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('is updated 20 times at once and gets one invite', async () => {
    await save('burst@example.com', { vip_status: true });
    await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        campaign.optIn('burst@example.com', { city: `City ${number}` }),
      ),
    );
    await expectInvariants(campaign, 'burst@example.com');
    expect(await campaign.invites()).toHaveLength(1);
    expect(await campaign.emails()).toHaveLength(1);
  });
});

describe('a contact with an invite', () => {
  it('who becomes VIP gets a VIP invite, and the unused basic one is revoked', async () => {
    await campaign.optIn('up@example.com');
    const { code: basic } = await expectInvariants(campaign, 'up@example.com');
    await save('up@example.com', { vip_status: true });
    const { tier, code } = await expectInvariants(campaign, 'up@example.com');
    expect(tier).toBe('vip');
    expect((await campaign.invites()).map((invite) => [invite.code, invite.status])).toEqual([
      [basic, 'revoked'],
      [code, 'live'],
    ]);
    expect(await campaign.emails()).toHaveLength(2);
  });

  it('who becomes VIP after using the basic one gets a VIP invite', async () => {
    await campaign.optIn('used@example.com');
    const { code: basic } = await expectInvariants(campaign, 'used@example.com');
    await campaign.act('discord', 'redeemInvite', { code: basic });
    await save('used@example.com', { vip_status: true });
    await expectInvariants(campaign, 'used@example.com');
    expect((await campaign.invites()).map(({ status }) => status)).toEqual(['used', 'live']);
  });

  it('whose basic link was made by hand and who becomes VIP has that one replaced', async () => {
    await campaign.optIn('hand@example.com', { discord_invite_basic: FOREIGN_LINK });
    await save('hand@example.com', { vip_status: true });
    expect((await expectInvariants(campaign, 'hand@example.com')).tier).toBe('vip');
  });

  it.each([
    ['revoked', async () => undefined],
    [
      'left alone, for it was used',
      async (code: string) => campaign.act('discord', 'redeemInvite', { code }),
    ],
  ])('whose field is cleared by hand gets a new one, and the old one is %s', async (_case, before) => {
    await campaign.optIn('again@example.com');
    const { code: old } = await expectInvariants(campaign, 'again@example.com');
    await before(old);
    await save('again@example.com', { discord_invite_basic: '' });
    const { code } = await expectInvariants(campaign, 'again@example.com');
    expect(code).not.toBe(old);
    const statuses = (await campaign.invites()).map(({ status }) => status);
    expect(statuses).toEqual([_case === 'revoked' ? 'revoked' : 'used', 'live']);
    expect(await campaign.emails()).toHaveLength(2);
  });

  it('who withdraws the opt-in is sent nothing more', async () => {
    await campaign.optIn('out@example.com');
    await expectInvariants(campaign, 'out@example.com');
    await save('out@example.com', { opt_in_confirmed: false });
    await save('out@example.com', { vip_status: true });
    await expectInvariants(campaign, 'out@example.com');
    expect(await campaign.emails()).toHaveLength(1);
    expect(await campaign.invites()).toHaveLength(1);
  });

  it('who withdraws the opt-in while the invite is being issued is not sent it', async () => {
    await campaign.fail('discord', { method: 'POST', path: '/invites$', holdMs: 1_500, times: 1 });
    await campaign.optIn('second.thoughts@example.com');
    await until(async () => (await campaign.invites()).length === 1, 'the invite to be issued');
    await save('second.thoughts@example.com', { opt_in_confirmed: false });
    await campaign.allSettled();
    expect(await campaign.emails()).toEqual([]);
  });
});

describe('100 contacts at once', () => {
  it('all get their invite, and no 429 reaches the workflow', async () => {
    const emails = Array.from({ length: 100 }, (_, number) => `crowd${number}@example.com`);
    await Promise.all(emails.map((email, number) => campaign.optIn(email, { vip_status: number % 2 === 0 })));
    await until(
      async () => (await campaign.emails()).length === 100,
      async () => `100 e-mails; there are ${(await campaign.emails()).length}`,
      120,
    );
    for (const email of emails) await expectInvariants(campaign, email);
    const deliveries = await campaign.mauticDeliveries(HANDLER);
    expect(deliveries.every(({ attempts, state }) => attempts === 1 && state === 'done')).toBe(true);
  }, 240_000);
});

describe('when Discord', () => {
  it.each([
    [
      'forbids invites',
      () =>
        campaign.act('discord', 'setPermissions', { channel: 'welcome', deny: ['CREATE_INSTANT_INVITE'] }),
      () =>
        campaign.act('discord', 'setPermissions', { channel: 'welcome', allow: ['CREATE_INSTANT_INVITE'] }),
      /Create Invite.*welcome/is,
    ],
    [
      'has no such channel',
      () => campaign.act('discord', 'renameChannel', { channel: 'welcome', name: 'hello' }),
      () => campaign.act('discord', 'renameChannel', { channel: 'hello', name: 'welcome' }),
      /welcome/,
    ],
  ])(
    '%s, the error says what to change, nothing is done by halves, and a replay completes',
    async (_case, spoil, mend, message) => {
      // Channels that were found are known for some minutes.
      await spoil();
      await campaign.stack.n8n.stop();
      await campaign.stack.n8n.start();
      await campaign.optIn('blocked@example.com');
      await campaign.allSettled();
      const [dead] = await campaign.mauticDeliveries(HANDLER);
      expect(dead).toMatchObject({ state: 'dead' });
      expect(dead?.lastFailure?.message).toMatch(message);
      expect(await campaign.emails()).toEqual([]);
      const [contact] = await campaign.contacts('blocked@example.com');
      expect(contact?.fields.discord_invite_basic ?? '').toBe('');
      await mend();
      // What was missing a moment ago is not looked for again at once, since a whole run may miss it.
      await pause(2_500);
      await campaign.replayDead();
      await expectInvariants(campaign, 'blocked@example.com');
      expect(await campaign.emails()).toHaveLength(1);
    },
  );

  it('has no room for another invite, the event is tried again later', async () => {
    await campaign.act('discord', 'setLimits', { mostInvites: 0 });
    await campaign.optIn('ceiling@example.com');
    await until(async () => (await campaign.mauticDeliveries(HANDLER))[0]?.state === 'failed');
    const [failed] = await campaign.mauticDeliveries(HANDLER);
    expect(failed?.lastFailure?.message).toMatch(/1,?000 invites/);
    await campaign.act('discord', 'setLimits', { mostInvites: 1_000 });
    await campaign.passTime();
    await expectInvariants(campaign, 'ceiling@example.com');
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('has revoked the token, that is said, and asked once', async () => {
    await campaign.act('discord', 'revokeToken');
    await campaign.optIn('token@example.com');
    await campaign.allSettled();
    const [dead] = await campaign.mauticDeliveries(HANDLER);
    expect(dead).toMatchObject({ state: 'dead', attempts: 1 });
    expect(dead?.lastFailure?.message).toMatch(/Discord.*401.*token/is);
    const refused = (await campaign.requests()).filter(
      ({ double, status }) => double === 'discord' && status === 401,
    );
    expect(refused).toHaveLength(1);
  });

  it.each([
    ['before', 'it is issued'],
    ['after', 'the invite is found again'],
  ])('is lost %s it has issued the invite, %s', async (drop) => {
    await campaign.fail('discord', { method: 'POST', path: '/invites$', drop, times: 1 });
    await campaign.optIn('lost@example.com');
    await until(async () => (await campaign.mauticDeliveries(HANDLER))[0]?.state === 'failed');
    await campaign.passTime();
    await expectInvariants(campaign, 'lost@example.com');
    expect(await campaign.invites()).toHaveLength(1);
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('is down, the event is tried again and completes', async () => {
    await campaign.fail('discord', { status: 503 });
    await campaign.optIn('down@example.com');
    await until(async () => (await campaign.mauticDeliveries(HANDLER))[0]?.state === 'failed');
    await campaign.fail('discord');
    await campaign.passTime();
    await expectInvariants(campaign, 'down@example.com');
    expect(await campaign.emails()).toHaveLength(1);
  });
});

describe('when EspoCRM', () => {
  it('is down, the invite goes out all the same, and the lead follows by itself', async () => {
    await campaign.act('espocrm', 'setMaintenance', { maintenance: true });
    await campaign.optIn('patient@example.com');
    await until(async () => (await campaign.emails()).length === 1, 'the e-mail');
    await until(async () =>
      (await campaign.mauticDeliveries(HANDLER)).some(({ state }) => state === 'failed'),
    );
    expect((await campaign.leads()).some(({ emailAddress }) => emailAddress === 'patient@example.com')).toBe(
      false,
    );
    await campaign.act('espocrm', 'setMaintenance', { maintenance: false });
    await campaign.passTime();
    await expectInvariants(campaign, 'patient@example.com');
    expect(await campaign.emails()).toHaveLength(1);
    expect(await campaign.invites()).toHaveLength(1);
  });

  it('rejects the key, that is said, and the key is not tried again and again', async () => {
    await campaign.fail('espocrm', { status: 401 });
    await campaign.optIn('key@example.com');
    await until(async () => (await campaign.mauticDeliveries(HANDLER)).some(({ state }) => state === 'dead'));
    await campaign.allSettled();
    const dead = (await campaign.mauticDeliveries(HANDLER)).find(({ state }) => state === 'dead');
    expect(dead?.lastFailure?.message).toMatch(/EspoCRM.*401.*key/is);
    expect((await campaign.requests()).filter(({ double }) => double === 'espocrm')).toHaveLength(1);
    expect(await campaign.emails()).toHaveLength(1);
    await campaign.fail('espocrm');
    await campaign.replayDead();
    await expectInvariants(campaign, 'key@example.com');
  });

  it('knows somebody else of this name, both are leads', async () => {
    await campaign.act('espocrm', 'createLead', {
      firstName: 'Nina',
      lastName: 'Hagen',
      emailAddress: 'other.nina@example.com',
    });
    await campaign.optIn('nina@example.com', { firstname: 'Nina', lastname: 'Hagen' });
    await expectInvariants(campaign, 'nina@example.com');
  });

  it('is lost after it has created the lead, there is one lead', async () => {
    await campaign.fail('espocrm', { method: 'POST', path: '/Lead$', drop: 'after', times: 1 });
    await campaign.optIn('twice@example.com');
    await until(async () => (await campaign.emails()).length === 1, 'the e-mail');
    await until(async () =>
      (await campaign.mauticDeliveries(HANDLER)).every(({ state }) => ['done', 'failed'].includes(state)),
    );
    await campaign.passTime();
    await expectInvariants(campaign, 'twice@example.com');
  });
});

describe('when Mautic', () => {
  it('is lost before the link is saved, the same invite is saved later', async () => {
    await campaign.fail('mautic', { method: 'PATCH', drop: 'before' });
    await campaign.optIn('unsaved@example.com');
    await until(async () => (await campaign.mauticDeliveries(HANDLER))[0]?.state === 'failed');
    await campaign.fail('mautic');
    await campaign.passTime();
    await expectInvariants(campaign, 'unsaved@example.com');
    expect(await campaign.invites()).toHaveLength(1);
  });

  it('is lost after the link is saved, the flow goes on where it ended', async () => {
    await campaign.fail('mautic', { method: 'PATCH', drop: 'after' });
    await campaign.optIn('saved@example.com');
    await until(async () =>
      (await campaign.mauticDeliveries(HANDLER)).some(({ state }) => state === 'failed'),
    );
    await campaign.fail('mautic');
    await campaign.passTime();
    await expectInvariants(campaign, 'saved@example.com');
    expect(await campaign.invites()).toHaveLength(1);
    expect(await campaign.emails()).toHaveLength(1);
  });

  it('holds another link by the time of Confirm, ours is revoked and nothing is sent', async () => {
    await campaign.fail('mautic', { method: 'PATCH', holdMs: 1_500, times: 1 });
    await campaign.optIn('race@example.com');
    await until(
      async () =>
        String((await campaign.contacts('race@example.com'))[0]?.fields.discord_invite_basic ?? '') !== '',
      'our link to be saved',
    );
    await save('race@example.com', { discord_invite_basic: FOREIGN_LINK });
    const { code } = await expectInvariants(campaign, 'race@example.com');
    expect(code).toBe('madebyhand');
    expect((await campaign.invites()).map(({ status }) => status)).toEqual(['revoked']);
    expect(await campaign.emails()).toEqual([]);
  });
});

describe('Mautic’s webhooks in batched mode', () => {
  it('bring many changes of many contacts in one delivery, and end in one invite each', async () => {
    await campaign.act('mautic', 'setQueueMode', { queueMode: 'command' });
    for (const email of ['one@example.com', 'two@example.com', 'one@example.com']) {
      await campaign.optIn(email, { city: String(Math.random()) });
    }
    expect(await campaign.mauticDeliveries(HANDLER)).toEqual([]);
    await campaign.act('mautic', 'processWebhooks');
    for (const email of ['one@example.com', 'two@example.com']) {
      await until(async () => (await campaign.emails()).some((mail) => mail.emailAddress === email), email);
    }
    await campaign.act('mautic', 'processWebhooks');
    for (const email of ['one@example.com', 'two@example.com']) await expectInvariants(campaign, email);
    expect(await campaign.invites()).toHaveLength(2);
  });
});
