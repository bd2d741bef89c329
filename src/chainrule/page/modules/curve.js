// The error over the chosen weight: mean and this pattern's, the slope as a tangent, the step, the way of the run.

import { $, s, set, facts, say, write } from "./dom.js";
import { num } from "./numbers.js";
import { rows, values } from "./run.js";
import { slope, error } from "./moment.js";
import { series, span, limits, section, ticks } from "./series.js";
import { frame, label, head, dragged, slid } from "./frame.js";
import { caption } from "./words.js";

const HEIGHT = 290, DOTS = 60;

// Draws into the figure; `start(w)` begins the run again with the weight at w.
export function curve(figure, start) {
  const svg = $("svg", figure), dot = $(".dot", svg), plot = s("g", { "aria-hidden": "true" }); // told in words below
  let F = null, N = null;
  svg.replaceChildren(plot, dot);
  set(dot, { tabindex: 0, role: "slider" });
  const ends = () => {
    const box = N.entry.box?.map(Number);
    return box && box.every(Number.isFinite) ? box : span(N.R, N.entry);
  };
  const chosen = (w) => { const [low, high] = ends(); start(Math.min(high, Math.max(low, Number(w.toPrecision(4))))); };
  dragged(svg, (px) => chosen(F.value(px)));
  dot.addEventListener("keydown", (event) => {
    const to = slid(event, N.R.kept[0][N.entry.at], ...ends());
    if (to !== null) start(to);
  });

  return (now, phase) => {
    N = now;
    const { R, entry } = N, [low, high] = span(R, entry), S = section(N), [least, most] = limits(series(R));
    F = frame(svg, HEIGHT, low, high, least, most);
    const at = N.before(entry), E = error(N.values), g = slope(N.values, entry), several = rows > 1 && !facts.together;
    const marks = [s("defs", {}, F.inside("inside"), hatch())];
    if (entry.box) marks.push(...walls(F, entry.box.map(Number)));
    marks.push(...F.rows(), ...F.columns(ticks(low, high).map((value) => [value, num(value, 6)])));
    marks.push(label(F.right, F.H - 3, entry.q, { "text-anchor": "end", class: "name" }));
    const inside = s("g", { "clip-path": "url(#inside)" }, F.path(S.at, S.total, "mean"));
    if (several) inside.append(F.path(S.at, S.one, "one"));
    const reach = 0.22 * (high - low);
    if (phase > 2 && Number.isFinite(g)) inside.append(F.path([at - reach, at + reach], [E - g * reach, E + g * reach], "tan"));
    inside.append(...way(F, N, phase > 3));
    if (phase > 3 && N.after !== null && N.behind(entry) !== at) {
      const to = N.behind(entry), after = error(values(R, N.after, [N.shown]));
      inside.append(F.path([at, to], [E, after], "stp"), head(F.x(to), F.y(after), F.x(to) - F.x(at), F.y(after) - F.y(E), "stp"));
    }
    marks.push(inside, ...named(F, S, several, N));
    if (phase > 2) {
      const left = F.x(at) > F.left + 120;
      const place = { class: "tb", "text-anchor": left ? "end" : "start" };
      marks.push(label(F.x(at) + (left ? -12 : 14), left ? Math.min(F.y(E) + 24, F.bottom - 8) : F.y(E) - 12, say("curve.slope", { g: num(g) }), place));
    }
    plot.replaceChildren(...marks);
    const finite = Number.isFinite(E);
    set(dot, {
      cx: F.x(at).toFixed(1), cy: F.y(finite ? E : most).toFixed(1), "aria-label": say("curve.start", { w: entry.q }),
      "aria-valuemin": ends()[0], "aria-valuemax": ends()[1], "aria-valuenow": R.kept[0][entry.at],
      "aria-valuetext": say("curve.now", { w: entry.q, v: num(at) }),
    });
    write($("#t-curve"), say("curve.title", { w: entry.q }));
    write($("#c-curve"), phase > 3 ? caption(N) : "");
    write($("#d-curve"), described(N, S, several, low, high, phase));
  };
}

const hatch = () => s("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("rect", { class: "hatch", width: 1.4, height: 6 }));

function walls(F, [low, high]) {
  const wall = (from, to) => s("rect", { class: "wall", x: from, y: F.top, width: Math.max(0, to - from), height: F.bottom - F.top });
  const inside = (value) => Math.min(F.right, Math.max(F.left, F.x(value)));
  return [...(Number.isFinite(low) ? [wall(F.left, inside(low))] : []), ...(Number.isFinite(high) ? [wall(inside(high), F.right)] : [])];
}

// Where the run was, up to now filled; where it will be, unless that is not shown yet.
function way(F, N, whole) {
  const S = series(N.R), stride = Math.max(1, Math.ceil(S.steps.length / DOTS)), found = [];
  for (let k = 0; k < S.steps.length; k += stride) {
    if (!Number.isFinite(S.total[k]) || (!whole && S.steps[k] > N.k)) continue;
    const w = N.R.state(S.steps[k])[N.entry.at];
    found.push(s("circle", { class: S.steps[k] <= N.k ? "past" : "future", cx: F.x(w), cy: F.y(S.total[k]), r: 2.6 }));
  }
  return found;
}

// Names at the lines, where they are apart.
function named(F, S, several, N) {
  const place = S.at.length - 3, mean = F.y(S.total[place]), one = F.y(S.one[place]), over = one < mean;
  const held = (y) => Math.min(F.bottom - 4, Math.max(F.top + 10, y));
  const found = N.light ? [] : [label(F.right - 4, held(mean + (several && over ? 18 : -9)), facts.goal.total, { "text-anchor": "end", class: "strong" })];
  if (several) found.push(label(F.right - 4, held(one + (over ? -9 : 18)), say("curve.efor", { E: facts.goal.E, i: N.shown }), { "text-anchor": "end", class: "te" }));
  return found;
}

function described(N, S, several, low, high, phase) {
  const { entry } = N, hidden = "…";
  const said = [say(several ? "curve.words" : "curve.words.one", {
    E: facts.goal.E, w: entry.q, low: num(low), high: num(high), total: facts.goal.total, v: num(N.before(entry)),
    g: phase > 2 ? num(slope(N.values, entry)) : hidden,
    w2: phase > 3 ? (N.after === null ? say("infinite") : num(N.behind(entry))) : hidden,
  })];
  if (entry.box) said.push(say("curve.box"));
  const lost = N.light ? 0 : S.at.filter((_, k) => !Number.isFinite(S.total[k]) || !Number.isFinite(S.one[k])).length;
  if (lost) said.push(say("curve.lost", { n: lost }));
  return said.join(" ");
}
