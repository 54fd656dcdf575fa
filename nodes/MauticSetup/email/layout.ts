import { frame } from '../../../services/email';

/** The frame of all our mails, with the placeholders that Mautic fills in. */
export const LAYOUT = frame({
  root: 'lang="en"',
  subject: '{subject}',
  preheader: '{preheader}',
  content: '{content}',
  footer: '<p style="margin:0 0 8px;">{unsubscribe_text}</p>\n<p style="margin:0;">{webview_text}</p>',
});
