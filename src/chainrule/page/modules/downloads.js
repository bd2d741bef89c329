// What can be taken away: the table of all steps with every digit, the picture, the text of the network.

import { $, h, facts } from "./dom.js";
import { full } from "./numerals.js";
import { values } from "./run.js";
import { slope, error } from "./moment.js";

const name = facts.name.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "network";

function give(ending, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type })), link = h("a", { download: `${name}${ending}`, href: url });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// The rows of the run: after k steps the weights, E and slopes over the patterns of the step that follows.
function rows(R) {
  const found = [];
  for (let k = 0; k <= R.K; k++) {
    const state = R.state(k), visited = R.visited(k), now = values(R, state, visited);
    const E = visited.length === 1 ? error(now) : now.one(facts.goal.objective);
    found.push([k, visited.join(" "), ...facts.entries.map((entry) => state[entry.at]), E, ...facts.entries.map((entry) => slope(now, entry))]);
  }
  return found;
}

const head = () => ["step", "rows", ...facts.entries.map((entry) => entry.q), facts.goal.E, ...facts.entries.map((entry) => `∂${facts.goal.E}/∂${entry.q}`)];

// A cell that no program takes for a formula or for two cells.
const cell = (value) => (typeof value === "number" ? full(value) : /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

export function csv(R) {
  const lines = [head().map(cell), ...rows(R).map(([k, visited, ...others]) => [String(k), visited, ...others.map(full)])];
  give(".csv", "text/csv", `${lines.map((line) => line.join(",")).join("\n")}\n`);
}

export function json(R) {
  const plain = (value) => (typeof value === "number" && !Number.isFinite(value) ? full(value) : value);
  const names = head(), list = rows(R).map((row) => Object.fromEntries(row.map((value, at) => [names[at], plain(value)])));
  give(".json", "application/json", JSON.stringify({ model: facts.text, settings: R.settings, rows: list }, null, 1));
}

export function svg() {
  const drawn = [...document.querySelectorAll("#pictures figure:not([hidden]) svg")].pop() ?? $("svg"), copy = drawn.cloneNode(true), style = getComputedStyle(document.documentElement);
  const own = [...drawn.querySelectorAll("*")], made = [...copy.querySelectorAll("*")];
  own.forEach((one, k) => {
    const now = getComputedStyle(one);
    for (const part of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor", "opacity"]) made[k].setAttribute(part, now.getPropertyValue(part));
    made[k].removeAttribute("class");
  });
  copy.setAttribute("font-family", "sans-serif");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("color", style.color);
  give(".svg", "image/svg+xml", new XMLSerializer().serializeToString(copy));
}

export const text = () => give(".eq", "text/plain", facts.text);
