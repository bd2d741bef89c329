// Numbers at a position → the words of the page about them: the same, to the letter, as words.py says them.

import { facts, say } from "./dom.js";
import { num } from "./numbers.js";
import { datum, rows, values } from "./run.js";
import { slope, error, errors } from "./moment.js";

const MOST = 12, PICKED = 3, ROWS = 9, WEIGHTS = 12;

const names = new Map(facts.quantities.map((one) => [one.key, one]));

export const q = (key) => names.get(key)?.q ?? key;
export const known = (key) => names.get(key);
export const byQ = new Map(facts.quantities.map((one) => [one.q, one]));

export const where = (k, R) => say(R.done ? "after" : "computing", { k, K: R.done ? R.K : R.settings.steps });

// A pattern with its data, where they are few.
export function pattern(row) {
  const data = facts.columns.map((key) => say("pattern.value", { q: q(key), v: num(datum(key, row)) }));
  return data.length ? say("pattern", { i: row, data: data.join(", ") }) : say("pattern.plain", { i: row });
}

// What the step looks at.
export function looks(N) {
  const n = N.k + 1, m = N.visited.length;
  if (facts.bare) return say("looks.bare", { n });
  if (m === 1) return say("looks", { n, p: pattern(N.shown) });
  return say(m === rows ? "looks.all" : "looks.some", { n, m, p: pattern(N.shown) });
}

// What happens in the step, as far as its phases are shown.
export function sentence(N, phase, follows) {
  const { entry, R } = N, E = facts.goal.E;
  if (!entry) return "";
  if (phase === 1) return made("say.forward", N, 1);
  if (phase === 2) return say("say.error", { E, v: num(error(N.values)) });
  const g = slope(N.used, entry);
  if (phase === 3) return say("say.backward", { E, w: entry.q, g: num(g) });
  if (N.k === R.K && R.ended === "converged") return say("say.converged");
  if (N.after === null) return say("say.left", { n: N.k + 1 });
  const old = N.before(entry), now = N.behind(entry);
  const places = { E, w: entry.q, g: num(g), size: num(Math.abs(now - old)), w2: num(now) };
  let before = answer(N), said;
  if (entry.box && N.boxed(entry) && entry.box.map(Number).includes(now)) {
    said = say("say.box", { ...places, low: num(Number(entry.box[0])), high: num(Number(entry.box[1])) });
  } else if (g === 0 && now === old) {
    const zero = facts.columns.find((key) => facts.factors.some(([a, b]) => a === key && b === entry.key) && N.number(key) === 0);
    said = zero === undefined ? say("say.still", places) : say("say.dead", { ...places, x: q(zero) });
    before = "";
  } else if (now === old) said = say("say.small", places);
  else if (follows && facts.goal.sense > 0 && g * (now - old) < 0) said = say(g < 0 ? "say.down" : "say.up", places);
  else if (follows && facts.goal.sense < 0 && g * (now - old) > 0) said = say(g < 0 ? "say.rise.down" : "say.rise.up", places);
  else said = say("say.other", places);
  return before ? `${before} ${said}` : said;
}

// The last quantity that a phase makes.
function made(key, N, phase) {
  const last = facts.quantities.filter((one) => one.phase === phase && one.size === 1 && !one.key.startsWith("∂")).pop();
  return last ? say(key, { q: last.q, v: num(N.number(last.key)) }) : "";
}

// The network's answer beside its target, where there is one of each.
function answer(N) {
  if (facts.answers.length !== 1 || N.visited.length !== 1) return "";
  const [key, target] = facts.answers[0];
  if (known(key).size !== 1) return "";
  const v = N.number(key), t = N.number(target);
  const side = say(v < t ? "side.below" : v > t ? "side.above" : "side.equal");
  return say("say.answer", { q: q(key), v: num(v), side, t: q(target), tv: num(t) });
}

// ---- tables: rows of { cells, now, of }

// The patterns of the ledger: all, or this step's, the worst, and those that get worse most.
function picked(N) {
  if (rows <= MOST) return Array.from({ length: rows }, (_, row) => row);
  if (N.light) return [N.shown];
  const found = [N.shown], now = errors(N.R, N.state).each, after = N.after === null ? null : errors(N.R, N.after).each;
  if (now && after) {
    const ranked = (size) => Array.from({ length: rows }, (_, row) => row).sort((a, b) => rank(size(a)) - rank(size(b)) || a - b);
    found.push(...ranked((row) => now[row]).slice(0, PICKED), ...ranked((row) => after[row] - now[row]).slice(0, PICKED));
  }
  return [...new Set(found)].sort((a, b) => a - b);
}

const rank = (size) => (size === size ? -size : Number.MAX_VALUE);

// Every pattern, or some; what a phase has not yet made is "…".
export function ledger(N, phase) {
  return picked(N).map((row) => {
    const now = values(N.R, N.state, [row]), old = error(now);
    const cells = [pattern(row), ...facts.partners.map((key) => num(now.one(key))), phase > 1 ? num(old) : "…"];
    if (N.entry) cells.push(phase > 2 ? num(slope(now, N.entry)) : "…");
    if (phase < 4) cells.push("…");
    else cells.push(N.after === null ? say("infinite") : compared(old, error(values(N.R, N.after, [row]))));
    return { cells, now: N.visited.includes(row), of: row };
  });
}

