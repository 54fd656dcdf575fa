import { ServiceError, asError, systemClock, type Clock } from '../http';
import { forgetChannels } from './channels';
import type { DiscordClient } from './client';
import {
  botId,
  createInvite,
  listInvites,
  unnamedInvite,
  type Invite,
  type InviteToCreate,
  type ListedInvite,
} from './invites';
import { CODE, DISCORD, DiscordRefusal } from './refusal';

/** A call of a process that was killed may still be at work in Discord; its invite shows once this long has passed. */
const SETTLE_MS = 5_000;
/** Between the beginning of an invite and Discord's work on it: the limiter's longest wait, and the call itself. */
const LONGEST_CALL_MS = 6 * 60_000;
/** By how much Discord's clock and the store's may differ. */
const CLOCK_SKEW_MS = 60_000;
/** Each time another run took the invite for one of its own that it had lost. */
const TRIES = 5;

/** What the issuing of invites needs of the store. */
export interface InviteStore {
  /** `begun`: by an earlier try that broke off. `live`: issued, with its code. */
  begin(order: { subject: string; cause: string; channelId: string }): Promise<BegunInvite>;
  /** False when the code is recorded for another invite, or this one was recorded or released by another run. */
  issued(id: string, invite: Invite): Promise<boolean>;
  /** Begun, but certainly not issued. */
  release(id: string): Promise<void>;
  /** Which of these codes are recorded. */
  known(codes: readonly string[]): Promise<ReadonlySet<string>>;
  /** Remembers a code as an earlier one of the subject, unless it is recorded. */
  noteEarlier(subject: string, code: string): Promise<void>;
}

type BegunInvite =
  { id: string; state: 'new' | 'begun'; begunAt: Date } | ({ id: string; state: 'live' } & Invite);

export interface InviteOrder extends InviteToCreate {
  /** Whom it is for, as the store knows it. */
  subject: string;
  /** For one cause an invite is issued once. */
  cause: string;
}

export interface IssuedInvite extends Invite {
  /** The store's. */
  id: string;
  /** False when an earlier try had issued it. */
  issued: boolean;
}

/**
 * Issues an invite unless one was issued for the same subject, cause and channel: begun in the store, created, recorded.
 * What Discord has certainly refused may be begun again. What was cut off is left begun; the next try looks in the
 * channel for an invite of ours that nobody has recorded, and takes it. Of several runs at once the first one's invite
 * counts for all; what another one had made meanwhile becomes an earlier invite of the subject, which is to be revoked.
 */
export async function issueOnce(
  client: DiscordClient,
  store: InviteStore,
  order: InviteOrder,
  clock: Clock = systemClock,
): Promise<IssuedInvite> {
  let begun = await begin(store, order, clock);
  if (begun.state === 'begun') {
    const taken = await takeOrphan(client, store, order, begun);
    if (taken) return { id: begun.id, ...taken, issued: false };
    // Anew, so that it tells when the call began that may get lost this time.
    await store.release(begun.id);
    begun = await store.begin(keyOf(order));
  }
  for (let attempt = 0; begun.state !== 'live' && attempt < TRIES; attempt += 1) {
    const invite = await create(client, store, order, begun);
    if (await store.issued(begun.id, invite)) return { id: begun.id, ...invite, issued: true };
    begun = await store.begin(keyOf(order));
    if (begun.state === 'live') await store.noteEarlier(order.subject, invite.code);
    else if (await store.issued(begun.id, invite)) return { id: begun.id, ...invite, issued: true };
  }
  if (begun.state === 'live') {
    return { id: begun.id, code: begun.code, expiresAt: begun.expiresAt, issued: false };
  }
  throw new ServiceError(
    DISCORD,
    `${DISCORD} issued invites for ${order.whom}, but other runs took each of them for their own. It is tried again later.`,
    true,
  );
}

/** Begins; when an earlier try broke off a moment ago, only once it cannot be at work any more. */
async function begin(store: InviteStore, order: InviteOrder, clock: Clock): Promise<BegunInvite> {
  const begun = await store.begin(keyOf(order));
  if (begun.state !== 'begun') return begun;
  const wait = Math.min(SETTLE_MS, begun.begunAt.getTime() + SETTLE_MS - clock.now());
  if (wait <= 0) return begun;
  await clock.sleep(wait);
  return await store.begin(keyOf(order));
}

function keyOf({ subject, cause, channel }: InviteOrder) {
  return { subject, cause, channelId: channel.id };
}

async function create(
  client: DiscordClient,
  store: InviteStore,
  order: InviteOrder,
  begun: { id: string; begunAt: Date },
): Promise<Invite> {
  const answer = await createInvite(client, order).catch(asError);
  if (answer instanceof Error) {
    if (!(answer instanceof DiscordRefusal)) throw answer;
    await store.release(begun.id);
    throw answer.code === CODE.unknownChannel ? await outdatedChannel(client, answer) : answer;
  }
  const invite = answer ?? (await orphans(client, store, order, begun.begunAt)).at(-1);
  if (!invite) throw unnamedInvite(order);
  return invite;
}

/** Records the first invite of ours that nobody else records. */
async function takeOrphan(
  client: DiscordClient,
  store: InviteStore,
  order: InviteOrder,
  begun: { id: string; begunAt: Date },
): Promise<Invite | undefined> {
  for (const { code, expiresAt } of await orphans(client, store, order, begun.begunAt)) {
    if (await store.issued(begun.id, { code, expiresAt })) return { code, expiresAt };
  }
  return undefined;
}

/**
 * Unused invites of our bot, just like the one that is wanted, that nobody has recorded, from the time in which it can
 * have been made, since the bot may work for other programs as well; oldest first. Invites of one kind are as good as
 * each other, so it does not matter which try lost which: only Discord's audit log then names another contact than the
 * store does. None when the bot may not list them.
 */
async function orphans(
  client: DiscordClient,
  store: InviteStore,
  { channel, maxAge, roles }: InviteOrder,
  begunAt: Date,
): Promise<Invite[]> {
  const listed = await listInvites(client, channel).catch((error: unknown): ListedInvite[] => {
    if (error instanceof DiscordRefusal && error.status === 403) return [];
    throw error;
  });
  if (listed.length === 0) return [];
  const bot = await botId(client);
  const wantedRoles = roles.map(({ id }) => id);
  const alike = listed
    .map((invite) => ({ ...invite, createdMs: invite.createdAt?.getTime() ?? 0 }))
    .filter(
      (invite) =>
        invite.inviterId === bot &&
        invite.maxUses === 1 &&
        invite.uses === 0 &&
        invite.maxAge === maxAge &&
        sameMembers(invite.roleIds, wantedRoles) &&
        invite.createdMs >= begunAt.getTime() - CLOCK_SKEW_MS &&
        invite.createdMs <= begunAt.getTime() + LONGEST_CALL_MS + CLOCK_SKEW_MS,
    )
    .sort((one, other) => one.createdMs - other.createdMs);
  const known = await store.known(alike.map(({ code }) => code));
  return alike.filter(({ code }) => !known.has(code)).map(({ code, expiresAt }) => ({ code, expiresAt }));
}

/** The list of channels that is kept names one that is gone; the next try finds its successor, or tells there is none. */
async function outdatedChannel(client: DiscordClient, refusal: DiscordRefusal): Promise<DiscordRefusal> {
  await forgetChannels(client).catch(asError);
  return new DiscordRefusal(refusal.message, true, refusal.status ?? 404, refusal.code);
}

function sameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member) => other.includes(member));
}
