// A learner's wrong right side → the one change of it that makes it right, and what that change says.

import { put } from "./numbers.js";

const MOST = 1500; // changed trees that are tried

// When each change is thought of: "first" before any slip, "early" before a factor, "late" before the unlikely ones.
const CHANGES = { first: [swapped], early: [spare], late: [renamed, turned, numbers, fewer, divided] };

// Takes a tree, `practice` (its names and targets), `right`, which says of a tree whether it is right, and which changes
// are tried. Gives the key of a slip with its words, or null.
export function repair(tree, practice, right, when) {
  let tried = 0;
  for (const change of CHANGES[when]) {
    for (const [whole, key, node, other] of variants(tree, (one) => change(one, practice))) {
      if (++tried > MOST) return null;
      if (!right(whole)) continue;
      const shown = (one) => showTree(one, practice.names);
      if (key === "extra-factor" || key === "divided") return { key, words: { factor: shown(other) } };
      return { key, words: { yours: shown(node), ours: shown(other) } };
    }
  }
  return null;
}

// Takes a tree and the names with their shown forms; gives it as a reader writes it.
export function showTree(tree, names) {
  const shown = (one, least) => (binding(one) < least ? `(${showTree(one, names)})` : showTree(one, names));
  const [kind, first, second] = tree, rest = tree.slice(1);
  switch (kind) {
    case "number": return first === 0.5 ? "½" : put(first, 12);
    case "name": return first.startsWith("∂") ? first.replace(/∂([^/]+)/g, (_, name) => `∂${names.shown[name] ?? name}`) : names.shown[first] ?? first;
    case "sum": return rest.map((one, n) => (one[0] === "minus" && n ? ` − ${shown(one[1], 2)}` : `${n ? " + " : ""}${shown(one, n ? 2 : 1)}`)).join("");
    case "minus": return `−${shown(first, 2)}`;
    case "product": return rest.map((one, n) => shown(one, n ? 3 : 2)).join("·");
    case "over": return `${shown(first, 2)}/${shown(second, 3)}`;
    case "power": return `${shown(first, 5)}${second[0] === "number" && second[1] === 2 ? "²" : `^${shown(second, 4)}`}`;
    case "test": return `[${showTree(second, names)} ${first} ${showTree(tree[3], names)}]`;
    default: return `${(names.shown[first.replace(/'+$/, "")] ?? first.replace(/'+$/, "")) + "′".repeat(first.length - first.replace(/'+$/, "").length)}(${rest.slice(1).map((one) => showTree(one, names)).join(", ")})`;
  }
}

function binding([kind]) {
  return { sum: 1, minus: 1, product: 2, over: 2, power: 4 }[kind] ?? 5;
}

// The tree with one node changed in each way: the whole, the key of the slip, the node, and what stands for it.
function* variants(tree, change) {
  for (const [made, key, told] of change(tree)) yield [made, key, tree, told ?? made];
  for (let n = 1; n < tree.length; n++) {
    if (!Array.isArray(tree[n])) continue;
    for (const [inside, ...told] of variants(tree[n], change)) yield [[...tree.slice(0, n), inside, ...tree.slice(n + 1)], ...told];
  }
}

// ŷ − y for y − ŷ, where y is a target.
function* swapped(tree, { targets }) {
  const [kind, first, second] = tree;
  if (kind !== "sum" || tree.length !== 3 || first[0] !== "name" || !targets.includes(first[1]) || second[0] !== "minus") return;
  yield [["sum", second[1], ["minus", first]], "swapped-difference"];
}

// One factor left out, or two.
function* spare(tree) {
  if (tree[0] !== "product") return;
  const args = tree.slice(1), built = (some) => (some.length > 1 ? ["product", ...some] : some[0]);
  for (const gone of [...args.keys()].flatMap((one) => [[one]]).concat(pairsOf(args.length))) {
    const rest = args.filter((_, n) => !gone.includes(n)), left = args.filter((_, n) => gone.includes(n));
    if (rest.length && left.some((one) => one[0] !== "number")) yield [built(rest), "extra-factor", built(left)];
  }
}

function pairsOf(count) {
  const found = [];
  for (let one = 0; one < count; one++) for (let two = one + 1; two < count; two++) found.push([one, two]);
  return found;
}

// Another quantity.
function* renamed(tree, { names }) {
  if (tree[0] !== "name" || tree[1].startsWith("∂")) return;
  for (const name of names.quantities) if (name !== tree[1]) yield [["name", name], "wrong-factor"];
}

// One term with the other sign.
function* turned(tree) {
  if (tree[0] === "minus") yield [tree[1], "line-sign"];
  if (tree[0] !== "sum") return;
  for (let n = 1; n < tree.length; n++) {
    const other = tree[n][0] === "minus" ? tree[n][1] : ["minus", tree[n]];
    yield [[...tree.slice(0, n), other, ...tree.slice(n + 1)], "line-sign"];
  }
}

// Another small number; a square without its exponent.
function* numbers(tree) {
  if (tree[0] === "power" && tree[2][0] === "number" && tree[2][1] === 2) yield [tree[1], "number"];
  if (tree[0] !== "number") return;
  const value = tree[1];
  for (const other of new Set([1, 2, 0.5, value + 1, value - 1, value * 2, value / 2, 3])) {
    if (other !== value && other >= 0) yield [["number", other], "number"];
  }
}

// A term left out.
function* fewer(tree) {
  if (tree[0] !== "sum") return;
  for (let n = 1; n < tree.length; n++) {
    const rest = [...tree.slice(1, n), ...tree.slice(n + 1)];
    yield [rest.length > 1 ? ["sum", ...rest] : rest[0], "extra-term"];
  }
}

// A product for a quotient.
function* divided(tree) {
  if (tree[0] === "over") yield [["product", tree[1], tree[2]], "divided", tree[2]];
}
