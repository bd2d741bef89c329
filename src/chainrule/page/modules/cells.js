// Settings → the same training at other rates, and from other starts of one weight: after how many steps each has
// learned, in slices of time, the whole picture coarsely first. Another way to compute may stand behind `mapping`.

import { begin, PROGRAM, VALUES } from "./program.js";
import { facts } from "./dom.js";
import { first, handed, rows } from "./run.js";
import { errors } from "./moment.js";
import { stepping } from "./stepping.js";

export const NOT = -1, LEFT = -2, OPEN = -3; // it has not learned, it left the finite numbers, it is not computed yet

const SHARE = 0.99, STEPS = 1000, CHUNK = 64, SAME = 1e-9;
const SIZES = [[96, 64], [48, 32], [24, 16], [12, 8]], WORK = 4e9; // operations of a map, as facts.map counts a step
const DECADES = 6, CLOSE = 2, AGAIN = 3, BELOW = 10, ABOVE = 100, ALONE = 1000;
const LEFT_IT = 1;

const sense = facts.goal.sense, everyone = Int32Array.from({ length: handed }, (_, row) => row);
const sheet = VALUES[handed], place = sheet.quantities.find((one) => one.key === facts.goal.objective)?.start;
const out = new Float64Array(sheet.size);

// The goal over all patterns.
function goal(run, state) {
  if (rows !== handed || place === undefined) return errors({ consts: run.consts }, state).total;
  sheet.compute(state, run.consts, everyone, 0, 0, out);
  return out[place];
}

const better = (one, other) => Number.isFinite(one) && sense * (other - one) > SAME * Math.max(Math.abs(one), Math.abs(other));

// How many steps each training of a map makes, and how fine it is, `counts` at most; null where even the coarsest is too large.
export function size(settings, counts) {
  const steps = Math.max(STEPS, settings.steps);
  const found = SIZES.map((one) => one.map((many, k) => Math.min(many, counts[k]))).find(([columns, lines]) => columns * lines * steps * facts.map.work <= WORK);
  return found ? { steps, columns: found[0], lines: found[1] } : null;
}

// A number that is told in as many digits as tell the cells apart: the cell has this very number.
const told = (value, digits) => Number(value.toPrecision(Math.min(17, digits)));

export function spread(low, high, count, log) {
  const part = log ? Math.log10(high / low) / (count - 1) * 2.3 : (high - low) / (count - 1) / Math.max(Math.abs(low), Math.abs(high));
  const digits = Math.max(4, 2 - Math.floor(Math.log10(part)));
  return Array.from({ length: count }, (_, k) => {
    const along = k / (count - 1);
    return k === 0 ? low : k === count - 1 ? high : told(log ? low * (high / low) ** along : low + (high - low) * along, digits);
  });
}

// One training: `look` is told of the goal after so many steps and ends the looking with true. Rests between chunks.
function* trained(settings, rate, at, start, steps, look) {
  const state = first(settings);
  if (at !== null) state[at] = start;
  const run = begin({ order: settings.order, seed: settings.seed, rate, state }), make = stepping(settings);
  for (const [key, value] of Object.entries(settings.consts)) if (key !== facts.rate) run.consts[facts.consts[key]] = value;
  const width = state.length, boxes = Math.max(1, PROGRAM.boxes.length);
  const trace = new Float64Array(CHUNK * width), put = new Int32Array(CHUNK * boxes);
  let done = look(0, goal(run, state));
  while (run.control[0] < steps && run.control[3] === 0) {
    const from = run.control[0];
    run.control[4] = 0;
    make(run, Math.min(steps, from + CHUNK), trace, put);
    for (let row = 0; row < run.control[4] && !done; row++) done = look(from + row + 1, goal(run, trace.subarray(row * width, (row + 1) * width)));
    yield;
  }
  return { left: run.control[3] === LEFT_IT, error: goal(run, run.state) };
}

// After how many steps a training has learned, `NOT` or `LEFT`.
function* learned(settings, rate, at, start, steps, level) {
  const good = (error) => sense * (error - level) <= 0;
  let reached = NOT;
  const end = yield* trained(settings, rate, at, start, steps, (k, error) => { if (good(error)) reached = k; return reached >= 0; });
  return end.left ? LEFT : good(end.error) ? reached : NOT;
}

