// Dragging by mouse, pen or finger, with pointer events: the pointer is captured, so
// that the drag goes on over the booth's screen, which is another page.

const slack = 7; // pixels that are a press still

// draggable makes what has data-card inside root a thing to press and to drag.
// pressed(id) is a press; dropped(id, target) the end of a drag on what has data-drop.
export function draggable(root, { pressed, dropped }) {
  let drag = null;

  root.addEventListener("click", (e) => {
    const card = e.target.closest("[data-card]");
    if (!card) return;
    if (card.dataset.dragged) { delete card.dataset.dragged; return; }
    pressed(card.dataset.card);
  });

  root.addEventListener("pointerdown", (e) => {
    const card = e.target.closest("[data-card]");
    if (!card || e.button !== 0) return;
    delete card.dataset.dragged;
    drag = { card, id: card.dataset.card, x: e.clientX, y: e.clientY, ghost: null, target: null };
  });

  root.addEventListener("pointermove", (e) => {
    if (!drag) return;
    if (!drag.ghost) {
      if (Math.hypot(e.clientX - drag.x, e.clientY - drag.y) < slack) return;
      begin(drag, e);
    }
    drag.ghost.style.transform = `translate(${e.clientX - drag.x}px, ${e.clientY - drag.y}px) rotate(-2deg) scale(1.04)`;
    aim(drag, e);
  });

  root.addEventListener("pointerup", () => finish(true));
  root.addEventListener("pointercancel", () => finish(false));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") finish(false); });

  function finish(counts) {
    const ended = drag;
    drag = null;
    if (!ended?.ghost) return;
    ended.ghost.remove();
    ended.target?.classList.remove("aimed");
    ended.card.classList.remove("held");
    document.documentElement.classList.remove("dragging");
    if (counts && ended.target) dropped(ended.id, ended.target.dataset.drop);
  }
}

function begin(drag, e) {
  drag.card.setPointerCapture(e.pointerId);
  drag.card.dataset.dragged = "yes"; // the click that follows is none
  const box = drag.card.getBoundingClientRect();
  drag.ghost = drag.card.cloneNode(true);
  drag.ghost.classList.add("ghost");
  drag.ghost.removeAttribute("data-card");
  Object.assign(drag.ghost.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
  document.body.append(drag.ghost);
  drag.card.classList.add("held");
  document.documentElement.classList.add("dragging");
}

// aim lights up what the card would be dropped on.
function aim(drag, e) {
  const target = document.elementFromPoint(e.clientX, e.clientY)?.closest("[data-drop]") ?? null;
  if (target === drag.target) return;
  drag.target?.classList.remove("aimed");
  target?.classList.add("aimed");
  drag.target = target;
}
