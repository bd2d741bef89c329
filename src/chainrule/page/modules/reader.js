// The right side of a line as a learner types it → a tree, and the tree → a function of values.
// The same meaning as the package's notation has, on a part of it: names, numbers, + − · / ^ ², brackets, functions,
// ∂E/∂w, A′(u), [a > b]. What is not of this part is refused with its place. Nothing typed is ever run as a program.
//
// A tree: ["number", x] · ["name", key] · ["sum", …] · ["product", …] · ["minus", a] · ["over", a, b] · ["power", a, b]
// · ["call", key, …] · ["test", sign, a, b]

import { Unread, fraction, kept, pieces } from "./tokens.js";
import { valueOf, wholeExponent } from "./values.js";

const LONGEST = 400, DEEPEST = 40;
const TESTS = ["<", "<=", ">", ">=", "==", "!="];

// Takes a text and `names`: {quantities: names as kept, slopes: the derivatives as "∂E/∂w" in kept names, functions:
// key → how many arguments (a slope is "A'"), aliases: other names of functions}. Gives {tree} or {fault: Unread}.
// What stands before an equals sign is left out.
export function readSide(text, names) {
  const left = /^[^=<>!\[]*=(?!=)/.exec(text)?.[0].length ?? 0;
  try {
    if (text.length > LONGEST) throw new Unread("read.long", LONGEST, text.length);
    const tree = whole({ tokens: pieces(" ".repeat(left) + text.slice(left)), at: 0, names, depth: 0 });
    return { tree };
  } catch (error) {
    if (error instanceof Unread) return { fault: error };
    throw error;
  }
}

// Takes definitions [{name, parameters, body}] in the notation, in any order, and the elementary functions by name;
// gives functions by key, as valueOf takes them. A body may read quantities: then values has to be given by `given`.
export function defined(definitions, elementary, names, given = () => ({})) {
  const calls = Object.assign(Object.create(null), elementary);
  for (const { name, parameters, body } of definitions) {
    const inside = { ...names, quantities: [...names.quantities, ...parameters] };
    let value = null;
    calls[name] = (...numbers) => {
      if (value === null) {
        const { tree, fault } = readSide(body, inside);
        if (fault) return NaN;
        value = valueOf(tree, calls);
      }
      const values = Object.assign(Object.create(null), given());
      parameters.forEach((one, n) => (values[one] = numbers[n]));
      return value(values);
    };
  }
  return calls;
}

function whole(reader) {
  if (look(reader).kind === "end") throw new Unread("read.empty", 0, 0);
  const tree = sum(reader), token = look(reader);
  if (token.kind !== "end") throw fault(token.text === ")" ? "read.close" : "read.unexpected", token);
  return tree;
}

// sum = [±] term {± term}
function sum(reader) {
  if (++reader.depth > DEEPEST) throw fault("read.deep", look(reader));
  let sign = null;
  if (sees(reader, "-") || sees(reader, "+")) sign = take(reader).text;
  const terms = [sign === "-" ? ["minus", term(reader)] : term(reader)];
  while (sees(reader, "+") || sees(reader, "-")) {
    const minus = take(reader).text === "-", next = term(reader);
    terms.push(minus ? ["minus", next] : next);
  }
  reader.depth--;
  return terms.length > 1 ? ["sum", ...terms] : terms[0];
}

// term = power {* power | / power | power}; without a sign, not after a division or an exponent
function term(reader) {
  let factors = [ratio(reader)?.tree ?? power(reader).tree], over = false, raised = reader.raised;
  for (;;) {
    const token = look(reader);
    if (token.text === "*" || token.text === "/") {
      take(reader);
      over = token.text === "/";
      const next = power(reader);
      factors = over ? [["over", product(factors), next.tree]] : [...factors, next.tree];
    } else if (token.kind === "name" || ["(", "∂", "["].includes(token.text)) {
      if (over) throw fault("read.division", token);
      if (raised) throw fault("read.exponent", token);
      factors.push(power(reader).tree);
    } else if (token.kind === "number" || token.kind === "fraction") throw fault("read.together", token);
    else return product(factors);
    raised = reader.raised;
  }
}

function product(factors) {
  return factors.length > 1 ? ["product", ...factors] : factors[0];
}

// Whole numbers above each other at the beginning of a term are one number: 1/2.
function ratio(reader) {
  const [above, slash, below, after] = reader.tokens.slice(reader.at, reader.at + 4);
  const digits = (token) => token?.kind === "number" && /^[0-9]{1,15}$/.test(token.text);
  if (!digits(above) || slash.text !== "/" || !digits(below) || Number(below.text) === 0) return null;
  if (!["operator", "end"].includes(after.kind) || ["^", "(", "[", "∂"].includes(after.text)) return null;
  reader.at += 3;
  reader.raised = false;
  return { tree: ["number", Number(above.text) / Number(below.text)] };
}

// power = atom [^ [-] power]
function power(reader) {
  const base = atom(reader);
  reader.raised = false;
  if (!sees(reader, "^")) return base;
  if (base.kind) throw fault(`read.${base.kind}`, look(reader));
  if (++reader.depth > DEEPEST) throw fault("read.deep", look(reader));
  take(reader);
  const minus = sees(reader, "-") && take(reader) !== null;
  const exponent = power(reader);
  reader.depth--;
  reader.raised = !exponent.bracket;
  return { tree: checked(["power", base.tree, minus ? ["minus", exponent.tree] : exponent.tree], look(reader)) };
}

function atom(reader) {
  const token = take(reader);
  let found = null;
  if (token.kind === "number") found = { tree: ["number", Number(token.text)] };
  else if (token.kind === "fraction") found = { tree: ["number", fraction(token.text).reduce((a, b) => a / b)] };
  else if (token.kind === "name") found = named(reader, token);
  else if (token.text === "∂") found = slope(reader, token);
  else if (token.text === "(") found = { tree: closed(reader, sum(reader), ")"), bracket: true };
  else if (token.text === "[") found = { tree: test(reader) };
  else if (token.text === "-" || token.text === "+") throw fault("read.sign", token);
  else throw fault("read.value", token);
  const next = look(reader);
  if (next.kind === "prime") throw fault("read.prime", next);
  if (next.kind !== "raised") return found;
  if (found.kind) throw fault(`read.${found.kind}`, next);
  if (!/^-?[0-9]{1,9}$/.test(next.text)) throw fault("read.exponent", next);
  take(reader);
  const digits = ["number", Math.abs(Number(next.text))];
  const exponent = next.text.startsWith("-") ? ["minus", digits] : digits;
  if (look(reader).kind === "raised" || sees(reader, "^")) throw fault("read.power", look(reader));
  return { tree: ["power", found.tree, exponent] };
}

// A quantity, a derivative written dE/dw or d(E)/d(w), or a function with its bracket.
function named(reader, token) {
  const { names } = reader, own = names.quantities.includes(token.text);
  const bare = (one) => (one?.kind === "name" && one.typed.startsWith("d") ? kept(one.typed.slice(1)) : null);
  const [one, two, three, four] = reader.tokens.slice(reader.at, reader.at + 4);
  if (token.text === "d" && one.text === "(" && two.kind === "name" && three.text === ")" && four.text === "/") {
    const under = reader.tokens.slice(reader.at + 4, reader.at + 8);
    if (under.map((part) => (part.kind === "name" && part.text !== "d" ? "name" : part.text)).join(" ") === "d ( name )") {
      reader.at += 8;
      return derivative(reader, two.text, under[2].text, token, under[3]);
    }
  }
  if (!own && bare(token) && one.text === "/" && bare(two)) {
    reader.at += 2;
    return derivative(reader, bare(token), bare(two), token, two);
  }
  if (own) return { tree: ["name", token.text] };
  let key = names.aliases?.[token.text] ?? token.text;
  const prime = look(reader).kind === "prime" ? take(reader).text : "";
  key += prime;
  if (Object.hasOwn(names.functions, key)) return call(reader, token, key, names.functions[key]);
  if (token.text === "pi" && !prime) return { tree: ["number", Math.PI] };
  throw fault(prime ? "read.slope" : "read.name", token);
}

function call(reader, token, key, count) {
  if (!sees(reader, "(")) throw fault("read.bracket", token);
  take(reader);
  const given = [sum(reader)];
  while (sees(reader, ",")) take(reader), given.push(sum(reader));
  const end = look(reader);
  closed(reader, given, ")");
  if (given.length !== count) throw fault("read.arguments", end, { found: token.typed, count: String(count) });
  return { tree: ["call", key, ...given] };
}

function slope(reader, token) {
  const [of, over, by, wrt] = [take(reader), take(reader), take(reader), take(reader)];
  if (of.kind !== "name" || over.text !== "/" || by.text !== "∂" || wrt.kind !== "name") throw fault("read.slope", token);
  return derivative(reader, of.text, wrt.text, token, wrt);
}

function derivative(reader, of, wrt, from, to) {
  const key = `∂${of}/∂${wrt}`;
  if (!reader.names.slopes.includes(key)) throw new Unread("read.slope", from.from, to.to, { found: key });
  return { tree: ["name", key], kind: "derivative" };
}

function test(reader) {
  const left = sum(reader), token = take(reader);
  if (!TESTS.includes(token.text)) throw fault("read.test", token);
  return closed(reader, ["test", token.text, left, sum(reader)], "]");
}

function closed(reader, tree, by) {
  if (!sees(reader, by)) throw fault("read.open", look(reader), { found: by });
  take(reader);
  return tree;
}

function checked(tree, token) {
  const n = wholeExponent(tree[2]);
  if (n !== null && Math.abs(n) > 1e9) throw fault("read.exponent", token);
  return tree;
}

function look(reader) {
  return reader.tokens[Math.min(reader.at, reader.tokens.length - 1)];
}

function sees(reader, text) {
  return look(reader).kind === "operator" && look(reader).text === text;
}

function take(reader) {
  const token = look(reader);
  reader.at++;
  return token;
}

function fault(key, token, words) {
  return new Unread(token.kind === "end" && key === "read.value" ? "read.missing" : key, token.from, token.to, words ?? { found: token.typed });
}
