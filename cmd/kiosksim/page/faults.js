// A switch for everything that can go wrong.
import { el, post, set } from "./ask.js";

// What a card can be made to do. fields are what can be chosen; make gives the part
// of the fault that the server takes, is tells whether the fault of a card has it.
const cardFaults = [
  { id: "pull", label: "Falls out", fields: [["at", 12, "at exchange"]], make: (v) => ({ pull_at: v.at }), is: (f) => f.pull_at, read: (f) => ({ at: f.pull_at }) },
  { id: "mute", label: "Wrong way round", fields: [], make: () => ({ mute: true }), is: (f) => f.mute, read: () => ({}) },
  { id: "flip", label: "Flipped bit", fields: [["bit", 200, "bit"], ["file", "identity", "of", ["identity", "identity_signature", "address", "address_signature", "photo", "rrn"]]], make: (v) => ({ flip: [{ file: v.file, bit: v.bit }] }), is: (f) => f.flip, read: (f) => f.flip[0] },
  { id: "slow", label: "Slow", fields: [["ms", 80, "ms each"]], make: (v) => ({ slow_ms: v.ms }), is: (f) => f.slow_ms, read: (f) => ({ ms: f.slow_ms }) },
  { id: "status", label: "Status word", fields: [["sw", "6F00", ""], ["at", 2, "at"]], make: (v) => ({ status: [{ at: v.at, sw: v.sw }] }), is: (f) => f.status, read: (f) => f.status[0] },
  { id: "garbage", label: "Garbage", fields: [["at", 2, "at exchange"]], make: (v) => ({ garbage_at: v.at }), is: (f) => f.garbage_at, read: (f) => ({ at: f.garbage_at }) },
  { id: "lost", label: "Answer lost", fields: [["at", 5, "at exchange"]], make: (v) => ({ comm_at: v.at }), is: (f) => f.comm_at, read: (f) => ({ at: f.comm_at }) },
  { id: "gone", label: "File missing", fields: [["file", "photo", "", ["identity", "identity_signature", "address", "address_signature", "photo", "rrn"]]], make: (v) => ({ gone: [v.file] }), is: (f) => f.gone, read: (f) => ({ file: f.gone[0] }) },
  { id: "short", label: "File cut", fields: [["bytes", 100, "bytes of"], ["file", "identity", "", ["identity", "address", "photo"]]], make: (v) => ({ sizes: [{ file: v.file, bytes: v.bytes }] }), is: (f) => f.sizes, read: (f) => f.sizes[0] },
];

// toggle is a switch with its label.
function toggle(label, flip) {
  const box = el("input", { type: "checkbox", role: "switch" });
  box.addEventListener("change", () => flip(box.checked));
  return { box, root: el("label", { className: "toggle" }, box, el("span", { className: "track" }), el("span", { textContent: label })) };
}

export class Faults {
  constructor() {
    this.printer = new Map();
    this.card = new Map();
    this.choice = document.getElementById("card-choice");
    this.choice.addEventListener("change", () => this.showCard());
    for (const fault of cardFaults) this.buildCard(fault);
    for (const button of document.querySelectorAll("#pcscd-buttons button")) {
      button.addEventListener("click", () => post("pcscd", { do: button.dataset.do }));
    }
    this.portal = toggle("Portal down", (on) => this.then(post("portal", { down: on })));
    document.getElementById("portal-faults").append(this.portal.root);
  }

  // then shows the state again where a request was refused: a switch must not stay where it was put.
  async then(asked) {
    if (!await asked) this.show(this.state);
  }

  choose(id) {
    this.choice.value = id;
    this.showCard();
  }

  buildCard(fault) {
    const t = toggle(fault.label, () => this.sendCard());
    t.box.name = `card-${fault.id}`;
    const inputs = new Map();
    const fields = el("span", { className: "fields" });
    for (const [name, initial, label, options] of fault.fields) {
      const input = options
        ? el("select", {}, ...options.map((o) => el("option", { value: o, textContent: o })))
        : el("input", { type: "text", inputMode: typeof initial === "number" ? "numeric" : "text", size: String(initial).length > 3 ? 4 : 3 });
      input.value = initial;
      input.dataset.number = typeof initial === "number" ? "yes" : "";
      input.setAttribute("aria-label", `${fault.label}: ${name}`);
      input.addEventListener("change", () => { if (t.box.checked) this.sendCard(); });
      if (label) fields.append(el("span", { textContent: label }));
      fields.append(input);
      inputs.set(name, input);
    }
    this.card.set(fault.id, { fault, box: t.box, inputs });
    document.getElementById("card-faults").append(el("div", { className: "row" }, t.root, fields));
  }

  // sendCard tells the server all faults of the chosen card.
  sendCard() {
    const all = {};
    for (const { fault, box, inputs } of this.card.values()) {
      if (!box.checked) continue;
      const values = {};
      for (const [name, input] of inputs) values[name] = input.dataset.number ? Number(input.value) || 0 : input.value;
      Object.assign(all, fault.make(values));
    }
    this.then(post(`cards/${this.choice.value}/fault`, all));
  }

  show(state) {
    this.state = state;
    this.showPrinter(state.printers[0]);
    if (this.choice.length !== state.cards.length) {
      const kept = this.choice.value;
      this.choice.replaceChildren(...state.cards.map((c) => el("option", { value: c.id, textContent: `${c.given.split(" ")[0]} ${c.family}` })));
      this.choice.value = kept || state.cards[0].id;
    }
    this.showCard();
    set(document.getElementById("pcscd-state"), state.pcscd.state);
    document.getElementById("pcscd-state").dataset.is = state.pcscd.state;
    for (const button of document.querySelectorAll("#pcscd-buttons button")) {
      const up = state.pcscd.state === "running";
      button.disabled = !state.pcscd.own || (button.dataset.do === "start" ? up : button.dataset.do !== "restart" && !up);
    }
    this.portal.box.checked = state.portal.down;
    this.portal.box.disabled = !state.portal.url;
  }

  showPrinter(printer) {
    for (const fault of printer.faults) {
      if (!this.printer.has(fault.id)) {
        const t = toggle(fault.label, (on) => this.then(post("printers/ticket/fault", { fault: fault.id, on })));
        t.box.name = `printer-${fault.id}`;
        this.printer.set(fault.id, t.box);
        document.getElementById("printer-faults").append(t.root);
      }
      this.printer.get(fault.id).checked = fault.on;
    }
  }

  showCard() {
    const card = this.state?.cards.find((c) => c.id === this.choice.value);
    if (!card) return;
    for (const { fault, box, inputs } of this.card.values()) {
      box.checked = Boolean(fault.is(card.fault));
      if (!box.checked) continue;
      for (const [name, value] of Object.entries(fault.read(card.fault))) {
        const input = inputs.get(name);
        if (input && document.activeElement !== input) input.value = value;
      }
    }
  }

  // mend ends every fault there is.
  async mend() {
    const { printers, cards, pcscd, portal } = this.state;
    for (const fault of printers[0].faults.filter((f) => f.on)) await post("printers/ticket/fault", { fault: fault.id, on: false });
    for (const card of cards.filter((c) => c.faulted)) await post(`cards/${card.id}/fault`, {});
    if (pcscd.own && pcscd.state !== "running") await post("pcscd", { do: "start" });
    if (portal.down) await post("portal", { down: false });
  }
}
