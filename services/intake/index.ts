export {
  LARGEST_BODY_BYTES,
  groupKeyOf,
  type EventType,
  type IntakeEvent,
  type IntakeRequest,
  type Provider,
} from './provider';
export { providers } from './providers';
export { receive, unavailable, type Intake, type IntakeAnswer } from './receive';
