// Everything is drawn from one place: a position, the settings, and the run that they give.

import { $, $$, facts, say, set, write } from "./dom.js";
import { num } from "./numbers.js";
import { training, handedOut } from "./run.js";
import { moment } from "./moment.js";
import { fragment, restored } from "./store.js";
import { where, looks, sentence, ledger, weights, trace, left, mean, agree, graph, known } from "./words.js";
import { table } from "./tables.js";
import { symbols, inFormula, show } from "./symbols.js";
import { pictures } from "./pictures.js";
import { chart } from "./chart.js";
import { settings, MORE } from "./settings.js";
import { tiles } from "./tiles.js";
import { questions } from "./questions.js";
import { learning } from "./learn.js";
import { csv, json, png, svg, text } from "./downloads.js";
import { selftest } from "./selftest.js";
import { hear, nowhere, tell } from "./host.js";
import { voice } from "./voice.js";

const SLICE = 8, AT_ONCE = 60, PACE = 333, FAST = 33, PHASE = 650, LATER = 250;

const state = restored(location.hash), V = state.view;
let R = null, N = null, kept = null, timer = 0, saving = 0, going = 0, staying = 0;
let aim = 0, taken = null; // where the page goes, what gives the run away: as soon as the training has come so far

// ---- the run

function train(k) {
  clearTimeout(going);
  taken = null;
  R = training(state.settings);
  R.more(AT_ONCE);
  V.k = aim = k;
  if (!R.done) going = setTimeout(further, 0);
}

function further() {
  R.more(SLICE);
  if (!R.done) going = setTimeout(further, 0);
  V.k = Math.max(V.k, Math.min(aim, R.K));
  if (R.done || V.k <= R.K) draw();
  take(taken);
}

function take(give) {
  taken = R.done ? null : give;
  if (R.done) give?.(R);
}

// The first step that moves a weight.
function opening() {
  for (let k = 0; k < R.K; k++) {
    const [old, now] = [R.state(k), R.state(k + 1)];
    if (facts.entries.some((entry) => old[entry.at] !== now[entry.at])) return k;
  }
  return 0;
}

function change(given, again = false) {
  const starts = Object.entries(given.starts).filter(([place]) => !learn.fixed(facts.entries[place]));
  state.settings = { ...given, starts: Object.fromEntries(starts) };
  train(V.k);
  if (again) V.k = aim = opening();
  V.phase = 4;
  draw();
}

// ---- the position

function stop() {
  clearTimeout(timer);
  timer = 0;
}

function go(k, phase = 4) {
  V.k = aim = Math.min(Math.max(0, k), R.K);
  V.phase = phase;
  draw();
}

// One step: the rest of this one, then the next whole, or up to its update where a question comes first.
function forth() {
  if (V.phase < 4) { learn.skip(); go(V.k, 4); }
  else if (V.k < R.K && learn.asks() && !timer) { go(V.k + 1, 3); learn.ask(); }
  else if (V.k < R.K) go(V.k + 1);
}
const phase = () => (V.phase < 4 ? go(V.k, V.phase + 1) : V.k < R.K && go(V.k + 1, 1));
const back = () => (V.phase === 4 ? go(V.k - 1) : V.phase > 1 ? go(V.k, V.phase - 1) : go(V.k - 1));
const less = () => (V.phase > 1 ? go(V.k, V.phase - 1) : V.k > 0 && go(V.k - 1, 4));

function play() {
  if (timer) { stop(); draw(); return; }
  if (V.k >= R.K) go(0);
  const turn = () => {
    if (V.k >= R.K && V.phase > 3) { stop(); draw(); return; }
    const slow = $("#c-phases")?.checked;
    timer = setTimeout(turn, slow || V.phase < 4 ? PHASE : R.K > 100 ? FAST : PACE);
    if (slow) phase(); else forth();
  };
  timer = setTimeout(turn, 100);
  draw();
}

// ---- drawing

