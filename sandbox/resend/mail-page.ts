import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, SandboxResponse } from '../double';
import { escapeHtml, htmlTable, htmlTime } from '../html';
import { scriptedPage } from '../page/scripted-page';
import { mailBadge, mailBadges } from './badges';
import { linksOf, oneClickAddressOf, preheaderOf } from './reading';
import type { Mail } from './state';

const MAIL_STYLE = readFileSync(join(__dirname, 'mail-page.css'), 'utf8');
const SCRIPT = readFileSync(join(__dirname, 'mail-page.client.js'), 'utf8');

/**
 * One mail as its reader sees it, as plain text and with its headers, and what a reader could do with it. Its HTML
 * stands in a sandboxed frame, which inherits a policy that runs no script but the page's own.
 */
export function renderMailPage(mail: Mail): SandboxResponse {
  const subject = escapeHtml(mail.subject) || '(no subject)';
  return scriptedPage({
    title: subject,
    style: MAIL_STYLE,
    script: SCRIPT,
    mayLoad: ['img-src http: https: data:', 'font-src http: https: data:', "frame-src 'self'"],
    bodyClass: 'mail',
    body: `<header class="top"><div><p><a href="/">Lifecycle sandbox</a> · Resend</p><h1>${subject}</h1><p>${escapeHtml(preheaderOf(mail))}</p></div></header>
<main data-mail="${escapeHtml(mail.id)}">
<section class="panel" aria-label="What a reader can do">
${people(mail)}
<div id="state"><span class="badges">${mailBadges(mail)}</span></div>
<div class="buttons">${buttons(mail)}</div>
</section>
<section class="card reader" data-system="resend">
<header><span class="mark" aria-hidden="true"></span><h2>The mail</h2><div class="tabs" role="tablist">${tabs(mail)}</div></header>
${panels(mail)}
</section>
<section class="card" data-system="resend"><header><span class="mark" aria-hidden="true"></span><h2>What happened</h2></header><div class="held" id="history">${history(mail)}</div></section>
</main>`,
  });
}

function people({ from, to, cc, bcc, replyTo, createdAt, scheduledAt }: Mail): string {
  const rows = [
    ['From', escapeHtml(from)],
    ['To', escapeHtml(to.join(', '))],
    ['Cc', escapeHtml(cc.join(', '))],
    ['Bcc', escapeHtml(bcc.join(', '))],
    ['Reply to', escapeHtml(replyTo.join(', '))],
    ['Taken', htmlTime(createdAt)],
    ['Due', scheduledAt === null ? '' : htmlTime(scheduledAt)],
  ];
  const shown = rows.filter(([, value]) => value !== '');
  return `<dl>${shown.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

/** A mail that has no text has no such tab, and one that has no HTML neither. */
function tabs({ html, text }: Mail): string {
  const names = [html === null ? '' : 'HTML', text === null ? '' : 'Text', 'Details'];
  return names
    .filter((name) => name !== '')
    .map(
      (name, index) =>
        `<button type="button" class="quiet" role="tab" id="tab-${name}" data-tab="${name}" aria-controls="panel-${name}" aria-selected="${index === 0}">${name}</button>`,
    )
    .join('');
}

function panels(mail: Mail): string {
  const { html, text } = mail;
  const panel = (name: string, content: string, isHidden: boolean): string =>
    `<div role="tabpanel" id="panel-${name}" aria-labelledby="tab-${name}"${isHidden ? ' hidden' : ''}>${content}</div>`;
  // No `allow-scripts`, no `allow-same-origin`: what the mail holds can neither run nor reach anything here.
  const frame = `<iframe sandbox srcdoc="${escapeHtml(html ?? '')}" title="The mail as rendered"></iframe>`;
  return [
    html === null ? '' : panel('HTML', frame, false),
    text === null ? '' : panel('Text', `<pre>${escapeHtml(text)}</pre>`, html !== null),
    panel('Details', details(mail), html !== null || text !== null),
  ].join('');
}

function details(mail: Mail): string {
  const rows = [
    ['Id', mail.id],
    ...Object.entries(mail.headers),
    ...mail.tags.map(({ name, value }) => [`Tag ${name}`, value]),
    ...mail.attachments.map((name) => ['Attachment', name]),
    ...(mail.templateId === null ? [] : [['Template', mail.templateId]]),
    ...(mail.idempotencyKey === null ? [] : [['Idempotency key', mail.idempotencyKey]]),
  ];
  const cells = rows.map(([name = '', value = '']) => [
    escapeHtml(name),
    `<code>${escapeHtml(value)}</code>`,
  ]);
  return htmlTable(['Name', 'Value'], cells, '');
}

function buttons(mail: Mail): string {
  const all = [button('Open', 'open', mail, 'Opened. Resend tells n8n about it.')];
  const links = linksOf(mail);
  if (links.length > 0) {
    const options = links
      .map((link) => `<option value="${escapeHtml(link)}">${escapeHtml(link)}</option>`)
      .join('');
    all.push(
      `<span class="click"><select id="link" aria-label="Link">${options}</select>${button('Click', 'click', mail, 'Clicked. Resend tells n8n about it.')}</span>`,
    );
  }
  const bounceHard = { type: 'Permanent' };
  all.push(
    button('Bounce', 'bounce', mail, 'Bounced for good. Resend tells n8n about it.', bounceHard),
    button('Mailbox full', 'bounce', mail, 'Bounced this time. Resend tells n8n about it.', {
      type: 'Transient',
    }),
    button('Delay', 'delay', mail, 'Delayed. Resend tells n8n about it.'),
    button('Complain', 'complain', mail, 'Marked as spam. Resend tells n8n about it.'),
  );
  if (oneClickAddressOf(mail) !== undefined) {
    all.push(button('Unsubscribe', 'unsubscribe', mail, 'The one-click address answered'));
  }
  return all.join('');
}

function button(
  label: string,
  action: string,
  { id }: Mail,
  done: string,
  input: Readonly<Record<string, Json>> = {},
): string {
  const sent = escapeHtml(JSON.stringify({ emailId: id, ...input }));
  return `<button type="button" data-action="${action}" data-input="${sent}" data-done="${escapeHtml(done)}">${escapeHtml(label)}</button>`;
}

function history({ history: happenings }: Mail): string {
  const rows = happenings.map(({ event, recipients, at }) => [
    mailBadge(event),
    escapeHtml(recipients.join(', ')),
    htmlTime(at),
  ]);
  return htmlTable(['What', 'Recipient', 'When'], rows.reverse(), 'Nothing yet.');
}
