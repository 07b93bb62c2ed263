// How the parts are: the chips at the top, the links, the daemon's own words, and the
// booth's screen, which is loaded when it is there.
import { el, set } from "./ask.js";

export class Facts {
  constructor() {
    this.parts = document.getElementById("parts");
    this.links = document.getElementById("links");
    this.facts = document.getElementById("facts");
    this.chips = new Map();
    this.rows = new Map();
  }

  show(state) {
    const faults = state.printers[0].faults.filter((f) => f.on).map((f) => f.label);
    this.chip("Card service", state.pcscd.state, state.pcscd.state === "running");
    this.chip("Printer", faults.length ? faults.join(", ") : "ready", faults.length === 0);
    if (state.portal.url) this.chip("Portal", state.portal.down ? "plays dead" : state.portal.reachable ? "up" : "away", state.portal.reachable);
    if (state.booth.url) this.chip("Booth", state.booth.reachable ? "up" : "away", state.booth.reachable);
    this.open(state);
    this.glass(state.booth);
    this.daemon(state.daemon);
  }

  chip(name, text, good) {
    if (!this.chips.has(name)) {
      const value = el("span");
      const chip = el("li", {}, el("b", { textContent: name }), value);
      this.chips.set(name, { chip, value });
      this.parts.append(chip);
    }
    const { chip, value } = this.chips.get(name);
    chip.dataset.good = good ? "yes" : "no";
    set(value, text);
  }

  open(state) {
    if (this.links.childElementCount) return;
    const link = (href, text) => el("a", { href, target: "_blank", rel: "noopener", textContent: `${text} ↗` });
    if (state.booth.url) this.links.append(link(state.booth.url, "Booth"));
    if (state.portal.url) this.links.append(link(`${state.portal.url}/staff`, "Portal"));
  }

  // glass loads the screen when it comes up, and again when it was away.
  glass(booth) {
    if (!booth.url) return;
    const glass = document.getElementById("glass");
    const frame = glass.querySelector("iframe");
    if (booth.reachable && !this.wasUp) {
      if (frame) frame.src = booth.url;
      else glass.replaceChildren(el("iframe", { src: booth.url, title: "The booth's screen", allow: "" }));
    } else if (!frame) {
      set(document.getElementById("no-booth"), "The booth is not there yet.");
    }
    this.wasUp = booth.reachable;
  }

  daemon(d) {
    if (!d) {
      this.row("kioskd", this.rows.size ? "does not answer" : "not connected");
      return;
    }
    this.row("kioskd", `${d.kiosk ?? ""} ${d.version ?? ""}`.trim() || "runs");
    this.row("Screen", d.screen?.showing || "nothing");
    this.row("Cards", d.readers?.length ? d.readers.map((r) => r.state).join(", ") : d.card_service ?? "");
    this.row("Printer", d.printer?.ready ? "ready" : d.printer?.faults?.join(", ") || d.printer?.error || "none");
    this.row("Portal", d.portal?.error || (d.portal?.reachable ? "reachable" : "away"));
    this.row("Queue", `${d.queue?.pending ?? 0} waiting, ${d.queue?.parked ?? 0} parked`);
  }

  row(name, text) {
    if (!this.rows.has(name)) {
      const value = el("dd");
      this.rows.set(name, value);
      this.facts.append(el("div", {}, el("dt", { textContent: name }), value));
    }
    set(this.rows.get(name), text);
  }
}