const drawPicture = pictures(
  (w) => { stop(); change({ ...state.settings, starts: { ...state.settings.starts, [V.weight]: w } }, true); },
  (tab) => { V.tab = tab; draw(); },
  (other) => { V.other = other; draw(); },
  (rate, place, start) => { stop(); change({ ...state.settings, rate, starts: { ...state.settings.starts, [place]: start } }, true); },
);
const drawChart = chart($("#f-steps"), (k) => { stop(); go(k); });
const drawSettings = settings((given) => { stop(); change(given); }, {
  more: () => { stop(); change({ ...state.settings, steps: R.K + MORE }); },
  keep: () => { kept = R; draw(); },
  reset: () => {
    stop();
    state.settings = handedOut();
    kept = null;
    train(facts.opening.k);
    V.phase = 4;
    draw();
  },
});

const drawTiles = tiles(choose), drawQuestions = $("#questions") ? questions() : () => {};
const learn = learning(state, () => N, go);
state.changed = save;

const pristine = () => JSON.stringify(state.settings) === JSON.stringify(handedOut());

// Numbers where the document has a place for one.
const slots = $$("[data-n]").map((element) => {
  const { n: key, b, d = "4" } = element.dataset, made = known(key)?.phase ?? (key.startsWith("factor.") ? 3 : key.startsWith("∂") || /^l(ine|ocal)\./.test(key) ? 3 : 0);
  return { element, key, entry: element.dataset.e !== undefined, held: b !== undefined, digits: Number(d), phase: element.closest(".phases") ? 0 : made };
});

function fill() {
  for (const { element, key, held, digits, phase, entry } of slots) {
    const place = entry && N.entry && element.closest("[data-of]")?.dataset.of === N.entry.key ? N.entry.place : 0;
    const shown = phase > V.phase ? "…" : num(N.number(key, place), digits);
    write(element, held && shown.startsWith("−") ? `(${shown})` : shown);
  }
}

function rows() {
  for (const row of $$(".phases > li")) {
    const of = Number(row.dataset.phase), hidden = of > V.phase;
    row.classList.toggle("pending", hidden);
    row.classList.toggle("now", V.phase < 4 && of === V.phase);
    for (const part of $$(".hide", row)) set(part, { "aria-hidden": hidden ? "true" : null });
  }
  for (const one of $$("[data-size]")) write(one, say("entry.of", { n: one.dataset.size, q: N.entry?.q ?? "" }));
  for (const one of $$("[data-of]")) if (one.tagName !== "OPTION") {
    set(one, { hidden: !one.dataset.of.split(" ").includes(N.entry?.key) || (one.dataset.rule ?? state.settings.rule) !== state.settings.rule });
  }
}

function said() {
  const words = sentence(N, V.phase, facts.follows || state.settings.rule !== "own"), box = $("#say"), note = $(".note", box);
  if (box.firstChild?.nodeType === 3) { if (box.firstChild.data !== words) box.firstChild.data = words; } else box.prepend(words);
  const first = V.k === facts.opening.k && V.k > 0 && V.phase === 4 && pristine();
  if (note) set(note, { hidden: !first });
  voice(words, timer !== 0);
}

// A large network is drawn at once as far as it is quick, and whole when one stays.
const HEAVY = 100000, STAYED = 200;
const heavy = facts.patterns * facts.quantities.reduce((sum, one) => sum + one.size, 0) > HEAVY;

