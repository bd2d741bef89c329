// Settings → a training, done in slices, with every state of it; and the numbers of a network at a state.
// The patterns that `rows` counts, and their data, are those of the training that began last.

import { begin, advance, visits, passLength, starts, departed, PROGRAM, SHEETS, VALUES, DATA } from "./program.js";
import { facts } from "./dom.js";
import { stepping } from "./stepping.js";

const MOST = facts.memory; // numbers that the record of a run holds; beyond, states are kept now and then and computed between

const given = Object.fromEntries(Object.entries(DATA).map(([key, one]) => [key, one.values.slice()]));

export const handed = PROGRAM.patterns;
export let rows = handed;
export const orders = ["each", "all", "shuffled"].filter((one) => VALUES[one === "all" ? rows : 1] && SHEETS[one === "all" ? rows : 1]);

// The settings that the file was made with.
export function handedOut() {
  return { rate: PROGRAM.rate < 0 ? null : PROGRAM.consts[PROGRAM.rate], starts: {}, order: PROGRAM.order, seed: PROGRAM.seed, steps: PROGRAM.steps, data: {}, rows: handed, consts: {}, rule: "own", hold: [] };
}

// The state before the first step.
export function first(settings) {
  const state = settings.seed === PROGRAM.seed ? Float64Array.from(PROGRAM.start) : starts(settings.seed);
  for (const [place, value] of Object.entries(settings.starts)) state[facts.entries[place].at] = value;
  return state;
}

function entered({ data, rows: count }) {
  PROGRAM.patterns = rows = count;
  for (const [key, one] of Object.entries(DATA)) one.values.set(given[key]);
  for (const [key, cells] of Object.entries(data)) {
    for (const [row, value] of Object.entries(cells)) DATA[key].values[row] = value;
  }
}

const FAR = 20;

// How far from 0 a number that begins at a value is looked for.
export const far = (value) => FAR * Math.max(1, Math.abs(value));

// A training that has begun; `more(milliseconds)` goes on with it.
export function training(settings) {
  entered(settings);
  const state = first(settings), width = state.length, boxes = PROGRAM.boxes.length;
  const full = (settings.steps + 1) * width <= MOST, every = full ? 1 : Math.ceil(Math.max(Math.sqrt(settings.steps), (settings.steps + 1) * width / MOST));
  const { order, seed } = settings, rate = settings.rate ?? undefined;
  const fresh = (k, from) => {
    const run = begin({ order, seed, rate, state: from });
    for (const [key, value] of Object.entries(settings.consts)) run.consts[facts.consts[key]] = value;
    run.control[0] = k;
    return run;
  };
  const run = fresh(0, state), make = stepping(settings);
  const R = {
    settings: structuredClone(settings), width, every, K: 0, done: false, ended: "steps", left: null,
    consts: run.consts, kept: [Float64Array.from(state)], put: PROGRAM.boxes.map(() => new Set()),
    low: new Float64Array(width).fill(NaN), high: new Float64Array(width).fill(NaN),
  };
  let between = { near: -1, states: null }; // of a run that is not kept whole, the states of one stretch
  // Of a run that is not kept whole, how far each number went.
  const meet = (numbers, from) => {
    for (let at = 0; at < width; at++) {
      const value = numbers[from + at];
      if (Math.abs(value) > far(R.kept[0][at])) continue;
      if (!(value >= R.low[at])) R.low[at] = value;
      if (!(value <= R.high[at])) R.high[at] = value;
    }
  };
  const chunk = 256, trace = new Float64Array(chunk * width), put = new Int32Array(chunk * boxes);
  R.more = (time) => {
    const end = performance.now() + time;
    do { // at least one chunk, however coarse the clock is
      const from = run.control[0];
      run.control[4] = 0;
      put.fill(0);
      make(run, Math.min(settings.steps, from + chunk), trace, put);
      for (let row = 0; row < run.control[4]; row++) {
        const step = from + row + 1;
        if (step % every === 0) R.kept.push(trace.slice(row * width, (row + 1) * width));
        if (every > 1) meet(trace, row * width);
        for (let box = 0; box < boxes; box++) if (put[row * boxes + box]) R.put[box].add(step);
      }
      R.K = run.control[0];
      if (run.control[3] !== 0 || R.K >= settings.steps) R.done = true;
    } while (!R.done && performance.now() < end);
    if (R.done && run.control[3] === 2) R.ended = "converged";
    if (R.done && run.control[3] === 1) [R.ended, R.left] = ["left the finite numbers", departed(run) ?? nowhere(run)];
    return R.done;
  };
  R.visited = (k) => {
    const { rows: every, width: many, at } = visits(order, seed, k, k + 1);
    return Array.from(every.slice(at, at + many));
  };
  R.state = (k) => {
    if (every === 1) return R.kept[k];
    const near = Math.floor(k / every), at = k - near * every;
    if (at === 0) return R.kept[near];
    if (between.near !== near) {
      const until = Math.min(R.K, (near + 1) * every - 1), length = until - near * every;
      between = { near, states: new Float64Array(length * width) };
      make(fresh(near * every, R.kept[near]), until, between.states, new Int32Array(length * Math.max(1, boxes)));
    }
    return between.states.slice((at - 1) * width, at * width);
  };
  R.next = (k) => {
    if (k < R.K) return { state: R.state(k + 1), put: R.put.map((steps) => steps.has(k + 1)) };
    const here = fresh(k, R.state(k)), acted = new Int32Array(Math.max(1, boxes));
    make(here, k + 1, new Float64Array(width), acted);
    return { state: here.control[3] === 1 ? null : here.state, put: PROGRAM.boxes.map((_, box) => acted[box] !== 0) };
  };
  R.boxed = (name, put) => put[PROGRAM.boxes.indexOf(name)] === true;
  return R;
}

