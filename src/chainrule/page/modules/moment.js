// A run and a position → the numbers there: of the shown pattern, over the patterns of the step, and behind the step.

import { values, standing, isGiven, handed, rows } from "./run.js";
import { facts } from "./dom.js";

const STRONGEST = 200;

const sizes = new Map(facts.quantities.map((one) => [one.key, one.size]));

const gradient = (key) => `∂${facts.goal.objective}/∂${key}`;

// The slope by an entry of a weight.
export const slope = (found, entry) => found.one(gradient(entry.key), entry.place);

// The numbers at position k; `weight` is the chosen entry, `wanted` a pattern that was chosen in the ledger.
export function moment(R, k, weight, wanted = null) {
  const state = R.state(k), visited = R.visited(k), { state: after, put } = R.next(k);
  const shown = visited.length === 1 ? visited[0] : visited.includes(wanted) ? wanted : strongest(R, state, visited);
  const N = { R, k, state, visited, shown, after, put, entry: facts.entries[weight] ?? null, weight };
  N.used = values(R, state, visited);
  N.values = visited.length === 1 ? N.used : facts.together ? N.used.among(visited.indexOf(shown)) : values(R, state, [shown]);
  N.number = (key, place = 0) => {
    if (key.endsWith("'")) return after === null ? NaN : standing(R, after, shown, key.slice(0, -1), place);
    return isGiven(key) ? standing(R, state, shown, key, place) : N.values.one(key, place);
  };
  N.all = (key) => {
    const size = sizes.get(key) ?? 0, given = key.endsWith("'") || isGiven(key);
    return given ? Array.from({ length: size }, (_, place) => N.number(key, place)) : N.values.all(key);
  };
  N.before = (entry) => state[entry.at];
  N.behind = (entry) => (after === null ? NaN : after[entry.at]);
  N.boxed = (entry) => R.boxed(entry.key, put);
  return N;
}

// Of some patterns the one with the largest slope of any weight; the first where there are many.
function strongest(R, state, visited) {
  if (visited.length > STRONGEST) return visited[0];
  let best = visited[0], most = -1;
  for (const row of visited) {
    const found = values(R, state, [row]);
    let size = 0;
    for (const entry of facts.entries) {
      const one = Math.abs(slope(found, entry));
      if (one > size) size = one;
    }
    if (size > most) [best, most] = [row, size];
  }
  return best;
}

// E of one pattern.
export function error(found) {
  const all = found.all(facts.goal.key) ?? found.all(facts.goal.objective);
  return all && all.length === 1 ? all[0] : NaN;
}

// The goal over all patterns, and E of each (null where there are no such).
export function errors(R, state) {
  if (rows !== handed) return added(R, state);
  const found = values(R, state, everyone), each = facts.goal.each === null ? null : found.all(facts.goal.each);
  return { total: found.one(facts.goal.objective), each: each && each.length === rows ? each : null };
}

const everyone = Array.from({ length: handed }, (_, row) => row);

// The same of other patterns than those that the program was printed for: each alone, then their sum or mean.
function added(R, state) {
  const each = Array.from({ length: rows }, (_, row) => error(values(R, state, [row])));
  const sum = each.reduce((total, one) => total + one, 0);
  return { total: facts.goal.reduced === "mean" ? sum / rows : sum, each };
}
