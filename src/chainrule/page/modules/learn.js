// What a learner is asked before a step, judges true or not, and fills in: drawn from the position, kept in the view.

import { $, $$, facts, h, say, set, write } from "./dom.js";
import { answered, counted, question } from "./ask.js";
import { blanks } from "./blanks.js";
import { errors, slope } from "./moment.js";
import { values } from "./run.js";

const FEW = 12; // patterns of which a question may speak
const NEAR = 1e-12; // by its size, how near the change comes to the rate times the slope

const { options, cards } = facts.lesson;

// Takes the state of the page, what gives its moment, and what goes to a position. Gives {asks, ask, skip, draw, fixed}:
// whether the next step is asked about, the question about the step shown, giving it up, drawing what depends on the
// position, and whether the start of a weight may not be changed.
export function learning(state, moment, go) {
  const V = state.view, box = $("#ask"), lines = blanks(state, moment);
  let tally = { n: 0, r: 0 }, open = null, told = null;
  const posed = new Set();

  const finish = (chosen) => {
    const asked = open;
    open = null;
    if (chosen === null) told = null;
    else {
      tally = counted(tally, chosen === asked.right);
      told = { at: V.k, text: answered(asked, chosen, say), tally };
    }
    if (asked.step) go(V.k, 4);
    else drawBox();
    ($("#b-step:enabled") ?? $("#b-back")).focus({ preventScroll: true });
  };

  // The box is made anew for a question, and keeps the focus.
  function drawBox() {
    const asked = open, shown = asked !== null || (told !== null && told.at === V.k && V.phase === 4);
    set(box, { hidden: !shown, role: "group", "aria-label": say("cards.question") });
    if (!shown) { box.replaceChildren(); return; }
    if (asked === null) {
      if (box.dataset.shown !== told.text) box.replaceChildren(h("p", { role: "status" }, told.text), h("p", { class: "small" }, say("ask.tally", told.tally)));
      box.dataset.shown = told.text;
      return;
    }
    if (box.dataset.shown === asked.ask) return;
    box.dataset.shown = asked.ask;
    const buttons = asked.answers.map((text, n) => h("button", { type: "button", click: () => finish(n) }, text));
    const skip = h("button", { type: "button", class: "link", click: () => finish(null) }, say("ask.skip"));
    box.replaceChildren(h("p", {}, asked.ask), h("div", { class: "buttons" }, ...buttons, skip));
    buttons[0].focus({ preventScroll: true });
  }

  const own = () => {
    const found = options.question.findIndex((one, n) => one.after === V.k && !posed.has(n));
    if (found < 0) return null;
    posed.add(found);
    const { ask, answers, right, because } = options.question[found];
    return { ask, answers, right: right - 1, because, step: false };
  };

  const check = $("#c-ask");
  if (check) {
    check.checked = V.ask;
    check.addEventListener("change", () => { V.ask = check.checked; if (open?.step) { open = null; go(V.k, 4); } else go(V.k, V.phase); });
  }
  drawCards();
  hide();

  return {
    asks: () => V.ask && open === null,
    ask() {
      const asked = question(about(moment(), state.settings, tally.n), say);
      if (asked === null) { go(V.k, 4); return; }
      open = { ...asked, step: true };
      drawBox();
    },
    skip() { if (open !== null) { open = null; told = null; } },
    draw() {
      if (open?.step && V.phase !== 3) open = null;
      if (open === null && V.phase === 4 && (told === null || told.at !== V.k)) open = own();
      if (check) check.checked = V.ask;
      drawBox();
      lines();
    },
    fixed: (entry) => Object.hasOwn(options.fix, entry.key),
  };
}

// The numbers of a step as a question wants them.
function about(N, settings, turn) {
  const sense = facts.goal.sense, { rate } = settings;
  const weights = facts.entries.map((entry) => {
    const g = slope(N.used, entry), before = N.before(entry), after = N.behind(entry);
    const free = before - sense * rate * g, near = Math.abs(after - free) <= NEAR * (1 + Math.abs(before));
    const boxed = entry.box !== null && N.boxed(entry) && !near;
    return { q: entry.q, slope: g, before, after, raw: boxed ? free : after, near: near || boxed };
  });
  const moves = facts.entries.map((entry) => N.behind(entry) - N.before(entry));
  const now = errors(N.R, N.state).each, next = N.after === null ? null : errors(N.R, N.after).each, patterns = [];
  if (now && next && now.length <= FEW) {
    now.forEach((before, i) => {
      const found = values(N.R, N.state, [i]);
      const along = facts.entries.reduce((sum, entry, n) => sum + slope(found, entry) * moves[n], 0);
      patterns.push({ i, before, after: next[i], slope: along });
    });
  }
  return {
    E: facts.goal.E, sense, rate, turn, chosen: N.weight, weights, patterns,
    plain: rate !== null && weights.every((one) => one.near), own: N.visited.length === 1 ? N.visited[0] : null,
  };
}

// Statements to be judged true or not.
function drawCards() {
  const place = $("#cards");
  if (!place) return;
  for (const card of cards) {
    const out = h("p", { role: "status" });
    const judge = (text) => h("button", { type: "button", click: () => write(out, card.because) }, text);
    place.append(h("div", { class: "card", role: "group", "aria-label": card.statement }, h("p", {}, card.statement), h("div", { class: "buttons" }, judge(say("cards.true")), judge(say("cards.false"))), out));
  }
}

// What the teacher leaves away of the settings.
function hide() {
  const places = { rate: "#s-rate", start: "#s-start", order: "#s-order", seed: "#s-seed", rule: "#s-rule" };
  for (const part of options.hide) {
    const found = places[part] && $(places[part]);
    if (found) set(found.closest(".slide, label") ?? found, { hidden: true });
    if (part === "data") for (const one of $$("#settings .cells")) set(one, { hidden: true });
  }
}
