// The page of the bench. The server is the truth: every press is a request, and what
// is shown is the state that the server sends after it.
import { post, toast } from "./ask.js";
import { Tray } from "./tray.js";
import { Readers } from "./readers.js";
import { Papers } from "./papers.js";
import { Faults } from "./faults.js";
import { Facts } from "./facts.js";
import { draggable } from "./drag.js";

let state = null;

const find = (id) => state.cards.find((c) => c.id === id);
const where = (id) => find(id)?.reader ?? -1;

// putIn puts a card into a reader: out of where it is, and after what is in there.
async function putIn(id, reader) {
  if (where(id) === reader) return;
  if (where(id) >= 0) await takeOut(where(id));
  if (state.readers[reader].card) await takeOut(reader);
  await post(`readers/${reader}/insert`, { card: id });
}

const takeOut = (reader) => post(`readers/${reader}/pull`, {});

// press is what a click on a card does: into the first empty reader, or out.
function press(id) {
  if (where(id) >= 0) return takeOut(where(id));
  const empty = state.readers.find((r) => !r.card);
  return putIn(id, (empty ?? state.readers[0]).number);
}

// drop is the end of a drag: target is "reader-0", "tray" or nothing.
function drop(id, target) {
  if (target?.startsWith("reader-")) return putIn(id, Number(target.slice(7)));
  if (target === "tray" && where(id) >= 0) return takeOut(where(id));
}

const tray = new Tray(document.getElementById("cards"));
const readers = new Readers(document.getElementById("readers"));
const papers = new Papers();
const faults = new Faults();
const facts = new Facts();

for (const root of [tray.root, readers.root]) {
  draggable(root, {
    pressed: (id) => { faults.choose(id); return press(id); },
    dropped: drop,
  });
}

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest("input, select") || !state) return;
  if (e.key === "0") {
    const full = state.readers.filter((r) => r.card).at(-1);
    if (full) takeOut(full.number);
  } else if (/^[1-9]$/.test(e.key) && state.cards[e.key - 1]) {
    press(state.cards[e.key - 1].id);
  }
});

document.getElementById("mend").addEventListener("click", () => faults.mend());

function show(next) {
  state = next;
  tray.show(next);
  readers.show(next);
  papers.show(next);
  faults.show(next);
  facts.show(next);
}

const away = document.getElementById("away");
const events = new EventSource("events");
events.addEventListener("state", (e) => {
  away.hidden = true;
  show(JSON.parse(e.data));
  document.documentElement.dataset.ready = "yes";
});
events.addEventListener("error", () => { away.hidden = false; });
addEventListener("unhandledrejection", (e) => toast(e.reason?.message ?? "That went wrong."));
