// --- random numbers, a function of seed, name and index alone: Threefry-2x32 with 20 rounds

function threefry(key0, key1, index, stream) {
  const keys = [key0, key1, (key0 ^ key1 ^ 0x1bd11bda) >>> 0], turns = [13, 15, 26, 6, 17, 29, 16, 24];
  let a = (index + keys[0]) >>> 0, b = (stream + keys[1]) >>> 0;
  for (let turn = 0; turn < 20; turn++) {
    a = (a + b) >>> 0;
    const by = turns[turn % 8];
    b = (((b << by) | (b >>> (32 - by))) ^ a) >>> 0;
    if (turn % 4 === 3) {
      const number = (turn - 3) / 4 + 1;
      a = (a + keys[number % 3]) >>> 0;
      b = (b + keys[(number + 1) % 3] + number) >>> 0;
    }
  }
  return [a, b];
}

function hashed(name) {
  let total = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) total = Math.imul(total ^ byte, 0x01000193) >>> 0;
  return total;
}

// A number in [0, 1) with 53 bits; `key` is the hash of a name.
function drawn(seed, key, index, stream) {
  const [a, b] = threefry(seed, key, index, stream);
  return ((a >>> 5) * 67108864 + (b >>> 6)) * 1.1102230246251565e-16;
}

function permutation(seed, name, count) {
  const order = Int32Array.from({ length: count }, (_, k) => k), key = hashed(name);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(drawn(seed, key, last, 3) * (last + 1)), kept = order[last];
    order[last] = order[other];
    order[other] = kept;
  }
  return order;
}

// Weights and states before the first step: as printed, or with the weights that are drawn by another seed.
function starts(seed) {
  const state = Float64Array.from(PROGRAM.start);
  for (const { name, kind, first, count, a, b, box } of PROGRAM.draws) {
    const key = hashed(name), of = (ends, k) => ends[ends.length > 1 ? k : 0];
    for (let k = 0; k < count; k++) {
      let value = drawnFrom(kind, of(a, k), of(b, k), seed, key, k);
      if (box) {
        value = of(box[0], k) > value ? of(box[0], k) : value;
        value = of(box[1], k) < value ? of(box[1], k) : value;
      }
      state[first + k] = value;
    }
  }
  return state;
}

function drawnFrom(kind, a, b, seed, key, k) {
  if (kind === "uniform") return a + (b - a) * drawn(seed, key, k, 0);
  if (kind === "glorot") return (2 * drawn(seed, key, k, 0) - 1) * b;
  const size = Math.sqrt(-2 * log(1 - drawn(seed, key, k, 1)));
  return a + b * (size * cos(2 * Math.PI * drawn(seed, key, k, 2)));
}

// --- which patterns a step visits

// Rows from step `step` on, how many each step visits, and the step before which they have to be asked for again.
function visits(order, seed, step, until) {
  const { patterns } = PROGRAM, every = (width, length) => Int32Array.from({ length }, (_, k) => k % patterns);
  if (order === "each") return { rows: every(1, patterns), width: 1, at: step % patterns, until };
  if (order === "all") return { rows: every(patterns, patterns), width: patterns, at: 0, until };
  if (order === "shuffled") {
    const pass = Math.floor(step / patterns);
    const rows = permutation(seed, `pass ${pass}`, patterns);
    return { rows, width: 1, at: step % patterns, until: Math.min(until, (pass + 1) * patterns) };
  }
  if (typeof order === "number") {
    const length = passLength(order);
    return { rows: every(order, length * order), width: order, at: (step % length) * order, until };
  }
  const place = step % order.length, width = order[place].length;
  if (order.every((visited) => visited.length === width)) {
    return { rows: Int32Array.from(order.flat()), width, at: place * width, until };
  }
  let stop = place + 1;
  while (stop < order.length && order[stop].length === width) stop++;
  const rows = Int32Array.from(order.slice(place, stop).flat());
  return { rows, width, at: 0, until: Math.min(until, step + stop - place) };
}

function passLength(order) {
  if (order === "all") return 1;
  if (order === "each" || order === "shuffled") return PROGRAM.patterns;
  if (typeof order !== "number") return order.length;
  let [a, b] = [PROGRAM.patterns, order];
  while (b) [a, b] = [b, a % b];
  return PROGRAM.patterns / a;
}

// --- training

const ENDED = ["steps", "left the finite numbers", "converged"];

// A training that stands at its start. `settings` replace what was printed: order, seed, rate, state.
function begin(settings = {}) {
  const { order = PROGRAM.order, seed = PROGRAM.seed, rate, state = starts(seed) } = settings;
  const consts = Float64Array.from(PROGRAM.consts);
  if (rate !== undefined) consts[PROGRAM.rate] = rate;
  return { order, seed, consts, state: Float64Array.from(state), control: new Int32Array(5), visited: null };
}

