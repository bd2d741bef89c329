// Position and settings: the only state of the page; and the fragment of a link that holds what differs from the file.

import { facts } from "./dom.js";
import { readLink, writeLink } from "./link.js";
import { handed, handedOut, orders } from "./run.js";

const { link: form, options, practice } = facts.lesson;

export const TABS = ["curve", "plane", "answers", "map"];

// What the file opens with.
export function opened() {
  const { k, phase, symbol, tab } = options.open, q = facts.quantities.find((one) => one.key === symbol)?.q ?? null;
  return {
    settings: handedOut(),
    view: {
      k: k ?? facts.opening.k, phase: phase ?? 4, q, weight: facts.opening.weight, tab: tab ?? "curve", nums: true, row: null, other: null,
      fade: Object.keys(practice).length ? options.fade : "0", ask: options.predict, lines: {},
    },
  };
}

// What a link may choose from on this page.
const known = {
  hash: facts.hash, entries: facts.entries.map((one) => one.q), weights: [...new Set([...facts.entries.map((one) => one.key), ...Object.keys(practice)])],
  consts: Object.keys(facts.consts).filter((key) => key !== facts.rate), columns: facts.columns,
  rules: facts.rules.length > 1 ? facts.rules : [], quantities: facts.quantities.map((one) => one.q), arrays: [...facts.entries.map((one) => one.key), ...facts.columns],
};

// The fragment of a link to a state.
export function fragment({ settings: S, view: V }) {
  const file = opened(), found = { m: facts.hash };
  if (S.rate !== null && !Object.is(S.rate, file.settings.rate)) found.a = S.rate;
  for (const place of Object.keys(S.starts)) found[`w.${facts.entries[place].q}`] = S.starts[place];
  if (orders.includes(S.order)) found.order = S.order;
  if (S.seed !== file.settings.seed) found.seed = S.seed;
  if (S.steps !== file.settings.steps) found.steps = S.steps;
  if (S.rule !== "own") found.rule = S.rule;
  if (S.hold.length) found.hold = S.hold;
  if (S.rows !== handed) found.rows = S.rows;
  for (const [key, value] of Object.entries(S.consts)) found[`c.${key}`] = value;
  for (const [key, cells] of Object.entries(S.data)) {
    for (const [row, value] of Object.entries(cells)) found[`x.${key}.${row}`] = value;
  }
  found.k = V.k;
  for (const name of ["phase", "weight", "tab", "fade"]) if (V[name] !== file.view[name]) found[name] = V[name];
  if (V.row !== null) found.row = V.row;
  if (V.q !== file.view.q && V.q !== null) found.q = V.q;
  if (V.ask !== file.view.ask) found.ask = V.ask ? "1" : "0";
  for (const [line, text] of Object.entries(V.lines)) found[`l.${line}`] = text;
  return `#${writeLink(form, found).fragment}`;
}

// The state of a fragment: what is no number, or not among what may be, is ignored; of another model all of it is, and
// `refused` has the key of the reason.
export function restored(text) {
  const { settings: S, view: V } = opened(), { state: found, refused } = readLink(form, text, known);
  if (S.rate !== null) S.rate = found.a ?? S.rate;
  facts.entries.forEach((entry, place) => {
    const value = found[`w.${entry.q}`];
    if (value !== undefined && !Object.hasOwn(options.fix, entry.key)) S.starts[place] = value;
  });
  if (orders.includes(found.order)) S.order = found.order;
  if (found.rows >= 1 && found.rows <= facts.room && facts.columns.every((key) => whole(found, key))) S.rows = found.rows;
  if (S.rows !== handed && !["each", "shuffled"].includes(S.order)) S.order = "each";
  S.rule = found.rule ?? S.rule;
  S.hold = found.hold ?? S.hold;
  for (const key of known.consts) if (found[`c.${key}`] !== undefined) S.consts[key] = found[`c.${key}`];
  S.seed = found.seed ?? S.seed;
  S.steps = found.steps ?? S.steps;
  for (const name of Object.keys(found)) {
    const cell = /^x\.(.+)\.([0-9]+)$/.exec(name);
    if (cell && Number(cell[2]) < S.rows) (S.data[cell[1]] ??= {})[Number(cell[2])] = found[name];
    const line = /^l\.(.+)\.([0-9]+)$/.exec(name);
    if (line && Number(line[2]) <= (practice[line[1]]?.lines.length ?? 0)) V.lines[`${line[1]}.${line[2]}`] = found[name];
  }
  for (const name of ["k", "phase", "tab", "q", "fade"]) V[name] = found[name] ?? V[name];
  if (found.weight < facts.entries.length) V.weight = found.weight;
  if (found.row < S.rows) V.row = found.row;
  if (found.ask !== undefined) V.ask = found.ask === "1";
  return { settings: S, view: V, refused };
}

// Whether a link has every number of a column beyond those of the file.
function whole(found, key) {
  for (let row = handed; row < found.rows; row++) if (found[`x.${key}.${row}`] === undefined) return false;
  return true;
}
