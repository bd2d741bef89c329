// Settings → the same training at other rates, and from other starts of one weight: after how many steps each has
// learned, the whole picture coarsely first, on a graphics card or in JavaScript, which rests between slices of time.

import { begin, permutation, PROGRAM, VALUES } from "./program.js";
import { facts } from "./dom.js";
import { first, handed, rows } from "./run.js";
import { errors } from "./moment.js";
import { stepping } from "./stepping.js";
import { thinned } from "./axis.js";
import { alike, apart32, card, trainings, unfit } from "./singles.js";

export const NOT = -1, LEFT = -2, OPEN = -3; // it has not learned, it left the finite numbers, it is not computed yet

const SHARE = 0.99, STEPS = 1000, CHUNK = 64, SAME = 1e-9;
const SIZES = [[96, 64], [48, 32], [24, 16], [12, 8]], WORK = 4e9; // operations of a map, as facts.map counts a step
const FINE = [[256, 256], [192, 128], ...SIZES], USUAL = [192, 128], MUCH = 4e11; // the same on a card, and of an axis that nobody asked for
const DECADES = 6, CLOSE = 2, BELOW = 10, ABOVE = 100, ALONE = 1000;
const LEFT_IT = 1, TILE = 8192, CHECKED = 64, LOOKED = 4e8; // cells of a tile, cells checked anywhere and at the border, operations of that

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

