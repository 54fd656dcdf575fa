/* global document, DOMParser, EventSource, fetch, location, setTimeout, clearTimeout */
'use strict';

const said = document.getElementById('said');
let silence;

/** Tells the person what came of a click. */
function say(text, isBad = false) {
  said.textContent = text;
  said.className = isBad ? 'bad' : '';
  said.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => (said.hidden = true), isBad ? 8000 : 3500);
}

/** Does what a button says; the answer of the one-click address is part of what is said. */
async function act({ action, input, done }) {
  const link = action === 'click' ? { link: document.getElementById('link').value } : {};
  const body = JSON.stringify({ ...JSON.parse(input), ...link });
  const answer = await fetch(`/sandbox/resend/actions/${action}`, { method: 'POST', body });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error ?? `The sandbox answered ${answer.status}.`);
  if (action !== 'unsubscribe') return say(done);
  const isGood = result.status >= 200 && result.status < 300;
  say(`${done} ${result.status === 0 ? 'nothing' : result.status}.`, !isGood);
}

/** Times in the reader's own time zone. */
function localTimes(root) {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    time.textContent = at.toLocaleString();
  }
}

/** Takes over what has changed since; the mail itself stays, and so does how far it is scrolled. */
async function refresh() {
  const answer = await fetch(location.href);
  if (!answer.ok) return say('The mail is gone: the sandbox has started over.', true);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const id of ['state', 'history']) {
    const target = document.getElementById(id);
    target.replaceChildren(...fresh.getElementById(id).childNodes);
    localTimes(target);
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { action, tab } = button.dataset;
  if (tab) {
    for (const other of document.querySelectorAll('[data-tab]')) {
      other.setAttribute('aria-selected', String(other === button));
      document.getElementById(`panel-${other.dataset.tab}`).hidden = other !== button;
    }
  }
  if (action) {
    button.disabled = true;
    act(button.dataset)
      .catch((error) => say(error.message, true))
      .finally(() => (button.disabled = false));
  }
});

const events = new EventSource('/sandbox/events');
events.addEventListener('changed', (event) => {
  if (JSON.parse(event.data).includes('resend')) refresh().catch((error) => say(error.message, true));
});
localTimes(document);
