// The table of claims and probes → what is told of each claim: holds, denied or not known, and a sentence.
// The twin of page/live, to the bit: every operation is one of + − × ÷, √ and comparison, and sums are taken
// from the first to the last. Values are numbers, Float64Array, arrays of those, and texts; a truth is 1 or 0.

import { num, put, toldApart } from "./numbers.js";

const SHAKES = 4, LAST_PLACES = 2 ** -51;
const vector = (from) => Float64Array.from(from);
const made = (count, make) => Float64Array.from({ length: count }, (_, k) => make(k));
const numeric = (value) => typeof value === "number", holds = (value) => value === value && value !== 0;

// --- numbers and vectors

// A function of two numbers on numbers, vectors and rows of vectors, whichever are given.
function each2(apply) {
  const on = (a, b) => {
    if (numeric(a) && numeric(b)) return apply(a, b);
    if (Array.isArray(a)) return a.map((one, k) => on(one, Array.isArray(b) ? b[k] : b));
    if (Array.isArray(b)) return b.map((one) => on(a, one));
    const many = numeric(a) ? b.length : a.length;
    return made(many, (k) => apply(numeric(a) ? a : a[k], numeric(b) ? b : b[k]));
  };
  return on;
}

function each1(apply) {
  const on = (a) => numeric(a) ? apply(a) : Array.isArray(a) ? a.map(on) : a.map(apply);
  return on;
}

const larger = each2((a, b) => a >= b ? a : b >= a ? b : NaN);
const smaller = each2((a, b) => a <= b ? a : b <= a ? b : NaN);
const plus = each2((a, b) => a + b), minus = each2((a, b) => a - b);
const times = each2((a, b) => a * b), over = each2((a, b) => a / b);
const abs = each1(Math.abs), negative = each1((a) => -a);
const truth = (test) => each2((a, b) => test(a, b) ? 1 : 0);

function total(values) {
  if (Array.isArray(values)) return vector(values.map(total));
  if (!values.length) return 0;
  let sum = values[0];
  for (let k = 1; k < values.length; k++) sum += values[k];
  return sum + 0;
}

// The largest of all numbers, NaN where one is none.
function top(values) {
  const flat = Array.isArray(values) ? values.flatMap((row) => [...row]) : values;
  let found = -Infinity;
  for (const one of flat) if (!(one <= found)) { found = one; if (one !== one) return NaN; }
  return found + 0;
}

const low = (values) => -top(negative(values)) + 0;

function norm(values) {
  const largest = top(abs(values));
  if (!(largest > 0) || !Number.isFinite(largest)) return largest < 0 ? 0 : largest;
  const shares = over(values, largest);
  return largest * Math.sqrt(total(times(shares, shares)));
}

function median(values) {
  if (!values.length || values.some((one) => one !== one)) return NaN;
  const ordered = vector(values).sort(), half = values.length >> 1;
  return (values.length % 2 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2) + 0;
}

function sample(values, most) {
  if (values.length <= most) return values;
  return made(most, (k) => values[Math.floor(k * (values.length - 1) / (most - 1))]);
}

const pick = (values, places) => (Array.isArray(values) ? [...places] : places).map((k) => values[k]);

function cosines(rows) {
  const units = rows.map((row) => over(row, norm(row))), found = [];
  units.forEach((one, k) => units.slice(k + 1).forEach((other) => found.push(total(times(one, other)))));
  return vector(found);
}

function draws(seed, count) {
  let x = (seed * 2654435761) % 4294967296 || 1;
  return made(count, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2147483648 - 1;
  });
}

function ways(many, count) {
  const drawn = Array.from({ length: count }, (_, k) => draws(k + 1, many));
  return drawn.map((one) => over(one, norm(one)));
}

// After how many rows, 2 or more, the last rows were there before, three times over; 0 if they were not.
function period(path, close) {
  const room = times(close, larger(1, abs(path[path.length - 1])));
  for (let length = 2; length <= Math.floor(path.length / 3); length++) {
    const tail = path.slice(-2 * length), earlier = path.slice(-3 * length, -length);
    if (tail.every((row, k) => row.every((one, i) => Math.abs(one - earlier[k][i]) <= room[i]))) return length;
  }
  return 0;
}