// The axes as fine as so many operations allow; null where even the coarsest are too much.
function fitted(axes, sizes, most, steps) {
  const cells = sizes.map((one) => one.map((many, k) => Math.min(many, axes[k].values?.length ?? USUAL[k])));
  const found = cells.find(([columns, lines]) => columns * lines * steps * facts.map.work <= most);
  return found ? axes.map((axis, k) => thinned(axis, found[k])) : null;
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

// Which cells a map trains one after another: those of every eighth, fourth, … column and line, in tiles.
function* tiles(columns, lines) {
  for (let stride = 8; stride >= 1; stride /= 2) {
    let cells = [];
    for (let j = 0; j < lines; j += stride) for (let i = 0; i < columns; i += stride) {
      if (stride < 8 && i % (2 * stride) === 0 && j % (2 * stride) === 0) continue;
      cells.push(j * columns + i);
      if (cells.length === TILE) { yield cells; cells = []; }
    }
    if (cells.length) yield cells;
  }
}

// Cells to be trained again: some anywhere, and some that have not learned beside one that has, or the other way round.
function chosen(table, columns, most) {
  const mixed = permutation(0, "map", table.length), learns = (cell) => table[cell] >= 0;
  const beside = (cell) => [1, columns].some((far) => cell + far < table.length && (far > 1 || (cell + 1) % columns !== 0) && learns(cell) !== learns(cell + far));
  return [...new Set([...mixed.slice(0, most), ...mixed.filter(beside).slice(0, most)])];
}

// The map of a training R over the rate and the start of an entry; an axis has its values, or ends alone. Gives what is
// known so far, with `more(milliseconds)`, which goes on and gives a promise where it waits for a card.
export function mapping(R, entry, given) {
  const settings = R.settings, steps = Math.max(STEPS, settings.steps), begun = errors(R, R.state(0)).total;
  const M = { done: false, steps, level: NaN, own: true, axes: null, table: null, none: null, by: { card: null, why: null, said: "", other: 0, checked: 0, agreed: 0 } };
  const by = M.by;
  M.at = (i, j) => {
    for (let stride = 1; stride <= 8; stride *= 2) {
      const one = M.table[(j - j % stride) * M.axes[0].values.length + i - i % stride];
      if (one !== OPEN) return one;
    }
    return OPEN;
  };

  // What computes, and the axes as fine as it can; gives the card.
  function* prepared(axes) {
    const fit = (sizes, most) => fitted(axes, sizes, most, steps);
    by.why = unfit(settings);
    const fine = by.why ? null : fit(FINE, MUCH);
    if (fine && !apart32(fine)) by.why = "range";
    const found = by.why ? null : yield card();
    if (found) [by.why, by.said] = [found.lost ? "failed" : found.why ?? null, found.lost || found.said || ""];
    const device = !by.why && fine ? found : null;
    if (device) M.axes = fine;
    by.card = device ? device.name : null;
    return device;
  }

  // Fills the table, and gives whether it did: without a first tile the map is JavaScript's.
  function* withCard(device) {
    const [columns, lines] = blank();
    const T = trainings(R, entry.at, M.axes.map((axis) => axis.values), steps, M.level), ends = [], codes = { left: LEFT, not: NOT };
    const put = (cell, end) => { ends[cell] = end; M.table[cell] = T.outcome(cell, end, codes); };
    let careful = false, works = true, first = true;
    for (const cells of tiles(columns, lines)) {
      if (works) try {
        let found = yield* T.together(device, cells, careful);
        for (let k = 0; first && !careful && k < cells.length; k += Math.ceil(cells.length / 16)) {
          if (alike(yield* T.alone(cells[k]), found[k])) continue;
          careful = true; // it divides or takes roots nearly
          found = yield* T.together(device, cells, true);
        }
        cells.forEach((cell, k) => put(cell, found[k]));
      } catch (fault) {
        [works, by.why, by.said] = [false, "failed", fault.message];
        if (first) return false;
      }
      if (!works) for (const cell of cells) { put(cell, yield* T.alone(cell)); ends[cell] = null; by.other += 1; }
      first = false;
    }
    const most = Math.max(8, Math.min(CHECKED, Math.floor(LOOKED / (2 * steps * facts.map.work))));
    for (const cell of by.other < M.table.length ? chosen(M.table, columns, most) : []) {
      if (!ends[cell]) continue;
      const same = alike(yield* T.alone(cell), ends[cell]);
      by.checked += 1;
      by.agreed += same ? 1 : 0;
    }
    return true;
  }

  // An empty table as large as the axes say.
  function blank() {
    const sides = M.axes.map((axis) => axis.values.length);
    M.table = new Int32Array(sides[0] * sides[1]).fill(OPEN);
    return sides;
  }

  const work = (function* () {
    const aim = Number.isFinite(begun) ? yield* aimed(R, begun, steps) : null;
    if (aim === null) { M.none = "map.nothing"; return; }
    [M.level, M.own] = [begun + SHARE * (aim.target - begun), aim.own];
    const [low, high] = given[0] ? [] : yield* ends(settings, entry.at, outer(given[1]), steps, M.level);
    const axes = [given[0] ?? { scale: "geometric", low, high: high > low ? high : low * 10 }, given[1]], device = yield* prepared(axes);
    if (device && (yield* withCard(device))) return;
    [by.card, M.axes] = [null, fitted(axes, SIZES, WORK, steps)];
    if (!M.axes) { [M.none, M.table] = ["map.large", null]; return; }
    const [columns, lines] = blank();
    for (const cells of tiles(columns, lines)) for (const cell of cells) {
      M.table[cell] = yield* learned(settings, M.axes[0].values[cell % columns], entry.at, M.axes[1].values[Math.floor(cell / columns)], steps, M.level);
    }
  })();

  let waits = null, go = () => work.next();
  M.more = (time) => {
    const end = performance.now() + time;
    while (!M.done && !waits && performance.now() < end) {
      const { value, done } = go();
      [M.done, go] = [done, () => work.next()];
      if (done || !(value instanceof Promise)) continue;
      waits = value.then((found) => { go = () => work.next(found); }, (fault) => { go = () => work.throw(fault); }).then(() => { waits = null; });
    }
    return waits;
  };
  M.close = () => { work.return(); M.done = true; };
  return M;
}

const outer = ({ values, low, high }) => (values ? [values[0], values[values.length - 1]] : [low, high]);