// Where a run left the finite numbers, if no quantity of the printed step says.
function nowhere(run) {
  const one = PROGRAM.weights.find(({ first: at, shape }) => !run.state.subarray(at, at + shape.reduce((a, b) => a * b, 1)).every(Number.isFinite));
  return { step: run.control[0] + 1, equation: (one ?? PROGRAM.weights[0]).name, entry: [], pattern: null };
}

// ---- numbers at a state

const where = {};
for (const [width, sheet] of Object.entries(VALUES)) {
  where[width] = new Map(sheet.quantities.map(({ key, start, shape, pattern }) => [key, { start, shape, size: shape.reduce((a, b) => a * b, 1), pattern: pattern.indexOf(true) }]));
}
const places = new Map([...PROGRAM.weights, ...facts.states].map(({ name, first: start, shape }) => [name, { start, size: shape.reduce((a, b) => a * b, 1) }]));

// Every quantity over some patterns: `one(key, place)` a number, `all(key)` its numbers.
export function values(R, state, visited) {
  const sheet = VALUES[visited.length], map = where[visited.length], out = new Float64Array(sheet.size);
  sheet.compute(state, R.consts, Int32Array.from(visited), 0, 0, out);
  return {
    has: (key) => map.has(key),
    all: (key) => { const at = map.get(key); return at && out.subarray(at.start, at.start + at.size); },
    one: (key, place = 0) => { const at = map.get(key); return at ? out[at.start + place] : NaN; },
    among: (row) => {
      const own = (key) => {
        const at = map.get(key);
        if (!at || at.pattern < 0) return at && out.subarray(at.start, at.start + at.size);
        const inner = at.shape.slice(at.pattern + 1).reduce((a, b) => a * b, 1), many = at.shape[at.pattern];
        return out.subarray(at.start, at.start + at.size).filter((_, k) => Math.floor(k / inner) % many === row);
      };
      return { has: (key) => map.has(key), all: own, one: (key, place = 0) => own(key)?.[place] ?? NaN };
    },
  };
}

// A number of data, of a weight, or of a const; NaN for any other key.
export function standing(R, state, row, key, place = 0) {
  const weight = places.get(key);
  if (weight) return state[weight.start + place];
  if (DATA[key]) return datum(key, row, place);
  if (key === facts.rate) return R.consts[PROGRAM.rate];
  const at = facts.consts[key];
  return at === undefined ? NaN : R.consts[at + place];
}

// An entry of data for a pattern.
export function datum(key, row, place = 0) {
  const { values: all, shape, pattern } = DATA[key];
  if (pattern < 0) return all[place];
  const inner = shape.slice(pattern + 1).reduce((a, b) => a * b, 1);
  return all[(Math.floor(place / inner) * shape[pattern] + row) * inner + place % inner];
}

export const isGiven = (key) => places.has(key) || DATA[key] !== undefined || key === facts.rate || facts.consts[key] !== undefined;
export const cells = (key) => DATA[key];
export const pass = passLength;
