// Steps to learn over the rate and the start of the chosen weight: drawn coarse to fine while its tab is open, each cell
// to be looked at by mouse, touch or keys, and to be trained from.

import { h, s, facts, say, many, set, write } from "./dom.js";
import { num } from "./numbers.js";
import { first } from "./run.js";
import { span, ticks } from "./series.js";
import { frame, label } from "./frame.js";
import { q } from "./words.js";
import { LEFT, NOT, OPEN, mapping, size } from "./cells.js";

const SLICE = 8, SEEN = 150, HEIGHT = 330, BAR = 14, PART = 4, MOVED = 8, ROOM = 10, FINEST = 1e-9;
const VIRIDIS = ["440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725"];
const GREY = [168, 168, 168], DARK = [48, 48, 48];

const parts = VIRIDIS.map((one) => [0, 2, 4].map((k) => Number(`0x${one.slice(k, k + 2)}`)));

function shade(part) {
  const at = Math.min(0.9999, Math.max(0, part)) * (parts.length - 1), k = Math.floor(at);
  return parts[k].map((one, place) => Math.round(one + (parts[k + 1][place] - one) * (at - k)));
}

function painted(wide, high, colour) {
  const canvas = h("canvas", { width: wide, height: high }), context = canvas.getContext("2d"), image = context.createImageData(wide, high);
  for (let k = 0; k < wide * high; k++) {
    const found = colour(k % wide, high - 1 - Math.floor(k / wide));
    if (found) image.data.set([...found, 255], 4 * k);
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

// Makes the part; `train(rate, place, start)` begins again there. Gives its figure, what draws it and what lets it rest.
export function map(train) {
  const svg = s("svg", { role: "slider", tabindex: 0, class: "rates", "aria-label": say("map.cursor"), "aria-valuemin": 0, "aria-valuenow": 0 });
  const title = h("h3"), cell = h("p", { class: "small", id: "map-cell" }), words = h("figcaption");
  const go = h("button", { type: "button", id: "b-map-train", click: () => { const one = chosen(); if (one) train(one.rate, place, one.start); } }, say("map.train"));
  const closer = h("button", { type: "button", id: "b-map-closer", click: () => narrow() }, say("map.closer"));
  const wider = h("button", { type: "button", id: "b-map-wider", click: () => { windows.pop(); begin(); } }, say("map.wider"));
  const figure = h("figure", { id: "f-map", "aria-busy": "false" }, title, svg, cell, h("div", { class: "buttons" }, go, closer, wider), words);
  let M = null, N = null, place = 0, name = "", counts = null, timer = 0, windows = [], cursor = [0, 0], placed = false, F = null, image = null, dragging = null;

  const entry = () => facts.entries[place];
  const chosen = () => (M?.rates ? { rate: M.rates[cursor[0]], start: M.starts[cursor[1]], code: M.at(...cursor) } : null);

  // The range of starts: the box, or around the way of the run.
  function starts() {
    const given = facts.map.start;
    if (given) return given.ends;
    const box = entry().box?.map(Number), [low, high] = box?.every(Number.isFinite) ? box : span(N.R, entry());
    return [low, high].map((value) => Number(value.toPrecision(3)));
  }

  function begin() {
    clearTimeout(timer);
    [M, placed, image] = [null, false, null];
    const window = windows.at(-1) ?? [facts.map.rate, starts()];
    if (counts && N.R.done && window[1][1] > window[1][0]) M = mapping(N.R, entry(), window, counts);
    show();
    if (M) timer = setTimeout(further, 0);
  }

  function further() {
    const done = M.more(SLICE), now = performance.now();
    if (done || !(image?.drawn > now - SEEN)) { image = null; show(); }
    if (!done) timer = setTimeout(further, 0);
  }

  // The cell that is nearest to the run's own rate and start.
  function own() {
    const near = (values, value, log) => values.reduce((best, one, k) => {
      const far = (x) => (log ? Math.abs(Math.log(x / value)) : Math.abs(x - value));
      return far(one) < far(values[best]) ? k : best;
    }, 0);
    const S = N.R.settings;
    cursor = [S.rate > 0 ? near(M.rates, S.rate, true) : 0, near(M.starts, first(S)[entry().at], false)];
    placed = true;
  }

  function narrow(ends = null) {
    const around = (values, k, log) => {
      const low = values[0], high = values.at(-1), at = k / (values.length - 1), half = 0.5 / PART;
      const inside = (part) => (log ? low * (high / low) ** part : low + (high - low) * part);
      return [inside(Math.max(0, at - half)), inside(Math.min(1, at + half))];
    };
    const next = ends ?? [around(M.rates, cursor[0], true), around(M.starts, cursor[1], false)];
    if (!(next[0][1] / next[0][0] > 1 + FINEST) || !(next[1][1] - next[1][0] > FINEST * Math.max(...next[1].map(Math.abs)))) return;
    windows.push(next.map((pair) => pair.map((value) => Number(value.toPrecision(12)))));
    begin();
  }

  const outcome = (code) => (code >= 0 ? many("map.learned", code) : say({ [NOT]: "map.not", [LEFT]: "map.left", [OPEN]: "map.open" }[code], { n: M.steps }));

  function show() {
    const e = entry(), rate = q(facts.rate), busy = counts !== null && !M?.done && starts()[1] > starts()[0];
    write(title, say("map.title", { a: rate, w: e.q }));
    set(figure, { "aria-busy": String(busy) });
    const none = !counts ? say("map.large") : starts()[1] > starts()[0] ? M?.none && say(M.none) : say("map.room", { w: e.q });
    for (const one of [svg, cell, go, closer, wider]) set(one, { hidden: Boolean(none) });
    if (none) { write(words, none); return; }
    wider.disabled = !windows.length;
    go.disabled = closer.disabled = !M?.rates;
    if (!M?.rates) {
      frame(svg, HEIGHT, 0, 1, 0, 1);
      svg.replaceChildren();
      set(svg, { "aria-valuetext": say("map.wait") });
      write(cell, say("map.wait"));
      write(words, "");
      return;
    }
    if (!placed) own();
    drawn(e, rate);
  }

  function drawn(e, rate) {
    const wide = M.rates.length, high = M.starts.length, known = M.table.filter((one) => one >= 0).sort();
    const rank = new Map();
    known.forEach((one, k) => rank.set(one, known.length > 1 ? k / (known.length - 1) : 0));
    const colour = (code) => (code === OPEN ? null : code === LEFT ? DARK : code === NOT ? GREY : shade(rank.get(code)));
    if (!image) image = { url: painted(wide, high, (i, j) => colour(M.at(i, j))), drawn: performance.now() };
    const half = [(M.rates.at(-1) / M.rates[0]) ** (0.5 / (wide - 1)), (M.starts.at(-1) - M.starts[0]) / (high - 1) / 2];
    const [a, b] = [Math.log10(M.rates[0] / half[0]), Math.log10(M.rates.at(-1) * half[0])], [c, d] = [M.starts[0] - half[1], M.starts.at(-1) + half[1]];
    F = frame(svg, HEIGHT, a, b, c, d, 76);
    const box = { x: F.left, y: F.top, width: F.right - F.left, height: F.bottom - F.top }, marks = [s("image", { href: image.url, ...box, preserveAspectRatio: "none" })];
    const S = N.R.settings, mine = first(S)[e.at], inside = S.rate >= 10 ** a && S.rate <= 10 ** b && mine >= c && mine <= d;
    if (inside) marks.push(s("path", { class: "own", d: diamond(F.x(Math.log10(S.rate)), F.y(mine)) }));
    const [i, j] = cursor, x = F.x(Math.log10(M.rates[i])), y = F.y(M.starts[j]);
    for (const kind of ["ring out", "ring"]) marks.push(s("circle", { class: kind, cx: x, cy: y, r: 8 }));
    marks.push(...ticks(c, d, 5).filter((value) => F.y(value) > F.top + ROOM).map((value) => label(F.left - 6, F.y(value) + 4, num(value, 6), { class: "t", "text-anchor": "end" })));
    const tens = ticks(a, b, 4);
    marks.push(...F.columns(tens.map((value) => [value, num(Number((10 ** value).toPrecision(2)), 3)])), label(F.right, F.H - 3, rate, { "text-anchor": "end", class: "name" }), label(F.left, F.top - 1, e.q, { class: "name", "text-anchor": "end" }));
    marks.push(...legend(known));
    if (dragging?.to) marks.push(s("rect", { class: "window", x: Math.min(dragging.x, dragging.to[0]), y: Math.min(dragging.y, dragging.to[1]), width: Math.abs(dragging.to[0] - dragging.x), height: Math.abs(dragging.to[1] - dragging.y) }));
    svg.replaceChildren(...marks);
    const one = chosen(), said = say("map.cell", { a: rate, rate: num(one.rate, 6), w: e.q, start: num(one.start, 6), what: outcome(one.code) });
    write(cell, said);
    set(svg, { "aria-valuetext": said, "aria-valuenow": j * wide + i, "aria-valuemax": wide * high - 1 });
    write(words, described(rate, e, known));
  }

  // What the colours mean: by rank, from the fewest steps to the most.
  function legend(known) {
    if (!known.length) return [];
    const x = F.right + 12, height = F.bottom - F.top, bar = painted(1, 64, (_, k) => shade(k / 63));
    const at = [0, 0.5, 1].map((part) => [part, known[Math.round(part * (known.length - 1))]]);
    return [s("image", { href: bar, x, y: F.top, width: BAR, height, preserveAspectRatio: "none" }), ...at.map(([part, value]) => label(x + BAR + 4, F.bottom - part * height + 4 + (part - 0.5) * 8, num(value), { class: "t" }))];
  }

  function described(rate, e, known) {
    const all = M.table.filter((one) => one !== OPEN), left = all.filter((one) => one === LEFT).length, sense = facts.goal.sense > 0 ? "less" : "more";
    const told = [say(M.done ? "map.words" : "map.far", { n: all.length, of: M.table.length, steps: M.steps, learned: known.length, not: all.length - left - known.length, left })];
    told.push(say(`map.level.${sense}`, { total: facts.goal.total, level: num(M.level), whose: say(M.own ? "map.own" : "map.best") }), say("map.marks"));
    return told.join(" ");
  }

  const diamond = (x, y) => `M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}z`;

  // ---- looking at a cell

  const spot = (event) => { const back = svg.getScreenCTM().inverse(); return [back.a * event.clientX + back.e, back.d * event.clientY + back.f]; };
  const part = ([x, y]) => [(x - F.left) / (F.right - F.left), (F.bottom - y) / (F.bottom - F.top)].map((one) => Math.min(1, Math.max(0, one)));

  function point(at) {
    const [u, v] = part(at);
    cursor = [Math.min(M.rates.length - 1, Math.floor(u * M.rates.length)), Math.min(M.starts.length - 1, Math.floor(v * M.starts.length))];
    show();
  }

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !M?.rates) return;
    const [x, y] = spot(event);
    dragging = { x, y, to: null, mouse: event.pointerType === "mouse" };
    svg.setPointerCapture(event.pointerId);
    point([x, y]);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!dragging || !M?.rates) return;
    const to = spot(event);
    if (!dragging.mouse) { point(to); return; }
    if (Math.min(Math.abs(to[0] - dragging.x), Math.abs(to[1] - dragging.y)) > MOVED) { dragging.to = to; show(); }
  });
  svg.addEventListener("pointercancel", () => { dragging = null; });
  svg.addEventListener("pointerup", () => {
    const drag = dragging;
    dragging = null;
    if (!drag?.to || !M?.rates) return;
    const [one, other] = [part([drag.x, drag.y]), part(drag.to)], log = (u) => M.rates[0] * (M.rates.at(-1) / M.rates[0]) ** u, line = (v) => M.starts[0] + (M.starts.at(-1) - M.starts[0]) * v;
    narrow([[Math.min(one[0], other[0]), Math.max(one[0], other[0])].map(log), [Math.min(one[1], other[1]), Math.max(one[1], other[1])].map(line)]);
  });
  svg.addEventListener("keydown", (event) => {
    if (!M?.rates) return;
    const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [0, 8], PageDown: [0, -8], Home: [-Infinity, 0], End: [Infinity, 0] }[event.key];
    if (event.key === "Enter") go.click();
    else if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    if (by) { cursor = [[M.rates, 0], [M.starts, 1]].map(([values, k]) => Math.min(values.length - 1, Math.max(0, cursor[k] + by[k]))); show(); }
  });

  // ---- what the page asks of it

  const draw = (now) => {
    N = now;
    const chosen_ = facts.map.start?.place ?? N.weight, next = JSON.stringify([N.R.settings, chosen_, N.R.done]);
    if (next === name) { if (M && !M.done) { clearTimeout(timer); timer = setTimeout(further, 0); } show(); return; }
    [name, place, windows, counts] = [next, chosen_, [], size(N.R.settings, facts.map.counts)];
    begin();
  };
  return { figure: h("div", { id: "p-map" }, figure), draw, rest: () => clearTimeout(timer) };
}
