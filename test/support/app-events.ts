import { LifecycleAppEventsApi } from '../../credentials/LifecycleAppEventsApi.credentials';
import { APP_EVENTS_BEARER } from '../../sandbox/identities';
import type { FilledCredential } from './execute-node';

/** With the token of the sandbox's application. */
export function appEventsCredential(): FilledCredential {
  return { type: new LifecycleAppEventsApi(), data: { token: APP_EVENTS_BEARER } };
}
