import { randomBytes } from 'node:crypto';
import type { SandboxResponse } from '../double';
import { STYLE } from './style';

const NONCE_BYTES = 16;

export interface ScriptedPage {
  /** What others wrote in it is escaped already, as in all that follows. */
  title: string;
  /** Beside the sandbox's own. */
  style: string;
  /** The only script that runs. */
  script: string;
  /** What the page may load beside its own style and script, as directives of its Content-Security-Policy. */
  mayLoad: readonly string[];
  bodyClass: string;
  body: string;
}

/** A page of the sandbox that shows what others wrote: none of it runs, whatever it holds. */
export function scriptedPage({
  title,
  style,
  script,
  mayLoad,
  bodyClass,
  body,
}: ScriptedPage): SandboxResponse {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    ...mayLoad,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  return {
    status: 200,
    headers,
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Lifecycle sandbox</title>
<link rel="icon" href="data:,">
<style>${STYLE}${style}</style>
</head>
<body class="${bodyClass}">
${body}
<div id="said" role="status" aria-live="polite" hidden></div>
<script nonce="${nonce}">${script}</script>
</body>
</html>
`,
  };
}
