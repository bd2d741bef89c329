// Arrays → pictures: a few numbers as bars, a table as a heat map, rows of n² numbers as tiles of n × n.

import { $$, h, say, set, facts } from "./dom.js";
import { num } from "./numerals.js";
import { known } from "./words.js";

const BARS = 40, UNIT = 6, GAP = 3, MOST = 20000;

// Puts a picture behind each array of the step; `choose(place)` is told of an entry that was chosen in one.
export function tiles(choose) {
  const every = $$("[data-array]").map((element) => {
    const key = element.dataset.array, one = known(key), canvas = h("canvas", { role: "img", class: "array" });
    if (!one || one.size < 2 || one.size > MOST) return null;
    element.after(canvas);
    const plan = planned(one);
    const weight = key.replace(/'$/, "").replace(`∂${facts.goal.objective}/∂`, "");
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const place = plan.found((event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height);
      const entry = facts.entries.findIndex((each) => each.key === weight && each.place === place);
      if (entry >= 0) { event.stopPropagation(); choose(entry); }
    });
    return { element, key, one, canvas, plan, weight };
  }).filter((one) => one !== null);

  return (N) => {
    const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
    const inks = { low: colour("--forward"), high: colour("--backward"), ink: colour("--ink"), edge: colour("--rule"), paper: colour("--paper") };
    for (const { element, key, one, canvas, plan, weight } of every) {
      if (element.closest("[hidden]")) continue;
      const numbers = N.all(key);
      if (!numbers) continue;
      plan.draw(canvas, numbers, one.phase === 0 ? { ...inks, high: inks.ink } : inks, N.entry?.key === weight ? N.entry.place : -1);
      const finite = Array.from(numbers).filter(Number.isFinite);
      set(canvas, { "aria-label": say("array.words", { q: one.q, n: one.size, low: num(Math.min(...finite)), high: num(Math.max(...finite)) }) });
    }
  };
}

const root = (n) => { const r = Math.round(Math.sqrt(n)); return r * r === n && n >= 16 ? r : 0; };

// How an array is laid out: bars, or tiles of so many rows and columns.
function planned({ shape, size }) {
  const last = shape[shape.length - 1], square = root(last);
  if (shape.length === 1 && !square && size <= BARS) return bars(size);
  if (square) return grid(size / last, square, square);
  return shape.length === 1 ? grid(1, 1, size) : grid(size / (last * shape[shape.length - 2]), shape[shape.length - 2], last);
}

function bars(size) {
  const wide = 12, high = 36;
  return {
    found: (x) => Math.floor(x / wide),
    draw: (canvas, numbers, inks, chosen) => {
      set(canvas, { width: size * wide, height: high });
      const paint = canvas.getContext("2d"), most = largest(numbers), signed = Array.from(numbers).some((one) => one < 0), base = signed ? high / 2 : high - 1;
      paint.fillStyle = inks.edge;
      paint.fillRect(0, base, size * wide, 1);
      numbers.forEach((value, k) => {
        if (!Number.isFinite(value)) return;
        const tall = Math.abs(value) / most * (signed ? high / 2 - 1 : high - 2);
        paint.fillStyle = value < 0 ? inks.low : inks.high;
        paint.fillRect(k * wide + 2, value < 0 ? base : base - tall, wide - 4, Math.max(tall, value === 0 ? 0 : 1));
        if (k === chosen) { paint.strokeStyle = inks.ink; paint.strokeRect(k * wide + 0.5, 0.5, wide - 1, high - 1); }
      });
    },
  };
}

const largest = (numbers) => { let most = 0; for (const one of numbers) if (Number.isFinite(one)) most = Math.max(most, Math.abs(one)); return most || 1; };

// Tiles beside one another, at most ten in a row.
function grid(count, rows, columns) {
  const across = Math.min(count, Math.max(1, Math.floor(80 / (columns + 1)))), unit = columns * across > 120 ? 3 : UNIT;
  const wide = columns * unit + GAP, high = rows * unit + GAP, each = rows * columns;
  const corner = (tile) => [(tile % across) * wide, Math.floor(tile / across) * high];
  return {
    found: (x, y) => {
      const tile = Math.floor(y / high) * across + Math.floor(x / wide), row = Math.floor((y % high) / unit), column = Math.floor((x % wide) / unit);
      return row < rows && column < columns ? tile * each + row * columns + column : -1;
    },
    draw: (canvas, numbers, inks, chosen) => {
      set(canvas, { width: across * wide, height: Math.ceil(count / across) * high });
      const paint = canvas.getContext("2d"), most = largest(numbers);
      const at = (place) => { const [x, y] = corner(Math.floor(place / each)), inner = place % each; return [x + (inner % columns) * unit, y + Math.floor(inner / columns) * unit]; };
      for (let tile = 0; tile < count; tile++) {
        paint.strokeStyle = inks.edge;
        paint.strokeRect(corner(tile)[0] - 0.5, corner(tile)[1] - 0.5, columns * unit + 1, rows * unit + 1);
      }
      numbers.forEach((value, place) => {
        if (!Number.isFinite(value)) return;
        const [x, y] = at(place);
        paint.globalAlpha = Math.abs(value) / most;
        paint.fillStyle = value < 0 ? inks.low : inks.high;
        paint.fillRect(x, y, unit, unit);
      });
      paint.globalAlpha = 1;
      if (chosen >= 0) { const [x, y] = at(chosen); paint.strokeStyle = inks.ink; paint.lineWidth = 2; paint.strokeRect(x, y, unit, unit); }
    },
  };
}
