import { afterEach, describe, expect, it } from '@jest/globals';
import { emailSentSince, findByEmail, findEmail, getContacts, listEmails } from '../../../services/mautic';
import { startHttpServer, type Responder, type TestServer } from '../../support/http-server';
import { mauticApi } from '../../support/mautic';

let server: TestServer | undefined;

afterEach(() => server?.close());

/** Mautic's API, where every answer is the given one. */
async function answering(respond: Responder) {
  server = await startHttpServer(respond);
  return mauticApi(server.url);
}

const ada = (over: object = {}) => ({
  id: '47',
  dateAdded: '2026-03-01T00:00:00+00:00',
  fields: { core: {}, all: { id: '47', email: 'Ada@Example.com', vip_status: '1' } },
  doNotContact: [],
  ...over,
});

describe('lists, as Mautic really sends them', () => {
  it.each([
    ['an object by id', { total: '1', contacts: { 47: ada() } }],
    ['an array', { total: 1, contacts: [ada({ id: 47 })] }],
    [
      'fields by group only',
      {
        contacts: [
          ada({
            fields: {
              core: { email: { alias: 'email', value: 'ada@example.com' } },
              social: [],
              personal: {},
            },
          }),
        ],
      },
    ],
    ['no do-not-contact list', { contacts: [ada({ doNotContact: undefined })] }],
  ])('%s', async (_, body) => {
    const api = await answering(() => ({ body }));
    const found = await findByEmail(api, ['ada@example.com']);
    expect(found.get('ada@example.com')).toMatchObject({ id: 47, doNotContact: [] });
  });

  it.each([[{ total: '0', contacts: {} }], [{ total: 0, contacts: [] }]])('empty: %j', async (body) => {
    const api = await answering(() => ({ body }));
    expect((await findByEmail(api, ['ada@example.com'])).size).toBe(0);
  });

  it('that hold somebody else do not count', async () => {
    const api = await answering(() => ({ body: { contacts: { 47: ada() } } }));
    expect((await findByEmail(api, ['ada@example.org'])).get('ada@example.org')).toBeUndefined();
  });

  it.each([
    ['a page of a proxy', '<html>Bad day</html>'],
    ['a contact without id', { contacts: [ada({ id: null })] }],
    ['something else', { emails: [] }],
  ])('that make no sense are an error for another try: %s', async (_, body) => {
    const api = await answering(() => ({ body }));
    await expect(findByEmail(api, ['ada@example.com'])).rejects.toMatchObject({
      service: 'Mautic',
      retryable: true,
      message: expect.not.stringContaining('Bad day'),
    });
  });

  it('are read page by page until one is not full', async () => {
    const emails = Array.from({ length: 230 }, (_, index) => ({
      id: index + 1,
      name: `E-mail ${index + 1}`,
    }));
    const api = await answering(({ query }) => {
      const start = Number(query.get('start'));
      const page = emails.slice(start, start + Number(query.get('limit')));
      // A count that is behind, as Mautic's cached one may be.
      return { body: { total: '30', emails: Object.fromEntries(page.map((email) => [email.id, email])) } };
    });
    expect(await listEmails(api)).toHaveLength(230);
    expect(server?.requests.map(({ query }) => query.get('start'))).toEqual(['0', '100', '200']);
  });
});

describe('finding contacts', () => {
  it.each([
    ['a plain address', ['ada+vip@example.com'], 'eq', 'ada+vip@example.com'],
    [
      'an apostrophe, which Mautic decodes for "in" only',
      ["o'brien@example.com"],
      'in',
      "o'brien@example.com",
    ],
    ['several', ['a@example.com', 'b@example.com'], 'in', 'a@example.com,b@example.com'],
  ])('asks for %s', async (_, addresses, expr, val) => {
    const api = await answering(() => ({ body: { contacts: [] } }));
    await findByEmail(api, addresses);
    const query = server?.requests[0]?.query;
    expect([query?.get('where[0][col]'), query?.get('where[0][expr]'), query?.get('where[0][val]')]).toEqual([
      'email',
      expr,
      val,
    ]);
  });

  it('finds an apostrophe on an old PHP by search', async () => {
    const one = ada({ fields: { all: { email: "o'brien@example.com" } } });
    const api = await answering(({ query }) => ({
      body: { contacts: query.get('search') === "email:+o'brien@example.com" ? [one] : [] },
    }));
    const found = await findByEmail(api, ["o'brien@example.com"]);
    expect(found.get("o'brien@example.com")).toMatchObject({ id: 47 });
  });

  it('reads a merged contact under its old id', async () => {
    const api = await answering(({ path }) =>
      path.endsWith('/12') ? { body: { contact: ada() } } : { body: { contacts: [ada({ id: 5 })] } },
    );
    const contacts = await getContacts(api, [5, 12]);
    expect([contacts.get(5)?.id, contacts.get(12)?.id]).toEqual([5, 47]);
  });

  it('leaves out a contact that is gone', async () => {
    const api = await answering(() => ({
      status: 404,
      body: { errors: [{ code: 404, message: 'Item was not found.', details: [], type: null }] },
    }));
    expect((await getContacts(api, [5])).get(5)).toBeUndefined();
  });

  it('lets one that cannot be read fail alone', async () => {
    const api = await answering(({ path }) =>
      path.endsWith('/12')
        ? { status: 403, body: { errors: [{ code: 403, message: 'No access', details: [], type: null }] } }
        : { body: { contacts: [ada({ id: 5 })] } },
    );
    const contacts = await getContacts(api, [5, 12]);
    expect(contacts.get(5)?.id).toBe(5);
    expect(() => contacts.get(12)).toThrow(/read the contact 12: it answered 403: "No access"/);
  });
});

