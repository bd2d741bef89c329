// A run → the numbers of its figures: errors over the steps, and over one weight, as series.py has them.

import { facts } from "./dom.js";
import { far, rows, values } from "./run.js";
import { errors, error } from "./moment.js";

const MOST = 50000, POINTS = 97, FEW = 17, WIDE = 0.35, FAR = 20, KEPT = 200;

function sampled(steps) {
  const count = Math.max(2, Math.min(steps + 1, Math.floor(MOST / Math.max(1, rows))));
  if (count === steps + 1 || steps < 2) return Array.from({ length: steps + 1 }, (_, k) => k);
  return [...new Set(Array.from({ length: count }, (_, k) => Math.floor(k * steps / (count - 1) + 0.5)))];
}

// Errors over the steps of the run: after which, the goal over all patterns, and each pattern's.
export function series(R) {
  if (R.series && R.series.K === R.K) return R.series;
  const steps = sampled(R.K), total = new Float64Array(steps.length), each = facts.goal.each === null ? null : [];
  let most = -Infinity, least = Infinity;
  const met = (value) => { if (Number.isFinite(value)) { most = Math.max(most, value); least = Math.min(least, value); } };
  steps.forEach((k, place) => {
    const found = errors(R, R.state(k));
    met(total[place] = found.total);
    if (each && found.each) { each.push(found.each); for (const one of found.each) met(one); }
  });
  if (most === -Infinity) [most, least] = [1, 0];
  const known = [total[0], ...(each?.[0] ?? [])].filter((value) => Number.isFinite(value) && value > 0);
  if (known.length) most = Math.min(most, FAR * Math.max(...known));
  if (Number.isFinite(total[0])) least = Math.max(least, -FAR * Math.max(1, Math.abs(total[0])));
  R.series = { K: R.K, steps, total, each: each && each.length === steps.length ? each : null, most, least };
  return R.series;
}

// The part of a weight's axis that is drawn.
export function span(R, entry) {
  R.spans ??= new Map();
  if (R.spans.get(entry)?.K === R.K) return R.spans.get(entry).ends;
  let low = Infinity, high = -Infinity;
  const most = far(R.kept[0][entry.at]), every = [R.kept[0], ...(R.every === 1 ? R.kept : [])].map((state) => state[entry.at]);
  for (const value of R.every === 1 ? every : [...every, R.low[entry.at], R.high[entry.at]]) {
    if (Math.abs(value) <= most) { low = Math.min(low, value); high = Math.max(high, value); }
  }
  const box = entry.box?.map(Number);
  let ends;
  if (box && box.every(Number.isFinite)) {
    const size = box[1] - box[0];
    ends = [Math.min(box[0] - 0.2 * size, low), Math.max(box[1] + 0.4 * size, high)];
  } else {
    const room = Math.max(WIDE * (high - low), 0.5);
    ends = [low - room, high + room];
  }
  R.spans.set(entry, { K: R.K, ends });
  return ends;
}

// The axis of errors: the same for all steps of a run.
export function limits({ least, most }) {
  const low = 1.3 * Math.min(0, least);
  return [low, most > 0 ? Math.max(1.5 * most, Math.min(0, least) + 1e-12) : Math.max(0, Math.min(0, least) + 1)];
}

// The goal and E of the shown pattern over one weight, the others as they are.
export function section(N) {
  const { R, entry } = N, [low, high] = span(R, entry), count = POINTS * rows <= MOST ? POINTS : FEW;
  R.sections ??= new Map();
  const name = `${R.K} ${N.k} ${N.weight} ${N.shown}`, known = R.sections.get(name);
  if (known) return known;
  const at = Array.from({ length: count }, (_, k) => low + (high - low) * k / (count - 1)), state = Float64Array.from(N.state);
  const total = [], one = [];
  for (const w of at) {
    state[entry.at] = w;
    if (N.light) {
      total.push(NaN);
      one.push(error(values(R, state, [N.shown])));
      continue;
    }
    const found = errors(R, state);
    total.push(found.total);
    one.push(facts.together ? found.total : found.each ? found.each[N.shown] : error(values(R, state, [N.shown])));
  }
  if (!N.light) {
    if (R.sections.size > KEPT) R.sections.clear();
    R.sections.set(name, { at, total, one });
  }
  return { at, total, one };
}

// Multiples of 1, 2 or 5 times a power of ten between two numbers.
export function ticks(low, high, count = 6) {
  const rough = high / count - low / count;
  if (!(Number.isFinite(rough) && rough > 0)) return [low];
  let power = Math.floor(Math.log10(rough)), size = [1, 2, 5, 10].find((one) => one * Number(`1e${power}`) >= rough * 0.75);
  if (size === 10) [size, power] = [1, power + 1];
  const unit = Number(`1e${power}`), first = Math.ceil(low / size / unit - 1e-9), last = Math.floor(high / size / unit + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(`${(first + k) * size}e${power}`));
}
