// Turns the list of time zones into a field that is searched by typing (ARIA combobox with a list). The select stays in the
// form as what is sent.

const SHOWN_MAX = 60;
let count = 0;

export function makeSearchable(select) {
  if (!select) return;
  const options = [...select.options].slice(1).map((option) => ({ value: option.value, label: option.label, text: plain(`${option.label} ${option.value}`) }));
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const finder = document.createElement("div");
  const state = { at: -1, found: [], open: false };
  count += 1;

  finder.className = "finder";
  list.id = `zones-${count}`;
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", select.labels[0].textContent);
  for (const [name, value] of Object.entries({ role: "combobox", id: "tz", type: "text", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
  input.value = select.selectedOptions[0].label;
  select.id = "tz-sent";
  select.hidden = true;
  select.form.querySelector("button").hidden = true;
  select.after(finder);
  finder.append(input, list);

  function draw() {
    const words = state.typed ? plain(input.value).split(/\s+/).filter(Boolean) : [];
    state.found = options.filter((option) => words.every((word) => option.text.includes(word))).slice(0, SHOWN_MAX);
    list.replaceChildren(...state.found.map(line));
    if (!state.found.length) {
      const nothing = document.createElement("li");
      nothing.className = "nothing";
      nothing.role = "option";
      nothing.setAttribute("aria-disabled", "true");
      nothing.textContent = select.dataset.nothing;
      list.append(nothing);
    }
    choose(state.typed && state.found.length ? 0 : -1);
  }

  function line(option, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.role = "option";
    item.setAttribute("aria-selected", "false");
    item.textContent = option.label;
    item.addEventListener("pointerdown", (press) => { press.preventDefault(); });
    item.addEventListener("click", () => take(option));
    return item;
  }

  function choose(index) {
    list.children[state.at]?.setAttribute("aria-selected", "false");
    state.at = index;
    const item = state.found[index] && list.children[index];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function open(is) {
    if (is === state.open) return;
    state.open = is;
    list.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (is) draw();
    else {
      state.typed = false;
      input.value = select.selectedOptions[0].label;
      input.removeAttribute("aria-activedescendant");
    }
  }

  function take(option) {
    select.value = option.value;
    open(false);
    select.form.requestSubmit();
  }

  const keys = {
    ArrowDown: () => { open(true); choose(Math.min(state.at + 1, state.found.length - 1)); },
    ArrowUp: () => { open(true); choose(Math.max(state.at - 1, 0)); },
    Escape: () => open(false),
    Enter: () => { if (state.found[state.at]) take(state.found[state.at]); else open(true); },
  };
  input.addEventListener("keydown", (key) => {
    if (!(key.key in keys) || (key.key === "Escape" && !state.open)) return;
    key.preventDefault();
    keys[key.key]();
  });
  input.addEventListener("input", () => { state.typed = true; open(true); draw(); });
  input.addEventListener("click", () => { open(true); input.select(); });
  input.addEventListener("blur", () => open(false));
}

// Without accents and signs: "sao paulo" finds São Paulo, "-8" finds UTC−8.
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/−/g, "-").replace(/[_/,()]/g, " ").toLowerCase();
}
