// Remembers on this device how somebody likes to see free times (view, clock), and finds their time zone. What the address
// says always wins.

import { visit } from "./navigate.js";

const KEPT = ["view", "hour"];

export function remember() {
  document.addEventListener("click", (click) => {
    const [name, value] = click.target.closest?.("a[data-keep]")?.dataset.keep.split("=") ?? [];
    if (name) store(name, value);
  });
}

// A booking page without a word about the zone is shown again in the visitor's own.
export function restore() {
  const { zone } = document.querySelector("main").dataset;
  if (!zone) return;
  const address = new URL(location.href);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  let wanted = false;
  if (here && here !== zone) {
    address.searchParams.set("tz", here);
    wanted = true;
  }
  for (const name of KEPT) {
    const value = stored(name);
    if (value && !address.searchParams.has(name) && !document.querySelector(`a[data-keep="${name}=${CSS.escape(value)}"][aria-current]`)) {
      address.searchParams.set(name, value);
      wanted = true;
    }
  }
  if (wanted) visit(address.href, { history: "replace", quiet: true });
}

function store(name, value) {
  try { localStorage.setItem(`daybook.${name}`, value); } catch { /* private windows may refuse */ }
}

function stored(name) {
  try { return localStorage.getItem(`daybook.${name}`); } catch { return null; }
}
