export { MAUTIC, MauticApi, notPossible, type MauticOptions } from './api';
export { listAudiences, type AudienceKind } from './audiences';
export { checkContacts, type CheckOptions, type ContactCheck, type WaitRange } from './check-contacts';
export { compareValues, type Comparison, type SupposedValue } from './compare-values';
export { confirmValues, type Confirmation, type WrittenValue } from './confirm-values';
export { emailMarks, findByEmail, getContacts } from './contacts';
export type { ContactDeclaration, ContactReference, FieldDeclaration, WhenEmpty } from './declaration';
export {
  markDoNotContact,
  type DoNotContact,
  type DoNotContactReason,
  type MarkedContact,
} from './do-not-contact';
export { emailAddress } from './email-address';
export { findEmail, listEmails, type EmailReference } from './emails';
export { ensureContacts, type EnsuredContact } from './ensure-contacts';
export type { MembershipChange } from './ensure-memberships';
export { listContactFields } from './fields';
export type { Decision, GuardedFields, InviteGuard, Verdict } from './invite-guard';
export { changedContacts, type ChangedContact, type ChangedPage, type ChangeKind } from './modified-contacts';
export { reasonToSkip, type SendingRule } from './recipient';
export type { Contact, ContactField, Email } from './schemas';
export { sendOnce, type EffectStore, type MailToSend, type SendOutcome, type WhenUnknown } from './send-once';
export { emailSentSince } from './statistics';
export { fieldValue, plainValue, sameValue } from './values';
export { keepWebhook, removeWebhook, type KeptWebhook, type WantedWebhook } from './webhooks';
