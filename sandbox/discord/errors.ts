import type { SandboxResponse } from '../double';

/** One thing that is wrong with a form, and where: `['role_ids', '0']`. */
export interface FormIssue {
  path: readonly string[];
  code: string;
  message: string;
}

type ErrorTree = { [field: string]: ErrorTree } | { _errors: Array<{ code: string; message: string }> };

/** An answer of Discord's that refuses: `code` is Discord's own number, 0 when it has none. */
export class DiscordError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    private readonly issues: readonly FormIssue[] = [],
  ) {
    super(message);
  }

  /** All of it in a line, for whoever looks at the sandbox. */
  get told(): string {
    const issues = this.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    return [`${this.message} (${this.code})`, ...issues].join('; ');
  }

  toResponse(): SandboxResponse {
    const { status, code, message, issues } = this;
    return { status, body: { message, code, ...(issues.length > 0 && { errors: treeOf(issues) }) } };
  }
}

export function unauthorized(): DiscordError {
  return new DiscordError(401, 0, '401: Unauthorized');
}

/** No such route, or none with this method. */
export function noRoute(isKnownPath: boolean): DiscordError {
  return isKnownPath
    ? new DiscordError(405, 0, '405: Method Not Allowed')
    : new DiscordError(404, 0, '404: Not Found');
}

const UNKNOWN = {
  Channel: 10003,
  Guild: 10004,
  Invite: 10006,
  Member: 10007,
  Message: 10008,
  Overwrite: 10009,
  Role: 10011,
  Webhook: 10015,
  interaction: 10062,
} as const;

export function unknown(what: keyof typeof UNKNOWN): DiscordError {
  return new DiscordError(404, UNKNOWN[what], `Unknown ${what}`);
}

/** The bot cannot see it, or is not in the server. */
export function missingAccess(): DiscordError {
  return new DiscordError(403, 50001, 'Missing Access');
}

/** The bot sees it, but lacks the right for this, or stands too low among the roles. */
export function missingPermissions(): DiscordError {
  return new DiscordError(403, 50013, 'Missing Permissions');
}

export function wrongChannelType(): DiscordError {
  return new DiscordError(400, 50024, 'Cannot execute action on this channel type');
}

/** A role that cannot be given to anybody. */
export function invalidRole(): DiscordError {
  return new DiscordError(400, 50028, 'Invalid Role');
}

export function tooManyInvites(most: number): DiscordError {
  return new DiscordError(400, 30016, `Maximum number of invites reached (${most})`);
}

export function tooManyChannels(most: number): DiscordError {
  return new DiscordError(400, 30013, `Maximum number of server channels reached (${most})`);
}

export function tooManyFiles(most: number): DiscordError {
  return new DiscordError(400, 30015, `Maximum number of attachments in a message reached (${most})`);
}

export function requestTooLarge(): DiscordError {
  return new DiscordError(413, 40005, 'Request entity too large');
}

export function fileTooLarge(): DiscordError {
  return new DiscordError(400, 50045, 'File uploaded exceeds the maximum size');
}

export function alreadyAcknowledged(): DiscordError {
  return new DiscordError(400, 40060, 'Interaction has already been acknowledged.');
}

export function directChannelRefused(): DiscordError {
  return new DiscordError(400, 50003, 'Cannot execute action on a DM channel');
}

export function foreignMessage(): DiscordError {
  return new DiscordError(403, 50005, 'Cannot edit a message authored by another user');
}

export function emptyMessage(): DiscordError {
  return new DiscordError(400, 50006, 'Cannot send an empty message');
}

/** Closed to messages of their own, or not in a server with the bot any more. */
export function cannotWriteTo(): DiscordError {
  return new DiscordError(403, 50007, 'Cannot send messages to this user');
}

export function noTextChannel(): DiscordError {
  return new DiscordError(400, 50008, 'Cannot send messages in a non-text channel');
}

/** The token has expired, or never was one. */
export function invalidWebhookToken(): DiscordError {
  return new DiscordError(401, 50027, 'Invalid Webhook Token');
}

export function invalidRecipient(): DiscordError {
  return new DiscordError(400, 50033, 'Invalid Recipient(s)');
}

export function invalidForm(issues: readonly FormIssue[]): DiscordError {
  return new DiscordError(400, 50035, 'Invalid Form Body', issues);
}

export function invalidJson(): DiscordError {
  return new DiscordError(400, 50109, 'The request body contains invalid JSON.');
}

/** What the proxy before Discord says to clients that do not name themselves as they should. */
export function unnamedClient(): DiscordError {
  return new DiscordError(403, 40333, 'internal network error');
}

function treeOf(issues: readonly FormIssue[], depth = 0): ErrorTree {
  const here = issues.filter(({ path }) => path.length === depth);
  if (here.length > 0) return { _errors: here.map(({ code, message }) => ({ code, message })) };
  const fields = new Set(issues.map(({ path }) => path[depth] ?? ''));
  return Object.fromEntries(
    [...fields].map((field) => [
      field,
      treeOf(
        issues.filter(({ path }) => path[depth] === field),
        depth + 1,
      ),
    ]),
  );
}
