// The page of a kiosk. It keeps no state: it shows what the daemon pushes and says
// what was pressed. Everything it knows stands in the document.
'use strict';

const BEAT = 5000; // between two signs of life, in milliseconds
const PATIENCE = 4000; // for an answer of the daemon on this machine
const root = document.documentElement;

let stream = null;
let behind = 0; // signs of life in a row that were answered with a newer view
let pressing = false;
let settling = false;

// post sends a small form and gives the answer, or null where there is none.
async function post(path, fields) {
  try {
    return await fetch(path, {
      method: 'POST',
      body: new URLSearchParams({ seq: root.dataset.seq, ...fields }),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return null;
  }
}

function lost(is) {
  const overlay = document.querySelector('[data-lost]');
  if (overlay) overlay.hidden = !is;
}

// address finds the same thing on another view: a button by what it does.
function address(element) {
  if (element?.dataset?.field) return `[data-field="${CSS.escape(element.dataset.field)}"]`;
  if (!element || !element.dataset || !element.dataset.do) return null;
  const { do: what, choice } = element.dataset;
  const by = `[data-do="${CSS.escape(what)}"]`;
  // Buttons about reading have another choice after each press.
  return element.closest('.reading') || choice === undefined ? by : `${by}[data-choice="${CSS.escape(choice)}"]`;
}

// subject is what a view is about: while it stays, so does the focus.
function subject(doc) {
  const screen = doc.querySelector('[data-screen]');
  const asking = doc.querySelector('[role="alertdialog"]') !== null;
  if (!screen) return '';
  const { screen: name, notice, asks, entry, staff } = screen.dataset;
  return [name, notice, asks, entry, staff, asking].join(' ');
}

function show(html) {
  const next = new DOMParser().parseFromString(html, 'text/html');
  const same = subject(document) === subject(next);
  const held = same ? address(document.activeElement) : null;
  const kept = keep();
  for (const name of ['lang', 'class', 'data-seq']) root.setAttribute(name, next.documentElement.getAttribute(name) ?? '');
  root.toggleAttribute('data-aloud', next.documentElement.hasAttribute('data-aloud'));
  document.title = next.title;
  document.body.replaceChildren(...next.body.childNodes);
  pressing = false;
  type(null);
  restore(kept);
  lost(false);
  focus(held);
  countdown();
}

// focus goes where it was, or to the question: a screen reader then reads it out.
function focus(held) {
  const target = (held && document.querySelector(held)) || document.querySelector('[role="alertdialog"] h2') || document.querySelector('[aria-invalid]') || document.querySelector('h1');
  settling = true; // nobody came here by a key: what is said goes on
  target?.focus({ preventScroll: true, focusVisible: held !== null });
  settling = false;
}

function connect() {
  stream?.close();
  stream = new EventSource('/events');
  stream.addEventListener('view', (event) => show(event.data));
  stream.addEventListener('open', () => lost(false));
  stream.addEventListener('error', () => lost(true)); // it tries again by itself, unless refused
}

// beat says that this page is painted and what it shows. An answer that never
// comes, or names another view twice, means that the stream is dead.
async function beat() {
  const answer = await post('/alive', {});
  if (answer?.status === 403) return location.reload(); // another daemon: it wants another cookie
  const current = answer?.ok ? await answer.text().catch(() => null) : null;
  lost(current === null);
  behind = current !== null && current !== root.dataset.seq ? behind + 1 : 0;
  if (current === null || behind > 1 || stream.readyState === EventSource.CLOSED) {
    behind = 0;
    connect();
  }
}

function beatWhenPainted() {
  requestAnimationFrame(() => beat().finally(() => setTimeout(beatWhenPainted, BEAT)));
}

// The digits of a PIN are nowhere but here until they are sent, and gone when the view
// changes. They go as bytes by a way of their own, which are overwritten after.
let typed = [];

function type(digit) {
  if (digit !== null && typed.length < 12) typed.push(digit);
  if (digit === null) typed.fill(0).length = 0;
  const face = document.querySelector('[data-typed]');
  if (face) face.textContent = '●'.repeat(typed.length);
}

async function sendPIN() {
  const body = Uint8Array.from(typed, (digit) => 48 + digit);
  type(null);
  try {
    return await fetch(`/pin?seq=${root.dataset.seq}`, { method: 'POST', body, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return null;
  } finally {
    body.fill(0);
  }
}

// What is typed in fields is in the page's own inputs until a button sends it. It outlives
// a page that is drawn anew (another language, the question whether anyone is there) as
// long as the same is asked; a page that is loaded anew has nothing.
const inputs = () => [...document.querySelectorAll('input[data-field]')];
const current = () => document.querySelector('input[data-field].current') ?? inputs()[0];

function keep() {
  const entry = document.querySelector('[data-entry]')?.dataset.entry;
  return { entry, at: current()?.dataset.field, values: inputs().map((i) => [i.dataset.field, i.value]) };
}

function restore({ entry, at, values }) {
  const same = entry !== undefined && document.querySelector('[data-entry]')?.dataset.entry === entry;
  for (const [field, value] of same ? values : []) {
    const input = inputs().find((i) => i.dataset.field === field);
    if (input) input.value = value;
  }
  turn((same && inputs().find((i) => i.dataset.field === at)) || inputs().find((i) => i.ariaInvalid === 'true') || inputs()[0]);
}

// turn shows the keys of a field.
function turn(input) {
  if (!input) return;
  for (const i of inputs()) i.classList.toggle('current', i === input);
  for (const b of document.querySelectorAll('[data-board]')) b.hidden = b.dataset.board !== input.dataset.field;
}

// strike types a key on the screen; the empty one takes the last symbol away.
function strike(key) {
  const input = current();
  const [from, to] = [input.selectionStart, input.selectionEnd];
  if (key === '') input.setRangeText('', from === to ? Math.max(0, from - 1) : from, to, 'end');
  else if (input.value.length - (to - from) < input.maxLength) input.setRangeText(key, from, to, 'end');
  tidy(input);
}

// tidy writes a date as a date and a code in capitals, and leaves out what is neither.
function tidy(input) {
  const digits = input.value.replace(/\D/g, '');
  const as = {
    date: () => [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 8)].filter((part) => part !== '').join('/'),
    number: () => digits,
    code: () => input.value.toUpperCase().replace(/[^0-9A-Z]/g, ''),
    phone: () => input.value.replace(/[^0-9+ ]/g, ''),
  }[input.dataset.kind];
  const value = as ? as() : input.value;
  if (value !== input.value) input.value = value;
}

// answer goes to the next field, and from the last one sends.
function answer(input) {
  const next = inputs()[inputs().indexOf(input) + 1];
  if (next) return next.focus();
  const button = document.querySelector('button[data-send]');
  if (button) press(button);
}

async function press(button) {
  if (pressing) return;
  pressing = true;
  button.classList.add('pressed');
  const { do: what, choice = '' } = button.dataset;
  const sent = 'send' in button.dataset ? inputs().map((i) => [`value.${i.dataset.field}`, i.value]) : [];
  const answered = what === 'pin' ? await sendPIN() : await post('/press', { do: what, choice, ...Object.fromEntries(sent) });
  if (answered === null) lost(true);
  // What was pressed shows in a view that comes; where none does, it may be pressed again.
  setTimeout(() => {
    pressing = false;
    button.classList.remove('pressed');
  }, 700);
}

// countdown keeps the seconds of the question whether anyone is there.
let clock = 0;
function countdown() {
  clearInterval(clock);
  const face = document.querySelector('[data-ends-at]');
  if (!face) return;
  const ends = Number(face.dataset.endsAt);
  const whole = Math.max(1, ends - Date.now());
  const tick = () => {
    const left = Math.max(0, ends - Date.now());
    face.firstElementChild.textContent = String(Math.ceil(left / 1000));
    face.style.setProperty('--left', String(Math.min(1, left / whole)));
  };
  tick();
  clock = setInterval(tick, 250);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-do]');
  if (button) press(button);
  const key = event.target.closest('button[data-digit], button[data-erase]');
  if (key) type(key.dataset.digit === undefined ? null : Number(key.dataset.digit));
  const struck = event.target.closest('button[data-key]');
  if (struck) strike(struck.dataset.key);
});
// A key on the screen that is touched leaves the focus in the field.
document.addEventListener('mousedown', (event) => {
  if (event.target.closest('button[data-key]')) event.preventDefault();
});
// hotkey presses the button of the desk that a key stands on: a digit not in the middle of
// typing, Enter not on a button that has the focus.
function hotkey(event) {
  const button = document.querySelector(`button[data-hotkey="${CSS.escape(event.key)}"]`);
  if (!button || button.closest('[inert]') || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return false;
  if (event.target.matches('input') && (event.key.length === 1 || event.key === 'Enter')) return false;
  if (event.key === 'Enter' && event.target.closest('button')) return false;
  event.preventDefault();
  press(button);
  return true;
}

document.addEventListener('keydown', (event) => {
  if (hotkey(event)) return;
  if (document.querySelector('[data-typed]') && /^[0-9]$/.test(event.key)) type(Number(event.key));
  const input = current();
  if (!input || input.closest('[inert]')) return;
  if (event.target === input && event.key === 'Enter') return answer(input);
  // Whoever begins to type on a keyboard means the field, wherever the focus is.
  const symbol = event.key.length === 1 && event.key !== ' ' || event.key === 'Backspace';
  if (symbol && !event.target.matches('input')) input.focus();
});
document.addEventListener('input', (event) => tidy(event.target));
document.addEventListener('focusin', (event) => {
  if (event.target.matches('input[data-field]')) turn(event.target);
  const { do: what = event.target.matches('input, [data-key]') ? 'type' : undefined, field, key, choice = field ?? key ?? '' } = event.target.dataset ?? {};
  if (what && !settling && root.hasAttribute('data-aloud')) post('/focus', { do: what, choice });
});
document.addEventListener('contextmenu', (event) => event.preventDefault());
document.addEventListener('dragstart', (event) => event.preventDefault());

turn(current());
focus(null);
countdown();
connect();
beatWhenPainted();

// Holding the hospital's name leads to the technician's page, which asks for a code.
const HOLD = 5000;
let holding = 0;
document.addEventListener('pointerdown', (event) => {
  clearTimeout(holding);
  if (event.target.closest('.brand')) holding = setTimeout(() => location.assign('/technician/'), HOLD);
});
for (const end of ['pointerup', 'pointercancel']) document.addEventListener(end, () => clearTimeout(holding));
