import { escapeHtml, htmlBadge, htmlTable, htmlTime } from '../html';
import { mailBadges } from './badges';
import { preheaderOf } from './reading';
import type { Delivery, Mail, ResendState, StoredEvent } from './state';

const MAILS_SHOWN = 25;
const EVENTS_SHOWN = 6;

const REDELIVER =
  '<p class="note"><button type="button" class="quiet" data-action="resend/actions/redeliver" data-input="{}"' +
  ' data-form="{}" data-done="Delivered again. Nothing new should happen.">Deliver the last one again</button></p>';

/** The inbox of everybody the team writes to, newest first, and what n8n was told about it. */
export function renderResend(state: ResendState, used: { daily: number; monthly: number }): string {
  const mails = state.mails.all();
  const events = state.events.all();
  const older = mails.length - MAILS_SHOWN;
  return [
    state.webhooks.all().length > 0
      ? ''
      : '<p class="note">No webhook is entered: n8n does not hear what becomes of mails.</p>',
    `<h3>Inbox (${mails.length})</h3>`,
    mails.length === 0
      ? '<p class="empty">No mail yet. What n8n sends by Resend arrives here, and can be opened as its reader sees it.</p>'
      : `<ul class="mails">${mails.slice(-MAILS_SHOWN).reverse().map(renderMail).join('')}</ul>`,
    older > 0 ? `<p class="note">… and ${older} older ones</p>` : '',
    `<p class="note">${limits(state, used)}</p>`,
    scheduledButton(mails),
    suppressions(state),
    events.length === 0 ? '' : `<h3>Webhooks (${events.length})</h3>`,
    events.length === 0
      ? ''
      : htmlTable(
          ['Event', 'Recipient', 'Answer', 'When'],
          events
            .slice(-EVENTS_SHOWN)
            .reverse()
            .map((event) => [
              escapeHtml(event.type),
              escapeHtml(state.mails.get(event.emailId)?.to.join(', ') ?? '–'),
              answer(event),
              htmlTime(event.at),
            ]),
          '',
        ) + REDELIVER,
  ].join('');
}

function renderMail(mail: Mail): string {
  const subject = escapeHtml(mail.subject) || '(no subject)';
  const page = `/sandbox/resend/mails/${escapeHtml(mail.id)}`;
  const people = `${escapeHtml(mail.from)} → ${escapeHtml(mail.to.join(', '))}`;
  const due =
    mail.lastEvent === 'scheduled' && mail.scheduledAt
      ? ` <span class="soft">for</span> ${htmlTime(mail.scheduledAt)}`
      : '';
  return (
    `<li><div class="line"><a href="${page}" target="_blank" rel="noopener"><bdi>${subject}</bdi></a>${htmlTime(mail.createdAt)}</div>` +
    `<p class="preheader"><bdi>${escapeHtml(preheaderOf(mail))}</bdi></p>` +
    `<div class="line"><span class="soft">${people}</span><span class="badges">${mailBadges(mail)}${due}</span></div></li>`
  );
}

function limits({ settings }: ResendState, { daily, monthly }: { daily: number; monthly: number }): string {
  const { requestsPerSecond, dailyQuota, monthlyQuota } = settings;
  const of = (count: number, quota: number | null): string =>
    quota === null ? `${count}` : `${count} of ${quota}`;
  return escapeHtml(
    `Limit: ${requestsPerSecond} calls a second. Sent: ${of(daily, dailyQuota)} in 24 hours, ${of(monthly, monthlyQuota)} this month.`,
  );
}

function scheduledButton(mails: readonly Mail[]): string {
  if (!mails.some(({ lastEvent }) => lastEvent === 'scheduled')) return '';
  const input = escapeHtml(JSON.stringify({ days: 30 }));
  return (
    '<p class="note"><button type="button" class="quiet" data-action="resend/actions/sendScheduled"' +
    ` data-input="${input}" data-form="{}" data-done="Sent.">Send what is scheduled now</button></p>`
  );
}

function suppressions({ suppressions: held }: ResendState): string {
  if (held.size === 0) return '';
  const badges = [...held.values()].map(({ email, reason }) =>
    htmlBadge(`${email}: ${reason === 'previous_bounce' ? 'bounced' : 'complained'}`, 'bad'),
  );
  return `<h3>Suppressed addresses (${held.size})</h3><p class="badges">${badges.join(' ')}</p>`;
}

/** What the newest of an event's deliveries was answered. */
function answer({ deliveries }: StoredEvent): string {
  const last: Delivery | undefined = deliveries.at(-1);
  if (!last) return htmlBadge('not sent');
  if (last.state === 'sending') return htmlBadge('sending');
  const tries = deliveries.reduce((sum, { statuses }) => sum + statuses.length, 0);
  const status = last.statuses.at(-1) ?? 0;
  const times = tries > 1 ? ` · ${tries} tries` : '';
  return htmlBadge(`${status === 0 ? 'none' : status}${times}`, last.state === 'delivered' ? 'good' : 'bad');
}
