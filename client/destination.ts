import type { EventType, LifecycleEvent } from './events';

/** Where events go, and in which form. */
export interface Destination {
  /** For messages: scheme, host and port. */
  readonly origin: string;
  readonly token: string;
  /** The same for every try of an event. Throws when its data is nothing that JSON can carry. */
  requestFor(event: LifecycleEvent): OutgoingRequest;
  /** Whether a refusal says that an earlier try has arrived after all. */
  hasArrivedBefore(status: number, answer: string): boolean;
}

export interface OutgoingRequest {
  url: string;
  body: string;
}

/** Our own intake: one address for all events, which knows a repeated event by its id and answers 200 for it. */
export function lifecycleDestination(url: URL, token: string): Destination {
  return {
    origin: url.origin,
    token,
    requestFor: (event) => ({ url: url.href, body: JSON.stringify(event) }),
    hasArrivedBefore: () => false,
  };
}

const SCRIPTS: Readonly<Record<EventType, string>> = {
  'user.registered': 'user_registered',
  'user.upgraded': 'user_upgraded',
  'user.downgraded': 'user_downgraded',
  'user.churned': 'user_churned',
  'user.loggedIn': 'user_logged_in',
  'user.custom': 'user_custom',
};
const FOLDER = 'f/lifecycle';

/**
 * Windmill, or what takes its place: one script per event, started with the event's fields as its arguments. A job id
 * made from the event's id keeps a repeated try from starting a second job; Windmill answers 400 to it.
 * @param url the address of Windmill; of a workspace (`…/api/w/acme`); of what runs its scripts or flows
 *   (`…/api/w/acme/jobs/run/p`); of a folder of them (`…/jobs/run/p/f/crm`); or of one of ours in it
 * @param workspace the one to use when the address names none
 */
export function windmillDestination(url: URL, token: string, workspace: string): Destination {
  const folder = scriptFolder(url.pathname, workspace);
  return {
    origin: url.origin,
    token,
    requestFor: ({ id, type, timestamp, data }) => {
      const target = new URL(url);
      target.pathname = `${folder}/${SCRIPTS[type]}`;
      target.searchParams.set('job_id', isUuid(id) ? id : uuidOf(`${target.pathname} ${id}`));
      return { url: target.href, body: JSON.stringify({ ...data, timestamp }) };
    },
    hasArrivedBefore: (status, answer) => status === 400 && /already exists|duplicate key/i.test(answer),
  };
}

function scriptFolder(given: string, workspace: string): string {
  const path = given.replace(/\/+$/, '');
  const [, runner, folder] = /^(.*\/api\/w\/[^/]+\/jobs\/run\/[pf])(?:\/(.+))?$/.exec(path) ?? [];
  if (runner !== undefined) {
    const scripts = Object.values(SCRIPTS).join('|');
    return `${runner}/${folder?.replace(new RegExp(`/(?:${scripts})$`), '') ?? FOLDER}`;
  }
  const ofWorkspace = /\/api\/w\/[^/]+$/.test(path) ? path : `${path}/api/w/${encodeURIComponent(workspace)}`;
  return `${ofWorkspace}/jobs/run/p/${FOLDER}`;
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

/** A UUID that is always the same for the same text: its 128-bit FNV-1a hash, marked as version 8 (RFC 9562). */
function uuidOf(text: string): string {
  let hash = 0x6c62272e07bb014262b821756295c58dn;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * 0x1000000000000000000013bn);
  }
  const digits = hash.toString(16).padStart(32, '0');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-8$3-8$4-$5');
}
