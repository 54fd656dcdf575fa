import type { Json } from '../double';
import { DISCORD_SERVER_ID } from '../identities';
import { INTENT_FLAGS } from './intents';
import { bitsOf } from './permissions';
import { CHANNEL_TYPES } from './schemas';

export const BOT_ID = '1100000000000000002';
export const BOT_ROLE_ID = '1100000000000000010';
export const VIP_ROLE_ID = '1100000000000000011';
export const BACKER_ROLE_ID = '1100000000000000012';
export const ADMIN_ROLE_ID = '1100000000000000013';
export const CATEGORY_ID = '1100000000000000020';
export const WELCOME_ID = '1100000000000000021';
export const VIP_LOUNGE_ID = '1100000000000000022';
export const ANNOUNCEMENTS_ID = '1100000000000000023';
export const VOICE_ID = '1100000000000000024';
export const APPLICATION_ID = '1100000000000000004';
export const SUPPORT_ROLE_ID = '1100000000000000014';
export const SUPPORT_CATEGORY_ID = '1100000000000000030';
export const SUPPORT_ID = '1100000000000000031';
export const SUPPORT_STAFF_ID = '1100000000000000032';
export const TICKET_LOG_ID = '1100000000000000033';
/** Categories for the channels of tickets: two for open ones, and one for those that are over. */
export const TICKETS_ID = '1100000000000000034';
export const MORE_TICKETS_ID = '1100000000000000035';
export const TICKET_ARCHIVE_ID = '1100000000000000036';
export const OWNER_ID = '1100000000000000003';
/** Who answers tickets. */
export const STAFF_IDS = {
  nora: '1100000000000000041',
  tom: '1100000000000000042',
  ines: '1100000000000000043',
} as const;
/** Who asks. */
export const MEMBER_IDS = {
  mira: '1100000000000000051',
  jonas: '1100000000000000052',
  rosa: '1100000000000000053',
  leo: '1100000000000000054',
} as const;

/**
 * A campaign's server on its first day. The bot has the rights that invites and tickets take; the VIP lounge is hidden
 * from all who are no VIPs, and what support does from all who are not of it, so that the bot had to be let in.
 */