const spread = (path) => minus(path.reduce(larger), path.reduce(smaller));
const finite = (a) => (numeric(a) ? Number.isFinite(a) : a.every((one) => finite(one))) ? 1 : 0;
const count = (a) => a.filter((one) => one !== 0).length;

const WORDS = {
  "+": plus, "-": minus, "*": times, "/": over, neg: negative, abs, sqrt: each1(Math.sqrt),
  sign: each1((a) => a > 0 ? 1 : a < 0 ? -1 : a === a ? 0 : NaN),
  "<": truth((a, b) => a < b), "<=": truth((a, b) => a <= b), ">": truth((a, b) => a > b), ">=": truth((a, b) => a >= b),
  "==": truth((a, b) => a === b), "!=": truth((a, b) => a !== b), both: truth((a, b) => a !== 0 && b !== 0),
  either: truth((a, b) => a !== 0 || b !== 0),
  isfinite: each1((a) => Number.isFinite(a) ? 1 : 0), finite, max: larger, min: smaller, top, low, total, count,
  size: (a) => a.length, median, where: (a) => vector([...a.keys()].filter((k) => a[k] !== 0)),
  first: (a) => a.findIndex((one) => one !== 0), at: (a, k) => k >= 0 && k < a.length ? a[Math.trunc(k)] : NaN, pick,
  sample, dot: (a, b) => total(times(a, b)), norm, norms: (rows) => vector(rows.map(norm)),
  products: (rows, a) => vector(rows.map((row) => total(times(row, a)))), cosines, ways,
  units: (many) => Array.from({ length: many }, (_, k) => made(many, (i) => i === k ? 1 : 0)), period,
  every: (path, many) => path.filter((_, k) => k % many === 0), leading: (path, many) => path.slice(0, many),
  ending: (path, many) => path.slice(path.length - many), spread, range: (many) => made(many, (k) => k),
  row: (path, k) => path[k], num, put, apart: (a, b) => toldApart(a, b)[0],
};

// --- what looks at the network

const moved = (theta, place, by) => { const point = vector(theta); point[place] += by; return point; };
const shakes = (theta) => Array.from({ length: SHAKES }, (_, k) => {
  const drawn = draws(100 + k, theta.length);
  return theta.map((one, i) => one * (1 + LAST_PLACES * (drawn[i] < 0 ? -1 : 1)));
});
const singles = (probes) => Array.from({ length: probes.patterns }, (_, k) => [k]);
const every = (probes) => made(probes.patterns, (k) => k);

