import { ServiceError, type HttpResponse } from '../http';
import { failure, fieldError } from './schemas';

export const DISCORD = 'Discord';

/** Discord's own codes: discord.com/developers/docs/topics/opcodes-and-status-codes#json. */
export const CODE = {
  unknownChannel: 10003,
  unknownServer: 10004,
  unknownInvite: 10006,
  unknownMessage: 10008,
  unknownOverwrite: 10009,
  unknownMember: 10007,
  unknownRole: 10011,
  unknownUser: 10013,
  unknownWebhook: 10015,
  unknownInteraction: 10062,
  tooManyChannels: 30013,
  tooManyInvites: 30016,
  tooLarge: 40005,
  blockedByNetwork: 40333,
  missingAccess: 50001,
  cannotWriteTo: 50007,
  noMutualServer: 50278,
  missingPermission: 50013,
  invalidToken: 50027,
  invalidForm: 50035,
  fileTooLarge: 50045,
  needsTwoFactor: 60003,
} as const;

/** What a call needs of an admin, to be told when it is refused. */
export interface Needs {
  /** Permissions by the names that Discord's settings show, e.g. `"Create Invite" on the channel "welcome"`. */
  permission: string;
  /** What the bot has to see, e.g. `the channel "welcome"`. */
  place: string;
}

/** A call was certainly not carried out: Discord refused it, or the rate limit did not let it go (as if it were a 429). */
export class DiscordRefusal extends ServiceError {
  constructor(
    message: string,
    retryable: boolean,
    status: number,
    /** Discord's own code; 0 when it gave none. */
    readonly code: number,
  ) {
    super(DISCORD, message, retryable, status);
  }
}

/** `told`: the error in the words of every other service's. */
export function refusalOf(told: ServiceError, answer: HttpResponse, needs: Needs): DiscordRefusal {
  const parsed = failure.safeParse(answer.body);
  const code = parsed.success ? parsed.data.code : 0;
  const remedy = remedyOf(code, answer.status, needs);
  // Invites expire and are used, so that there is room for new ones by and by.
  const retryable = code === CODE.tooManyInvites;
  const message = remedy === undefined ? told.message : `${told.message} ${remedy}`;
  return new DiscordRefusal(message, retryable, answer.status, code);
}

/** Discord's message, its code, and what is wrong with which field. */
export function describe(body: unknown): string | undefined {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return undefined;
  const { message, code, errors } = parsed.data;
  const fields = fieldErrors(errors).slice(0, 3).join('; ');
  return [message, ...(code ? [`(${code})`] : []), ...(fields ? [`– ${fields}`] : [])].join(' ');
}

function remedyOf(code: number, status: number, { permission, place }: Needs): string | undefined {
  switch (code) {
    case CODE.missingPermission:
      return `In Discord, allow the bot's role ${permission}.`;
    case CODE.missingAccess:
      return `The bot cannot see ${place}. In Discord, invite it to the server and allow its role "View Channel" there.`;
    case CODE.unknownChannel:
      return 'The channel was deleted. Choose another one in the node.';
    case CODE.unknownMessage:
      return 'The message was deleted.';
    case CODE.unknownUser:
      return 'There is no such user any more.';
    case CODE.unknownInteraction:
    case CODE.invalidToken:
    case CODE.unknownWebhook:
      return 'A reply to a button or form is possible for 15 minutes, and only when Discord was answered within three seconds.';
    case CODE.tooManyChannels:
      return 'A server holds 500 channels at most. In Discord, delete some, or have those of closed tickets deleted rather than archived.';
    case CODE.cannotWriteTo:
      return 'They have left the server, or accept no direct messages from its members.';
    case CODE.tooLarge:
    case CODE.fileTooLarge:
      return 'Discord takes files of 10 MiB, and 25 MiB in all.';
    case CODE.unknownServer:
      return SERVER;
    case CODE.unknownRole:
      return 'A role was deleted. Choose other ones in the node.';
    case CODE.tooManyInvites:
      return 'A server holds 1,000 invites at most. In Discord, delete some under Server Settings > Invites, or let them expire sooner in the node. It is tried again later.';
    case CODE.needsTwoFactor:
      return "The server demands two-factor authentication of its moderators: the bot's owner has to switch it on for the own Discord account.";
    case CODE.blockedByNetwork:
      return 'Check that no proxy between n8n and Discord changes the header User-Agent.';
    default:
      return remedyByStatus(status, permission);
  }
}

/** For an answer without one of Discord's codes. */
function remedyByStatus(status: number, permission: string): string | undefined {
  if (status === 401) return TOKEN;
  if (status === 403) return `In Discord, allow the bot's role ${permission}.`;
  if (status === 404) return ADDRESS;
  return undefined;
}

const ADDRESS =
  'Check the address in the Lifecycle Discord API credential; it is normally https://discord.com/api/v10.';
const TOKEN =
  'Check the bot token in the Lifecycle Discord API credential. In the Discord Developer Portal: your application > Bot > Reset Token.';
const SERVER =
  'Check the server ID in the Lifecycle Discord API credential, and that the bot was invited to this server.';

/** The messages in the tree of errors, each with the field it stands at. */
function fieldErrors(tree: unknown, path: readonly string[] = []): string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    key === '_errors'
      ? [`${path.join('.') || 'body'}: ${messagesOf(value)}`]
      : fieldErrors(value, [...path, key]),
  );
}

function messagesOf(errors: unknown): string {
  const list: unknown[] = Array.isArray(errors) ? errors : [];
  return list
    .flatMap((error) => {
      const parsed = fieldError.safeParse(error);
      return parsed.success ? parsed.data.message : [];
    })
    .join(', ');
}
