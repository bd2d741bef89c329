// The cells of a map → what came of each in float32: on a graphics card, many at once, or one by one in JavaScript, with
// the same bits. Generators that give promises to wait for, and rest in between.

import { passLength, visits, DATA, PROGRAM } from "./program.js";
import { SINGLE } from "./single.js";
import { facts } from "./dom.js";
import { first, handed, rows } from "./run.js";
import { opened, runs } from "./card.js";

const CALL = 50, CHUNK = 256, LEFT_IT = 1, GROWTH = 8; // milliseconds that a call should take, steps of one at most

let asked = null;

// The card of this page, asked for once.
export const card = () => (asked ??= opened());

const finite = (values) => values.every((one) => Number.isFinite(Math.fround(one)));
const apart = (values) => new Set(values.map(Math.fround)).size === new Set(values).size;
const told = (values) => finite(values) && apart(values) && values.every((one) => one === 0 || Math.fround(one) !== 0);

// Why these settings are nothing for a card; null where they are.
export function unfit(S) {
  const one = facts.map.card;
  if (!one) return "kernel";
  return S.rule !== "own" || S.hold.length || rows !== handed || visits(S.order, S.seed, 0, 1).width !== one.visits ? "settings" : null;
}

// Whether float32 tells the cells of a map apart.
export const apart32 = (axes) => axes.every(({ values }) => told(values));

// The trainings of a map: of a training R, the start of the entry `at`, over two axes.
export function trainings(R, at, [rates, starts], steps, level) {
  const { kernel, given, width, reached, wholes } = facts.map.card, S = R.settings, sense = facts.goal.sense, goal = Math.fround(level);
  const begun = new Float32Array(width), shared = new Float32Array(given.reduce((sum, [, size]) => sum + size, 0)), pass = passLength(S.order);
  begun.set(first(S));
  let place = 0;
  for (const [key, size] of given) {
    if (key === "") shared[place] = level;
    else if (DATA[key]) shared.set(DATA[key].values.subarray(0, size), place);
    else shared.set(R.consts.subarray(facts.consts[key], facts.consts[key] + size), place);
    place += size;
  }
  const rate = (cell) => Math.fround(rates[cell % rates.length]), start = (cell) => starts[Math.floor(cell / rates.length)];
  const every = Int32Array.from({ length: PROGRAM.patterns }, (_, k) => k);

  // The patterns of the steps from one on.
  function visited(from, until) {
    if (S.order === "all") return every;
    const all = [];
    for (let k = from; k < until;) {
      const { rows: some, width: many, at: begin, until: end } = visits(S.order, S.seed, k, until);
      for (let n = 0; k < end; k++) for (let p = 0; p < many; p++, n++) all.push(some[(begin + n) % some.length]);
    }
    return Int32Array.from(all);
  }

  const own = (cell) => {
    const state = begun.slice();
    state[at] = start(cell);
    return state;
  };

  // What came of a training: as cells.js tells it.
  function outcome(cell, { ended, made, state }, codes) {
    if (ended === LEFT_IT) return codes.left;
    fed();
    const error = SINGLE.goal(state, [rate(cell)]);
    return sense * (error - goal) <= 0 ? (state[reached] > 0 ? state[reached] - 1 : made) : codes.not;
  }

  const fed = () => { if (SINGLE.of !== shared) { SINGLE.given.set(shared); SINGLE.of = shared; } };

  // One in JavaScript.
  function* alone(cell) {
    const state = own(cell), consts = Float32Array.of(rate(cell)), control = new Int32Array(5);
    while (control[0] < steps && control[3] === 0) {
      const until = Math.min(steps, control[0] + CHUNK), some = visited(control[0], until);
      fed();
      control[2] = 0;
      SINGLE.advance(state, consts, some, some.length, control, until, pass);
      yield null;
    }
    return { ended: control[3], made: control[0], state };
  }

  // Many on a card; `careful` has quotients and roots made in whole numbers.
  function* together(device, cells, careful) {
    const count = cells.length, states = new Float32Array(width * count);
    cells.forEach((cell, run) => own(cell).forEach((value, k) => { states[k * count + run] = value; }));
    const text = careful ? wholes.reduce((all, [short, long]) => all.replace(short, () => long), kernel) : kernel;
    const longest = new Int32Array(S.order === "all" ? every.length : CHUNK * visits(S.order, S.seed, 0, 1).width);
    const coming = runs(device, text, { shared, own: Float32Array.from(cells, rate), visited: longest, states, fates: new Int32Array(3 * count) });
    try {
      const work = yield coming;
      let step = 0, size = 1, fates = null;
      while (step < steps && !(fates && fates.subarray(0, count).every((ended) => ended !== 0))) {
        const until = Math.min(steps, step + size), began = performance.now();
        fates = yield work.advance(step, until, pass, visited(step, until));
        const by = Math.min(GROWTH, Math.max(1 / GROWTH, CALL / Math.max(1, performance.now() - began)));
        if (until - step === size) size = Math.max(1, Math.min(CHUNK, Math.floor(size * by)));
        step = until;
      }
      const ends = yield work.states();
      return cells.map((_, run) => ({ ended: fates[run], made: fates[count + run], state: Float32Array.from({ length: width }, (_, k) => ends[k * count + run]) }));
    } finally { coming.then((work) => work.close(), () => {}); }
  }

  return { alone, together, outcome };
}

// Whether two trainings have the same bits.
export const alike = (one, other) => one.ended === other.ended && one.made === other.made && one.state.every((value, k) => Object.is(value, other.state[k]));
