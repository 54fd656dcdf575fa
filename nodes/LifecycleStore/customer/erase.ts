import { NodeOperationError, type IDataObject } from 'n8n-workflow';
import type { Erasure } from '../../../store';
import { emailOf, emailProperty } from '../../shared/customer-email';
import { requiredText } from '../../shared/parameters';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';

const SERVICE = 'Lifecycle Store';

export const erase: Operation = {
  properties: showOnlyFor('customer', 'erase', [
    { ...emailProperty, default: '', description: 'Address of the person, upper and lower case alike' },
    {
      displayName: 'Repeat Email',
      name: 'repeatedEmail',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'name@email.com',
      description: 'The same address once more, typed by whoever asks for this: it cannot be undone',
    },
    {
      displayName: 'Reason',
      name: 'reason',
      type: 'string',
      default: '',
      placeholder: 'e.g. asked by e-mail, ticket 4711',
      description: 'Stays on record with the erasure, so it is to name nobody',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: SERVICE, concurrency: 1 }, async (index) => {
      const email = emailOf(context, index);
      const repeated = requiredText(context, 'repeatedEmail', 'Repeat Email', index);
      if (email.toLowerCase() !== repeated.toLowerCase()) {
        throw new NodeOperationError(
          context.getNode(),
          'Nothing was erased: "Email" and "Repeat Email" are not the same address.',
          { itemIndex: index },
        );
      }
      const reason = String(context.getNodeParameter('reason', index, '') ?? '');
      const erasure = await store.privacy.erase(email, { reason });
      return { json: { erasure: erasureJson(erasure) } };
    }),
};

/** What was done, and what is left to be done by people. */
function erasureJson({
  id,
  erasedAt,
  reason,
  counts,
  underWay,
  mailsUnderWay,
  elsewhere,
}: Erasure): IDataObject {
  return {
    id,
    erasedAt: erasedAt.toISOString(),
    reason,
    counts,
    underWay,
    mailsUnderWay,
    byHand: byHand(underWay, mailsUnderWay, elsewhere),
  };
}

function byHand(underWay: number, mailsUnderWay: number, elsewhere: Erasure['elsewhere']): string[] {
  const {
    mauticContacts,
    twentyPeople,
    stripeCustomers,
    lemonSqueezyCustomers,
    discordInvites,
    discordTickets,
    discordUsers,
    resendMails,
  } = elsewhere;
  return [
    ...mauticContacts.map((id) => `Mautic: delete the contact ${id}`),
    ...twentyPeople.map((id) => `Twenty: delete the person ${id}, also from the trash`),
    ...stripeCustomers.map((id) => `Stripe: delete the customer ${id}`),
    ...lemonSqueezyCustomers.map((id) => `Lemon Squeezy: ask for the customer ${id} to be erased`),
    ...discordInvites.map((code) => `Discord: revoke the invite ${code}, if it is still there`),
    ...(discordTickets.length > 0
      ? [
          `Discord: the channels of the tickets ${discordTickets.join(', ')}, and what was posted of them, go within the next hour, by the workflow Ticket reminders`,
        ]
      : []),
    ...discordUsers.map((id) => `Discord: look for what the member ${id} wrote in other channels`),
    ...(resendMails.length > 0
      ? [
          `Resend: ${resendMails.length} of the mails to them are known; it shows them, with the address, for as long as it keeps mails`,
        ]
      : []),
    'Everywhere else (EspoCRM, Slack, your application): look for the address',
    'n8n: delete the executions that worked on this person, this one included',
    ...(underWay > 0
      ? [`Erase once more in a few minutes: ${underWay} events were being worked on just now`]
      : []),
    ...(mailsUnderWay > 0
      ? [
          `Erase once more in a few minutes: ${mailsUnderWay} mails to them were being sent just now, and may still arrive`,
        ]
      : []),
  ];
}
