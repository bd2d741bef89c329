// The tabs of the picture: over one weight, over two, what the network answers, and which rates learn.

import { $, h, facts, say, set, write } from "./dom.js";
import { curve } from "./curve.js";
import { plane } from "./plane.js";
import { answers, sort } from "./answers.js";
import { map } from "./map.js";

// Makes the tabs; `start(w)` begins again with the chosen weight there, `train(rate, place, start)` at a cell of
// the map; `choose(tab)` and `other(place)` are told of choices.
export function pictures(start, choose, other, train) {
  const figure = $("#f-curve"), section = $("#pictures");
  if (!figure) return () => {};
  const parts = { curve: { figure: $("#p-curve"), draw: curve(figure, start) } };
  const anchor = $("#settings");
  if (facts.entries.length > 1) parts.plane = plane(other);
  if (sort !== null) parts.answers = answers();
  if (map) parts.map = map(train);
  const names = Object.keys(parts), tabs = {};
  for (const name of names) {
    const panel = parts[name].figure;
    set(panel, { role: "tabpanel", "aria-labelledby": `tab-${name}` });
    if (name !== "curve") section.insertBefore(panel, anchor);
    tabs[name] = h("button", { type: "button", role: "tab", id: `tab-${name}`, click: () => choose(name) });
    tabs[name].addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const next = names[(names.indexOf(name) + by + names.length) % names.length];
      choose(next);
      tabs[next].focus();
    });
  }
  const list = $("#tabs");
  list.replaceChildren(...(names.length > 1 ? names.map((name) => tabs[name]) : []));
  set(list, { hidden: names.length < 2 });

  return (N, phase, V) => {
    const tab = names.includes(V.tab) ? V.tab : "curve";
    for (const name of names) {
      set(tabs[name], { "aria-selected": String(name === tab), tabindex: name === tab ? 0 : -1 });
      write(tabs[name], say(`tab.${name}`, { w: N.entry.q }));
      set(parts[name].figure, { hidden: name !== tab });
      if (name !== tab) parts[name].rest?.();
    }
    parts[tab].draw(N, phase, V);
  };
}
