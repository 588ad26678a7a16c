// Follows links and sends forms without loading a page anew: fetches the page and puts its main part in place.
// The server says what to announce (data-announce) and where focus goes (data-focus).

import { proofOf } from "./proof.js";

const live = document.getElementById("live");
let after = () => {};
let running = new AbortController();
let pending = "";

// What is asked of a page while the next is on its way is asked of that one once it is there: Next, pressed twice, leads two
// weeks on. A form that is being sent is not interrupted: its answer tells what became of the booking.
const waiting = [];

export function listen(enhance) {
  after = enhance;
  document.addEventListener("click", follow);
  document.addEventListener("submit", send);
  addEventListener("popstate", () => go(location.href, { history: "none" }));
}

const REFUSED = (status) => status === 403 || status === 429 || status >= 500;
const words = (page) => [...page.querySelectorAll("main h1, main .lead")].map((part) => part.textContent.trim()).join(". ");

// Fetch a page and show it. `history` is push, replace or none; `quiet` neither announces nor moves focus. Returns "", or
// why the form that was sent is to stay.
export async function visit(address, { history: how = "push", quiet = false, body } = {}) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  pending = body ? "form" : "page";
  main().setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { method: body ? "POST" : "GET", body, signal, headers: { Accept: "text/html" } });
    const type = response.headers.get("Content-Type") ?? "";
    if (!type.startsWith("text/html")) throw new TypeError("not a page");
    const text = await response.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    // A refusal that has nothing to do with what was typed must not take it away.
    if (body && REFUSED(response.status) && !page.querySelector("main form")) {
      waiting.length = 0;
      return words(page);
    }
    const used = focused();
    const before = location.pathname;
    // A form that comes back with faults keeps the address it had: its own cannot be asked for again.
    const moves = how !== "none" && response.url !== location.href && (!body || response.redirected);
    if (moves) history[`${how}State`]({}, "", response.url);
    if (response.redirected && body) typed.clear();
    else if (!body) keep();
    show(page);
    // A host may lead those who have booked to a page of their own.
    if (body && main().dataset.leave) location.replace(main().dataset.leave);
    if (!body) refill();
    if (location.pathname !== before) scrollTo(0, 0);
    if (quiet) document.getElementById(used)?.focus({ preventScroll: true });
    else settle(body ? "" : used);
    return "";
  } catch (error) {
    if (error.name === "AbortError") return "";
    if (!quiet) waiting.length = 0;
    if (!body && !quiet) location.assign(address);
    return document.body.dataset.offline;
  } finally {
    if (!signal.aborted) {
      main().removeAttribute("aria-busy");
      pending = "";
      while (!pending && waiting.length) waiting.shift()();
    }
  }
}

// Go somewhere else, whatever was asked for before.
function go(address, options) {
  waiting.length = 0;
  return visit(address, options);
}

// What was typed stays with the visitor who goes back to choose another time (WCAG 3.3.7); gone once it was sent.
const typed = new Map();
const TEXTS = "form[method=post] :is(input[autocomplete]:not([autocomplete=off]), textarea)";

function keep() {
  for (const field of main().querySelectorAll(TEXTS)) typed.set(field.name, field.value);
}

function refill() {
  for (const field of main().querySelectorAll(TEXTS)) field.value ||= typed.get(field.name) ?? "";
}

function show(page) {
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dir = page.documentElement.dir;
  main().replaceWith(document.adoptNode(page.querySelector("main")));
  for (const heading of main().querySelectorAll("h1, h2, h3")) heading.setAttribute("tabindex", "-1");
  after();
}

// Focus stays on the control that was used (Next, Month …) if the new page has it, else goes where the page says.
function settle(kept) {
  const target = (kept && document.getElementById(kept)) || main().querySelector(main().dataset.focus || "h1") || main();
  target.focus({ preventScroll: target.id === kept });
  say(main().dataset.announce || document.title);
}

export function say(words) {
  live.textContent = "";
  setTimeout(() => { live.textContent = words; }, 60);
}

function follow(click) {
  const link = click.target.closest?.("a[href]");
  if (!link || click.defaultPrevented || click.button || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
  if (link.origin !== location.origin || "plain" in link.dataset || link.target || !/^\/[ub]\//.test(link.pathname)) return;
  if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
  click.preventDefault();
  const { id, href } = link;
  const elsewhere = pending === "form" ? "" : href;
  // A control has an id, by which the next page has it too; a time is a place of its own.
  if (!pending || (!id && elsewhere)) go(href);
  else waiting.push(() => again(id, elsewhere));
}

// The page that came may lead further by the same control, or no longer (then it has no address), or not have it at all.
function again(id, elsewhere) {
  const link = id && document.getElementById(id);
  const address = link ? link.href : elsewhere;
  if (address) visit(address);
}

async function send(submit) {
  const form = submit.target;
  if (submit.defaultPrevented || !form.closest("main")) return;
  submit.preventDefault();
  if (form.dataset.sending) return;
  const fields = new URLSearchParams(new FormData(form, submit.submitter));
  const address = new URL(form.action);
  if (form.method === "get") {
    address.search = fields;
    if (pending) waiting.push(() => choose(form));
    else go(address.href);
    return;
  }
  form.dataset.sending = "yes";
  submit.submitter?.setAttribute("aria-disabled", "true");
  // People who fill in forms by machine are people: what is left of the least time is waited out for them.
  const least = Number(form.dataset.notBefore ?? 0) - performance.now() + shownAt(form);
  if (least > 0) await new Promise((done) => setTimeout(done, least));
  const proof = await proofOf(form);
  if (proof) fields.set("proof", proof);
  const refusal = await go(address.href, { body: fields });
  if (!refusal) return;
  delete form.dataset.sending;
  submit.submitter?.removeAttribute("aria-disabled");
  complain(form, refusal);
}

// Send what was chosen in a form of the page before with the form that stands in its place now, if there is one.
function choose(form) {
  const present = main().querySelector("form[method=get]");
  if (!present) return;
  const address = new URL(present.action);
  const fields = new URLSearchParams(new FormData(present));
  for (const { name, value, type } of form.elements) if (name && type !== "hidden") fields.set(name, value);
  address.search = fields;
  visit(address.href);
}

const shown = new WeakMap();
function shownAt(form) {
  return shown.get(form.ownerDocument.querySelector("main")) ?? 0;
}

function complain(form, refusal) {
  let box = form.querySelector("p.faults");
  if (!box) {
    box = document.createElement("p");
    box.className = "faults";
    box.tabIndex = -1;
    form.prepend(box);
  }
  box.textContent = refusal;
  box.focus();
  say(box.textContent);
}

function focused() {
  const at = document.activeElement;
  return at && main().contains(at) ? at.id : "";
}

function main() {
  const found = document.querySelector("main");
  if (!shown.has(found)) shown.set(found, performance.now());
  return found;
}
