// A figure's axes: places for numbers, lines, labels; drawn at the figure's own width, so that its type never shrinks.

import { s } from "./dom.js";
import { num } from "./numbers.js";
import { ticks } from "./series.js";

const LEFT = 52, TOP = 10, BOTTOM = 34;
const FAR = 1e6; // outside of every picture, and a number that SVG can hold

export const label = (x, y, text, attributes = {}) => s("text", { x: x.toFixed(1), y: y.toFixed(1), ...attributes }, text);

// Axes from low to high and from least to most.
export function frame(svg, height, low, high, least, most, right = 12) {
  const W = Math.max(280, svg.clientWidth || 480), inner = W - LEFT - right;
  svg.setAttribute("viewBox", `0 0 ${W} ${height}`);
  const F = { W, H: height, left: LEFT, right: W - right, top: TOP, bottom: height - BOTTOM };
  F.x = (value) => Math.min(Math.max(LEFT + inner * (high > low ? (value - low) / (high - low) : 0.5), -FAR), FAR);
  F.y = (value) => Math.min(Math.max(F.bottom - (F.bottom - TOP) * (most > least ? (value - least) / (most - least) : 0.5), -1e4), 1e4);
  F.value = (px) => { const box = svg.getBoundingClientRect(); return low + (high - low) * ((px - box.left) * W / box.width - LEFT) / inner; };
  F.path = (xs, ys, kind) => {
    const points = [];
    for (let k = 0; k < xs.length; k++) if (Number.isFinite(ys[k])) points.push(`${F.x(xs[k]).toFixed(1)},${F.y(ys[k]).toFixed(1)}`);
    return s("polyline", { class: kind, points: points.join(" ") });
  };
  F.rows = () => [
    ...ticks(least, most, 4).flatMap((value) => [
      s("line", { class: "grid", x1: LEFT, x2: F.right, y1: F.y(value), y2: F.y(value) }),
      label(LEFT - 6, F.y(value) + 4, num(value, 6), { class: "t", "text-anchor": "end" }),
    ]),
    s("line", { class: "axis", x1: LEFT, x2: F.right, y1: F.bottom, y2: F.bottom }),
  ];
  F.columns = (values) => values.map(([at, text]) => label(F.x(at), F.bottom + 17, text, { class: "t", "text-anchor": "middle" }));
  F.inside = (id) => s("clipPath", { id }, s("rect", { x: LEFT, y: TOP, width: inner, height: F.bottom - TOP }));
  return F;
}

// The head of an arrow, along a direction on the screen.
export function head(x, y, dx, dy, kind) {
  const n = Math.hypot(dx, dy) || 1, [u, v] = [dx / n, dy / n];
  return s("path", { class: `${kind} head`, d: `M${x} ${y}L${x - u * 9 - v * 4} ${y - v * 9 + u * 4}L${x - u * 9 + v * 4} ${y - v * 9 - u * 4}z` });
}

// Labels at one place of a figure that would lie on one another, apart.
export function apart(labels, lowest, room = 16) {
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((one, k) => { if (k && one.y < labels[k - 1].y + room) one.y = labels[k - 1].y + room; });
  labels.reverse().forEach((one, k) => { one.y = Math.min(one.y, k ? labels[k - 1].y - room : lowest); });
  return labels;
}

// Dragging on the whole picture, so that a finger need not hit what it moves.
export function dragged(svg, moved) {
  let on = false;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    on = true;
    svg.setPointerCapture(event.pointerId);
    moved(event.clientX);
  });
  svg.addEventListener("pointermove", (event) => { if (on) moved(event.clientX); });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { on = false; });
}

// What a key does to a slider that is drawn: by a part of its range, or to one of its ends.
export function slid(event, value, low, high) {
  const by = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 }[event.key];
  const to = by !== undefined ? value + by * (high - low) : event.key === "Home" ? low : event.key === "End" ? high : null;
  if (to !== null) { event.preventDefault(); event.stopPropagation(); }
  return to === null ? null : Math.min(high, Math.max(low, to));
}
