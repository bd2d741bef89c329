// Position and settings: the only state of the page; and the fragment of a link that holds what differs from the file.

import { facts } from "./dom.js";
import { handedOut, orders } from "./run.js";

export const TABS = ["curve", "plane", "answers"];

// What the file opens with.
export function opened() {
  return {
    settings: handedOut(),
    view: { k: facts.opening.k, phase: 4, q: null, weight: facts.opening.weight, tab: "curve", nums: true, row: null, other: null },
  };
}

const same = (a, b) => Object.is(a, b);

// The fragment of a link to a state.
export function fragment({ settings, view }) {
  const file = opened(), found = new URLSearchParams(), S = settings, V = view;
  if (S.rate !== null && !same(S.rate, file.settings.rate)) found.set("a", S.rate);
  for (const place of Object.keys(S.starts)) found.set(`w.${facts.entries[place].q}`, S.starts[place]);
  if (S.order !== file.settings.order) found.set("order", S.order);
  if (S.seed !== file.settings.seed) found.set("seed", S.seed);
  if (S.steps !== file.settings.steps) found.set("steps", S.steps);
  for (const [key, cells] of Object.entries(S.data)) {
    for (const [row, value] of Object.entries(cells)) found.set(`x.${key}.${row}`, value);
  }
  found.set("k", V.k);
  if (V.phase !== 4) found.set("phase", V.phase);
  if (V.weight !== file.view.weight) found.set("weight", V.weight);
  if (V.tab !== file.view.tab) found.set("tab", V.tab);
  if (V.row !== null) found.set("row", V.row);
  if (V.q !== null) found.set("q", V.q);
  return `#${found}`;
}

const STEPS = 100000;

// The state of a fragment: what is no number, or not among what may be, is ignored.
export function restored(text) {
  const { settings: S, view: V } = opened(), found = new URLSearchParams(text.replace(/^#/, ""));
  const read = (name, fits) => {
    const given = found.get(name);
    if (given === null || given.trim() === "" || given.length > 40) return null;
    const value = Number(given);
    return Number.isFinite(value) && fits(value) ? value : null;
  };
  const whole = (low, high) => (value) => Number.isInteger(value) && value >= low && value <= high;
  if (S.rate !== null) S.rate = read("a", () => true) ?? S.rate;
  facts.entries.forEach((entry, place) => {
    const value = read(`w.${entry.q}`, () => true);
    if (value !== null) S.starts[place] = value;
  });
  if (orders.includes(found.get("order"))) S.order = found.get("order");
  S.seed = read("seed", whole(0, 2 ** 32 - 1)) ?? S.seed;
  S.steps = read("steps", whole(0, STEPS)) ?? S.steps;
  for (const name of found.keys()) {
    const cell = /^x\.(.+)\.(\d{1,6})$/.exec(name);
    if (!cell || !facts.columns.includes(cell[1]) || Number(cell[2]) >= facts.patterns) continue;
    const value = read(name, () => true);
    if (value !== null) (S.data[cell[1]] ??= {})[Number(cell[2])] = value;
  }
  V.k = read("k", whole(0, STEPS)) ?? V.k;
  V.phase = read("phase", whole(1, 4)) ?? V.phase;
  V.weight = read("weight", whole(0, facts.entries.length - 1)) ?? V.weight;
  V.row = read("row", whole(0, facts.patterns - 1));
  if (TABS.includes(found.get("tab"))) V.tab = found.get("tab");
  if (facts.quantities.some((one) => one.q === found.get("q"))) V.q = found.get("q");
  return { settings: S, view: V };
}
