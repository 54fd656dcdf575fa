import { z } from 'zod/v4';
import type { SandboxControl } from './sandbox-control';

/** A contact at the sandbox's Mautic who has not opted in yet. */
export interface Backer {
  contactId: number;
  email: string;
  isVip: boolean;
}

const savedSchema = z.object({ contactId: z.number() });

/** Creates so many contacts `<prefix><number>@example.com`, every second one VIP. No webhook should be listening. */
export async function enrol(sandbox: SandboxControl, prefix: string, count: number): Promise<Backer[]> {
  const backers: Backer[] = [];
  for (let number = 0; number < count; number += 1) {
    const email = `${prefix}${number}@example.com`;
    const isVip = number % 2 === 0;
    // Nobody shares a name: a CRM takes two people of one name for the same.
    const fields = { firstname: 'Backer', lastname: `${prefix}${number}`, vip_status: isVip };
    const saved = await sandbox.call('POST', '/sandbox/mautic/actions/saveContact', { email, fields });
    backers.push({ contactId: savedSchema.parse(saved).contactId, email, isVip });
  }
  return backers;
}

/** Opts a contact in, as a form in Mautic does, and resolves when Mautic's webhook was answered. */
export async function optIn(sandbox: SandboxControl, { contactId }: Backer): Promise<void> {
  await sandbox.call('POST', '/sandbox/mautic/actions/saveContact', {
    id: contactId,
    fields: { opt_in_confirmed: true },
  });
}
