// Rate, start, order, rule, consts, held weights, seed and data: controls that begin the run again.

import { $, h, facts, say, set, write } from "./dom.js";
import { num } from "./numbers.js";
import { grid, shown } from "./data.js";
import { orders, handed, handedOut, first } from "./run.js";
import { span } from "./series.js";
import { known, q } from "./words.js";

export const MORE = 1000; // steps that are made beyond the last

const SHOWN = 200, HELD = 30; // rows of data that can be typed, weights that can be held

// Makes the controls in their place; `change(settings)` trains again. Gives what draws them.
export function settings(change, { keep, reset, more }) {
  const box = $("#settings"), parts = [];
  let S = null, N = null;
  const changed = (part) => change({ ...S, ...part });
  const slide = (id, label, min, max, step, put) => {
    const range = h("input", { type: "range", id, min, max, step }), number = h("input", { type: "number", id: `${id}-n`, step: "any" });
    const name = h("label", { for: id }, label);
    range.addEventListener("input", () => put(Number(range.value), true));
    number.addEventListener("input", () => { if (number.value !== "" && Number.isFinite(Number(number.value))) put(Number(number.value), false); });
    parts.push(h("div", { class: "slide" }, name, range, number));
    return { name, range, number };
  };
  const rate = facts.rate && handedOut().rate !== null
    ? slide("s-rate", say("rate", { q: q(facts.rate) }), -4, 3, 0.05, (value, log) => changed({ rate: log ? Number((10 ** value).toPrecision(2)) : value }))
    : null;
  if (rate) set(rate.number, { "aria-label": say("rate.number", { q: q(facts.rate) }) });
  const start = facts.entries.length
    ? slide("s-start", "", 0, 1, "any", (value) => changed({ starts: { ...S.starts, [N.weight]: clamped(value, N.entry) } }))
    : null;
  const order = h("select", { id: "s-order", change: () => changed({ order: given(order.value) }) });
  const file = handedOut().order, list = orders.includes(file) ? orders : ["given", ...orders];
  for (const one of list) order.append(h("option", { value: one }, say(`order.${one}`)));
  const given = (value) => (value === "given" ? file : value);
  const seed = h("input", { type: "number", id: "s-seed", min: 0, step: 1 });
  seed.addEventListener("input", () => { if (/^\d{1,9}$/.test(seed.value)) changed({ seed: Number(seed.value) }); });
  const fields = h("div", { class: "fields" });
  if (handed > 1 && !facts.bare) fields.append(h("label", {}, say("order"), order));
  const rule = h("select", { id: "s-rule", change: () => changed({ rule: rule.value }) });
  for (const one of facts.rules) rule.append(h("option", { value: one }, say(`rule.${one}`)));
  if (facts.rules.length > 1) fields.append(h("label", {}, say("rule"), rule));
  fields.append(h("label", {}, say("seed"), seed));
  const consts = others(fields, (key, value) => changed({ consts: { ...S.consts, [key]: value } }));
  const hold = held(fields, (names) => changed({ hold: names }));
  const data = facts.columns.length && handed <= SHOWN ? grid(() => S, changed) : null;
  parts.push(h("details", { id: "more" }, h("summary", {}, say("more")), fields, data?.table));
  const kept = h("button", { type: "button", id: "b-keep", click: keep }, say("keep")), back = h("button", { type: "button", id: "b-reset", click: reset }, say("reset"));
  const on = h("button", { type: "button", id: "b-more", click: more }, say("more.steps", { n: MORE.toLocaleString("en") }));
  parts.push(h("div", { class: "buttons" }, kept, back, on));
  box.replaceChildren(...parts);
  let again = () => {};
  box.addEventListener("focusout", () => again()); // a field that one leaves says what counts, not what was typed

  return function draw(now, state, keeping, pristine) {
    again = () => draw(now, state, keeping, pristine);
    [N, S] = [now, state];
    if (rate) {
      rate.range.value = S.rate > 0 ? Math.log10(S.rate) : -4;
      set(rate.range, { "aria-valuetext": num(S.rate) });
      shown(rate.number, S.rate);
    }
    if (start) {
      const [low, high] = N.entry.box?.map(Number).every(Number.isFinite) ? N.entry.box.map(Number) : span(N.R, N.entry);
      const value = first(S)[N.entry.at];
      write(start.name, say("start", { w: N.entry.q }));
      set(start.range, { min: Math.min(low, value), max: Math.max(high, value), step: (high - low) / 100 || 0.01 });
      start.range.value = value;
      set(start.range, { "aria-valuetext": num(value) });
      set(start.number, { "aria-label": say("start.number", { w: N.entry.q }) });
      shown(start.number, value);
    }
    order.value = orders.includes(S.order) ? S.order : "given";
    for (const option of order.options) option.disabled = S.rows !== handed && !["each", "shuffled"].includes(given(option.value));
    rule.value = S.rule;
    consts(S, N.R);
    hold(S);
    shown(seed, S.seed);
    data?.draw();
    write(kept, say(keeping ? "keep.instead" : "keep"));
    back.disabled = pristine;
    set(on, { hidden: !(N.R.done && N.R.ended === "steps" && N.k === N.R.K && N.R.K > 0) });
  };
}

function clamped(value, entry) {
  const box = entry.box?.map(Number);
  return box ? Math.min(box[1], Math.max(box[0], value)) : value;
}

// A field for each other const of one number; gives what draws them.
function others(fields, changed) {
  const made = Object.keys(facts.consts).filter((key) => key !== facts.rate && known(key)?.size === 1).map((key) => {
    const field = h("input", { type: "number", id: `s-c-${key}`, step: "any", class: "const" });
    field.addEventListener("input", () => { if (field.value !== "" && Number.isFinite(Number(field.value))) changed(key, Number(field.value)); });
    fields.append(h("label", {}, q(key), field));
    return [field, key];
  });
  return (_, R) => { for (const [field, key] of made) shown(field, R.consts[facts.consts[key]]); };
}

// A box for each weight that may stay as it is; gives what draws them.
function held(fields, changed) {
  const names = [...new Set(facts.entries.map((entry) => entry.key))].slice(0, HELD), made = new Map();
  if (!names.length) return () => {};
  const chosen = () => names.filter((name) => made.get(name).checked);
  for (const name of names) made.set(name, h("input", { type: "checkbox", id: `s-h-${name}`, change: () => changed(chosen()) }));
  const labels = names.map((name) => h("label", {}, made.get(name), " ", q(name)));
  fields.append(h("fieldset", { id: "s-hold" }, h("legend", {}, say("hold")), ...labels));
  return (S) => { for (const name of names) made.get(name).checked = S.hold.includes(name); };
}
