// The goal over the chosen weight and another, computed live, with the way of the run up to here.

import { h, s, facts, say, set, write } from "./dom.js";
import { num } from "./numbers.js";
import { rows } from "./run.js";
import { errors } from "./moment.js";
import { span, ticks, series } from "./series.js";
import { frame, label } from "./frame.js";
import { raster } from "./raster.js";

const SIDE = 48, MOST = 400000, HEIGHT = 330;

export function plane(choose) {
  const svg = s("svg", { role: "img" }), words = h("span"), pick = h("select", { change: () => choose(Number(pick.value)) });
  const title = h("h3"), figure = h("figure", { id: "f-plane" }, title, h("p", { class: "small" }, h("label", {}, say("plane.other"), " ", pick)), svg, h("figcaption", {}, words));
  facts.entries.forEach((entry, place) => pick.append(h("option", { value: place }, entry.q)));
  let last = null;

  const draw = (N, phase, V) => {
    const { R, entry } = N, place = V.other !== null && V.other !== N.weight ? V.other : partner(N);
    const other = facts.entries[place], [a, b] = span(R, entry), [c, d] = span(R, other);
    for (const option of pick.options) option.disabled = Number(option.value) === N.weight;
    pick.value = place;
    const side = [SIDE, 24, 12].find((one) => rows * one * one <= MOST) ?? 8, name = [N.k, N.weight, place, R, R.K];
    if (N.light && last) return;
    if (!last || last.name.some((one, k) => one !== name[k])) {
      const state = Float64Array.from(N.state), numbers = [];
      for (let j = side - 1; j >= 0; j--) {
        for (let i = 0; i < side; i++) {
          state[entry.at] = a + (b - a) * (i + 0.5) / side;
          state[other.at] = c + (d - c) * (j + 0.5) / side;
          numbers.push(errors(R, state).total);
        }
      }
      last = { name, ...raster(numbers, side) };
    }
    const F = frame(svg, HEIGHT, a, b, c, d);
    const marks = [s("image", { href: last.url, x: F.left, y: F.top, width: F.right - F.left, height: F.bottom - F.top, preserveAspectRatio: "none" })];
    const every = series(R).steps.filter((k) => k <= N.k), xs = [...every, N.k].map((k) => R.state(k)[entry.at]), ys = [...every, N.k].map((k) => R.state(k)[other.at]);
    marks.push(F.path(xs, ys, "path"), F.path(xs, ys, "path over"), s("circle", { class: "dot", cx: F.x(N.before(entry)), cy: F.y(N.before(other)), r: 7 }));
    if (phase > 3 && N.after !== null) marks.push(F.path([N.before(entry), N.behind(entry)], [N.before(other), N.behind(other)], "stp"));
    marks.push(...ticks(c, d, 5).map((value) => label(F.left - 6, F.y(value) + 4, num(value, 6), { class: "t", "text-anchor": "end" })));
    marks.push(...F.columns(ticks(a, b).map((value) => [value, num(value, 6)])), label(F.right, F.H - 3, entry.q, { "text-anchor": "end", class: "name" }), label(F.left, F.top - 1, other.q, { class: "name", "text-anchor": "end" }));
    svg.replaceChildren(...marks);
    write(title, say("plane.title", { total: facts.goal.total, a: entry.q, b: other.q }));
    const said = say("plane.words", { least: num(last.low), most: num(last.high) });
    write(words, said);
    set(svg, { "aria-label": said });
  };
  return { figure: h("div", { id: "p-plane" }, figure), draw };
}

// The other weight that moves furthest in the run.
function partner(N) {
  const [from, to] = [N.R.state(0), N.R.state(N.R.K)];
  let best = N.weight === 0 ? 1 : 0, most = -1;
  facts.entries.forEach((entry, place) => {
    const way = Math.abs(to[entry.at] - from[entry.at]);
    if (place !== N.weight && way > most) [best, most] = [place, way];
  });
  return best;
}
