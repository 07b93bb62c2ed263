// Requests to the bench, and what it answers when it will not.

export async function post(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    toast("The bench does not answer.");
    return false;
  }
  if (response.ok) return true;
  const said = await response.json().catch(() => ({}));
  toast(said.error ?? `The bench answers ${response.status}.`);
  return false;
}

// toast shows a line for a few seconds.
export function toast(text) {
  const line = el("p", { className: "toast", textContent: text });
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), 6000);
}

// el makes an element with properties, attributes (data-…, aria-…) and children.
export function el(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "for" || key === "role") node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children);
  return node;
}

// set changes text only where it is another, so that nothing blinks.
export function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
