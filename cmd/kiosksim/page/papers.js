// What came out of the printer, newest first, sliding out of its mouth.
import { el, post, set } from "./ask.js";

export class Papers {
  constructor() {
    this.root = document.getElementById("papers");
    this.count = document.getElementById("paper-count");
    this.lamp = document.getElementById("printer-lamp");
    this.shown = new Map();
    this.first = true;
    this.hanging = el("p", { className: "hanging", textContent: "printing…", hidden: true });
    this.empty = el("p", { className: "empty", textContent: "Nothing was printed yet." });
    this.root.append(this.hanging, this.empty);
    document.getElementById("discard").addEventListener("click", () => post("printers/ticket/discard", {}));
  }

  show(state) {
    const printer = state.printers[0];
    const numbers = new Set(printer.papers);
    for (const [number, sheet] of this.shown) {
      if (!numbers.has(number)) { sheet.remove(); this.shown.delete(number); }
    }
    for (const number of printer.papers) {
      if (!this.shown.has(number)) this.add(number);
    }
    this.first = false;
    this.hanging.hidden = !printer.hanging;
    this.empty.hidden = printer.papers.length > 0 || printer.hanging;
    const faults = printer.faults.filter((f) => f.on);
    this.lamp.dataset.is = faults.length ? "fault" : printer.hanging ? "busy" : "on";
    set(this.count, [papersOf(numbers.size), ...printer.oddities].join(" · "));
  }

  add(number) {
    const base = `printers/ticket/papers/${number}`;
    const picture = el("img", { src: `${base}.png`, alt: `Ticket ${number}` });
    const sheet = el("figure", { className: "sheet" },
      el("a", { href: `${base}.png`, target: "_blank", rel: "noopener" }, picture),
      el("figcaption", {}, `№ ${number}`,
        el("a", { href: `${base}.txt`, target: "_blank", rel: "noopener", textContent: "text" }),
        el("a", { href: `${base}.svg`, target: "_blank", rel: "noopener", textContent: "SVG" })));
    if (!this.first) {
      sheet.classList.add("new");
      picture.addEventListener("load", () => sheet.classList.add("out"), { once: true });
    }
    this.shown.set(number, sheet);
    this.hanging.after(sheet);
    this.root.scrollTop = 0;
    fetch(`${base}.txt`).then((r) => r.text()).then((text) => { picture.alt = text; });
  }
}

const papersOf = (n) => n === 0 ? "" : n === 1 ? "1 ticket" : `${n} tickets`;
