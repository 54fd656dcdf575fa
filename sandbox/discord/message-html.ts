import { z } from 'zod/v4';
import type { Json } from '../double';
import { escapeHtml, htmlTime } from '../html';
import { COMPONENT } from './component-types';
import { rowsOf, type Child } from './components';
import { htmlOfMarkup } from './markup';
import { MESSAGE_FLAGS } from './message-request';
import { nameOf } from './people';
import type { Interaction, Member, Message } from './schemas';
import type { DiscordState } from './state';
import type { World } from './world';

const BUTTON_STYLES = ['', 'primary', 'secondary', 'success', 'danger', 'link'];
const embedSchema = z.object({
  title: z.string().optional(),
  description: z.string().optional(),
  fields: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  footer: z.object({ text: z.string() }).optional(),
});

/** A message as its reader sees it, with what can be clicked and chosen. */
export function messageHtml(message: Message, reader: Member, world: World): string {
  const { state } = world;
  const isBots = message.authorId === state.bot.id;
  const isLoading = (message.flags & MESSAGE_FLAGS.loading) !== 0;
  const isNamed = message.mentions.everyone || message.mentions.userIds.includes(reader.id);
  const classes = ['post', ...(message.seenBy === null ? [] : ['ephemeral']), ...(isNamed ? ['named'] : [])];
  return (
    `<li class="${classes.join(' ')}"><p class="by"><strong>${escapeHtml(nameOf(state, message.authorId))}</strong>` +
    `${isBots ? '<span class="app">APP</span>' : ''}${htmlTime(message.createdAt)}</p>` +
    (isLoading
      ? `<p class="thinking">${escapeHtml(state.bot.username)} is thinking…</p>`
      : `<p class="message">${htmlOfMarkup(message.content, state)}${message.editedAt === null ? '' : ' <span class="edited">(edited)</span>'}</p>`) +
    message.embeds.map((embed) => embedHtml(embed, state)).join('') +
    filesHtml(message, world) +
    rowsOf(message.components)
      .map(
        (row) =>
          `<div class="row">${row.components.map((child) => childHtml(child, message, state)).join('')}</div>`,
      )
      .join('') +
    failureHtml(message, reader, state) +
    (message.seenBy === null ? '' : '<p class="only">Only you can see this</p>') +
    '</li>'
  );
}

function embedHtml(embed: Json, state: DiscordState): string {
  const { title, description, fields, footer } = embedSchema.parse(embed);
  return (
    '<div class="embed">' +
    (title === undefined ? '' : `<p><strong>${escapeHtml(title)}</strong></p>`) +
    (description === undefined ? '' : `<p class="message">${htmlOfMarkup(description, state)}</p>`) +
    fields
      .map(
        ({ name, value }) =>
          `<p class="message"><strong>${escapeHtml(name)}</strong><br>${htmlOfMarkup(value, state)}</p>`,
      )
      .join('') +
    (footer === undefined ? '' : `<p class="soft">${escapeHtml(footer.text)}</p>`) +
    '</div>'
  );
}

function filesHtml(message: Message, { files }: World): string {
  const links = message.files.map(
    (file) =>
      `<a class="file" href="${escapeHtml(files.addressOf(message, file))}" target="_blank" rel="noopener">${escapeHtml(file.name)}</a>`,
  );
  return links.length === 0 ? '' : `<p class="files">${links.join(' ')}</p>`;
}

function childHtml(child: Child, { id }: Message, state: DiscordState): string {
  const disabled = child.disabled ? ' disabled' : '';
  const customId = escapeHtml(child.custom_id ?? '');
  if (child.type === COMPONENT.button) {
    const label = escapeHtml([child.emoji?.name, child.label].filter(Boolean).join(' '));
    const style = BUTTON_STYLES[child.style] ?? '';
    return child.url
      ? `<a class="link" href="${escapeHtml(child.url)}" target="_blank" rel="noopener">${label} ↗</a>`
      : `<button type="button" class="${style}" data-click="${customId}" data-message="${id}"${disabled}>${label}</button>`;
  }
  const most = child.max_values ?? 1;
  const options = optionsOf(child, state);
  const hint = escapeHtml(child.placeholder ?? 'Make a selection');
  const select =
    `<select data-choose="${customId}" data-message="${id}" aria-label="${hint}"${most > 1 ? ' multiple' : ''}${disabled}>` +
    (most > 1 ? '' : `<option value="" disabled selected>${hint}</option>`) +
    options
      .map(({ value, label }) => `<option value="${escapeHtml(value)}">${escapeHtml(label)}</option>`)
      .join('') +
    '</select>';
  const button = `<button type="button" data-chosen="${customId}" data-message="${id}"${disabled}>Choose</button>`;
  return most > 1 ? `${select}${button}` : select;
}

/** What can be chosen: a select's own options, or members, roles and channels. */
export function optionsOf(
  select: Exclude<Child, { type: typeof COMPONENT.button }>,
  state: DiscordState,
): Array<{ value: string; label: string }> {
  const members = [...state.members.values()].map(({ id }) => ({ value: id, label: nameOf(state, id) }));
  const roles = [...state.roles.values()].map(({ id, name }) => ({
    value: id,
    label: `@${name.replace('@', '')}`,
  }));
  switch (select.type) {
    case COMPONENT.stringSelect:
      return select.options.map(({ value, label, description }) => ({
        value,
        label: description ? `${label} – ${description}` : label,
      }));
    case COMPONENT.userSelect:
      return members;
    case COMPONENT.roleSelect:
      return roles;
    case COMPONENT.mentionableSelect:
      return [...members, ...roles];
    case COMPONENT.channelSelect:
      return [...state.channels.values()].map(({ id, name }) => ({ value: id, label: `#${name}` }));
  }
}

/** What became of the newest use of the message by this reader, when it failed; why is only for the sandbox. */
function failureHtml({ id }: Message, reader: Member, { interactions }: DiscordState): string {
  const last: Interaction | undefined = [...interactions.values()].findLast(
    ({ messageId, memberId }) => messageId === id && memberId === reader.id,
  );
  if (last?.status !== 'failed') return '';
  return `<p class="failed" title="${escapeHtml(last.problem ?? '')}">This interaction failed</p>`;
}