function compared(old, now) {
  if (!Number.isFinite(now)) return say("infinite");
  return `${num(now)} ${say(now === old ? "same" : now < old ? "lower" : "higher")}`;
}

// Weights, those with the largest slopes.
export function weights(N, phase) {
  const size = facts.entries.map((entry) => Math.abs(slope(N.used, entry)));
  const order = facts.entries.map((_, place) => place).sort((a, b) => rank(size[a]) - rank(size[b]) || a - b);
  const shown = new Set(order.slice(0, WEIGHTS));
  return facts.entries.flatMap((entry, place) => {
    if (!shown.has(place)) return [];
    const old = N.before(entry), now = N.behind(entry), finite = N.after !== null;
    const last = phase < 4 ? ["…", "…"] : finite ? [num(now - old), num(now)] : [say("infinite"), say("infinite")];
    return [{ cells: [entry.q, num(old), phase > 2 ? num(slope(N.used, entry)) : "…", ...last], now: entry === N.entry, of: place }];
  });
}

// Rows of the table of steps about the present one.
export function trace(N, phase) {
  const { R, entry } = N, found = [];
  if (!entry) return found;
  const from = Math.max(0, Math.min(N.k - 4, R.K - ROWS));
  for (let k = from; k < Math.min(from + ROWS, R.K); k++) {
    const visited = R.visited(k), hidden = k > N.k && phase < 4, open = k === N.k && phase < 4;
    if (hidden) { found.push({ cells: [String(k + 1), seen(visited), "…", "…", "…"], now: false, of: k }); continue; }
    const state = R.state(k), next = R.next(k);
    const old = state[entry.at], now = next.state[entry.at];
    const boxed = entry.box && R.boxed(entry.key, next.put) && entry.box.map(Number).includes(now);
    const after = boxed ? say("trace.box", { v: num(now) }) : num(now);
    const g = open && phase < 3 ? "…" : num(slope(values(R, state, visited), entry));
    found.push({ cells: [String(k + 1), seen(visited), num(old), g, open ? "…" : after], now: k === N.k, of: k });
  }
  return found;
}

function seen(visited) {
  if (facts.bare || (visited.length === rows && visited.length > 1)) return say("trace.all");
  if (visited.length > 1) return say("trace.some", { m: visited.length });
  const columns = facts.columns, plain = say("trace.pattern", { i: visited[0] });
  if (!((columns.length > 0 && columns.length <= 2) || (columns.length > 0 && columns.length <= 3 && rows <= MOST))) return plain;
  const data = columns.filter((key) => !facts.targets.includes(key));
  return data.map((key) => say("pattern.value", { q: q(key), v: num(datum(key, visited[0])) })).join(", ") || plain;
}

// ---- the run

export function ended(R) {
  if (R.ended === "converged") return say("end.converged", { K: R.K });
  return R.left ? say("end.left", { n: R.K + 1 }) : say("end.steps", { K: R.K });
}

// What is said above the step where the run left the finite numbers.
export function left(R) {
  if (!R.left) return "";
  const { step: n, equation, entry, pattern: row } = R.left, k = R.K;
  const own = q(equation), what = entry.length ? `${own}[${entry.join(",")}]` : own;
  return row === null ? say("left.bare", { n, k, what }) : say("left", { n, k, what, p: pattern(row) });
}

// What the slope alone predicts of a step, and what happens, in words.
export function caption(N) {
  if (!N.entry || N.after === null) return "";
  let predicted = 0;
  for (const entry of facts.entries) predicted += slope(N.used, entry) * (N.behind(entry) - N.before(entry));
  const objective = facts.goal.objective, actual = values(N.R, N.after, N.visited).one(objective) - N.used.one(objective);
  if (predicted === 0 && actual === 0) return say("curve.flat", { E: facts.goal.E, w: N.entry.q });
  return say("curve.caption", { E: facts.goal.E, pred: num(predicted), act: num(actual) });
}

// What the rule uses, where a step looks at several patterns.
export function mean(N) {
  if (N.visited.length < 2 || !N.entry) return "";
  return say("mean.of", { m: N.visited.length, g: num(slope(N.used, N.entry)) });
}

const AGREE = 1e-12;

// Whether the lines of the derivation are worth the same.
export function agree(N) {
  if (!N.entry || !(N.entry.key in facts.derived)) return "";
  const keys = (facts.lines[N.entry.key] ?? []).filter((key) => key !== null), g = N.values.one(`∂${facts.goal.objective}/∂${N.entry.key}`);
  if (!keys.length) return say("derivation.symbols");
  const near = keys.every((key) => Math.abs(N.values.one(key) - g) <= AGREE * (1 + Math.abs(g)));
  return near ? say("derivation.ok", { g: num(g) }) : say("derivation.bad");
}

// The graph in words.
export function graph(N) {
  const uses = facts.uses.filter(([maker]) => facts.slopes.includes(maker));
  const said = uses.map(([maker, user, key]) => say("graph.use", { user: q(user), maker: q(maker), factor: num(N.number(key), 3) }));
  return say("graph.words", { E: facts.goal.E, uses: said.join(", ") });
}

