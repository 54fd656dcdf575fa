export { ensureCampaigns, type CampaignDefinition } from './campaigns';
export { ensureEmails, type EmailDefinition } from './emails';
export { ensureFields, type FieldDefinition } from './fields';
export { frame } from './html';
export type { SetupKind, SetupResult } from './result';
export { ensureSegments, type SegmentDefinition } from './segments';
