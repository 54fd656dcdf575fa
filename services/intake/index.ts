export {
  LARGEST_BODY_BYTES,
  groupKeyOf,
  type EventType,
  type IntakeAnswer,
  type IntakeEvent,
  type IntakeRequest,
  type Provider,
  type SentAnswer,
} from './provider';
export { providers, windmill } from './providers';
export { receive, unavailable, type Intake } from './receive';
