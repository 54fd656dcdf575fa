import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureContacts, type ContactDeclaration, type MauticApi } from '../../../services/mautic';
import { MauticDouble } from '../../../sandbox/mautic';
import { mauticApi } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(() => mautic.reset());
afterAll(() => mautic.close());

/** Mautic's API; `before` happens right before each write. */
function apiWith(before: () => Promise<unknown>): MauticApi {
  return mauticApi(mautic.url, (request) => async (options) => {
    if (options.method === 'PATCH') await before();
    return await request(options);
  });
}

const declared = (contact: ContactDeclaration['contact'], city: string): ContactDeclaration => ({
  contact,
  fields: [{ alias: 'city', value: city }],
  whenEmpty: 'stop',
  confirm: false,
});

describe('a contact by its id', () => {
  it('is told to be merged when that happens between look and write', async () => {
    const merge = () => mautic.act('mergeContacts', { survivor: 2, other: 1 });
    const [result] = await ensureContacts(apiWith(merge), [declared({ id: 1 }, 'Oslo')]);
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/contact 1: it was merged into the contact 2 at that moment.*city/),
    });
  });

  it('is told to be deleted when that happens between look and write', async () => {
    const remove = () => mautic.act('deleteContact', { id: 1 });
    const [result] = await ensureContacts(
      apiWith(() => remove().catch(() => undefined)),
      [declared({ id: 1 }, 'Oslo')],
    );
    expect(result).toMatchObject({ retryable: false, message: expect.stringContaining('deleted in Mautic') });
  });

  it('is not in one batch with the same contact by its address', async () => {
    const api = apiWith(() => Promise.resolve());
    const byEmail = { email: 'maya.lind@example.com', createWhenMissing: false };
    const results = await ensureContacts(api, [declared({ id: 1 }, 'Oslo'), declared(byEmail, 'Rome')]);
    expect(results).toMatchObject([
      { contact: { id: 1 }, fields: { city: 'Oslo' } },
      { contact: { id: 1 }, fields: { city: 'Rome' } },
    ]);
  });
});