describe('finding an e-mail', () => {
  const emails = (...names: string[]) =>
    answering(() => ({ body: { emails: names.map((name, index) => ({ id: index + 1, name })) } }));

  it('by name', async () => {
    const api = await emails('Welcome', 'VIP coupon');
    expect(await findEmail(api, { name: ' VIP coupon ' })).toEqual({ id: 2, name: 'VIP coupon' });
  });

  it('by id', async () => {
    expect(await findEmail(await emails('Welcome'), { id: 1 })).toEqual({ id: 1, name: 'Welcome' });
  });

  it('reads the list once', async () => {
    const api = await emails('Welcome');
    await Promise.all([1, 2, 3].map(() => findEmail(api, { name: 'Welcome' })));
    await findEmail(api, { name: 'Welcome' });
    expect(server?.requests).toHaveLength(1);
  });

  it.each([
    ['none has the name', ['Welcome'], /named "VIP coupon".*Channels > Emails/],
    ['several have it', ['VIP coupon', 'VIP coupon'], /2 are named "VIP coupon" \(IDs 1, 2\)/],
  ])('fails when %s', async (_, names, message) => {
    await expect(findEmail(await emails(...names), { name: 'VIP coupon' })).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(message),
    });
  });
});

describe('the statistics', () => {
  const row = (over: object = {}) => ({
    email_id: '1',
    lead_id: '47',
    date_sent: '2026-03-01 12:00:01',
    ...over,
  });
  const asked = { emailId: 1, contactId: 47, begunAt: new Date('2026-03-01T12:00:00Z') };

  it('asks for the mails of the contact around that time', async () => {
    const api = await answering(() => ({ body: { total: '0', stats: [] } }));
    expect(await emailSentSince(api, asked)).toBe(false);
    const [request] = server?.requests ?? [];
    expect(request?.path).toBe('/api/stats/email_stats');
    expect([...(request?.query ?? [])]).toEqual(
      expect.arrayContaining([
        ['where[0][col]', 'lead_id'],
        ['where[0][expr]', 'eq'],
        ['where[0][val]', '47'],
        ['where[1][col]', 'date_sent'],
        ['where[1][expr]', 'gte'],
        ['where[1][val]', '2026-02-28 12:00:00'],
      ]),
    );
  });

  it.each([
    ['three hours ahead', 3 * 60],
    ['three hours behind', -3 * 60],
  ])("allow for Mautic's clock being %s", async (_, minutes) => {
    const aheadMs = minutes * 60_000;
    const begunAt = new Date();
    const theirs = new Date(Date.now() + aheadMs);
    const date_sent = theirs.toISOString().slice(0, 19).replace('T', ' ');
    const api = await answering(() => ({
      headers: { date: theirs.toUTCString() },
      body: { stats: [row({ date_sent })] },
    }));
    expect(await emailSentSince(api, { ...asked, begunAt })).toBe(true);
    const earlier = new Date(begunAt.getTime() - 60 * 60_000);
    expect(await emailSentSince(api, { ...asked, begunAt: earlier })).toBe(false);
  });

  it.each([
    ['a translation', { translationChildren: [{ id: 8, name: 'VIP-Gutschein' }] }, true],
    ['an A/B variant', { variantChildren: { 8: { id: '8' } } }, true],
    ['neither', {}, false],
  ])('count what was sent in place of the e-mail: %s', async (_, children, sent) => {
    const api = await answering(({ path }) =>
      path === '/api/emails/1'
        ? { body: { email: { id: 1, name: 'VIP coupon', ...children } } }
        : {
            headers: { date: new Date().toUTCString() },
            body: { stats: [row({ email_id: '8', date_sent: new Date().toISOString().slice(0, 19) })] },
          },
    );
    expect(await emailSentSince(api, { ...asked, begunAt: new Date() })).toBe(sent);
  });

  it.each([
    ['an error with status 200', { body: { errors: [{ message: 'No view permission', code: 403 }] } }],
    ['a table it does not have', { body: { availableTables: [] } }],
    ['a refusal', { status: 403, body: { errors: [{ message: 'No', code: 403, type: null }] } }],
  ])('cannot be read: %s', async (_, answer) => {
    const api = await answering(() => answer);
    await expect(emailSentSince(api, asked)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('permission to view contacts'),
    });
  });
});
