import { z } from 'zod/v4';
import type { Purchase } from './purchases';
import type { SandboxControl } from './sandbox-control';
import { groupBy, verdictOf, type Judgement, type Verdict } from './verdict';

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

/** Which contact an e-mail address belongs to. */
export async function contactIds(sandbox: SandboxControl): Promise<ReadonlyMap<string, number>> {
  const { contacts } = mauticSchema.parse(await sandbox.call('GET', '/sandbox/state/mautic'));
  return new Map(contacts.map(({ id, fields }) => [fields.email ?? '', id]));
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

/**
 * Right is a purchase with exactly one code, one VIP contact that carries it, and one e-mail with it; lost one without an
 * e-mail; doubled one with more than one e-mail or contact.
 */
export function judge(emails: readonly string[], mautic: MauticState, codes: readonly string[]): Verdict {
  const contactsOf = groupBy(mautic.contacts, ({ fields }) => fields.email ?? '');
  const mailsOf = groupBy(mautic.sentEmails, ({ contactId }) => contactId);
  const codeCounts = groupBy(codes, (code) => code);
  const judgeOne = (email: string): Judgement => {
    const contacts = contactsOf.get(email) ?? [];
    const mails = contacts.flatMap(({ id }) => mailsOf.get(id) ?? []);
    const [contact] = contacts;
    const code = String(contact?.fields.promo_code ?? '');
    const isVip = Boolean(Number(contact?.fields.vip_status ?? 0));
    const isCodeRight = codeCounts.get(code)?.length === 1 && mails[0]?.body.includes(code) === true;
    if (mails.length === 0) return 'lost';
    if (mails.length > 1 || contacts.length > 1) return 'doubled';
    return isVip && isCodeRight ? 'right' : 'wrong';
  };
  return verdictOf(emails.map(judgeOne));
}
