import { ServiceError } from '../../../services/http';

/** Names nobody: messages of failures go to Slack. */
export const BUSY = new ServiceError(
  'Lifecycle Store',
  'Another event of the same customer is being worked on. This one is tried again when that is done.',
  true,
);