// Rates far to both sides of the run's.
function looked(settings) {
  const own = Math.abs(settings.rate) || 0.1;
  return Array.from({ length: 2 * DECADES * CLOSE + 1 }, (_, k) => own * 10 ** (k / CLOSE - DECADES)).filter((rate) => Number.isFinite(rate) && rate > 0);
}

// The error that a training is to come to: that of the run's end, or of the best that a rate came to; null if none is better.
function* aimed(R, begun, steps) {
  const last = R.left === null ? errors(R, R.state(R.K)).total : NaN;
  if (better(last, begun)) return { target: last, own: true };
  let best = begun;
  for (const rate of looked(R.settings)) {
    let mine = begun;
    const end = yield* trained(R.settings, rate, null, 0, steps, (_, error) => { if (better(error, mine)) mine = error; return false; });
    if (!end.left && better(mine, best)) best = mine;
  }
  return better(best, begun) ? { target: best, own: false } : null;
}

// From which rate to which the map reaches: below and above nothing changes any more, or nothing learns.
function* ends(settings, at, starts, steps, level) {
  const rates = looked(settings), table = [];
  for (const rate of rates) {
    const row = [yield* learned(settings, rate, null, 0, steps, level)];
    for (const start of starts) row.push(yield* learned(settings, rate, at, start, steps, level));
    table.push(row);
  }
  const differs = table.map((row, k) => k > 0 && row.some((one, j) => one !== table[k - 1][j])), own = settings.rate;
  let [low, high] = [Math.abs(own) || 0.1, Math.abs(own) || 0.1];
  if (!differs.includes(true)) [low, high] = [low / ALONE, high * ALONE];
  else {
    [low, high] = [rates[differs.indexOf(true) - 1], rates[differs.lastIndexOf(true)]];
    const learns = table.map((row) => row.some((one) => one >= 0) && row.some((one) => one !== 0));
    if (learns.includes(true)) {
      low = Math.max(low, rates[learns.indexOf(true)] / BELOW);
      high = Math.min(high, rates[learns.lastIndexOf(true)] * ABOVE);
    }
  }
  if (own > 0) [low, high] = [Math.min(low, own), Math.max(high, own)];
  return [Number(low.toPrecision(2)) || low, Number(high.toPrecision(2)) || high];
}

// The map of a training R over the rate and the start of an entry, `window` being [[low, high] or null, [low, high]].
// Gives what is known so far, with `more(milliseconds)`, which goes on and says whether it is done.
export function mapping(R, entry, window, counts) {
  const { steps, columns: most, lines: many } = counts, settings = R.settings, begun = errors(R, R.state(0)).total;
  const M = { done: false, steps, level: NaN, own: true, rates: null, starts: spread(...window[1], many, false), table: null, none: null };
  M.at = (i, j) => {
    for (let stride = 1; stride <= 8; stride *= 2) {
      const one = M.table[(j - j % stride) * most + i - i % stride];
      if (one !== OPEN) return one;
    }
    return OPEN;
  };
  const work = (function* () {
    const aim = Number.isFinite(begun) ? yield* aimed(R, begun, steps) : null;
    if (aim === null) { M.none = "map.nothing"; return; }
    [M.level, M.own] = [begun + SHARE * (aim.target - begun), aim.own];
    const [low, high] = window[0] ?? (yield* ends(settings, entry.at, [0, AGAIN - 1].map((k) => M.starts[Math.round(k * (many - 1) / (AGAIN - 1))]), steps, M.level));
    M.rates = spread(low, high > low ? high : low * 10, most, true);
    M.table = new Int32Array(most * many).fill(OPEN);
    for (let stride = 8; stride >= 1; stride /= 2) {
      for (let j = 0; j < many; j += stride) for (let i = 0; i < most; i += stride) {
        if (M.table[j * most + i] === OPEN) M.table[j * most + i] = yield* learned(settings, M.rates[i], entry.at, M.starts[j], steps, M.level);
      }
    }
  })();
  M.more = (time) => {
    const end = performance.now() + time;
    while (!M.done && performance.now() < end) M.done = work.next().done;
    return M.done;
  };
  return M;
}
