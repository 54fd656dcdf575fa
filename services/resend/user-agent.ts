/** Resend's edge answers 403 to whoever does not name itself (resend.com/docs/api-reference/introduction). */
export const USER_AGENT =
  'n8n-nodes-lifecycle/0.1.0 (https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle)';
