// What can be taken away: the table of all steps with every digit, the picture, the text of the network.

import { $, h, facts, set } from "./dom.js";
import { full } from "./numbers.js";
import { values } from "./run.js";
import { slope, error } from "./moment.js";

const name = facts.name.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "network";

const SHARP = 2;

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

// The picture in front, its colours written out.
function picture() {
  const drawn = [...document.querySelectorAll("#pictures figure svg")].find((one) => one.clientWidth > 0) ?? $("svg"), copy = drawn.cloneNode(true);
  const own = [...drawn.querySelectorAll("*")], made = [...copy.querySelectorAll("*")], style = getComputedStyle(document.documentElement);
  own.forEach((one, k) => {
    const now = getComputedStyle(one);
    for (const part of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor", "opacity"]) made[k].setAttribute(part, now.getPropertyValue(part));
    made[k].removeAttribute("class");
  });
  copy.setAttribute("font-family", "sans-serif");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("color", style.color);
  const [wide, high] = copy.getAttribute("viewBox").split(" ").slice(2).map(Number);
  return { copy, wide, high, paper: style.getPropertyValue("--paper").trim() || "#fff" };
}

export const svg = () => give(".svg", "image/svg+xml", new XMLSerializer().serializeToString(picture().copy));

// The same as points, twice as fine as it is drawn.
export async function png() {
  const { copy, wide, high, paper } = picture(), canvas = h("canvas", { width: SHARP * wide, height: SHARP * high }), paint = canvas.getContext("2d");
  set(copy, { width: SHARP * wide, height: SHARP * high });
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  paint.fillStyle = paper;
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.drawImage(image, 0, 0);
  canvas.toBlob((blob) => give(".png", "image/png", blob));
}

export const text = () => give(".eq", "text/plain", facts.text);
