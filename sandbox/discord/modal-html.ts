import { escapeHtml } from '../html';
import { COMPONENT } from './component-types';
import { openModals } from './member-view';
import { optionsOf } from './message-html';
import { fieldsOf, type ModalField } from './modal';
import type { Member } from './schemas';
import type { DiscordState } from './state';

const PARAGRAPH = 2;

/** The form that was opened last before somebody, if one is. */
export function modalHtml(state: DiscordState, reader: Member): string {
  const open = openModals(state, reader).at(-1);
  if (!open) return '<div id="form" data-form=""></div>';
  const { interaction, modal } = open;
  const title = escapeHtml(modal.title);
  return (
    `<div id="form" data-form="${interaction.id}"><form class="modal" role="dialog" aria-label="${title}" data-custom-id="${escapeHtml(modal.custom_id)}">` +
    `<h2>${title}</h2>${fieldsOf(modal)
      .map((field) => fieldHtml(field, state))
      .join('')}` +
    '<p class="row"><button type="button" id="dismiss">Cancel</button><button class="primary">Submit</button></p></form></div>'
  );
}

function fieldHtml({ label, description, component }: ModalField, state: DiscordState): string {
  const isRequired = component.required ?? true;
  const name = `name="${escapeHtml(component.custom_id)}"${isRequired ? ' required' : ''}`;
  return (
    `<label>${escapeHtml(label)}${isRequired ? ' <span class="must" aria-hidden="true">*</span>' : ''}` +
    (description === null ? '' : `<span class="soft">${escapeHtml(description)}</span>`) +
    `${controlHtml(component, name, state)}</label>`
  );
}

function controlHtml(component: ModalField['component'], name: string, state: DiscordState): string {
  if (component.type !== COMPONENT.textInput) {
    const options = optionsOf(component, state).map(
      ({ value, label }) => `<option value="${escapeHtml(value)}">${escapeHtml(label)}</option>`,
    );
    const many = (component.max_values ?? 1) > 1 ? ' multiple' : '';
    return `<select ${name}${many}>${many === '' ? '<option value=""></option>' : ''}${options.join('')}</select>`;
  }
  const { style, value, placeholder, min_length: least, max_length: most } = component;
  const bounds = `${least ? ` minlength="${least}"` : ''} maxlength="${most ?? 4000}"`;
  const hint = ` placeholder="${escapeHtml(placeholder ?? '')}"`;
  return style === PARAGRAPH
    ? `<textarea rows="5" ${name}${bounds}${hint}>${escapeHtml(value ?? '')}</textarea>`
    : `<input ${name}${bounds}${hint} value="${escapeHtml(value ?? '')}">`;
}
