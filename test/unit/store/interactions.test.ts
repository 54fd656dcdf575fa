import { describe, expect, it } from '@jest/globals';
import { useStore } from '../../support/store';

const database = useStore();
const KEPT = { id: '1445000000000000001', applicationId: '1100000000000000900', token: 'secret' };

describe('the tokens of interactions', () => {
  it('are there for 15 minutes, and stay as they were kept first', async () => {
    const store = await database.empty();
    await store.interactions.keep(KEPT);
    await store.interactions.keep({ ...KEPT, token: 'another' });
    const { applicationId, token } = KEPT;
    const expiresAt = expect.any(Date);
    expect(await store.interactions.reply(KEPT.id)).toEqual({ applicationId, token, expiresAt });
    expect(
      await database.sql(
        `select from lifecycle.interaction
         where expires_at between now() + interval '14 minutes' and now() + interval '15 minutes'`,
      ),
    ).toHaveLength(1);
    expect(await store.interactions.reply('1445000000000000002')).toBeUndefined();
  });

  it('open nothing when that is over, and go with the next one that comes', async () => {
    const store = await database.empty();
    await store.interactions.keep(KEPT);
    await letPass();
    expect(await store.interactions.reply(KEPT.id)).toBeUndefined();
    await store.interactions.keep({ ...KEPT, id: '1445000000000000002' });
    expect(await database.sql('select id from lifecycle.interaction')).toEqual([
      { id: '1445000000000000002' },
    ]);
  });

  it('go with the payloads when no other one comes', async () => {
    const store = await database.empty();
    await store.interactions.keep(KEPT);
    await letPass();
    await store.interactions.keep({ ...KEPT, id: '1445000000000000002' });
    await letPass();
    await store.privacy.expirePayloads({ olderThanDays: 90 });
    expect(await database.sql('select id from lifecycle.interaction')).toEqual([]);
  });

  it('can be kept by many at once', async () => {
    const store = await database.empty();
    for (let id = 0; id < 20; id += 1) await store.interactions.keep({ ...KEPT, id: `1${id}` });
    await letPass();
    const ids = Array.from({ length: 40 }, (_, index) => `2${index % 20}`);
    await Promise.all(ids.map((id) => store.interactions.keep({ ...KEPT, id })));
    expect(await database.sql('select from lifecycle.interaction')).toHaveLength(20);
  });
});

async function letPass(): Promise<void> {
  await database.sql(`update lifecycle.interaction set expires_at = now() - interval '1 second'`);
}
