// Makes pages that already work quicker to use: pages change in place, times are reached with arrow keys, the time zone is
// found and searched. Without this file every link and every form does the same by itself.

import { restore, remember } from "./choice.js";
import { showRowsOnDemand } from "./guests.js";
import { listen } from "./navigate.js";
import { prove } from "./proof.js";
import { rove } from "./rove.js";
import { makeSearchable } from "./zone.js";

function enhance() {
  rove(document.querySelectorAll("[data-roving]"));
  makeSearchable(document.querySelector("select#tz"));
  showRowsOnDemand(document.querySelector("[data-rows]"));
  prove(document.querySelector("form[data-proof-bits]"));
  restore();
}

listen(enhance);
remember();
enhance();
