// Lines and rules of a derivation that are hidden, and filled in.

import { $, $$, facts, h, many, say, set, write } from "./dom.js";
import { hiddenLines, judgeRule, lineJudge } from "./fade.js";
import { slope } from "./moment.js";
import { ELEMENTARY } from "./elementary.js";

const { practice, options } = facts.lesson;
const MODES = ["0", "rule", "1", "2"];
const KEYS = ["−", "·", "/", "²", "(", ")"];

// Takes the state of the page and what gives its moment; gives what draws the hidden lines. What is typed is kept in
// view.lines, "w.6" → text, and so in the link.
export function blanks(state, moment) {
  const V = state.view, done = new Set(), judges = new Map();
  const judgeOf = (weight) => {
    if (!judges.has(weight)) judges.set(weight, lineJudge(practice[weight], ELEMENTARY));
    return judges.get(weight);
  };
  // What a link has filled in is judged again.
  const restore = () => {
    done.clear();
    for (const [key, text] of Object.entries(V.lines)) {
      const [weight, n] = [key.slice(0, key.lastIndexOf(".")), Number(key.slice(key.lastIndexOf(".") + 1))];
      if (judgeOf(weight)(text, practice[weight].lines[n - 1], null, say).right) done.add(key);
    }
    from = V.lines;
  };
  let from = null;
  const place = $("#fade");
  if (!place || !Object.keys(practice).length) return () => {};
  const radios = MODES.map((mode) => {
    const input = h("input", { type: "radio", name: "fade", value: mode, id: `fade-${mode}` });
    input.addEventListener("change", () => { V.fade = mode; V.lines = {}; restore(); apply(); state.changed(); });
    place.append(h("label", {}, input, " ", say(`fade.${mode}`)));
    return input;
  });
  const note = h("p", { class: "small", role: "status" });
  if (options.exercise) place.after(h("p", { class: "small" }, say("exercise")), note);

  function apply() {
    shown = V.fade;
    for (const list of $$("ol.derivation")) {
      const own = practice[list.dataset.of];
      for (const line of $$(":scope > li", list)) {
        $$(":scope .fill", line).forEach((one) => one.remove());
        const n = Number(line.dataset.line), key = `${list.dataset.of}.${n}`;
        const blank = own !== undefined && hiddenLines(own.lines.length, V.fade).includes(n) && !done.has(key);
        const unnamed = own !== undefined && V.fade === "rule" && !done.has(key);
        for (const part of $$(".formula, .val", line)) set(part, { hidden: blank });
        for (const part of $$(".because", line)) set(part, { hidden: blank || unnamed });
        for (const part of $$(".rule", line)) set(part, { hidden: unnamed });
        if (blank) line.querySelector(".formula").before(field(line, own, n, key));
        if (unnamed) line.querySelector(".why").prepend(choice(line, own, n, key));
      }
    }
    const filled = Object.keys(V.lines).length;
    write(note, filled ? many("exercise.done", filled) : "");
  }

  const finish = (line, key) => {
    done.add(key);
    apply();
    line.querySelector(".formula").focus({ preventScroll: true });
  };

  // A line to be typed, with a row of keys.
  function field(line, own, n, key) {
    const rule = line.querySelector(".rule").textContent, label = say("fade.line", { n, rule });
    const input = h("input", { type: "text", autocomplete: "off", spellcheck: "false", "aria-label": label, value: V.lines[key] ?? null });
    const out = h("p", { class: "verdict", role: "status" });
    const insert = (text) => {
      input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
      input.focus();
    };
    const check = () => {
      const { right, sentence, fault } = judgeOf(own.weight)(input.value, own.lines[n - 1], here(own, moment()), say);
      if (right === null) { write(out, sentence); return; }
      V.lines[key] = input.value;
      write(out, sentence);
      if (right) {
        finish(line, key);
        line.querySelector(".why").append(h("p", { class: "fill verdict", role: "status" }, sentence));
      } else if (fault) input.setSelectionRange(fault.from, fault.to);
      write(note, many("exercise.done", Object.keys(V.lines).length));
      state.changed();
    };
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") check(); });
    const names = own.names.quantities.filter((name) => name !== own.weight).slice(0, 8).map((name) => own.names.shown[name]);
    const keys = [...names, own.names.shown[own.weight], ...KEYS].map((text) => h("button", { type: "button", click: () => insert(text) }, text));
    const buttons = [
      h("button", { type: "button", class: "main", click: check }, say("fade.check")),
      ...(options.exercise ? [] : [h("button", { type: "button", click: () => finish(line, key) }, say("fade.reveal"))]),
    ];
    return h("div", { class: "fill" }, h("span", {}, label), input, h("div", { class: "keys", role: "group", "aria-label": say("fade.keys") }, ...keys), h("div", { class: "buttons" }, ...buttons), out);
  }

  // A rule to be chosen from three.
  function choice(line, own, n, key) {
    const row = own.rules[n - 1], out = h("p", { class: "verdict", role: "status" }), label = say("fade.which", { n });
    const buttons = row.rules.map((rule, at) => h("button", { type: "button", click: () => {
      const { right, sentence } = judgeRule(row, at, say);
      if (right) finish(line, key); else write(out, sentence);
    } }, rule));
    return h("div", { class: "fill", role: "group", "aria-label": label }, h("span", {}, label), h("div", { class: "buttons" }, ...buttons), out);
  }

  let shown = null;
  return () => {
    radios.forEach((one) => (one.checked = one.value === V.fade));
    if (from !== V.lines) { restore(); shown = null; }
    if (shown !== V.fade) apply();
  };
}

// The numbers of this step by the names that a learner types.
function here(own, N) {
  const found = {}, E = facts.goal.each ?? facts.goal.objective, gradient = `∂${facts.goal.objective}/∂`;
  for (const name of own.names.quantities) found[name] = N.number(name);
  for (const name of own.names.slopes) found[name] = name.startsWith(`∂${E}/∂`) ? N.values.one(gradient + name.slice(E.length + 3)) ?? NaN : NaN;
  const entry = facts.entries.find((one) => one.key === own.weight);
  found[own.left] = entry ? slope(N.values, entry) : NaN;
  return found;
}