const PROBES = {
  goal: (probes, theta, rows) => probes.goal(theta, rows), slope: (probes, theta, rows) => probes.slope(theta, rows),
  beside: (probes, theta, places, by, rows) => places.map((place, k) => probes.goal(moved(theta, place, by[k]), rows)),
  bends: (probes, theta, places, by, rows) => places.map((place, k) => {
    return probes.slope(moved(theta, place, by[k]), rows)[place];
  }),
  along: (probes, theta, way, far, rows) => far.map((one) => probes.goal(plus(theta, times(one, way)), rows)),
  across: (probes, theta, many, far, rows) => vector(many.map((way) => probes.goal(plus(theta, times(far, way)), rows))),
  turned: (probes, theta, many, far, rows) => {
    const here = probes.slope(theta, rows);
    return top(abs(many.map((way) => minus(probes.slope(plus(theta, times(far, way)), rows), here))));
  },
  shaken: (probes, theta, rows) => {
    const here = probes.goal(theta, rows);
    return top(vector(shakes(theta).map((one) => Math.abs(probes.goal(one, rows) - here))));
  },
  shaken_slopes: (probes, theta, rows) => {
    const here = probes.slope(theta, rows);
    return top(abs(shakes(theta).map((one) => minus(probes.slope(one, rows), here))));
  },
  each: (probes, theta) => vector(singles(probes).map((rows) => probes.goal(theta, rows))),
  shaken_each: (probes, theta) => {
    const here = PROBES.each(probes, theta);
    const off = shakes(theta).map((one) => abs(minus(PROBES.each(probes, one), here)));
    return off.reduce(larger, made(probes.patterns, () => 0));
  },
  pulls: (probes, theta, rows) => [...rows].map((row) => probes.slope(theta, [row])),
  own: (probes, theta, row) => probes.own(theta, row),
  course: (probes, steps, shift, which) => steps.map((step) => {
    return probes.goal(probes.path[step + shift], which === "all" ? every(probes) : probes.rows(step));
  }),
  moves: (probes, steps) => steps.map((step) => {
    return larger(0, top(abs(minus(probes.path[step + 1], probes.path[step]))));
  }),
  project: ({ low, high }, theta) => theta.map((one, k) => {
    const found = low[k] > one ? low[k] : one;
    return high[k] < found ? high[k] : found;
  }),
  onward: (probes, steps) => probes.onward(steps),
  totals: (probes, path) => vector(path.map((theta) => probes.goal(theta, every(probes)))),
  walk: (probes, kind, rate, steps) => {
    const path = [probes.path[0]];
    for (let k = 0; k < steps; k++) {
      const g = probes.slope(path[k], every(probes)), square = Math.sqrt(total(times(g, g)));
      let step = times(rate, g);
      if (kind === "signs") step = times(rate, WORDS.sign(g));
      if (kind === "direction") step = square > 0 ? over(step, square) : times(0, g);
      path.push(PROBES.project(probes, probes.sense > 0 ? minus(path[k], step) : plus(path[k], step)));
    }
    return path;
  },
  visits: (probes, step) => vector(probes.rows(step)),
  called: (probes, place) => probes.names[place] ?? "?",
};

// --- claims

// Takes the table, the sentences by key, probes and, if not all are wanted, ids; gives for each claim {id, holds, keys,
// text, known}, where holds is null if it is not known.
export function tell(table, strings, probes, ids = Object.keys(table.claims)) {
  return ids.map((id) => {
    const claim = table.claims[id], scope = scopeOf({ ...table.common, ...claim.finding }, probes);
    const first = (cases) => cases.find((one) => holds(scope.value(one.when)));
    const said = (one) => one.say.flatMap((key) => key[0] === "@" ? said(first(claim.parts[key.slice(1)])) : [key]);
    const found = first(claim.cases), keys = said(found);
    const text = keys.map((key) => filled(table.forms, strings, key, scope.named)).join(" ");
    return { id, holds: found.holds, keys, text, known: scope.known };
  });
}

// Takes the table and the names of what changed: which claims stand, which are computed again, which are withdrawn.
export function standing(table, changed) {
  const found = {}, touched = (needs) => needs.some((one) => changed.includes(one));
  for (const [id, { needs }] of Object.entries(table.claims)) found[id] = touched(needs) ? "again" : "stands";
  for (const [id, needs] of Object.entries(table.embedded)) found[id] = touched(needs) ? "withdrawn" : "stands";
  return found;
}

// A sentence, of one form or two, with its places filled.
function filled(forms, strings, key, named) {
  const form = key in forms ? (named(forms[key]) === 1 ? ".one" : ".many") : "";
  const shown = (value) => numeric(value) ? num(value) : value;
  return strings[`claims.${key}${form}`].replace(/\{(\w+)\}/g, (_, name) => shown(named(name)));
}

