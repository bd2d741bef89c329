// The errors over all steps: mean, some patterns, a kept run, and a cursor that is dragged.

import { $, s, set, facts, say, write } from "./dom.js";
import { num } from "./numbers.js";
import { rows } from "./run.js";
import { series, ticks } from "./series.js";
import { frame, label, dragged, slid, apart } from "./frame.js";
import { ended } from "./words.js";

const HEIGHT = 240, RIGHT = 92, LOG = 300, LINES = 4;

// Draws into the figure; `go(k)` goes to a place of the run.
export function chart(figure, go) {
  const svg = $("svg", figure), plot = s("g", { "aria-hidden": "true" }), cursor = s("line", { class: "cursor", tabindex: 0, role: "slider", "aria-label": say("steps.place") });
  let F = null, N = null, log = false;
  svg.replaceChildren(plot, cursor);
  const step = (value) => Math.min(N.R.K, Math.max(0, Math.round(log ? Math.expm1(value) : value)));
  dragged(svg, (px) => go(step(F.value(px))));
  cursor.addEventListener("keydown", (event) => {
    const to = slid(event, N.k, 0, N.R.K);
    if (to !== null) go(to === N.k ? N.k : to > N.k ? Math.ceil(to) : Math.floor(to));
  });

  return (now, kept, phase) => {
    N = now;
    const { R } = N, S = phase > 3 ? series(R) : upTo(series(R), now.k), O = kept ? series(kept) : null, K = Math.max(R.K, O ? kept.K : 0, 1);
    log = K > LOG;
    const along = (k) => (log ? Math.log1p(k) : k);
    const least = Math.min(0, 1.1 * S.least), most = Math.max(1.1 * S.most, O ? 1.1 * O.most : 0, 1e-12);
    F = frame(svg, HEIGHT, 0, along(K), least, most, RIGHT);
    const lines = s("g", { "clip-path": "url(#inside-steps)" });
    const marks = [s("defs", {}, F.inside("inside-steps")), lines, ...F.rows(), ...F.columns(places(O ? K : R.K, log))], ends = [];
    marks.push(label((F.left + F.right) / 2, F.H - 2, say("steps.axis"), { "text-anchor": "middle", class: "t" }));
    const x = F.x(along(S.steps.at(-1))) + 8;
    if (O) {
      lines.append(F.path(O.steps.map(along), O.total, "kept"));
      ends.push({ y: F.y(O.total.at(-1)), text: say("steps.kept.label"), kind: "t" });
    }
    shown(S).forEach((row, place) => {
      const own = S.each.map((each) => each[row]);
      lines.append(F.path(S.steps.map(along), own, `one d${place % 4}`));
      ends.push({ y: F.y(own.at(-1)), text: say("pattern.plain", { i: row }), kind: "te" });
    });
    lines.append(F.path(S.steps.map(along), S.total, "mean"));
    ends.push({ y: F.y(S.total.at(-1)), text: facts.goal.total, kind: "strong" });
    marks.push(marks.splice(1, 1)[0]);
    for (const { y, text, kind } of apart(ends, F.bottom)) marks.push(label(Math.min(x, F.right + 8), y + 4, text, { class: kind }));
    plot.replaceChildren(...marks);
    const here = F.x(along(N.k)).toFixed(1);
    set(cursor, { x1: here, x2: here, y1: F.top, y2: F.bottom, "aria-valuemin": 0, "aria-valuemax": R.K, "aria-valuenow": N.k, "aria-valuetext": say("after", { k: N.k, K: R.K }) });
    const words = say("steps.words", { total: facts.goal.total, a: num(S.total[0]), b: phase > 3 ? num(S.total.at(-1)) : "…", end: phase > 3 ? ended(R) : "…" });
    write($("#d-steps"), kept ? `${words} ${say("steps.kept")}` : words);
  };
}

// What is known of the run while the results of a step are not shown yet.
function upTo(S, k) {
  const count = Math.max(1, S.steps.findLastIndex((one) => one <= k) + 1);
  return { ...S, steps: S.steps.slice(0, count), total: S.total.slice(0, count), each: S.each?.slice(0, count) ?? null };
}

function shown(S) {
  if (!S.each || rows < 2) return [];
  if (rows <= LINES) return Array.from({ length: rows }, (_, row) => row);
  const last = S.each.at(-1), rank = (value) => (value === value ? value : Number.MAX_VALUE);
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => rank(last[a]) - rank(last[b]) || a - b);
  return [...new Set([order[0], order[Math.floor(rows / 2)], order[rows - 1]])].sort((a, b) => a - b);
}

function places(K, log) {
  if (!log) return ticks(0, Math.max(K, 1)).filter(Number.isInteger).map((value) => [value, num(value)]);
  const powers = [0];
  for (let power = 1; power <= K; power *= 10) powers.push(power);
  return powers.map((value) => [Math.log1p(value), num(value)]);
}