export function freshDiscordState(): Json {
  return {
    settings: {
      inviteLimit: 5,
      inviteWindowMs: 2_000,
      messageLimit: 5,
      messageWindowMs: 5_000,
      otherLimit: 10,
      otherWindowMs: 1_000,
      globalLimit: 50,
      banThreshold: 10_000,
      mostInvites: 1_000,
      mostChannels: 500,
      mostChannelsInCategory: 50,
      firstAnswerMs: 3_000,
      tokenLifeMs: 15 * 60 * 1_000,
      fileAddressLifeMs: 24 * 60 * 60 * 1_000,
      sharedRejections: 0,
      sharedRetryAfterMs: 500,
    },
    server: { id: DISCORD_SERVER_ID, name: 'Campaign community', ownerId: OWNER_ID },
    application: {
      id: APPLICATION_ID,
      flags: INTENT_FLAGS.guildMembers | INTENT_FLAGS.messageContent,
      interactionsEndpointUrl: null,
    },
    bot: {
      id: BOT_ID,
      username: 'Lifecycle',
      roleIds: [BOT_ROLE_ID],
      inServer: true,
      tokenRevoked: false,
    },
    roles: [
      {
        ...ROLE,
        id: DISCORD_SERVER_ID,
        name: '@everyone',
        position: 0,
        permissions: bitsOf(
          'VIEW_CHANNEL',
          'SEND_MESSAGES',
          'EMBED_LINKS',
          'ATTACH_FILES',
          'READ_MESSAGE_HISTORY',
        ),
      },
      { ...ROLE, id: BACKER_ROLE_ID, name: 'Backer', position: 1, color: 0x3498db },
      { ...ROLE, id: VIP_ROLE_ID, name: 'VIP', position: 2, color: 0xf1c40f },
      {
        ...ROLE,
        id: BOT_ROLE_ID,
        name: 'Bot',
        position: 3,
        managed: true,
        permissions: bitsOf(
          'CREATE_INSTANT_INVITE',
          'MANAGE_CHANNELS',
          'VIEW_CHANNEL',
          'SEND_MESSAGES',
          'EMBED_LINKS',
          'ATTACH_FILES',
          'READ_MESSAGE_HISTORY',
          'MANAGE_ROLES',
        ),
      },
      { ...ROLE, id: SUPPORT_ROLE_ID, name: 'Support', position: 4, color: 0x2ecc71, mentionable: true },
      { ...ROLE, id: ADMIN_ROLE_ID, name: 'Admin', position: 5, permissions: bitsOf('ADMINISTRATOR') },
    ],
    channels: [
      { ...CHANNEL, id: CATEGORY_ID, name: 'Community', type: CHANNEL_TYPES.category, parentId: null },
      { ...CHANNEL, id: WELCOME_ID, name: 'welcome', topic: 'Say hello.' },
      {
        ...CHANNEL,
        id: VIP_LOUNGE_ID,
        name: 'vip-lounge',
        position: 1,
        overwrites: [
          { id: DISCORD_SERVER_ID, type: 0, allow: '0', deny: bitsOf('VIEW_CHANNEL') },
          { id: VIP_ROLE_ID, type: 0, allow: bitsOf('VIEW_CHANNEL'), deny: '0' },
          { id: BOT_ROLE_ID, type: 0, allow: bitsOf('VIEW_CHANNEL'), deny: '0' },
        ],
      },
      {
        ...CHANNEL,
        id: ANNOUNCEMENTS_ID,
        name: 'announcements',
        type: CHANNEL_TYPES.announcement,
        position: 2,
      },
      { ...CHANNEL, id: VOICE_ID, name: 'Campfire', type: CHANNEL_TYPES.voice },
      { ...CATEGORY, id: SUPPORT_CATEGORY_ID, name: 'Support', position: 1 },
      { ...SUPPORT_CHANNEL, id: SUPPORT_ID, name: 'support', topic: 'Open a ticket here.' },
      {
        ...SUPPORT_CHANNEL,
        id: SUPPORT_STAFF_ID,
        name: 'support-staff',
        position: 1,
        overwrites: STAFF_ONLY,
      },
      { ...SUPPORT_CHANNEL, id: TICKET_LOG_ID, name: 'ticket-log', position: 2, overwrites: STAFF_ONLY },
      { ...CATEGORY, id: TICKETS_ID, name: 'Tickets', position: 2, overwrites: STAFF_ONLY },
      { ...CATEGORY, id: MORE_TICKETS_ID, name: 'More tickets', position: 3, overwrites: STAFF_ONLY },
      { ...CATEGORY, id: TICKET_ARCHIVE_ID, name: 'Ticket archive', position: 4, overwrites: STAFF_ONLY },
    ],
    invites: [],
    members: [
      {
        ...MEMBER,
        id: OWNER_ID,
        name: 'carla',
        displayName: 'Carla',
        roleIds: [ADMIN_ROLE_ID, SUPPORT_ROLE_ID],
      },
      {
        ...MEMBER,
        id: STAFF_IDS.nora,
        name: 'nora',
        displayName: 'Nora (support)',
        roleIds: [SUPPORT_ROLE_ID],
      },
      { ...MEMBER, id: STAFF_IDS.tom, name: 'tom', displayName: 'Tom (support)', roleIds: [SUPPORT_ROLE_ID] },
      {
        ...MEMBER,
        id: STAFF_IDS.ines,
        name: 'ines',
        displayName: null,
        roleIds: [SUPPORT_ROLE_ID, VIP_ROLE_ID],
      },
      { ...MEMBER, id: MEMBER_IDS.mira, name: 'mira', displayName: 'Mira Vogel', roleIds: [VIP_ROLE_ID] },
      { ...MEMBER, id: MEMBER_IDS.jonas, name: 'jonas', displayName: null, roleIds: [BACKER_ROLE_ID] },
      { ...MEMBER, id: MEMBER_IDS.rosa, name: 'rosa', displayName: 'Rosa <3 *keller*', roleIds: [] },
      { ...MEMBER, id: MEMBER_IDS.leo, name: 'leo', displayName: null, roleIds: [] },
    ],
    directChannels: [],
    messages: [],
    interactions: [],
    auditLog: [],
  };
}

const ROLE = { permissions: '0', managed: false, mentionable: false, color: 0 };

const CHANNEL = {
  type: CHANNEL_TYPES.text,
  parentId: CATEGORY_ID,
  position: 0,
  topic: null,
  overwrites: [],
};

const CATEGORY = { ...CHANNEL, type: CHANNEL_TYPES.category, parentId: null };
const SUPPORT_CHANNEL = { ...CHANNEL, parentId: SUPPORT_CATEGORY_ID };

/** Hidden from all but the staff and the bot. */
const STAFF_ONLY = [
  { id: DISCORD_SERVER_ID, type: 0, allow: '0', deny: bitsOf('VIEW_CHANNEL') },
  { id: SUPPORT_ROLE_ID, type: 0, allow: bitsOf('VIEW_CHANNEL'), deny: '0' },
  { id: BOT_ROLE_ID, type: 0, allow: bitsOf('VIEW_CHANNEL'), deny: '0' },
];

const MEMBER = { joinedAt: '2026-01-15T09:00:00.000Z', inviteCode: null, takesDirectMessages: true };
