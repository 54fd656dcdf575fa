import { z } from 'zod/v4';
import { nameBasedUuid } from '../../http';
import { APP_EVENT_TYPES, appEventHead, appEventTypes, readAppEvent, readWith } from '../app-events';
import { UnreadableBody, headerOf, type Provider } from '../provider';
import { bearerToken, tokenRefusal } from '../signature';

/** Namespace of the job ids we answer with, made up once. */
const NAMESPACE = 'd4b9a0de-63a5-4b3c-8f0e-2b1f6f7c9a51';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const EVENT_OF: ReadonlyMap<string, (typeof APP_EVENT_TYPES)[number]> = new Map(
  APP_EVENT_TYPES.map((type) => [plain(type), type]),
);

const argumentsSchema = z.looseObject({ timestamp: appEventHead.timestamp });

/**
 * Takes the place of Windmill for teams whose back end starts a script per event
 * (`POST …/api/w/{workspace}/jobs/run/p/{path}`): the last part of the path names the event, the arguments are the
 * event's fields, the answer is a job id as text. What comes in are app events like any other.
 */
export const windmill: Provider = {
  source: 'app',
  title: 'Windmill Drop-In',
  eventTypes: appEventTypes,

  /** The token comes as a bearer token or in the address (www.windmill.dev/docs/core_concepts/webhooks). */
  verify: (request, secrets) =>
    tokenRefusal(bearerToken(headerOf(request, 'authorization')) ?? request.query?.token, secrets),

  parse(body, now, request) {
    const { script = '', query = {} } = request ?? {};
    const type = EVENT_OF.get(plain(script.split('/').at(-1) ?? ''));
    if (type === undefined) throw new UnreadableBody(404, `script not found at name ${script}`);
    const { timestamp, ...data } = readWith(argumentsSchema, withoutNulls(body));
    return [readAppEvent({ type, id: jobId(query.job_id), timestamp, data }, now)];
  },

  /** Windmill answers with plain text throughout: 201 with the job's id, or a status and the reason. */
  present({ status, headers, body, externalId = '' }) {
    const isDone = status === 200;
    const text = isDone ? jobIdOf(externalId) : refusalText(status, body.reason ?? '');
    return {
      status: isDone ? 201 : status === 422 ? 400 : status,
      headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
      body: text,
    };
  },
};

/** `user.loggedIn`, `user_logged_in`, `user-logged-in` and `userLoggedIn` are one name. */
function plain(name: string): string {
  return name.replace(/[._-]/g, '').toLowerCase();
}

/** For Windmill an argument that is null is one that is not given. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** The sender's own id of the job. */
function jobId(given: string | undefined): string | undefined {
  if (given === undefined || UUID.test(given)) return given?.toLowerCase();
  throw new UnreadableBody(400, 'job_id: has to be a UUID');
}

function jobIdOf(externalId: string): string {
  return UUID.test(externalId) ? externalId : nameBasedUuid(NAMESPACE, externalId);
}

const KINDS: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  404: 'Not found',
  422: 'Bad request',
};

function refusalText(status: number, reason: string): string {
  const kind = KINDS[status];
  return kind === undefined ? reason : `${kind}: ${reason}`;
}
