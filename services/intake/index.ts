export type { EventType, IntakeEvent, IntakeRequest, Provider } from './provider';
export { providers } from './providers';
export { receive, unavailable, LARGEST_BODY_BYTES, type Intake, type IntakeAnswer } from './receive';