function draw(whole = !heavy || N === null || V.k === N.k) {
  V.k = Math.min(V.k, R.K);
  N = moment(R, V.k, V.weight, V.row);
  N.light = !whole;
  clearTimeout(staying);
  if (!whole) staying = setTimeout(() => draw(true), STAYED);
  fill();
  rows();
  drawTiles(N);
  write($("#h-step"), looks(N));
  write($("#where"), where(V.k, R));
  set($("#where"), { "aria-busy": String(!R.done) });
  const scrub = $("#scrub");
  set(scrub, { max: R.done ? R.K : state.settings.steps, "aria-valuetext": where(V.k, R) });
  scrub.value = V.k;
  $("#b-back").disabled = V.k === 0 && V.phase === 4;
  $("#b-step").disabled = $("#b-phase").disabled = V.k >= R.K && V.phase === 4;
  set($("#b-play"), { "aria-pressed": String(timer !== 0) });
  write($("#b-play"), say(timer ? "pause" : "play"));
  const gone = left(R) || (state.refused ? say(state.refused) : ""), state_ = $("#state");
  set(state_, { hidden: !gone });
  write(state_, gone);
  said();
  if ($("#ledger")) {
    table($("#ledger"), ledger(N, V.phase), N.visited.length > 1 ? (row) => { V.row = row; draw(); } : null);
    if (N.entry) write($("#h-slope"), say("ledger.slope", { w: N.entry.q }));
  }
  if ($("#weights")) table($("#weights"), weights(N, V.phase), choose);
  write($("#mean-of"), V.phase > 2 ? mean(N) : "");
  if (N.entry) {
    drawPicture(N, V.phase, V);
    for (const one of $$("#trace th")) write(one, say(one.dataset.text, { w: N.entry.q }));
  }
  drawChart(N, kept, V.phase);
  table($("#trace"), trace(N, V.phase), (k) => { stop(); go(k); }, ({ of }) => say("trace.row", { n: of + 1 }));
  write($("#linecheck"), V.phase > 2 ? agree(N) : "");
  for (const one of $$(".derivation .nums")) set(one, { hidden: !V.nums });
  if ($("#s-derivation") && N.entry) $("#s-derivation").value = N.entry.key;
  if ($("#d-graph")) write($("#d-graph"), V.phase > 2 ? graph(N) : "…");
  drawSettings(N, state.settings, kept !== null, pristine() && kept === null);
  drawQuestions(R, V.k, V.phase, timer !== 0);
  learn.draw();
  show(V.q, N, V.phase);
  save();
}

function save() {
  clearTimeout(saving);
  if (V.k < aim && !R.done) return; // a link to where the page only passes by
  saving = setTimeout(() => {
    const link = fragment(state);
    tell(link);
    if (nowhere) { written(link); return; }
    try { history.replaceState(null, "", link); } catch { written(link); }
  }, LATER);
}

// Where an address cannot be changed, the link stands on the page.
function written(link) {
  set($("#linked"), { hidden: false });
  $("#s-link").value = link;
}

function choose(weight) {
  V.weight = weight;
  draw();
}

// ---- listening

const on = (selector, type, listener) => $(selector)?.addEventListener(type, listener);
on("#b-step", "click", () => { stop(); forth(); draw(); });
on("#b-phase", "click", () => { stop(); phase(); draw(); });
on("#b-back", "click", () => { stop(); back(); draw(); });
on("#b-play", "click", play);
on("#scrub", "input", () => { stop(); go(Number($("#scrub").value)); });
on("#c-nums", "change", () => { V.nums = $("#c-nums").checked; draw(); });
on("#s-derivation", "change", () => choose(facts.entries.findIndex((entry) => entry.key === $("#s-derivation").value)));
on("#b-help", "click", () => $("#help").showModal());
on("#b-close", "click", () => $("#help").close());
on("#b-csv", "click", () => take(csv));
on("#b-json", "click", () => take(json));
on("#b-svg", "click", svg);
on("#b-png", "click", png);
on("#b-text", "click", text);
on("#b-link", "click", async () => {
  const link = (nowhere ? "" : location.href.split("#")[0]) + fragment(state);
  try { await navigator.clipboard.writeText(link); write($("#b-link"), say("copied")); } catch { written(link); $("#s-link").focus(); }
});
on("#s-link", "focus", () => $("#s-link").select());

symbols((q) => {
  V.q = q;
  const at = facts.entries.findIndex((entry) => entry.q === q);
  if (at >= 0) V.weight = at;
  draw();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || $("#help").open) return;
  if (event.key === "Escape") { V.q = null; draw(); return; }
  if (inFormula(event)) { event.preventDefault(); return; }
  if (event.target.closest?.("input, select, textarea, dialog, summary, [role=slider], [role=tab], .tablebox, pre")) return;
  if (event.key === "ArrowRight") { stop(); if (event.shiftKey) phase(); else forth(); event.preventDefault(); }
  if (event.key === "ArrowLeft") { stop(); if (event.shiftKey) less(); else back(); event.preventDefault(); }
});

function restore(link) {
  if (link === fragment(state)) return;
  stop();
  const found = restored(link);
  state.settings = found.settings;
  state.refused = found.refused;
  Object.assign(V, found.view);
  train(V.k);
  draw();
}
addEventListener("hashchange", () => restore(location.hash));
hear(restore);
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; draw(); } });

document.body.classList.add("js");
train(V.k);
draw();
selftest();
document.body.classList.add("ready");
tell(fragment(state), true);