// Names and what they are, found when first wanted.
function scopeOf(trees, probes) {
  const known = {}, facts = probes.facts, has = Object.prototype.hasOwnProperty;
  const named = (name) => {
    if (!has.call(trees, name)) return facts[name];
    if (!has.call(known, name)) known[name] = value(trees[name]);
    return known[name];
  };
  const value = (tree) => {
    if (numeric(tree)) return tree;
    if (typeof tree === "string") return named(tree);
    const [word, ...given] = tree;
    if (word === "text") return given[0];
    if (word === "list") return vector(given.map(value));
    if (word === "and") return holds(value(given[0])) && holds(value(given[1])) ? 1 : 0;
    if (word === "or") return holds(value(given[0])) || holds(value(given[1])) ? 1 : 0;
    if (word === "not") return holds(value(given[0])) ? 0 : 1;
    if (word === "choose") return value(given[holds(value(given[0])) ? 1 : 2]);
    return has.call(PROBES, word) ? PROBES[word](probes, ...given.map(value)) : WORDS[word](...given.map(value));
  };
  return { named, value, known };
}

// --- probes

// Takes the printed program, what Python says of the model (page/live/embed.py), and a training: `run` has order, seed,
// consts, rate, `trace` (the state before the first step and after each), `departure` or null; `k` is the position.
export function probesOf(program, about, run, k) {
  const { places, names, sense, fixed } = about, theta = (state) => vector(places.map((place) => state[place]));
  const path = run.trace.map(theta), steps = path.length - 1, patterns = fixed.patterns, last = run.trace[steps];
  const state = vector(last), sheets = {};
  const sheetOf = (width) => {
    const sheet = program.VALUES[width], start = (key) => sheet.quantities.find((one) => one.key === key).start;
    const slopes = about.slopes.flatMap(({ key, size }) => Array.from({ length: size }, (_, i) => start(key) + i));
    const own = about.own === null ? -1 : start(about.own);
    return { sheet, out: new Float64Array(sheet.size), goal: start(about.goal), slopes, own };
  };
  const compute = (point, rows) => {
    const one = sheets[rows.length] ??= sheetOf(rows.length);
    places.forEach((place, i) => { state[place] = point[i]; });
    one.sheet.compute(state, run.consts, Int32Array.from(rows), 0, 0, one.out);
    return one;
  };
  const rows = (step) => {
    const found = program.visits(run.order, run.seed, step, step + 1);
    return found.rows.slice(found.at, found.at + found.width);
  };
  const onward = (many) => {
    const { order, seed, consts } = run, control = new Int32Array(5);
    const next = { order, seed, consts, state: vector(last), control, visited: null };
    const width = last.length, boxes = program.PROGRAM.boxes.length;
    const trace = new Float64Array(many * width), put = new Int32Array(many * boxes);
    next.control[0] = steps;
    program.advance(next, steps + many, trace, put);
    const found = [theta(last)];
    for (let row = 0; row < next.control[4]; row++) found.push(theta(trace.subarray(row * width, (row + 1) * width)));
    while (next.control[3] === 2 && found.length < many + 1) found.push(found[found.length - 1]);
    return found;
  };
  const rate = run.rate ?? NaN, stepped = k < steps ? 1 : 0, here = vector(rows(k));
  const facts = {
    ...fixed, k, step: k + 1, steps, stepped, rate, trial_rate: rate > 0 ? rate : 0.1, plain: about.plain,
    boxed: about.boxed, pass: program.passLength(run.order), rows: here, all: made(patterns, (row) => row),
    pattern: here[0], visited: here.length, at: path[k], after: path[k + stepped], start: path[0], end: path[steps],
    way: path, bottom: vector(about.low.map((one) => one ?? -Infinity)),
    ceiling: vector(about.high.map((one) => one ?? Infinity)), left: run.departure ? 1 : 0,
    left_step: run.departure ? run.departure.step : NaN,
  };
  return {
    facts, names, path, patterns, sense, low: facts.bottom, high: facts.ceiling, rows, onward,
    goal: (point, visited) => { const one = compute(point, visited); return one.out[one.goal]; },
    slope: (point, visited) => {
      const one = compute(point, visited);
      return vector(one.slopes.map((at) => one.out[at]));
    },
    own: (point, row) => { const one = compute(point, [row]); return one.out[one.own] ?? NaN; },
  };
}
