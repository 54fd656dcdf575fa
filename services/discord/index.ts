export { inCategory, listCategories } from './categories';
export { findChannel, listChannels, nameOfChannel, type Channel, type ChannelSelector } from './channels';
export { DiscordClient, type DiscordOptions } from './client';
export { keepEndpoint, readApplication, removeEndpoint, type Application } from './endpoint';
export { inviteCode, inviteUrl } from './invite-code';
export {
  LONGEST_MAX_AGE,
  botId,
  codesInChannel,
  ownershipOf,
  revokeInvite,
  type InviteToRevoke,
} from './invites';
export { issueOnce, type InviteOrder, type InviteStore, type IssuedInvite } from './issue-once';
export { HeldBack, RateLimiter, type LimitedCall } from './rate-limiter';
export { DISCORD, DiscordRefusal } from './refusal';
export { RefusalBudget } from './refusal-budget';
export { findRoles, listRoles, type Role } from './roles';
export { routeOf } from './route';
export { USER_AGENT } from './user-agent';
export { directChannel } from './direct-messages';
export { findMember, listMembers, type Member } from './members';
export { requireMessageContent } from './message-content';
export {
  PAGE,
  buttons,
  cut,
  deleteMessage,
  editMessage,
  plain,
  readMessages,
  sendMessage,
  select,
  userSelect,
  type ComponentRow,
  type Embed,
  type MessageContent,
} from './messages';
export type { UploadedFile } from './multipart';
export { MEMBER, ROLE, hasAny, hidden, reading, takingPart, type Overwrite } from './permissions';
export { CODE } from './refusal';
export { replyTo, type ReplyAddress } from './replies';
export { findOwn, sendOnce, type MessageKeeper, type MessageOrder, type SentMessage } from './send-once';
export {
  createChannel,
  deleteChannel,
  deleteOverwrite,
  moveChannel,
  putOverwrite,
  readChannel,
  readServerChannels,
  type Place,
} from './server-channels';
export { timeOfId } from './snowflake';
export * from './transcript';
