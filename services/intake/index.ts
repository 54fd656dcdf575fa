export {
  checkFirstAnswers,
  firstAnswer,
  type FirstAnswerRow,
  type FormField,
} from './interactions/first-answer';
export type { KeptToken } from './interactions/interaction';
export { receiveInteraction, type InteractionIntake } from './interactions/receive';
export type { InteractionResponse } from './interactions/response';
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
export { discord, providers, windmill } from './providers';
export { receive, unavailable, type Intake } from './receive';
