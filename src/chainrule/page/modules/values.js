// A tree of a right side → a function of values, with the bits that the package gives: sums and products from left to
// right, a power with a written integer by multiplication. Closures alone; nothing typed is run as a program.

// Takes a tree and `calls`: key → a function of numbers. Gives a function of values, which are numbers by key.
export function valueOf(tree, calls) {
  const [kind, ...rest] = tree;
  const parts = rest.filter(Array.isArray).map((one) => valueOf(one, calls));
  switch (kind) {
    case "number": return () => tree[1];
    case "name": return (values) => values[tree[1]];
    case "sum": return (values) => parts.reduce((sum, part, n) => (n ? sum + part(values) : part(values)), 0);
    case "minus": return (values) => -parts[0](values);
    case "over": return guarded(tree, calls, (values) => parts[0](values) / parts[1](values));
    case "call": return (values) => calls[tree[1]](...parts.map((part) => part(values)));
    case "test": return (values) => holds(tree[1], parts[0](values), parts[1](values));
    case "power": {
      const n = wholeExponent(tree[2]);
      return n === null ? (values) => calls.power(parts[0](values), parts[1](values)) : (values) => wholePower(parts[0](values), n);
    }
    case "product":
      return guarded(tree, calls, (values) => parts.reduce((all, part, n) => (n ? all * part(values) : part(values)), 1));
  }
  throw new Error(kind);
}

// Takes a number and an integer; gives the power by the bits of the integer, as the package multiplies it.
export function wholePower(x, n) {
  if (n === 0) return x === x ? 1 : x;
  let power = x;
  for (const bit of Math.abs(n).toString(2).slice(1)) {
    power *= power;
    if (bit === "1") power *= x;
  }
  return n < 0 ? 1 / power : power;
}

// Takes the tree of an exponent; gives the integer that is written there, or null: what decides between two powers.
export function wholeExponent(tree) {
  const [number, sign] = tree[0] === "minus" ? [tree[1], -1] : [tree, 1];
  return number[0] === "number" && Number.isInteger(number[1]) ? sign * number[1] : null;
}

// A bracket that is 0 makes the whole product 0, whatever the other factors are: they are not asked.
function guarded(tree, calls, value) {
  const guards = brackets(tree).map((one) => valueOf(one, calls));
  if (guards.length === 0) return value;
  return (values) => (guards.some((guard) => guard(values) === 0) ? 0 : value(values));
}

// The brackets among the factors of a product, of products in it and of numerators.
function brackets([kind, ...rest]) {
  if (kind === "over" || kind === "minus") return inner(rest[0]);
  return kind === "product" ? rest.flatMap(inner) : [];
}

function inner(tree) {
  return tree[0] === "test" ? [tree] : brackets(tree);
}

function holds(sign, a, b) {
  return Number({ "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a === b, "!=": a !== b }[sign]);
}
