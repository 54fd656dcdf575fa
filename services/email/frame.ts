/** All of it as HTML. */
export interface FrameContent {
  /** The attributes of the document's element: its language, and its direction where that is not left to right. */
  root: string;
  subject: string;
  preheader: string;
  content: string;
  footer: string;
  /** Of what only some mails have; each line ends with a line break. */
  styles?: string;
  /** Further elements of the head; each line ends with a line break. */
  head?: string;
}

/**
 * A single column that fits phones, in the reader's own colour scheme. The colours stand in the style sheet, and for
 * clients that leave that out as attributes; nothing is loaded from anywhere.
 */
export function frame({
  root,
  subject,
  preheader,
  content,
  footer,
  styles = '',
  head = '',
}: FrameContent): string {
  return `<!DOCTYPE html>
<html ${root}>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
${head}<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; -webkit-text-size-adjust: 100%; }
a { color: #4b3a7c; }
p { margin: 0 0 18px; }
h1 { margin: 0 0 20px; font-size: 25px; line-height: 1.25; }
ul, ol { margin: 0 0 18px; padding: 0 0 0 22px; }
li { margin: 0 0 8px; }
.card p:last-child { margin-bottom: 0; }
.button { display: inline-block; margin: 6px 0; padding: 13px 26px; border-radius: 8px; background: #4b3a7c; color: #ffffff !important; font-weight: bold; text-decoration: none; }
.code { padding: 14px 18px; border: 2px dashed #b8a9e8; border-radius: 8px; font-size: 22px; letter-spacing: 2px; text-align: center; word-break: break-word; }
.footer a { color: #6b6680; }
@media (max-width: 480px) {
  .outer { padding: 0 !important; }
  .card { padding: 28px 22px !important; border-radius: 0 !important; }
  .footer { padding: 18px 22px 28px !important; }
  .button { display: block; text-align: center; }
}
@media (prefers-color-scheme: dark) {
  body, .outer { background: #17141f !important; }
  .card { background: #221e2e !important; color: #ece9f5 !important; }
  .card a { color: #c3b3ff !important; }
  .card .button { background: #c3b3ff !important; color: #221e2e !important; }
  .code { border-color: #6d5fa0 !important; }
  .footer, .footer a { color: #a49eb8 !important; }
}
${styles}</style>
</head>
<body style="margin:0;padding:0;background:#f4f2f9;">
<div class="preheader" style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;">${preheader}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:separate;">
<tr>
<td class="outer" align="center" bgcolor="#f4f2f9" style="padding:28px 12px;background:#f4f2f9;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:580px;border-collapse:separate;">
<tr>
<td class="card" bgcolor="#ffffff" style="padding:36px 40px;background:#ffffff;border-radius:12px;color:#25213a;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.6;">
${content}
</td>
</tr>
<tr>
<td class="footer" style="padding:18px 40px;color:#6b6680;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:13px;line-height:1.5;">
${footer}
</td>
</tr>
</table>
</td>
</tr>
</table>
</body>
</html>`;
}
