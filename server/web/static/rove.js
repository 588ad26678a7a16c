// Makes a field of times or days one stop of the Tab key, crossed with the arrow keys. The stop is there from the start:
// the chosen one, else the first.

const SIDES = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

export function rove(fields) {
  for (const field of fields) {
    const stops = [...field.querySelectorAll("a[href]")];
    const first = field.querySelector("a[aria-current], a.is-own") ?? stops[0];
    for (const stop of stops) stop.tabIndex = stop === first ? 0 : -1;
    field.addEventListener("keydown", (key) => move(key, field));
    field.addEventListener("focusin", (focus) => rest(focus.target, field));
  }
}

function rest(target, field) {
  if (!target.matches("a[href]")) return;
  for (const stop of field.querySelectorAll('a[tabindex="0"]')) stop.tabIndex = -1;
  target.tabIndex = 0;
}

function move(key, field) {
  if (key.altKey || key.ctrlKey || key.metaKey || !key.target.matches("a[href]")) return;
  const next = target(key, field);
  if (next === undefined) return;
  key.preventDefault();
  next?.focus();
}

// Returns where a key leads: an element, null for "nowhere further", undefined for keys that mean nothing here.
function target(key, field) {
  if (key.key in SIDES) return nearest(key.target, field, SIDES[key.key]);
  const group = [...key.target.closest("ul, tr").querySelectorAll("a[href]")];
  if (key.key === "Home") return group[0];
  if (key.key === "End") return group.at(-1);
  if (key.key === "PageUp" || key.key === "PageDown") {
    document.querySelector(key.key === "PageUp" ? "#earlier[href]" : "#later[href]")?.click();
    return null;
  }
  return undefined;
}

// By what is seen on the screen, so that it is right for columns, lists, tables, and for scripts that run from the right.
function nearest(from, field, [dx, dy]) {
  const here = centre(from);
  let best = null;
  let least = Infinity;
  for (const stop of field.querySelectorAll("a[href]")) {
    const there = centre(stop);
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    if (along < 4) continue;
    const far = along + aside * 4;
    if (far < least) [best, least] = [stop, far];
  }
  return best;
}

function centre(element) {
  const box = element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
