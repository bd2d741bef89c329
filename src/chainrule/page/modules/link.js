// The part of an address after # ↔ what differs from the page as it was handed out.
// The form is that of link.json, which Python's `page/link.py` reads too: NAME=VALUE joined by &, names and values
// percent-encoded. Whatever is not of this form, or not of this page, is left out and named.

const NUMBER = /^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u;

// Takes the form (link.json) and a state: names of the form → numbers, texts or lists of them. Gives the fragment
// without #, and in `out` the names of the arrays that have too many numbers for a link; the fragment names them too.
export function writeLink(form, state) {
  const parts = [], out = new Set(), counts = new Map();
  for (const name of Object.keys(state)) counts.set(arrayOf(name), (counts.get(arrayOf(name)) ?? 0) + 1);
  for (const field of form.fields) {
    for (const name of Object.keys(state).filter((one) => belongs(field, one) && field.name !== "out")) {
      if (field.kind === "number" && counts.get(arrayOf(name)) > form.numbers) {
        out.add(arrayOf(name).slice(field.name.length));
        continue;
      }
      const text = written(field, state[name]);
      if (text !== null && [...text].length <= (field.kind === "text" ? form.text : form.longest)) parts.push([name, text]);
    }
  }
  if (out.size) parts.push(["out", [...out].join(",")]);
  return { fragment: parts.map((pair) => pair.map(encoded).join("=")).join("&"), out: [...out] };
}

// "w.W[0,1]" → "w.W", "x.y.3" → "x.y": whose numbers are counted together.
function arrayOf(name) {
  return name.replace(/(?:\[[^\]]*\]|(?<=\..+)\.[0-9]+)$/, "");
}

// Takes the form, a fragment with or without #, and what this page knows: its hash, and lists of the names that may be
// chosen (weights, consts, columns, rules, quantities, arrays). Gives the state, the parts that were ignored, and in
// `refused` the key of the reason if the link is of another model.
export function readLink(form, fragment, known) {
  const state = Object.create(null), ignored = [];
  const text = fragment.startsWith("#") ? fragment.slice(1) : fragment;
  if ([...text].length > form.longest) return { state, ignored: ["#"], refused: null };
  for (const part of text.split("&")) {
    const at = part.indexOf("="), raw = at < 0 ? part : part.slice(0, at);
    const name = at < 0 ? null : decoded(raw), value = at < 0 ? null : decoded(part.slice(at + 1));
    const field = name === null || value === null ? undefined : form.fields.find((one) => knows(one, name, known));
    const found = field === undefined || name in state ? null : valued(form, field, value, known);
    if (found !== null) state[name] = found;
    else if (part) ignored.push(raw);
  }
  if (!("m" in state) || state.m === known.hash) return { state, ignored, refused: null };
  return { state: Object.create(null), ignored, refused: "link.other" };
}

// Whether a name is one of a field of the form: "w.b1" of the field "w.".
function belongs(field, name) {
  return field.name.endsWith(".") ? name.startsWith(field.name) && name.length > field.name.length : name === field.name;
}

// The same, of a page: b1 has to be a weight of it, and a line or a row to have a number.
function knows(field, name, known) {
  if (!belongs(field, name)) return false;
  if (!field.name.endsWith(".")) return true;
  let rest = name.slice(field.name.length);
  if (field.number) {
    const at = rest.lastIndexOf("."), number = rest.slice(at + 1), [least, most] = field.number;
    if (at < 0 || !/^(?:0|[1-9][0-9]{0,5})$/.test(number) || Number(number) < least || Number(number) > most) return false;
    rest = rest.slice(0, at);
  }
  return known[field.of].includes(rest);
}

function written(field, value) {
  const number = (one) => (Object.is(one, -0) ? "-0" : String(one));
  switch (field.kind) {
    case "number": return Number.isFinite(value) ? number(value) : null;
    case "names": return value.length ? value.join(",") : null;
    case "order":
      if (!Array.isArray(value)) return String(value);
      return "at" + (Array.isArray(value[0]) ? value.map((rows) => rows.join(",")).join(";") : value.join(","));
    default: return String(value);
  }
}

function valued(form, field, text, known) {
  const wholes = (one) => /^[0-9]{1,7}$/.test(one) ? Number(one) : null;
  switch (field.kind) {
    case "hash": return /^[0-9a-f]{16}$/.test(text) ? text : null;
    case "number": return finite(text);
    case "whole": {
      const found = /^[0-9]{1,16}$/.test(text) ? Number(text) : -1;
      return found >= field.least && found <= field.most ? found : null;
    }
    case "one": return (Array.isArray(field.of) ? field.of : known[field.of]).includes(text) ? text : null;
    case "names": return each(text, ",", form.numbers, (one) => known[field.of].includes(one) ? one : null);
    case "text": return text && [...text].length <= form.text && !HIDDEN.test(text) ? text : null;
    case "order":
      if (["each", "all", "shuffled"].includes(text)) return text;
      if (/^[1-9][0-9]{0,6}$/.test(text)) return Number(text);
      if (!text.startsWith("at")) return null;
      if (!text.includes(";")) return each(text.slice(2), ",", form.numbers, wholes);
      return each(text.slice(2), ";", form.numbers, (rows) => each(rows, ",", form.numbers, wholes));
  }
  return null;
}

function finite(text) {
  const found = text.length <= 40 && NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(found) ? found : null;
}

// A list, each of its parts read; null if one cannot be, or there are too many.
function each(text, by, most, read) {
  const parts = text.split(by);
  if (parts.length > most) return null;
  const found = parts.map(read);
  return found.includes(null) ? null : found;
}

function encoded(text) {
  return encodeURIComponent(text.toWellFormed?.() ?? text).replaceAll("%2C", ",");
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // a % with no byte after it, or bytes that are no text
  }
}