// Steps until so many are done or the training ends. With room to record, a row of the state for each step.
function advance(run, until, trace = null, put = null) {
  const { control } = run, pass = passLength(run.order);
  if (until > 2147483647) throw new RangeError("a program makes at most 2147483647 steps");
  while (control[0] < until && control[3] === 0) {
    run.visited = visits(run.order, run.seed, control[0], until);
    const { rows, width, at, until: stop } = run.visited;
    if (!STEPS[width]) throw new RangeError(`steps that visit ${width} patterns are not in this program`);
    control[2] = at;
    STEPS[width](run.state, run.consts, rows, rows.length, control, stop, pass, trace === null ? 0 : 1, trace, put);
  }
  return run;
}

// A whole training: the state after every `record`-th step and the last, after which steps a weight was put back into
// its box, and how it ended.
function train(settings = {}) {
  const run = begin(settings), { steps: all = PROGRAM.steps, record = PROGRAM.record } = settings;
  const width = run.state.length, boxes = PROGRAM.boxes.length, chunk = 1024;
  const trace = [Float64Array.from(run.state)], steps = [0];
  const put = PROGRAM.boxes.map(() => []);
  const rows = new Float64Array(chunk * width), acted = new Int32Array(chunk * boxes);
  while (run.control[0] < all && run.control[3] === 0) {
    const first = run.control[0];
    run.control[4] = 0;
    acted.fill(0);
    advance(run, Math.min(all, first + chunk), rows, acted);
    for (let row = 0; row < run.control[4]; row++) {
      const step = first + row + 1;
      for (let box = 0; box < boxes; box++) if (acted[row * boxes + box]) put[box].push(step);
      if (step % record === 0) {
        steps.push(step);
        trace.push(rows.slice(row * width, (row + 1) * width));
      }
    }
  }
  if (steps[steps.length - 1] !== run.control[0]) {
    steps.push(run.control[0]);
    trace.push(Float64Array.from(run.state));
  }
  const departure = run.control[3] === 1 ? departed(run) : null;
  const boxed = Object.fromEntries(PROGRAM.boxes.map((name, box) => [name, put[box]]));
  return { steps, trace, put: boxed, state: run.state, step: run.control[0], ended: ENDED[run.control[3]], departure };
}

// The weights of a state by name, arrays as lists in lists.
function weights(state) {
  const nested = (values, [length, ...rest]) => {
    if (length === undefined) return values[0];
    const size = values.length / length;
    return Array.from({ length }, (_, k) => nested(values.subarray(k * size, (k + 1) * size), rest));
  };
  return Object.fromEntries(PROGRAM.weights.map(({ name, first, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, nested(state.subarray(first, first + size), shape)];
  }));
}

// Every quantity of the step that a training stands before, by name.
function quantities(run) {
  const step = run.control[0], { rows, width, at } = visits(run.order, run.seed, step, step + 1), sheet = SHEETS[width];
  const out = new Float64Array(sheet.size);
  sheet.compute(run.state, run.consts, rows, at, step, out);
  return { sheet, out, visited: rows.slice(at, at + width) };
}

// Quantities of some patterns, by key, where what computes them was printed for so many: each a flat array, its first
// letters slowest.
function values(state, visited, consts = PROGRAM.consts) {
  const sheet = VALUES[visited.length], out = new Float64Array(sheet.size);
  sheet.compute(state, consts, visited, 0, 0, out);
  return Object.fromEntries(sheet.quantities.map(({ key, start, shape }) => {
    return [key, out.slice(start, start + shape.reduce((a, b) => a * b, 1))];
  }));
}

// The first equation, in order, that a step left without a finite value; of that, the first pattern and entry.
function departed(run) {
  const { sheet, out, visited } = quantities(run);
  for (const { name, pattern, shape, start, gaps, whole } of sheet.quantities) {
    const size = shape.reduce((a, b) => a * b, 1), found = [];
    for (let k = 0; k < size; k++) {
      if (Number.isFinite(out[start + k]) || (gaps && gaps[k])) continue;
      const at = shape.map((length, axis) => {
        const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
        return Math.floor(k / stride) % length;
      });
      found.push([...at.filter((_, axis) => pattern[axis]), ...at.filter((_, axis) => !pattern[axis])]);
    }
    if (!found.length) continue;
    const [first] = found.sort((a, b) => a.map((x, k) => x - b[k]).find((x) => x !== 0) ?? 0);
    const many = pattern.filter((one) => one).length;
    const row = many ? visited[first[0]] : null;
    return { step: run.control[0] + 1, equation: name, pattern: row, entry: whole ? first.slice(many) : [] };
  }
  return null;
}
