import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxResponse } from '../double';
import { escapeHtml } from '../html';
import { scriptedPage } from '../page/scripted-page';
import { channelsFor, directChannelsOf, messagesFor } from './member-view';
import { messageHtml } from './message-html';
import { modalHtml } from './modal-html';
import { nameOf } from './people';
import { mayInChannel, readersOf } from './permissions';
import type { Channel, DirectChannel, Member } from './schemas';
import type { DiscordState } from './state';
import type { World } from './world';

const PAGE_STYLE = readFileSync(join(__dirname, 'server-page.css'), 'utf8');
const SCRIPT = readFileSync(join(__dirname, 'server-page.client.js'), 'utf8');
const MOST_SHOWN = 200;

/** The server as a member sees it: channels, messages to use, forms, and private messages. Members' text runs nothing. */
export function renderServerPage(
  world: World,
  member: Member,
  channelId: string | undefined,
): SandboxResponse {
  const { state } = world;
  const channels = channelsFor(state, member);
  const place =
    [...channels, ...directChannelsOf(state, member)].find(({ id }) => id === channelId) ?? channels[0];
  const server = escapeHtml(state.server.name);
  return scriptedPage({
    title: server,
    style: PAGE_STYLE,
    script: SCRIPT,
    mayLoad: ['img-src data:'],
    bodyClass: 'server',
    body: `<header class="top"><div><p><a href="/">Lifecycle sandbox</a> · Discord</p><h1>${server}</h1></div>
<label>You are<select id="as">${[...state.members.values()].map((other) => memberOption(other, member, state)).join('')}</select></label></header>
<main data-member="${member.id}" data-channel="${place && !('userId' in place) ? place.id : ''}">
<nav id="channels" aria-label="Channels">${navigation(state, member, place)}</nav>
<section class="card" data-system="discord" aria-label="Messages">
<header id="where">${heading(state, place)}</header>
<ol id="posts">${posts(world, member, place)}</ol>
${composer(state, member, place)}
</section>
</main>
${modalHtml(state, member)}`,
  });
}

function memberOption(other: Member, member: Member, state: DiscordState): string {
  const roles = other.roleIds.flatMap((id) => state.roles.get(id)?.name ?? []).join(', ');
  const label = escapeHtml(`${nameOf(state, other.id)}${roles === '' ? '' : ` – ${roles}`}`);
  return `<option value="${other.id}"${other.id === member.id ? ' selected' : ''}>${label}</option>`;
}

function navigation(state: DiscordState, member: Member, place: Channel | DirectChannel | undefined): string {
  const channels = channelsFor(state, member);
  const categories = [...new Set(channels.map(({ parentId }) => parentId))];
  const link = (id: string, label: string): string =>
    `<li><a href="/sandbox/discord/as/${member.id}/${id}"${id === place?.id ? ' aria-current="page"' : ''}>${escapeHtml(label)}</a></li>`;
  const groups = categories.map((category) => {
    const own = channels.filter(({ parentId }) => parentId === category);
    const title = escapeHtml(state.channels.get(category ?? '')?.name ?? 'No category');
    return `<h3>${title}</h3><ul>${own.map((channel) => link(channel.id, channelLabel(state, channel))).join('')}</ul>`;
  });
  const direct = directChannelsOf(state, member).map(({ id }) => link(id, `@ ${state.bot.username}`));
  const messages = direct.length === 0 ? '' : `<h3>Direct messages</h3><ul>${direct.join('')}</ul>`;
  return [...groups, messages].join('');
}

/** Channels that not everybody sees are marked. */
function channelLabel(state: DiscordState, channel: Channel): string {
  const isOpen = mayInChannel(state, channel, 'VIEW_CHANNEL', { id: '0', roleIds: [] });
  return `# ${channel.name}${isOpen ? '' : ' · private'}`;
}

function heading(state: DiscordState, place: Channel | DirectChannel | undefined): string {
  if (!place) return '<h2>No channel</h2><p class="soft">There is nothing that you can see.</p>';
  if ('userId' in place)
    return `<h2>@ ${escapeHtml(state.bot.username)}</h2><p class="soft">Only the two of you read this.</p>`;
  const readers = readersOf(state, place).map(({ id }) => nameOf(state, id));
  const topic = place.topic === null ? '' : `<p>${escapeHtml(place.topic)}</p>`;
  return `<h2>${escapeHtml(channelLabel(state, place))}</h2>${topic}<p class="soft">Read by ${escapeHtml(readers.join(', '))}</p>`;
}

function posts(world: World, member: Member, place: Channel | DirectChannel | undefined): string {
  const messages = place ? messagesFor(world.state, member, place) : [];
  if (messages.length === 0) return '<li class="empty">No messages yet.</li>';
  return messages
    .slice(-MOST_SHOWN)
    .map((message) => messageHtml(message, member, world))
    .join('');
}

function composer(state: DiscordState, member: Member, place: Channel | DirectChannel | undefined): string {
  if (!place) return '';
  if (!('userId' in place) && !mayInChannel(state, place, 'SEND_MESSAGES', member)) {
    return '<p class="soft">You do not have permission to send messages in this channel.</p>';
  }
  const name = 'userId' in place ? `@${state.bot.username}` : `#${place.name}`;
  const hint = escapeHtml(`Message ${name}`);
  return `<form id="write"><textarea name="content" rows="2" maxlength="2000" placeholder="${hint}" aria-label="${hint}"></textarea><input type="file" name="files" multiple aria-label="Files"><button class="primary">Send</button></form>`;
}
