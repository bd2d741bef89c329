// A symbol is chosen → its value, what is said about it, its places on the page and the line that makes it.

import { $, $$, h, s, say, set, calm } from "./dom.js";
import { num } from "./numbers.js";
import { byQ } from "./words.js";
import { moment } from "./moment.js";

const COURSE = 100; // points of the small curve

let look = { q: null, N: null, phase: 4 };
let chosenBy = () => {};

// Listens for symbols; `choose(q or null)` is told of each choice.
export function symbols(choose) {
  chosenBy = choose;
  document.addEventListener("click", (event) => {
    const found = event.target.closest("[data-q]");
    if (found) choose(look.q === found.dataset.q ? null : found.dataset.q);
  });
}

// Keys within a formula; true where the key was used.
export function inFormula(event) {
  const box = event.target.closest?.(".ln, .formula");
  if (!box) return false;
  if (event.key === "Enter") return go();
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.shiftKey) return false;
  const every = $$("math:not(.n) [data-q]", box).filter((one) => !one.parentElement.closest("[data-q]"));
  if (!every.length) return true;
  const at = every.indexOf(box.at);
  box.at = every[at < 0 ? (by > 0 ? 0 : every.length - 1) : (at + by + every.length) % every.length];
  chosenBy(box.at.dataset.q);
  return true;
}

// Goes to the line that makes what is chosen.
function go() {
  const line = look.q === null ? null : maker(look.q);
  if (!line) return false;
  line.scrollIntoView({ block: "center", behavior: calm() ? "instant" : "smooth" });
  line.focus({ preventScroll: true });
  line.classList.add("went");
  setTimeout(() => line.classList.remove("went"), 1600);
  return true;
}

const maker = (q) => $$(".ln").find((line) => !line.hidden && (line.dataset.makes === q || line.dataset.makes === `${q}′`));

// Shows the choice everywhere, and the line about it.
export function show(q, N, phase) {
  look = { q, N, phase };
  for (const one of $$("[data-q]")) {
    const same = q !== null && one.dataset.q === q;
    if (one.classList.contains("chosen") !== same) one.classList.toggle("chosen", same);
    if (one.tagName === "BUTTON") set(one, { "aria-pressed": String(same) });
  }
  about();
}

function about() {
  const { q, N, phase } = look, box = $("#about"), one = q === null ? null : byQ.get(q);
  box.classList.toggle("none", q === null);
  if (q === null) return box.replaceChildren(h("span", {}, say("about.none")));
  const parts = [];
  if (one && one.size === 1) {
    const hidden = one.phase > phase;
    parts.push(h("b", {}, say("about.value", { q, v: hidden ? "…" : num(N.number(one.key)) })));
  } else parts.push(h("b", {}, q));
  parts.push(h("span", {}, one ? one.about : local(q)));
  if (one && one.series && one.size === 1 && N.R.done && !N.light && one.phase <= phase) parts.push(course(one.key, N));
  if (maker(q)) parts.push(h("button", { type: "button", class: "link", click: go }, say("about.line")));
  return box.replaceChildren(...parts);
}

function local(q) {
  const found = /^∂(.+)\/∂(.+)$/.exec(q);
  return found ? say("about.local", { top: found[1], of: found[2] }) : "";
}

// The values of a quantity over the run, as a small curve.
function course(key, N) {
  const { R } = N, count = Math.min(R.K + 1, COURSE), every = [];
  for (let k = 0; k < count; k++) {
    const at = count > 1 ? Math.round(k * R.K / (count - 1)) : 0;
    every.push([at, moment(R, at, N.weight).number(key)]);
  }
  const good = every.filter(([, value]) => Number.isFinite(value));
  if (!good.length) return null;
  const low = Math.min(...good.map((one) => one[1])), high = Math.max(...good.map((one) => one[1]));
  const x = (k) => (2 + 96 * (R.K ? k / R.K : 0)).toFixed(1), y = (v) => (15 - 12 * (high > low ? (v - low) / (high - low) : 0.5)).toFixed(1);
  const label = say("about.course", { a: num(every[0][1]), b: num(every.at(-1)[1]) }), now = N.number(key);
  return s("svg", { width: 100, height: 18, role: "img", "aria-label": label },
    s("polyline", { points: good.map(([k, v]) => `${x(k)},${y(v)}`).join(" "), fill: "none", stroke: "currentColor" }),
    Number.isFinite(now) ? s("circle", { cx: x(N.k), cy: y(now), r: 3, fill: "currentColor" }) : null);
}
