import { escapeHtml } from './escape';
import { frame } from './frame';
import { BUTTON_FIELD, TOPICS_FIELD, type PageButton } from './preferences-form';

/** What is answered to a browser. */
export interface Page {
  /** HTTP status. */
  status: number;
  html: string;
}

/** Whose preferences they are, and how things stand. */
export interface PreferencesShown {
  email: string;
  /** `null` when they never chose. */
  wantsMarketing: boolean | null;
  topics: ReadonlyArray<{ topic: string; wanted: boolean }>;
}

export interface PageOptions {
  /** What the link carried; the page's form sends it back. */
  token: string;
  /** Whether to ask for the confirmation of a subscription (double opt-in). */
  asksToConfirm?: boolean;
  /** The button that was pressed just now; `null` when something came that no button sends. */
  pressed?: PageButton | null;
}

/**
 * n8n replaces the header of the same name by its own, hence here. Nothing is loaded, no script runs, and the form goes
 * back to where the page came from.
 */
const HEAD = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
`;

const STYLES = `.card, .footer { overflow-wrap: anywhere; word-break: break-word; }
form { margin: 0; }
fieldset { margin: 0 0 18px; padding: 0; border: 0; min-width: 0; }
legend { margin: 0 0 6px; padding: 0; font-weight: bold; }
label { display: flex; align-items: flex-start; gap: 12px; padding: 9px 0; cursor: pointer; }
input { flex: none; width: 20px; height: 20px; margin: 3px 0 0; accent-color: #4b3a7c; }
button.button { margin: 6px 12px 6px 0; border: 2px solid #4b3a7c; font: inherit; font-weight: bold; cursor: pointer; }
.card button.plain { background: transparent !important; color: #4b3a7c !important; }
.notice { margin: 0 0 20px; padding: 12px 16px; border-left: 4px solid #2e7d4f; border-radius: 4px; background: #eaf6ee; }
.notice.problem { border-color: #b3261e; background: #fdecea; }
:focus-visible { outline: 3px solid #8f79d6; outline-offset: 2px; }
@media (max-width: 480px) {
  button.button { width: 100%; margin: 6px 0; }
}
@media (prefers-color-scheme: dark) {
  .card { color-scheme: dark; }
  input { accent-color: #c3b3ff; }
  button.button { border-color: #c3b3ff !important; }
  .card button.plain { color: #c3b3ff !important; }
  .notice { background: #1f3a2b; }
  .notice.problem { background: #46201e; }
}
`;

const ALWAYS_SENT = 'E-mails about your account and your purchases come all the same.';

/** What somebody gets, as far as they can choose, with a form to change it. Whatever is shown is escaped. */
export function preferencesPage(
  preferences: PreferencesShown,
  { token, asksToConfirm = false, pressed }: PageOptions,
): Page {
  const isAsked = asksToConfirm && preferences.wantsMarketing !== true;
  const title = isAsked ? 'Please confirm' : 'Your e-mail preferences';
  const form = isAsked ? confirmation() : choices(preferences);
  const content = `<h1>${title}</h1>
${noticeAfter(pressed)}<p>For <strong><bdi>${escapeHtml(masked(preferences.email))}</bdi></strong>.</p>
<form method="post" action="?token=${escapeHtml(encodeURIComponent(token))}">
${form}</form>`;
  return { status: pressed === null ? 400 : 200, html: page(title, content, ALWAYS_SENT) };
}

/** For a link that is not ours, or whose owner was erased: it does not tell which. */
export function invalidLinkPage(): Page {
  const title = 'This link does not work';
  const content = `<h1>${title}</h1>
<p>Perhaps it was not copied as a whole, or it is of an address that we do not write to any more.</p>
<p>Please open the link once more from the latest e-mail that you have from us. Nothing was changed.</p>`;
  return { status: 404, html: page(title, content, '') };
}

function confirmation(): string {
  return `<p>Would you like to get news, tips and offers from us? You can change your mind at any time, by a link in each of them.</p>
<p>${button('confirm', 'Yes, send me e-mails')}</p>
<p>If you did not ask for this, just close the page: you will get no such e-mails.</p>
`;
}

function choices({ wantsMarketing, topics }: PreferencesShown): string {
  const isUnsubscribed = wantsMarketing === false;
  const boxes = topics.map(
    ({ topic, wanted }) =>
      `<label><input type="checkbox" name="${TOPICS_FIELD}" value="${escapeHtml(topic)}"${wanted ? ' checked' : ''}> <bdi>${escapeHtml(topic)}</bdi></label>\n`,
  );
  const legend = isUnsubscribed ? 'Should you want some again:' : 'What would you like to get?';
  const fields =
    boxes.length === 0 ? '' : `<fieldset>\n<legend>${legend}</legend>\n${boxes.join('')}</fieldset>\n`;
  if (isUnsubscribed) {
    return `<p>You get no news, tips or offers from us.</p>
${fields}<p>${button('subscribe', 'Subscribe again')}</p>
`;
  }
  return boxes.length === 0
    ? `<p>You may get news, tips and offers from us.</p>
<p>${button('unsubscribe', 'Unsubscribe from all')}</p>
`
    : `${fields}<p>${button('save', 'Save')}${button('unsubscribe', 'Unsubscribe from all', 'plain')}</p>
`;
}

function button(does: PageButton, label: string, look = ''): string {
  const classes = look === '' ? 'button' : `button ${look}`;
  return `<button class="${classes}" name="${BUTTON_FIELD}" value="${does}">${label}</button>`;
}

const NOTICES: Readonly<Record<PageButton, string>> = {
  save: 'Saved.',
  unsubscribe: 'Saved. You are unsubscribed from all of it.',
  subscribe: 'Saved. You are subscribed again.',
  confirm: 'Thank you. Your subscription is confirmed.',
};

function noticeAfter(pressed: PageButton | null | undefined): string {
  if (pressed === undefined) return '';
  return pressed === null
    ? '<p class="notice problem" role="alert">Nothing was changed: that could not be understood. Please choose below.</p>\n'
    : `<p class="notice" role="status">${NOTICES[pressed]}</p>\n`;
}

/** Enough for its owner to know it, and little for whom a mail was passed on to. */
function masked(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return '•••';
  const [first = ''] = email;
  return `${first}•••${email.slice(at)}`;
}

function page(title: string, content: string, footer: string): string {
  return frame({
    root: 'lang="en"',
    subject: title,
    preheader: '',
    content,
    footer: footer === '' ? '' : `<p style="margin:0;">${footer}</p>`,
    styles: STYLES,
    head: HEAD,
  });
}
