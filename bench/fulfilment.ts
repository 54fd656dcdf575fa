import { z } from 'zod/v4';
import type { Purchase } from './purchases';
import type { SandboxControl } from './sandbox-control';

const requestsSchema = z.array(
  z.object({ at: z.string(), double: z.string(), method: z.string(), path: z.string(), status: z.number() }),
);
const mauticSchema = z.object({
  contacts: z.array(
    z.object({
      id: z.number(),
      fields: z.looseObject({
        email: z.string().optional(),
        vip_status: z.unknown(),
        promo_code: z.unknown(),
      }),
    }),
  ),
  sentEmails: z.array(z.object({ contactId: z.number(), body: z.string() })),
});
const shopwareSchema = z.object({ codes: z.array(z.object({ code: z.string() })) });

type MauticState = z.infer<typeof mauticSchema>;

export interface SentLog {
  /** When Mautic had sent the e-mail to a contact (the first, if there were several), milliseconds since 1970. */
  sentAt: ReadonlyMap<number, number>;
  requests: number;
}

const SEND_PATH = /^\/api\/emails\/\d+\/contact\/(\d+)\/send$/;

/** Reads the sandbox's log of requests, which keeps the last 5,000, and empties it. */
export async function takeLog(sandbox: SandboxControl): Promise<SentLog> {
  const log = requestsSchema.parse(await sandbox.call('GET', '/sandbox/requests'));
  await sandbox.call('DELETE', '/sandbox/requests');
  const sentAt = new Map<number, number>();
  for (const { at, double, method, path, status } of log) {
    const contactId = double === 'mautic' && method === 'POST' && status === 200 && SEND_PATH.exec(path)?.[1];
    if (contactId && !sentAt.has(Number(contactId))) sentAt.set(Number(contactId), Date.parse(at));
  }
  return { sentAt, requests: log.length };
}

/** Which contact an e-mail address belongs to. */
export async function contactIds(sandbox: SandboxControl): Promise<ReadonlyMap<string, number>> {
  const { contacts } = mauticSchema.parse(await sandbox.call('GET', '/sandbox/state/mautic'));
  return new Map(contacts.map(({ id, fields }) => [fields.email ?? '', id]));
}

export interface Verdict {
  purchases: number;
  /** With exactly one code, one VIP contact that carries it, and one e-mail with it. */
  right: number;
  /** Without an e-mail. */
  lost: number;
  /** With more than one e-mail or contact. */
  doubled: number;
}

/** Looks at what each of the purchases has become. */
export async function verify(sandbox: SandboxControl, purchases: readonly Purchase[]): Promise<Verdict> {
  const mautic = mauticSchema.parse(await sandbox.call('GET', '/sandbox/state/mautic'));
  const { codes } = shopwareSchema.parse(await sandbox.call('GET', '/sandbox/state/shopware'));
  return judge(
    purchases.map(({ email }) => email),
    mautic,
    codes.map(({ code }) => code),
  );
}

/** See {@link verify}. */
export function judge(emails: readonly string[], mautic: MauticState, codes: readonly string[]): Verdict {
  const contactsOf = groupBy(mautic.contacts, ({ fields }) => fields.email ?? '');
  const mailsOf = groupBy(mautic.sentEmails, ({ contactId }) => contactId);
  const codeCounts = groupBy(codes, (code) => code);
  const verdict = { purchases: emails.length, right: 0, lost: 0, doubled: 0 };
  for (const email of emails) {
    const contacts = contactsOf.get(email) ?? [];
    const mails = contacts.flatMap(({ id }) => mailsOf.get(id) ?? []);
    const [contact] = contacts;
    const code = String(contact?.fields.promo_code ?? '');
    const isVip = Boolean(Number(contact?.fields.vip_status ?? 0));
    const isCodeRight = codeCounts.get(code)?.length === 1 && mails[0]?.body.includes(code) === true;
    if (mails.length === 0) verdict.lost += 1;
    else if (mails.length > 1 || contacts.length > 1) verdict.doubled += 1;
    else if (isVip && isCodeRight) verdict.right += 1;
  }
  return verdict;
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
