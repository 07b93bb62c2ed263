// The technician's page. The digits of the code are nowhere but here until they are sent,
// as bytes, which are overwritten after.
'use strict';

const BEAT = 5000; // between two signs of life of the window, in milliseconds
const AGAIN = 15000; // between two looks at how things stand
const LEAVE = 120000; // without a touch
const said = document.querySelector('[data-said]');
let typed = [];
let seq = '0';
let busy = false;
let touched = Date.now();

// beat tells the booth that its window lives: this page is shown in place of a screen.
async function beat() {
  try {
    const answer = await fetch('/alive', { method: 'POST', body: new URLSearchParams({ seq }) });
    if (answer.ok) seq = await answer.text();
  } catch { /* the daemon is away: the next beat finds it */ }
}

async function leave() {
  typed.fill(0).length = 0;
  try {
    await fetch('/technician/close', { method: 'POST' });
  } finally {
    location.replace('/');
  }
}

function type(digit) {
  if (digit === null) typed.fill(0).length = 0;
  else if (typed.length < 12) typed.push(digit);
  document.querySelector('[data-typed]').textContent = '●'.repeat(typed.length);
}

async function open() {
  const body = Uint8Array.from(typed, (digit) => 48 + digit);
  type(null);
  try {
    const answer = await fetch('/technician/open', { method: 'POST', body });
    if (answer.ok) return location.reload();
    said.textContent = await answer.text();
  } catch {
    said.textContent = '…';
  } finally {
    body.fill(0);
  }
}

async function attempt(button) {
  busy = true;
  button.setAttribute('aria-busy', 'true');
  said.textContent = '…';
  try {
    const answer = await fetch('/technician/do', { method: 'POST', body: new URLSearchParams({ do: button.dataset.do }) });
    if (answer.status === 403) return location.reload();
    said.textContent = await answer.text();
  } catch {
    said.textContent = '…';
  } finally {
    busy = false;
    button.removeAttribute('aria-busy');
  }
}

// look shows how things stand now, and leaves what was said of the last try.
async function look() {
  if (busy || document.body.dataset.open !== 'true') return;
  try {
    const answer = await fetch('/technician/');
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const lines = next.querySelector('.lines');
    if (!lines) return location.reload();
    document.querySelector('.lines').replaceChildren(...lines.childNodes);
  } catch { /* the daemon is away: it may have been started anew */ }
}

document.addEventListener('click', (event) => {
  touched = Date.now();
  const button = event.target.closest('button');
  if (!button || busy) return;
  if ('leave' in button.dataset) leave();
  else if ('digit' in button.dataset) type(Number(button.dataset.digit));
  else if ('erase' in button.dataset) type(null);
  else if ('enter' in button.dataset) open();
  else if ('do' in button.dataset) attempt(button);
});
document.addEventListener('keydown', (event) => {
  touched = Date.now();
  if (document.body.dataset.open === 'true') return;
  if (/^\d$/.test(event.key)) type(Number(event.key));
  else if (event.key === 'Enter' && event.target.closest('button') === null) open();
});
setInterval(() => {
  if (Date.now() - touched > LEAVE) leave();
}, 1000);
setInterval(look, AGAIN);
setInterval(beat, BEAT);
beat();
