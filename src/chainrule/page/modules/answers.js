// What the network answers: a curve over one column of data, a map over two, else each answer beside its target.

import { h, s, facts, say, set, write } from "./dom.js";
import { num } from "./numbers.js";
import { rows, datum, values, cells } from "./run.js";
import { frame, label } from "./frame.js";
import { ticks } from "./series.js";
import { q, known } from "./words.js";
import { raster } from "./raster.js";

const HEIGHT = 300, POINTS = 97, SIDE = 40, LISTED = 200;

const [key, target] = facts.answers[0] ?? [null, null];
const inputs = facts.columns.filter((one) => !facts.targets.includes(one) && facts.inputs.includes(one));

// Which picture this model has; null where there is none.
export const sort = key === null || rows < 1 || known(key)?.size !== 1 || known(target)?.size !== 1 ? null : inputs.length === 1 && facts.inputs.length === 1 ? "curve" : inputs.length === 2 && facts.inputs.length === 2 ? "map" : "list";

export function answers() {
  const svg = s("svg", { role: "img" }), words = h("span"), figure = h("figure", { id: "f-answers" }, h("h3", {}, say("answers.title")), svg, h("figcaption", {}, words));
  const draw = (N) => {
    const said = { curve: fitted, map: regions, list: listed }[sort](svg, N);
    write(words, said);
    set(svg, { "aria-label": said });
  };
  return { figure: h("div", { id: "p-answers" }, figure), draw };
}

// The answer for other data than the patterns': a row of data is put in and taken out again.
function answered(N, numbers) {
  const places = inputs.map((one) => [cells(one).values, datum(one, 0)]);
  places.forEach(([all], k) => { all[0] = numbers[k]; });
  const found = values(N.R, N.state, [0]).one(key);
  places.forEach(([all, old]) => { all[0] = old; });
  return found;
}

const column = (name) => Array.from({ length: rows }, (_, row) => datum(name, row));

function room(numbers, part = 0.1) {
  const finite = numbers.filter(Number.isFinite), low = Math.min(...finite), high = Math.max(...finite);
  const more = part * (high - low) || Math.abs(low) / 2 || 0.5;
  return [low - more, high + more];
}

function fitted(svg, N) {
  const xs = column(inputs[0]), wanted = column(target), [low, high] = room(xs);
  const at = Array.from({ length: POINTS }, (_, k) => low + (high - low) * k / (POINTS - 1)), made = at.map((x) => answered(N, [x]));
  const [least, most] = room([...wanted, ...made]), F = frame(svg, HEIGHT, low, high, least, most);
  const dots = xs.map((x, row) => s("circle", { class: row === N.shown ? "dot" : "aim", cx: F.x(x), cy: F.y(wanted[row]), r: row === N.shown ? 6 : 4 }));
  svg.replaceChildren(...F.rows(), ...F.columns(ticks(low, high).map((value) => [value, num(value, 6)])), F.path(at, made, "fit"), ...dots, label(F.right, F.H - 3, q(inputs[0]), { "text-anchor": "end", class: "name" }));
  return say("answers.words", { q: q(key), x: q(inputs[0]) });
}

function regions(svg, N) {
  const [xs, ys] = inputs.map(column), wanted = column(target), [a, b] = room(xs, 0.35), [c, d] = room(ys, 0.35), numbers = [];
  for (let j = SIDE - 1; j >= 0; j--) for (let i = 0; i < SIDE; i++) numbers.push(answered(N, [a + (b - a) * (i + 0.5) / SIDE, c + (d - c) * (j + 0.5) / SIDE]));
  const F = frame(svg, HEIGHT, a, b, c, d), { url } = raster(numbers, SIDE), middle = (Math.min(...wanted) + Math.max(...wanted)) / 2;
  const marks = [s("image", { href: url, x: F.left, y: F.top, width: F.right - F.left, height: F.bottom - F.top, preserveAspectRatio: "none" }), border(F, numbers, middle, [a, b, c, d])];
  xs.forEach((x, row) => marks.push(s("circle", { class: "dot", cx: F.x(x), cy: F.y(ys[row]), r: 8 }), label(F.x(x) + 12, F.y(ys[row]) + 4, num(wanted[row]), { class: "strong", fill: "#fff" })));
  marks.push(...ticks(c, d, 5).map((value) => label(F.left - 6, F.y(value) + 4, num(value, 6), { class: "t", "text-anchor": "end" })), ...F.columns(ticks(a, b).map((value) => [value, num(value, 6)])));
  marks.push(label(F.right, F.H - 3, q(inputs[0]), { "text-anchor": "end", class: "name" }), label(F.left, F.top - 1, q(inputs[1]), { "text-anchor": "end", class: "name" }));
  svg.replaceChildren(...marks);
  return say("answers.plane", { q: q(key), a: q(inputs[0]), b: q(inputs[1]) });
}

// The line where the answer is half way between the targets, by marching over the squares of the grid.
function border(F, numbers, level, [a, b, c, d]) {
  const x = (i) => F.x(a + (b - a) * (i + 0.5) / SIDE), y = (j) => F.y(c + (d - c) * (SIDE - j - 0.5) / SIDE), parts = [];
  for (let j = 0; j + 1 < SIDE; j++) {
    for (let i = 0; i + 1 < SIDE; i++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], cut = [];
      corners.forEach(([p, r], k) => {
        const [u, v] = corners[(k + 1) % 4], f = numbers[r * SIDE + p] - level, g = numbers[v * SIDE + u] - level;
        if (f * g < 0) { const t = f / (f - g); cut.push([x(p + (u - p) * t), y(r + (v - r) * t)]); }
      });
      for (let k = 0; k + 1 < cut.length; k += 2) parts.push(`M${cut[k].map((one) => one.toFixed(1))}L${cut[k + 1].map((one) => one.toFixed(1))}`);
    }
  }
  return s("path", { class: "path", d: parts.join("") });
}

function listed(svg, N) {
  const wanted = column(target).slice(0, LISTED), made = wanted.map((_, row) => values(N.R, N.state, [row]).one(key));
  const [low, high] = room([...wanted, ...made]), F = frame(svg, HEIGHT, low, high, low, high);
  const dots = wanted.map((want, row) => s("circle", { class: row === N.shown ? "dot" : "aim", cx: F.x(want), cy: F.y(made[row]), r: row === N.shown ? 6 : 4 }));
  svg.replaceChildren(...F.rows(), ...F.columns(ticks(low, high).map((value) => [value, num(value, 6)])), F.path([low, high], [low, high], "kept"), ...dots, label(F.right, F.H - 3, q(target), { "text-anchor": "end", class: "name" }), label(F.left, F.top - 1, q(key), { "text-anchor": "end", class: "name" }));
  return say("answers.list", { q: q(key) });
}
