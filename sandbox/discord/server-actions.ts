import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import { deleteChannel } from './channels';
import { revokeInvite } from './invites';
import { channelNamed } from './people';
import { PERMISSIONS, type PermissionName } from './permissions';
import { settingsSchema, type Channel, type Invite, type Overwrite } from './schemas';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';

const permissionNames = Object.keys(PERMISSIONS).filter(
  (name): name is PermissionName => name in PERMISSIONS,
);
/** A right by its name, or several as the decimal number of their bits. */
const rightsSchema = z
  .array(z.union([z.enum(permissionNames).transform((name) => PERMISSIONS[name]), z.coerce.bigint().min(0n)]))
  .default([])
  .transform((rights) => rights.reduce((bits, right) => bits | right, 0n));

/** An invite is named by its code or its link. */
const codeSchema = z.string().transform((text) => text.trim().replace(/^.*\//, ''));
const redeemSchema = z.strictObject({ code: codeSchema.optional(), user: z.string().min(1).optional() });
const expireSchema = z.strictObject({ code: codeSchema.optional() });
const deleteInviteSchema = z.strictObject({ code: codeSchema });
const channelSchema = z.strictObject({ channel: z.string() });
const renameSchema = channelSchema.extend({ name: z.string().min(1).max(100) });
const permissionsSchema = z.strictObject({
  channel: z.string().optional(),
  allow: rightsSchema,
  deny: rightsSchema,
});
const sharedSchema = z.strictObject({
  times: z.int().min(0).default(1),
  retryAfterMs: z.int().positive().optional(),
});

/** What those do who are invited, and those who run the server. */
export function serverActions(state: DiscordState, changed: () => void): Double['actions'] {
  const done = (result: Json): Json => {
    changed();
    return result;
  };
  const live = (code: string): Invite => {
    const invite = state.liveInvite(code);
    if (!invite) throw new Error(`The invite "${code}" is invalid or has expired.`);
    return invite;
  };

  return {
    /** Without a code, the newest live invite; without a user, somebody new. */
    redeemInvite: async (input) => {
      const { code, user = `newcomer-${invited(state) + 1}` } = redeemSchema.parse(input);
      const invite = code === undefined ? state.liveInvites().at(-1) : live(code);
      if (!invite) throw new Error('There is no live invite to use.');
      join(state, invite, user);
      const uses = invite.uses + 1;
      const used = state.putInvite({ ...invite, uses });
      if (uses === invite.maxUses) state.endInvite(used, 'used');
      return done({ code: invite.code, user, uses });
    },
    /** The time of one or all of the invites that end by themselves is over. */
    expireInvites: async (input) => {
      const { code } = expireSchema.parse(input);
      const invites = code === undefined ? state.liveInvites() : [live(code)];
      const ending = invites.filter(({ maxAge }) => maxAge > 0);
      for (const invite of ending) state.endInvite(invite, 'expired');
      return done({ expired: ending.length });
    },
    deleteInvite: async (input) => {
      const { code } = deleteInviteSchema.parse(input);
      revokeInvite(state, live(code), null);
      return done({ code });
    },
    deleteChannel: async (input) => {
      const channel = channelNamed(state, channelSchema.parse(input).channel);
      return done({ channelId: channel.id, ...deleteChannel(state, channel) });
    },
    renameChannel: async (input) => {
      const { channel: from, name } = renameSchema.parse(input);
      const channel = channelNamed(state, from);
      state.channels.set(channel.id, { ...channel, name });
      return done({ channelId: channel.id });
    },
    /**
     * With a channel: an overwrite for the bot itself. Without: rights of the bot's role; those that are denied are
     * taken from @everyone and the bot's other roles too, since any one role that grants a right is enough.
     */
    setPermissions: async (input) => {
      const { channel: name, allow, deny } = permissionsSchema.parse(input);
      if (name === undefined) changeRoles(state, allow, deny);
      else changeOverwrite(state, channelNamed(state, name), allow, deny);
      return done({ allow: allow.toString(), deny: deny.toString() });
    },
    kickBot: async () => {
      state.bot = { ...state.bot, inServer: false };
      return done({ inServer: false });
    },
    revokeToken: async () => {
      state.bot = { ...state.bot, tokenRevoked: true };
      return done({ tokenRevoked: true });
    },
    /** Any of the settings in the state. */
    setLimits: async (input) => {
      state.settings = { ...state.settings, ...settingsSchema.partial().parse(input) };
      return done({ ...state.settings });
    },
    /** The next requests meet a limit that others have used up. */
    hitSharedLimit: async (input) => {
      const { times, retryAfterMs = state.settings.sharedRetryAfterMs } = sharedSchema.parse(input);
      state.settings = { ...state.settings, sharedRejections: times, sharedRetryAfterMs: retryAfterMs };
      return done({ times, retryAfterMs });
    },
  };
}

/** How many have come by the bot's invites. */
function invited({ members }: DiscordState): number {
  return [...members.values()].filter(({ inviteCode }) => inviteCode !== null).length;
}

/** Adds a member, or gives one the invite's roles; throws when neither changes anything, for then it is not used. */
function join(state: DiscordState, { code, roleIds }: Invite, user: string): void {
  const member = [...state.members.values()].find(({ name }) => name === user);
  if (member && roleIds.every((id) => member.roleIds.includes(id))) {
    throw new Error(`${user} is in the server already, so the invite stays unused.`);
  }
  const joined = member ?? {
    id: newSnowflake(),
    name: user,
    displayName: null,
    roleIds: [],
    joinedAt: new Date().toISOString(),
    inviteCode: code,
    takesDirectMessages: true,
  };
  state.members.set(joined.id, { ...joined, roleIds: [...new Set([...joined.roleIds, ...roleIds])] });
}

function changeRoles(state: DiscordState, allow: bigint, deny: bigint): void {
  const [first] = state.bot.roleIds;
  for (const role of [state.everyone, ...state.botRoles()]) {
    const granted = role.id === first ? allow : 0n;
    const permissions = ((BigInt(role.permissions) | granted) & ~deny).toString();
    state.roles.set(role.id, { ...role, permissions });
  }
}

function changeOverwrite(state: DiscordState, channel: Channel, allow: bigint, deny: bigint): void {
  const isBots = ({ id }: Overwrite): boolean => id === state.bot.id;
  const present = channel.overwrites.find(isBots) ?? { allow: '0', deny: '0' };
  const overwrite: Overwrite = {
    id: state.bot.id,
    type: 1,
    allow: ((BigInt(present.allow) | allow) & ~deny).toString(),
    deny: ((BigInt(present.deny) | deny) & ~allow).toString(),
  };
  const others = channel.overwrites.filter((other) => !isBots(other));
  state.channels.set(channel.id, { ...channel, overwrites: [...others, overwrite] });
}
