import { escapeHtml, htmlBadge, htmlTable, htmlTime, type BadgeTone } from '../html';
import { nameOf } from './people';
import { mayInChannel, readersOf } from './permissions';
import { CHANNEL_TYPES, type Channel, type Invite, type Member } from './schemas';
import type { DiscordState } from './state';

/** More rows than a person reads; the whole state is at the control API. */
const MOST_ROWS = 50;

const TONES: Readonly<Record<Invite['status'], BadgeTone>> = {
  live: 'good',
  used: 'plain',
  expired: 'warn',
  revoked: 'bad',
};

const CHANNEL_WORDS: Readonly<Record<Channel['type'], string>> = {
  [CHANNEL_TYPES.text]: 'text',
  [CHANNEL_TYPES.voice]: 'voice',
  [CHANNEL_TYPES.category]: 'category',
  [CHANNEL_TYPES.announcement]: 'announcements',
};

/** Who there is and what they read, invites and who joined by them, newest first. */
export function renderDiscord(state: DiscordState, isBlocking: boolean): string {
  const invites = state.invites();
  const live = invites.filter(({ status }) => status === 'live').length;
  const members = [...state.members.values()].filter(({ inviteCode }) => inviteCode !== null);
  return [
    ...notes(state, isBlocking).map((note) => `<p class="note">${escapeHtml(note)}</p>`),
    `<h3>Invites (${live} live of ${invites.length})</h3>`,
    htmlTable(
      ['Invite', 'Channel', 'State', 'Uses', 'Why', 'Created'],
      newest(invites).map((invite) => inviteRow(invite, state)),
      'No invite yet. Opt somebody in with the buttons above.',
    ),
    olderThanShown(invites.length),
    `<h3>Members who joined (${members.length})</h3>`,
    htmlTable(
      ['Member', 'Invite', 'Roles', 'Joined'],
      newest(members).map((member) => memberRow(member, state)),
      'Nobody has joined yet.',
    ),
    olderThanShown(members.length),
    '<h3>Channels</h3>',
    htmlTable(
      ['Channel', 'Messages', 'Who reads it', 'The bot'],
      byCategory(state).map((channel) => channelRow(channel, state)),
      'No channels.',
    ),
    '<h3>Use the server as</h3>',
    `<p class="badges">${[...state.members.values()].map((member) => memberLink(member, state)).join(' · ')}</p>`,
  ].join('');
}

function notes({ application, bot }: DiscordState, isBlocking: boolean): string[] {
  return [
    ...(bot.inServer ? [] : ['The bot is not in the server any more.']),
    ...(application.interactionsEndpointUrl === null
      ? ['No interactions endpoint is registered: buttons fail.']
      : []),
    ...(bot.tokenRevoked ? ['The bot’s token has been revoked.'] : []),
    ...(isBlocking ? ['Too many bad requests: Discord answers nobody here for ten minutes.'] : []),
  ];
}

function newest<T>(rows: readonly T[]): T[] {
  return rows.slice(-MOST_ROWS).reverse();
}

function olderThanShown(count: number): string {
  return count > MOST_ROWS ? `<p>… and ${count - MOST_ROWS} older ones</p>` : '';
}

function inviteRow(invite: Invite, { channels }: DiscordState): string[] {
  const { code, channelId, status, uses, maxUses, reason, createdAt } = invite;
  return [
    `<code>${escapeHtml(code)}</code>`,
    escapeHtml(channels.get(channelId)?.name ?? 'deleted channel'),
    htmlBadge(status, TONES[status]),
    `<span class="number">${uses} of ${maxUses === 0 ? 'any' : maxUses}</span>`,
    escapeHtml(reason ?? '–'),
    htmlTime(createdAt),
  ];
}

function memberRow({ name, inviteCode, roleIds, joinedAt }: Member, { roles }: DiscordState): string[] {
  const names = roleIds.flatMap((id) => roles.get(id)?.name ?? []);
  return [
    escapeHtml(name),
    `<code>${escapeHtml(inviteCode ?? '')}</code>`,
    names.map((role) => htmlBadge(role)).join(' '),
    htmlTime(joinedAt),
  ];
}

/** Each category, followed by what stands in it; what stands in none comes first. */
function byCategory({ channels }: DiscordState): Channel[] {
  const all = [...channels.values()].sort((one, other) => one.position - other.position);
  const isTop = ({ parentId }: Channel): boolean => parentId === null || !channels.has(parentId);
  const top = all.filter(isTop);
  const isCategory = ({ type }: Channel): boolean => type === CHANNEL_TYPES.category;
  return [
    ...top.filter((channel) => !isCategory(channel)),
    ...top
      .filter(isCategory)
      .flatMap((category) => [category, ...all.filter(({ parentId }) => parentId === category.id)]),
  ];
}

function channelRow(channel: Channel, state: DiscordState): string[] {
  const name = escapeHtml(channel.name);
  const isCategory = channel.type === CHANNEL_TYPES.category;
  const kind = CHANNEL_WORDS[channel.type];
  return [
    isCategory ? `<strong>${name}</strong>` : `${name} <span class="soft">${kind}</span>`,
    isCategory ? '' : `<span class="number">${state.messagesIn(channel.id).length}</span>`,
    `<span class="soft">${escapeHtml(readers(channel, state))}</span>`,
    botBadge(channel, state),
  ];
}

function readers(channel: Channel, state: DiscordState): string {
  const people = readersOf(state, channel).filter(({ id }) => id !== state.bot.id);
  if (people.length === state.members.size) return 'everybody';
  return people.map(({ id }) => nameOf(state, id)).join(', ') || 'nobody';
}

function memberLink({ id }: Member, state: DiscordState): string {
  return `<a href="/sandbox/discord/as/${id}" target="_blank" rel="noopener">${escapeHtml(nameOf(state, id))}</a>`;
}

function botBadge(channel: Channel, state: DiscordState): string {
  if (!state.bot.inServer || !mayInChannel(state, channel, 'VIEW_CHANNEL')) {
    return htmlBadge('does not see it', 'bad');
  }
  if (channel.type === CHANNEL_TYPES.category) return '';
  return mayInChannel(state, channel, 'CREATE_INSTANT_INVITE')
    ? htmlBadge('may invite', 'good')
    : htmlBadge('may not invite', 'warn');
}
