import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../../store';
import { useCampaign } from '../support/campaign';
import { BEFORE, HELD } from '../support/kill';
import { allHeard, resendMails, sendDue, SENDING } from '../support/sending';
import { sequence, step } from '../support/sequences';
import { until } from '../support/until';

const campaign = useCampaign({ published: ['intake', 'on-error', 'email-engagement'], added: [SENDING] });
const NOON = Date.UTC(2027, 4, 3, 12);
const MINUTE = 60_000;
const EMAILS = Array.from({ length: 230 }, (_, number) => `customer${number}@example.com`);

afterEach(() => allHeard(campaign));

describe('n8n killed with kill -9', () => {
  it.each([
    ['before Resend has taken a batch', { path: '/emails/batch', ...BEFORE }],
    ['between what Resend has taken and our mark', { path: '/emails/batch', ...HELD }],
  ])(
    '%s: each mail has gone out once when the lease has run out',
    async (_case, rule) => {
      const { sequences, messages } = await openStore(campaign.stack.databaseUrl);
      const now = new Date(NOON);
      await sequences.start(
        sequence({ from: null, steps: [step('Hello')] }),
        EMAILS.map((email) => ({ email, cause: '1', startedAt: now, enteredAt: now, data: {} })),
        now,
      );
      await campaign.fail('resend', rule);
      const run = sendDue(campaign, now).catch(() => false);
      await until(() => campaign.hasReached('resend', rule), 'n8n to call Resend');
      await campaign.stack.n8n.kill();
      await run;
      await campaign.stack.n8n.start();
      await campaign.fail('resend');
      for (const minutes of [5, 16, 20]) await sendDue(campaign, new Date(NOON + minutes * MINUTE));
      const recipients = (await resendMails(campaign)).map(({ to }) => to.join());
      expect(recipients.sort()).toEqual([...EMAILS].sort());
      expect(await messages.find({ states: ['sent'] }, 500)).toHaveLength(EMAILS.length);
    },
    120_000,
  );
});
