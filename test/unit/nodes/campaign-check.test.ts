import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';
import { LifecycleDiscordApi } from '../../../credentials/LifecycleDiscordApi.credentials';
import { LifecycleShopwareApi } from '../../../credentials/LifecycleShopwareApi.credentials';
import { DiscordInviteIssuer } from '../../../nodes/DiscordInviteIssuer/DiscordInviteIssuer.node';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import { ShopwarePromoCode } from '../../../nodes/ShopwarePromoCode/ShopwarePromoCode.node';
import { connectionUrlOf } from '../../../nodes/shared/store';
import { DiscordDouble } from '../../../sandbox/discord';
import {
  DISCORD_BOT_SECRET,
  DISCORD_SERVER_ID,
  PROMO_CODE_SEED,
  SHOPWARE_CLIENT_ID,
  SHOPWARE_CLIENT_SECRET,
} from '../../../sandbox/identities';
import { ShopwareDouble } from '../../../sandbox/shopware';
import { openStore, type Store } from '../../../store';
import { executeNode, type FilledCredential } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

const VIP = { __rl: true, mode: 'name', value: 'VIP reservation' } as const;
const WELCOME = { __rl: true, mode: 'name', value: 'welcome' } as const;

const database = useStore();
let sandbox: TestSandbox;
let store: Store;
let credentials: FilledCredential[];

beforeEach(async () => {
  await database.empty();
  store = await openStore(connectionUrlOf(storeCredential(database.url()).data));
});
afterEach(async () => {
  await sandbox.close();
  await store.close();
});

async function run(
  node: INodeType,
  parameters: INodeParameters,
  items: IDataObject[] = [{}],
): Promise<IDataObject[]> {
  const setup = { node, name: 'Look', parameters, credentials };
  const [output = []] = await executeNode(setup, items);
  return output.map(({ json }) => json);
}

describe('looking for redeemed codes', () => {
  beforeEach(async () => {
    sandbox = await startTestSandbox('shopware', ShopwareDouble);
    const data = {
      url: sandbox.url,
      clientId: SHOPWARE_CLIENT_ID,
      clientSecret: SHOPWARE_CLIENT_SECRET,
      promoCodeKey: PROMO_CODE_SEED,
    };
    credentials = [{ type: new LifecycleShopwareApi(), data }, storeCredential(database.url())];
  });

  const purchases = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      checkout: { id: `cs_${index}` },
      delivery: { id: `${index}`, lease: 'l', attempt: 1 },
    }));
  const issue = (count: number) => run(new ShopwarePromoCode(), { promotion: VIP }, purchases(count));
  const find = async (more: INodeParameters = {}) => {
    const [json] = await run(new ShopwarePromoCode(), {
      operation: 'findRedeemed',
      promotion: VIP,
      ...more,
    });
    return json?.redeemed as { codes: IDataObject[]; hasMore: boolean };
  };
  const record = (json: IDataObject) =>
    run(new LifecycleStore(), { resource: 'campaign', operation: 'recordRedeemed' }, [json]);

  it('finds none while none is redeemed', async () => {
    await issue(3);
    expect(await find()).toEqual({ codes: [], hasMore: false });
  });

  it('gives those of the promotion with their orders, over several pages, and each counts once', async () => {
    await issue(230);
    const orders: unknown[] = [];
    for (let index = 0; index < 205; index += 1) {
      orders.push(((await sandbox.act('redeemCode', {})) as unknown as { orderId: string }).orderId);
    }
    const redeemed = await find();
    expect(redeemed.hasMore).toBe(false);
    expect(redeemed.codes.map(({ orderId }) => orderId).sort()).toEqual(orders.sort());
    const times = redeemed.codes.map(({ redeemedAt }) => String(redeemedAt));
    expect(times).toEqual(times.toSorted().reverse());
    expect(await record({ redeemed })).toMatchObject([{ recorded: 205 }]);
    expect(await record({ redeemed: await find() })).toMatchObject([{ recorded: 0 }]);
    const [kept] = await database.sql('select count(*)::int as codes from lifecycle.milestone');
    expect(kept).toEqual({ codes: 205 });
    expect(await find({ mostCodes: 150 })).toMatchObject({ codes: { length: 150 }, hasMore: true });
  });

  it('finds them though the promotion is over', async () => {
    await issue(1);
    await sandbox.act('redeemCode', {});
    await sandbox.act('setPromotion', { promotion: 'VIP reservation', set: { active: false } });
    expect((await find()).codes).toHaveLength(1);
  });

  it.each([['no list'], [[{ id: 'a' }]], [[{ id: '', redeemedAt: '2026-01-01T00:00:00Z' }]]])(
    'records nothing of what is no list of codes: %j',
    async (codes) => {
      const parameters = { resource: 'campaign', operation: 'recordRedeemed', codes: JSON.stringify(codes) };
      await expect(run(new LifecycleStore(), parameters)).rejects.toThrow('The codes are not a list');
    },
  );
});

