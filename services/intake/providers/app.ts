import { z } from 'zod/v4';
import {
  APP_EVENT_TYPES,
  appEventHead,
  appEventTypes,
  isAppEventType,
  readAppEvent,
  readWith,
} from '../app-events';
import { ownEventTypes } from '../own-events';
import { UnreadableBody, headerOf, type Provider } from '../provider';
import { bearerToken, tokenRefusal } from '../signature';

const envelopeSchema = z.strictObject({
  ...appEventHead,
  type: z.string().min(1),
  data: z.looseObject({}),
});

export const app: Provider = {
  source: 'app',
  title: 'App Events',
  eventTypes: [...appEventTypes, ...ownEventTypes],

  /** `Authorization: Bearer <token>`. */
  verify: (request, secrets) => tokenRefusal(bearerToken(headerOf(request, 'authorization')), secrets),

  parse(body, now) {
    const { type, ...given } = readWith(envelopeSchema, body);
    if (!isAppEventType(type)) {
      const known = APP_EVENT_TYPES.join(', ');
      throw new UnreadableBody(422, `type: "${type}" is unknown; known are ${known}`);
    }
    return [readAppEvent({ type, ...given }, now, 'data')];
  },
};
