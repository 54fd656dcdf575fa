import type { Json } from '../double';
import { DISCORD_SERVER_ID } from '../identities';
import { bitsOf } from './permissions';
import { CHANNEL_TYPES } from './state';

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
const OWNER_ID = '1100000000000000003';

/**
 * A campaign's server on its first day. The bot has the rights that issuing and revoking invites takes; the VIP lounge
 * is hidden from all who are no VIPs, so that the bot had to be let in.
 */
export function freshDiscordState(): Json {
  return {
    settings: {
      inviteLimit: 5,
      inviteWindowMs: 2_000,
      otherLimit: 10,
      otherWindowMs: 1_000,
      globalLimit: 50,
      banThreshold: 10_000,
      mostInvites: 1_000,
      sharedRejections: 0,
      sharedRetryAfterMs: 500,
    },
    server: { id: DISCORD_SERVER_ID, name: 'Campaign community', ownerId: OWNER_ID },
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
        permissions: bitsOf('VIEW_CHANNEL', 'SEND_MESSAGES', 'READ_MESSAGE_HISTORY'),
      },
      { ...ROLE, id: BACKER_ROLE_ID, name: 'Backer', position: 1, color: 0x3498db },
      { ...ROLE, id: VIP_ROLE_ID, name: 'VIP', position: 2, color: 0xf1c40f },
      {
        ...ROLE,
        id: BOT_ROLE_ID,
        name: 'Bot',
        position: 3,
        managed: true,
        permissions: bitsOf('CREATE_INSTANT_INVITE', 'MANAGE_CHANNELS', 'VIEW_CHANNEL', 'MANAGE_ROLES'),
      },
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
    ],
    invites: [],
    members: [],
    auditLog: [],
  };
}

const ROLE = { permissions: '0', managed: false, color: 0 };

const CHANNEL = {
  type: CHANNEL_TYPES.text,
  parentId: CATEGORY_ID,
  position: 0,
  topic: null,
  overwrites: [],
};
