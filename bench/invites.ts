import { z } from 'zod/v4';
import type { Backer } from './backers';
import type { SandboxControl } from './sandbox-control';
import { groupBy, verdictOf, type Judgement, type Verdict } from './verdict';

const mauticSchema = z.object({
  contacts: z.array(
    z.object({
      id: z.number(),
      fields: z.object({
        discord_invite_vip: z.string().optional(),
        discord_invite_basic: z.string().optional(),
      }),
    }),
  ),
  sentEmails: z.array(z.object({ contactId: z.number(), body: z.string() })),
});
const discordSchema = z.object({
  invites: z.array(z.object({ code: z.string(), status: z.string(), reason: z.string().nullable() })),
});
const leadSchema = z.object({
  emailAddresses: z.array(z.object({ lower: z.string() })),
  deleted: z.boolean(),
});
const crmSchema = z.object({ records: z.object({ Lead: z.array(leadSchema) }) });

/** What there is at the sandbox's systems. */
export interface Systems {
  mautic: z.infer<typeof mauticSchema>;
  discord: z.infer<typeof discordSchema>;
  crm: z.infer<typeof crmSchema>;
}

/** Looks at what the opt-in of each of the contacts has become. */
export async function verify(sandbox: SandboxControl, backers: readonly Backer[]): Promise<Verdict> {
  const [mautic, discord, crm] = await Promise.all(
    ['mautic', 'discord', 'espocrm'].map((double) => sandbox.call('GET', `/sandbox/state/${double}`)),
  );
  return judge(backers, {
    mautic: mauticSchema.parse(mautic),
    discord: discordSchema.parse(discord),
    crm: crmSchema.parse(crm),
  });
}

/**
 * Right is a contact with exactly one stored link, in the field of its tier, whose invite is the only live one made for the
 * contact, one e-mail with that link, and one lead; lost one that lacks any of these; doubled one with several of any.
 */
export function judge(backers: readonly Backer[], { mautic, discord, crm }: Systems): Verdict {
  const contacts = new Map(mautic.contacts.map(({ id, fields }) => [id, fields]));
  const mailsOf = groupBy(mautic.sentEmails, ({ contactId }) => contactId);
  const live = discord.invites.filter(({ status }) => status === 'live');
  const invitesOf = groupBy(live, ({ reason }) => contactIn(reason));
  const leads = crm.records.Lead.filter(({ deleted }) => !deleted);
  const addresses = leads.flatMap(({ emailAddresses }) => emailAddresses);
  const leadsOf = groupBy(addresses, ({ lower }) => lower);
  const judgeOne = ({ contactId, email, isVip }: Backer): Judgement => {
    const fields = contacts.get(contactId);
    const links = [fields?.discord_invite_vip, fields?.discord_invite_basic].filter(Boolean);
    const mails = mailsOf.get(contactId) ?? [];
    const invites = invitesOf.get(contactId) ?? [];
    const own = leadsOf.get(email.toLowerCase()) ?? [];
    const counts = [links, mails, invites, own].map(({ length }) => length);
    if (counts.includes(0)) return 'lost';
    if (counts.some((count) => count > 1)) return 'doubled';
    const link = isVip ? fields?.discord_invite_vip : fields?.discord_invite_basic;
    const isRight = link === `https://discord.gg/${invites[0]?.code}` && mails[0]?.body.includes(link);
    return isRight ? 'right' : 'wrong';
  };
  return verdictOf(backers.map(judgeOne));
}

/** Both sides write the contact's id, and no other number, into Discord's audit log. */
function contactIn(reason: string | null): number | undefined {
  const id = /\d+/.exec(reason ?? '')?.[0];
  return id === undefined ? undefined : Number(id);
}
