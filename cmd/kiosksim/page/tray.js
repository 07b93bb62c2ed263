// The tray: virtual identity cards, drawn after what is on them.
import { el, set } from "./ask.js";

// face draws the front of a card. It is no picture of any real document.
export function face(card) {
  return el("span", { className: "face", "data-type": look(card.type) },
    el("span", { className: "face-top" },
      el("b", { textContent: card.kind }),
      el("i", { textContent: `v${card.applet}` })),
    el("span", { className: "photo" }, el("img", { src: `cards/${card.id}/photo.jpg`, alt: "", draggable: false })),
    el("span", { className: "chip" }),
    el("span", { className: "who" },
      el("strong", { textContent: card.family }),
      el("span", { textContent: card.given }),
      el("small", { textContent: `${born(card.birth)}${card.sex ? ` · ${card.sex}` : ""}` })),
    el("span", { className: "digits", textContent: spaced(card.national_number) }),
    card.hint ? el("span", { className: "hint", "data-hint": card.hint, textContent: card.hint }) : "");
}

const look = (type) => type.startsWith("kids") ? "kids" : type.startsWith("eu") ? "eu" : type.startsWith("foreigner") ? "foreigner" : "citizen";

// born turns 1984-05-17 round; what is not a whole date stays as it is.
const born = (iso) => /^\d{4}-\d\d-\d\d$/.test(iso) ? iso.split("-").reverse().join(".") : iso || "born: not said";

// spaced writes a national number as it is written on paper.
const spaced = (n) => n.replace(/^(\d\d)(\d\d)(\d\d)(\d{3})(\d\d)$/, "$1.$2.$3-$4.$5");

export class Tray {
  constructor(root) {
    this.root = root;
    this.places = new Map();
  }

  show(state) {
    state.cards.forEach((card, i) => {
      if (!this.places.has(card.id)) this.lay(card, i);
      const { place, button, badge } = this.places.get(card.id);
      const gone = card.reader >= 0;
      place.classList.toggle("gone", gone);
      button.disabled = gone;
      badge.hidden = !card.faulted;
      set(place.lastElementChild, gone ? `in reader ${card.reader}` : card.note);
    });
  }

  lay(card, i) {
    const badge = el("span", { className: "badge", textContent: "fault", hidden: true });
    const button = el("button", { type: "button", className: "card", "data-card": card.id, title: card.note, "aria-label": `${card.given} ${card.family}, ${card.kind}${card.hint ? `, ${card.hint}` : ""}: put into the reader` },
      face(card), badge);
    const place = el("div", { className: "place" }, button,
      el("kbd", { textContent: i < 9 ? String(i + 1) : "", hidden: i >= 9 }),
      el("p", { className: "caption", textContent: card.note }));
    this.places.set(card.id, { place, button, badge });
    this.root.append(place);
  }
}
