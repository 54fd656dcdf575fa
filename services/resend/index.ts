export { createResend, type ResendApi, type ResendCall, type ResendOptions } from './client';
export { readEngagement, type Engagement, type EngagementKind } from './engagement';
export { QuotaExceeded, RESEND, ResendError, SentBefore } from './errors';
export { LIMITS, isTagText, isVariableName, tagOf } from './limits';
export type { Attachment, Mail, Tag } from './mail';
export { Pacer } from './pacer';
export { sendBatch, sendMail, type SentMail } from './send';
export { listTemplates, type ListedTemplate } from './templates';
export { keepWebhook, removeWebhook, type KeptWebhook, type WantedWebhook } from './webhooks';