describe('looking for used invites', () => {
  beforeEach(async () => {
    sandbox = await startTestSandbox('discord', DiscordDouble);
    await sandbox.act('setLimits', { inviteLimit: 1_000, otherLimit: 1_000, globalLimit: 1_000 });
    const data = { url: sandbox.url, botToken: DISCORD_BOT_SECRET, serverId: DISCORD_SERVER_ID };
    credentials = [{ type: new LifecycleDiscordApi(), data }, storeCredential(database.url())];
  });

  async function issue(id: number): Promise<string> {
    const item = {
      event: { id: `event-${id}`, source: 'mautic' },
      contact: { id, email: 'maya@example.com' },
    };
    const [json] = await run(new DiscordInviteIssuer(), { channel: WELCOME }, [item]);
    return (json?.invite as { code: string }).code;
  }
  const look = async () =>
    (await run(new DiscordInviteIssuer(), { operation: 'findUsed' })).map(({ invites }) => invites);
  const states = async () =>
    (await database.sql<{ state: string }>('select state from lifecycle.invite order by id')).map(
      ({ state }) => state,
    );

  it('has nothing to ask without any', async () => {
    expect(await look()).toEqual([{ looked: 0, used: 0, gone: 0 }]);
    expect(await sandbox.calls()).toEqual([]);
  });

  it('records those that are gone from their channel, once, and leaves the others', async () => {
    const [first] = [await issue(1), await issue(2), await issue(3)];
    await sandbox.act('redeemInvite', { code: first });
    expect(await look()).toEqual([{ looked: 3, used: 1, gone: 0 }]);
    expect(await look()).toEqual([{ looked: 2, used: 0, gone: 0 }]);
    expect(await states()).toEqual(['used', 'live', 'live']);
  });

  it('does not take one that was revoked, or has expired, for used', async () => {
    const [first, second] = [await issue(1), await issue(2)];
    await sandbox.act('deleteInvite', { code: first });
    await store.invites.revoked(first);
    await sandbox.act('expireInvites', { code: second });
    await database.sql(`update lifecycle.invite set expires_at = now() where code = '${second}'`);
    expect(await look()).toEqual([{ looked: 0, used: 0, gone: 0 }]);
    expect(await states()).toEqual(['revoked', 'live']);
  });

  it('does not know what became of those whose channel is gone', async () => {
    await issue(1);
    await sandbox.act('deleteChannel', { channel: 'welcome' });
    expect(await look()).toEqual([{ looked: 1, used: 0, gone: 1 }]);
    expect(await states()).toEqual(['gone']);
  });

  it('says which permission it lacks, and records nothing', async () => {
    await issue(1);
    await sandbox.act('setPermissions', { deny: ['MANAGE_CHANNELS'] });
    await expect(look()).rejects.toThrow(/Manage Channels/);
    expect(await states()).toEqual(['live']);
  });
});
