// Steps to learn over the rate and the start of the chosen weight: drawn coarse to fine while its tab is open, each cell
// to be looked at by mouse, touch or keys, and to be trained from.

import { h, s, facts, say, many, set, write } from "./dom.js";
import { num } from "./numbers.js";
import { first } from "./run.js";
import { span, ticks } from "./series.js";
import { frame, label } from "./frame.js";
import { q } from "./words.js";
import { LEFT, NOT, OPEN, mapping } from "./cells.js";
import { between, part as within, place as along, text } from "./axis.js";

const SLICE = 8, SEEN = 150, HEIGHT = 330, BAR = 14, PART = 4, MOVED = 8, ROOM = 10, FINEST = 1e-9, FEW = 8, LISTED = 6, TENS = 4;
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
  const title = h("h3"), cell = h("p", { class: "small", id: "map-cell" }), words = h("span", { id: "map-words" }), maker = h("span", { id: "map-by" });
  const go = h("button", { type: "button", id: "b-map-train", click: () => { const one = chosen(); if (one) train(one.rate, place, one.start); } }, say("map.train"));
  const closer = h("button", { type: "button", id: "b-map-closer", click: () => narrow() }, say("map.closer"));
  const wider = h("button", { type: "button", id: "b-map-wider", click: () => { windows.pop(); begin(); } }, say("map.wider"));
  const figure = h("figure", { id: "f-map", "aria-busy": "false" }, title, svg, cell, h("div", { class: "buttons" }, go, closer, wider), h("figcaption", {}, words, " ", maker));
  let M = null, N = null, place = 0, name = "", turn = 0, timer = 0, windows = [], cursor = [0, 0], placed = null, F = null, image = null, dragging = null;

  const entry = () => facts.entries[place];
  const chosen = () => (M?.table ? { rate: M.axes[0].values[cursor[0]], start: M.axes[1].values[cursor[1]], code: M.at(...cursor) } : null);

  // The range of starts: what was asked for, the box, or around the way of the run.
  function starts() {
    if (facts.map.start) return facts.map.start;
    const box = entry().box?.map(Number), [low, high] = box?.every(Number.isFinite) ? box : span(N.R, entry());
    return { scale: "linear", low: Number(low.toPrecision(3)), high: Number(high.toPrecision(3)) };
  }
  const room = () => { const axis = starts(); return Boolean(axis.values) || axis.high > axis.low; };

  function begin() {
    rest();
    M?.close();
    [M, placed, image] = [null, null, null];
    if (N.R.done && room()) M = mapping(N.R, entry(), windows.at(-1) ?? [facts.map.rate, starts()]);
    show();
    if (M) timer = setTimeout(further, 0);
  }

  function rest() {
    clearTimeout(timer);
    turn += 1;
  }

  function further() {
    const waits = M.more(SLICE), now = performance.now(), mine = turn;
    if (M.done || !(image?.drawn > now - SEEN)) { image = null; show(); }
    if (M.done) return;
    if (waits) waits.then(() => { if (mine === turn) further(); });
    else timer = setTimeout(further, 0);
  }

  // The cell that is nearest to the run's own rate and start.
  function own() {
    const S = N.R.settings, mine = [S.rate, first(S)[entry().at]];
    cursor = M.axes.map((axis, k) => {
      const { values } = axis, at = axis.scale === "list" ? null : along(axis, mine[k]);
      if (at !== null) return Math.min(values.length - 1, Math.max(0, Math.round(at)));
      return values.reduce((best, one, j) => (Math.abs(one - mine[k]) < Math.abs(values[best] - mine[k]) ? j : best), 0);
    });
    placed = M.axes;
  }

  // A part of the map: between places of the cells, or around the cell that is looked at.
  function narrow(places = null) {
    const next = M.axes.map((axis, k) => {
      const most = axis.values.length - 1, half = Math.max(1, most) / (2 * PART);
      const [from, to] = places?.[k] ?? [cursor[k] - half, cursor[k] + half];
      return within(axis, Math.max(0, from), Math.min(most, to));
    });
    const wide = ({ values, low, high }) => (values ? 1 : Math.abs(high - low) / Math.max(Math.abs(low), Math.abs(high)));
    if (!next.every((axis) => (axis.values ? axis.values.length > 0 : wide(axis) > FINEST))) return;
    windows.push(next);
    begin();
  }

  const outcome = (code) => (code >= 0 ? many("map.learned", code) : say({ [NOT]: "map.not", [LEFT]: "map.left", [OPEN]: "map.open" }[code], { n: M.steps }));

  function show() {
    const e = entry(), rate = q(facts.rate);
    write(title, say("map.title", { a: rate, w: e.q }));
    set(figure, { "aria-busy": String(room() && !M?.done) });
    const none = room() ? M?.none && say(M.none) : say("map.room", { w: e.q });
    for (const one of [svg, cell, go, closer, wider]) set(one, { hidden: Boolean(none) });
    if (none) { write(words, none); write(maker, ""); return; }
    wider.disabled = !windows.length;
    go.disabled = closer.disabled = !M?.table;
    if (!M?.table) {
      frame(svg, HEIGHT, 0, 1, 0, 1);
      svg.replaceChildren();
      set(svg, { "aria-valuetext": say("map.wait") });
      write(cell, say("map.wait"));
      write(words, "");
      write(maker, "");
      return;
    }
    if (placed !== M.axes) own(); // also where the map became smaller
    drawn(e, rate);
  }

  // What stands along an axis: places and their numbers.
  function marked(axis, count) {
    const { values, scale } = axis, most = values.length - 1;
    if (scale === "list" || most < 1) {
      const every = Math.ceil(values.length / LISTED);
      return values.map((value, k) => [k, num(value, 3)]).filter((_, k) => k % every === 0);
    }
    const ends = [between(axis, -0.5), between(axis, most + 0.5)].sort((a, b) => a - b);
    const tens = scale === "geometric" && ends[1] > TENS * ends[0];
    const told = tens ? ticks(...ends.map(Math.log10), count).map((value) => Number((10 ** value).toPrecision(2))) : ticks(...ends, count);
    return told.map((value) => [along(axis, value), num(value, tens ? 3 : 6)]).filter(([at]) => at > -0.5 && at < most + 0.5);
  }

  function drawn(e, rate) {
    const [wide, high] = M.axes.map((axis) => axis.values.length), known = M.table.filter((one) => one >= 0).sort(), values = [...new Set(known)];
    const rank = new Map();
    if (values.length <= FEW) values.forEach((one, k) => rank.set(one, values.length > 1 ? k / (values.length - 1) : 0));
    else known.forEach((one, k) => rank.set(one, k / (known.length - 1)));
    const colour = (code) => (code === OPEN ? null : code === LEFT ? DARK : code === NOT ? GREY : shade(rank.get(code)));
    if (!image) image = { url: painted(wide, high, (i, j) => colour(M.at(i, j))), drawn: performance.now() };
    F = frame(svg, HEIGHT, -0.5, wide - 0.5, -0.5, high - 0.5, 76);
    const box = { x: F.left, y: F.top, width: F.right - F.left, height: F.bottom - F.top }, marks = [s("image", { href: image.url, ...box, preserveAspectRatio: "none" })];
    const S = N.R.settings, mine = [S.rate, first(S)[e.at]].map((value, k) => along(M.axes[k], value));
    if (mine.every((at, k) => at !== null && at >= -0.5 && at <= M.axes[k].values.length - 0.5)) marks.push(s("path", { class: "own", d: diamond(F.x(mine[0]), F.y(mine[1])) }));
    for (const kind of ["ring out", "ring"]) marks.push(s("circle", { class: kind, cx: F.x(cursor[0]), cy: F.y(cursor[1]), r: 8 }));
    marks.push(...marked(M.axes[1], 5).filter(([at]) => F.y(at) > F.top + ROOM).map(([at, told]) => label(F.left - 6, F.y(at) + 4, told, { class: "t", "text-anchor": "end" })));
    marks.push(...F.columns(marked(M.axes[0], 4)), label(F.right, F.H - 3, rate, { "text-anchor": "end", class: "name" }), label(F.left, F.top - 1, e.q, { class: "name", "text-anchor": "end" }));
    marks.push(...(values.length <= FEW ? bands(values) : legend(known)));
    if (dragging?.to) marks.push(s("rect", { class: "window", x: Math.min(dragging.x, dragging.to[0]), y: Math.min(dragging.y, dragging.to[1]), width: Math.abs(dragging.to[0] - dragging.x), height: Math.abs(dragging.to[1] - dragging.y) }));
    svg.replaceChildren(...marks);
    const one = chosen(), said = say("map.cell", { a: rate, rate: num(one.rate, 6), w: e.q, start: num(one.start, 6), what: outcome(one.code) });
    write(cell, said);
    set(svg, { "aria-valuetext": said, "aria-valuenow": cursor[1] * wide + cursor[0], "aria-valuemax": wide * high - 1 });
    write(words, described(rate, e, known));
    write(maker, madeBy(M));
  }

  // What the colours mean: by rank, from the fewest steps to the most; of few different steps, a colour for each.
  function legend(known) {
    const x = F.right + 12, height = F.bottom - F.top, bar = painted(1, 128, (_, k) => shade(k / 127)), seen = new Map();
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const value = known[Math.round(part * (known.length - 1))];
      seen.set(num(value, 3), known.lastIndexOf(value) / (known.length - 1));
    }
    return [s("image", { href: bar, x, y: F.top, width: BAR, height, preserveAspectRatio: "none" }), ...[...seen].map(([told, part]) => label(x + BAR + 4, F.bottom - part * height + 4 + (part - 0.5) * 8, told, { class: "t" }))];
  }

  function bands(values) {
    const x = F.right + 12, height = (F.bottom - F.top) / Math.max(1, values.length), most = Math.max(1, values.length - 1);
    return values.flatMap((value, k) => [
      s("image", { href: painted(1, 1, () => shade(k / most)), x, y: F.bottom - (k + 1) * height, width: BAR, height, preserveAspectRatio: "none" }),
      label(x + BAR + 4, F.bottom - (k + 0.5) * height + 4, num(value, 3), { class: "t" }),
    ]);
  }

  function described(rate, e, known) {
    const all = M.table.filter((one) => one !== OPEN), left = all.filter((one) => one === LEFT).length, sense = facts.goal.sense > 0 ? "less" : "more";
    const told = [say(all.length === M.table.length ? "map.words" : "map.far", { n: all.length, of: M.table.length, steps: M.steps, learned: known.length, not: all.length - left - known.length, left })];
    told.push(say(`map.level.${sense}`, { total: facts.goal.total, level: num(M.level), whose: say(M.own ? "map.own" : "map.best") }), say("map.marks"));
    const [rates, begins] = M.axes.map((axis, k) => axis.text ?? text([rate, e.q][k], axis));
    told.push(say("map.axes", { rates, starts: begins }));
    M.axes.forEach(({ every }, k) => { if (every > 1) told.push(say(`map.every.${["rates", "starts"][k]}`, { n: every })); });
    return told.join(" ");
  }

  const diamond = (x, y) => `M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}z`;

  // ---- looking at a cell

  const spot = (event) => { const back = svg.getScreenCTM().inverse(); return [back.a * event.clientX + back.e, back.d * event.clientY + back.f]; };
  const part = ([x, y]) => [(x - F.left) / (F.right - F.left), (F.bottom - y) / (F.bottom - F.top)].map((one) => Math.min(1, Math.max(0, one)));

  function point(at) {
    cursor = part(at).map((u, k) => Math.min(M.axes[k].values.length - 1, Math.floor(u * M.axes[k].values.length)));
    show();
  }

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !M?.table) return;
    const [x, y] = spot(event);
    dragging = { x, y, to: null, mouse: event.pointerType === "mouse" };
    svg.setPointerCapture(event.pointerId);
    point([x, y]);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!dragging || !M?.table) return;
    const to = spot(event);
    if (!dragging.mouse) { point(to); return; }
    if (Math.min(Math.abs(to[0] - dragging.x), Math.abs(to[1] - dragging.y)) > MOVED) { dragging.to = to; show(); }
  });
  svg.addEventListener("pointercancel", () => { dragging = null; });
  svg.addEventListener("pointerup", () => {
    const drag = dragging;
    dragging = null;
    if (!drag?.to || !M?.table) return;
    const [one, other] = [part([drag.x, drag.y]), part(drag.to)];
    narrow(M.axes.map(({ values }, k) => [Math.min(one[k], other[k]), Math.max(one[k], other[k])].map((u) => u * values.length - 0.5)));
  });
  svg.addEventListener("keydown", (event) => {
    if (!M?.table) return;
    const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [0, 8], PageDown: [0, -8], Home: [-Infinity, 0], End: [Infinity, 0] }[event.key];
    if (event.key === "Enter") go.click();
    else if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    if (by) { cursor = cursor.map((at, k) => Math.min(M.axes[k].values.length - 1, Math.max(0, at + by[k]))); show(); }
  });

  // ---- what the page asks of it

  const draw = (now) => {
    N = now;
    const chosen_ = facts.map.start?.place ?? N.weight, next = JSON.stringify([N.R.settings, chosen_, N.R.done]);
    if (next === name) {
      rest();
      if (M && !M.done) timer = setTimeout(further, 0);
      show();
      return;
    }
    [name, place, windows] = [next, chosen_, []];
    begin();
  };
  return { figure: h("div", { id: "p-map" }, figure), draw, rest };
}

// By what it was drawn, in which numbers, and what is known of the bits.
function madeBy({ by, done }) {
  const why = by.why ? say(`map.why.${by.why}`, { said: by.said }) : "";
  if (by.card === null) return say("map.by.script", { why });
  const told = [say("map.by.card", { card: by.card || say("map.card") })];
  if (by.other) told.push(say("map.by.other", { n: by.other, why }));
  if (!done) told.push(say("map.check.wait"));
  else if (by.checked) told.push(say(by.agreed === by.checked ? "map.check.same" : "map.check.differ", { n: by.checked, same: by.agreed }));
  return told.join(" ");
}
