/* global document, EventSource, FormData, fetch, location, confirm, setTimeout, clearTimeout */
'use strict';

const said = document.getElementById('said');
const live = document.getElementById('live');
let silence;

/** Tells the person what came of a click. */
function say(text, isBad = false) {
  said.textContent = text;
  said.className = isBad ? 'bad' : '';
  said.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => (said.hidden = true), isBad ? 8000 : 3500);
}

async function call(method, path, body) {
  const answer = await fetch(path, { method, body: body && JSON.stringify(body) });
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({}));
  throw new Error(error ?? `The sandbox answered ${answer.status}.`);
}

/** Runs a click's work with the button showing it, and says how it went. */
async function work(button, act, done) {
  button.disabled = true;
  button.classList.add('busy');
  try {
    await act();
    say(done);
  } catch (error) {
    say(
      error instanceof TypeError ? 'The sandbox does not answer. Is it still running?' : error.message,
      true,
    );
  } finally {
    button.disabled = false;
    button.classList.remove('busy');
  }
}

/** What is filled in about the person, under the names that the button's action has for it. */
function filledIn(names) {
  const filled = new FormData(document.getElementById('person'));
  const entries = Object.entries(names).map(([field, name]) => [name, filled.get(field).trim()]);
  return Object.fromEntries(entries.filter(([, text]) => text));
}

/** Times of day in the reader's own time zone. */
function localTimes(root) {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    time.textContent = isToday ? at.toLocaleTimeString() : at.toLocaleDateString();
    time.title = at.toLocaleString();
  }
}

async function refresh(part) {
  const target = document.getElementById(part === 'requests' ? 'calls-held' : `card-${part}`);
  const answer = await call('GET', part === 'requests' ? '/sandbox/calls' : `/sandbox/cards/${part}`);
  const html = await answer.text();
  const focused = target.contains(document.activeElement);
  target.innerHTML = html;
  localTimes(target);
  if (focused) target.querySelector('button')?.focus();
  if (part === 'requests') return;
  target.classList.remove('changed');
  // Reading the width makes the browser see the class as new, so that the highlight runs again.
  void target.offsetWidth;
  target.classList.add('changed');
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { action, fault, form } = button.dataset;
  if (action) {
    const input = { ...JSON.parse(button.dataset.input), ...filledIn(JSON.parse(form)) };
    void work(button, () => call('POST', `/sandbox/${action}`, input), button.dataset.done);
  }
  if (fault) {
    const isDown = button.dataset.down === 'true';
    const rules = isDown ? [] : [{ status: 503, body: 'Service Unavailable' }];
    const done = isDown
      ? 'It is back and works again.'
      : 'It is down: every call gets 503 until you bring it back.';
    void work(button, () => call('PUT', `/sandbox/faults/${fault}`, { rules }), done);
  }
  if (button.id === 'reset' && confirm('Forget everything that happened in the sandbox?')) {
    void work(button, () => call('POST', '/sandbox/reset'), 'Everything is as it was at the start.');
  }
});

document.getElementById('person').addEventListener('submit', (event) => event.preventDefault());

const events = new EventSource('/sandbox/events');
let wasLost = false;
events.onopen = () => {
  live.textContent = 'live';
  live.className = 'live on';
  // What happened while the connection was gone is not told again.
  if (wasLost) location.reload();
};
events.onerror = () => {
  live.textContent = 'no connection';
  live.className = 'live off';
  wasLost = true;
};
events.addEventListener('changed', (event) => {
  for (const part of JSON.parse(event.data)) refresh(part).catch((error) => say(error.message, true));
});
localTimes(document);
