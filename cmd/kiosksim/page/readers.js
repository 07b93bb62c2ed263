// The readers in the front of the booth. A card in one sticks out by half.
import { el, set } from "./ask.js";
import { face } from "./tray.js";

export class Readers {
  constructor(root) {
    this.root = root;
    this.slots = [];
  }

  show(state) {
    this.root.classList.toggle("many", state.readers.length > 2);
    for (const reader of state.readers) {
      this.slots[reader.number] ??= this.build(reader);
      this.refresh(this.slots[reader.number], reader, state);
    }
  }

  build(reader) {
    const slot = {
      card: null, exchanges: 0,
      lamp: el("span", { className: "lamp" }),
      text: el("span", { className: "slot-text" }),
      well: el("div", { className: "well" }),
    };
    slot.root = el("div", { className: "slot", "data-drop": `reader-${reader.number}`, "data-reader": String(reader.number), title: reader.name },
      slot.well, el("div", { className: "lip" }),
      el("div", { className: "slot-foot" }, slot.lamp, slot.text));
    this.root.append(slot.root);
    return slot;
  }

  refresh(slot, reader, state) {
    if (slot.card !== reader.card) {
      slot.card = reader.card;
      const card = state.cards.find((c) => c.id === reader.card);
      slot.well.replaceChildren(card ? el("button", { type: "button", className: "card", "data-card": card.id, "aria-label": `${card.given} ${card.family}: take out of reader ${reader.number}` }, face(card)) : "");
    }
    const busy = reader.exchanges > slot.exchanges && reader.card;
    slot.exchanges = reader.exchanges;
    const up = state.pcscd.state === "running";
    slot.lamp.dataset.is = !up ? "off" : busy ? "busy" : reader.card ? "on" : "ready";
    const name = state.readers.length > 1 ? `Reader ${reader.number}` : "Card reader";
    set(slot.text, !up ? `${name}: card service ${state.pcscd.state}` : reader.card ? `${name}: ${reader.exchanges} exchanges` : `${name}: put a card here`);
  }
}
