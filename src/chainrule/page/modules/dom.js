// The document → what the page finds and makes in it, its facts, and its sentences.

export const $ = (selector, at = document) => at.querySelector(selector);
export const $$ = (selector, at = document) => [...at.querySelectorAll(selector)];

const packed = Uint8Array.from(atob($("#facts").textContent), (one) => one.charCodeAt(0));

export const facts = JSON.parse(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text());

const PLACE = /\{(\w+)\}/g;

// A sentence with its places filled, in one pass: what is put in is never read again.
export function say(key, places = {}) {
  return facts.strings[key].replace(PLACE, (_, name) => String(places[name]));
}

// One of two forms.
export function many(key, n) {
  return say(`${key}.${n === 1 ? "one" : "many"}`, { n });
}

const SPACES = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };

function made(space, tag, attributes, inside) {
  const element = space ? document.createElementNS(SPACES[space], tag) : document.createElement(tag);
  set(element, attributes);
  element.append(...inside.filter((one) => one !== null && one !== undefined));
  return element;
}

// Attributes of an element: true is one without a value; false, null and undefined take it away; a function listens.
export function set(element, attributes = {}) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

export const h = (tag, attributes, ...inside) => made("", tag, attributes, inside);
export const s = (tag, attributes, ...inside) => made("svg", tag, attributes, inside);

// A text where it differs: what is read aloud or selected is not disturbed.
export function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

// A tree as Python keeps it for later: name, attributes, what is in it.
export function built(tree, above = "") {
  if (typeof tree === "string") return tree;
  const [tag, attributes, ...inside] = tree, space = SPACES[tag] ? tag : above;
  return made(space, tag, attributes, inside.map((one) => built(one, space)));
}

for (const place of $$("[data-later]")) place.replaceWith(built(facts.later[place.dataset.later]));

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
