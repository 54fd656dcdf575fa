/* global document, DOMParser, EventSource, FileReader, FormData, fetch, location, setTimeout, clearTimeout */
'use strict';

const said = document.getElementById('said');
const place = document.querySelector('main').dataset;
const member = place.member;
let silence;

/** Tells the person what came of a click. */
function say(text) {
  said.textContent = text;
  said.className = 'bad';
  said.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => (said.hidden = true), 8000);
}

/** Does something as the member who was chosen. */
async function act(action, input) {
  const body = JSON.stringify({ member, ...input });
  const answer = await fetch(`/sandbox/discord/actions/${action}`, { method: 'POST', body });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? `The sandbox answered ${answer.status}.`);
  if (told.said) throw new Error(`${told.said}\n${told.problem ?? ''}`);
}

/** Keeps what was used from being used again until it is done. */
function work(element, promise) {
  if (element) element.disabled = true;
  promise.catch((error) => say(error.message)).finally(() => element && (element.disabled = false));
}

function localTimes(root) {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    time.textContent = isToday ? at.toLocaleTimeString() : at.toLocaleString();
  }
}

/** Shows what is new; a form that is being filled in stays as it is. */
async function refresh() {
  const answer = await fetch(location.pathname);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const id of ['channels', 'where', 'posts']) {
    const target = document.getElementById(id);
    target.replaceChildren(...fresh.getElementById(id).childNodes);
    localTimes(target);
  }
  const form = document.getElementById('form');
  const other = fresh.getElementById('form');
  if (form.dataset.form !== other.dataset.form) {
    form.replaceWith(other);
    other.querySelector('input, textarea, select')?.focus();
  }
  document.getElementById('posts').lastElementChild?.scrollIntoView({ block: 'nearest' });
}

async function read(file) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return {
    name: file.name,
    type: file.type || 'application/octet-stream',
    base64: address.slice(address.indexOf(',') + 1),
  };
}

/** What is filled in: text, or a list of what was chosen. */
function valuesOf(form) {
  const fields = [...form.elements].filter(({ name }) => name);
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.tagName === 'SELECT'
        ? [...field.selectedOptions].map(({ value }) => value).filter(Boolean)
        : field.value,
    ]),
  );
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { click, chosen, message } = button.dataset;
  if (click) work(button, act('click', { customId: click, messageId: message }));
  if (chosen) {
    const values = [...button.previousElementSibling.selectedOptions].map(({ value }) => value);
    work(button, act('choose', { customId: chosen, messageId: message, values }));
  }
  if (button.id === 'dismiss') work(button, act('dismiss', {}));
});

document.addEventListener('change', ({ target }) => {
  if (target.id === 'as') {
    location.href = `/sandbox/discord/as/${target.value}${place.channel ? `/${place.channel}` : ''}`;
  }
  const { choose, message } = target.dataset;
  if (choose && !target.multiple) {
    work(target, act('choose', { customId: choose, messageId: message, values: [target.value] }));
  }
});

document.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector('button.primary');
  if (form.id !== 'write') {
    return work(button, act('submit', { customId: form.dataset.customId, values: valuesOf(form) }));
  }
  const sending = Promise.all([...form.files.files].map(read)).then((files) =>
    act('write', { ...(place.channel && { channel: place.channel }), content: form.content.value, files }),
  );
  work(
    button,
    sending.then(() => form.reset()),
  );
});

const events = new EventSource('/sandbox/events');
events.addEventListener('changed', (event) => {
  if (JSON.parse(event.data).includes('discord')) refresh().catch((error) => say(error.message));
});
localTimes(document);
