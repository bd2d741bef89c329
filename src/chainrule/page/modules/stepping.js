// Settings → what makes steps: the printed program, or one step after another where weights are held, or where the rule
// is plain descent in place of the program's own.

import { advance, visits, passLength, PROGRAM, VALUES } from "./program.js";
import { facts } from "./dom.js";

const CONVERGED = 2, LEFT = 1;

// Takes settings; gives make(run, until, trace, put), which records like the printed program.
export function stepping({ rule, hold }) {
  if (rule === "own" && !hold.length) return advance;
  const held = facts.entries.filter((entry) => hold.includes(entry.key)).map((entry) => entry.at), boxes = PROGRAM.boxes;
  const one = rule === "own" ? advance : descend;

  return (run, until, trace, put) => {
    const { control } = run, width = run.state.length, pass = passLength(run.order);
    let row = 0;
    while (control[0] < until && control[3] === 0) {
      const before = Float64Array.from(run.state), acted = new Int32Array(Math.max(1, boxes.length)), quiet = run.quiet ?? 0;
      [control[1], control[4]] = [0, 0];
      one(run, control[0] + 1, new Float64Array(width), acted);
      if (control[3] === LEFT) break;
      for (const at of held) run.state[at] = before[at];
      boxes.forEach((name, box) => { if (hold.includes(name)) acted[box] = 0; });
      run.quiet = run.state.every((value, at) => Object.is(value, before[at])) ? quiet + 1 : 0;
      control[3] = run.quiet >= pass && control[0] % pass === 0 ? CONVERGED : 0;
      trace.set(run.state, row * width);
      for (let box = 0; box < boxes.length; box++) put[row * boxes.length + box] = acted[box];
      row += 1;
    }
    control[4] = row;
    return run;
  };
}

// One step of plain descent, each weight by the rate times its slope, then back into its box.
function descend(run, until, trace, put) {
  const { control, state, consts } = run, k = control[0], { rows, width, at } = visits(run.order, run.seed, k, until);
  const sheet = VALUES[width], out = new Float64Array(sheet.size), rate = consts[PROGRAM.rate];
  sheet.compute(state, consts, rows.slice(at, at + width), 0, 0, out);
  const next = facts.entries.map((entry) => {
    const slope = out[starts(width).get(`∂${facts.goal.objective}/∂${entry.key}`) + entry.place];
    const to = facts.goal.sense > 0 ? state[entry.at] - rate * slope : state[entry.at] + rate * slope;
    const [low, high] = entry.box?.map(Number) ?? [-Infinity, Infinity], kept = to < low ? low : to > high ? high : to;
    if (kept !== to && PROGRAM.boxes.includes(entry.key)) put[PROGRAM.boxes.indexOf(entry.key)] = 1;
    return kept;
  });
  if (!next.every(Number.isFinite)) { control[3] = LEFT; return run; }
  facts.entries.forEach((entry, place) => { state[entry.at] = next[place]; });
  control[0] = k + 1;
  return run;
}

const known = new Map();

// Where the quantities over so many patterns begin.
function starts(width) {
  if (!known.has(width)) known.set(width, new Map(VALUES[width].quantities.map(({ key, start }) => [key, start])));
  return known.get(width);
}
