// Rows of words → tables: rows and cells are used again, so that what holds the focus stays.

import { $, $$, h, set, write } from "./dom.js";

// Fills the body of a table with rows of { cells, now, of }; `press(of)` is what a row does when it is chosen.
export function table(element, rows, press = null, named = null) {
  const body = $("tbody", element), old = $$("tr", body);
  rows.forEach((row, place) => {
    const tr = old[place] ?? body.appendChild(h("tr"));
    if (tr.press === undefined) tr.addEventListener("click", () => tr.press?.(Number(tr.dataset.row)));
    tr.press = press;
    set(tr, { "aria-current": row.now ? "true" : null, "data-row": row.of });
    const cells = $$("td", tr);
    row.cells.forEach((text, at) => {
      const td = cells[at] ?? tr.appendChild(h("td"));
      const mark = row.now && at === 0 ? "▸ " : "";
      if (at === 0 && press) {
        let button = $("button", td);
        if (!button) {
          button = h("button", { type: "button", class: "link" });
          td.replaceChildren(document.createTextNode(""), button);
        }
        if (td.firstChild.data !== mark) td.firstChild.data = mark;
        write(button, text);
        if (named) set(button, { "aria-label": named(row) });
      } else if (td.firstElementChild) td.replaceChildren(mark + text);
      else write(td, mark + text);
    });
    for (const extra of cells.slice(row.cells.length)) extra.remove();
  });
  for (const extra of old.slice(rows.length)) extra.remove();
}
