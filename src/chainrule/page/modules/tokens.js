// A typed text → its pieces, each with its place; names as the package keeps them: ŷ, y_hat and y + ̂ are one name.

const LOWER = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega".split(" ");
const GREEK = Object.create(null);
[..."αβγδεζηθικλμνξοπρστυφχψω"].forEach((letter, n) => {
  GREEK[letter] = LOWER[n];
  GREEK[letter.toUpperCase()] = LOWER[n][0].toUpperCase() + LOWER[n].slice(1);
});
Object.assign(GREEK, { "ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϱ": "rho", "ϖ": "pi", "ς": "sigma", "µ": "mu" });
const MARKS = { "\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u0303": "tilde" };
const OPERATORS = { "·": "*", "⋅": "*", "×": "*", "**": "^", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=" };
const FRACTIONS = {
  "½": [1, 2], "¼": [1, 4], "¾": [3, 4], "⅓": [1, 3], "⅔": [2, 3], "⅕": [1, 5], "⅖": [2, 5], "⅗": [3, 5], "⅘": [4, 5],
  "⅙": [1, 6], "⅚": [5, 6], "⅛": [1, 8], "⅜": [3, 8], "⅝": [5, 8], "⅞": [7, 8],
};
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹", LOWERED = "₀₁₂₃₄₅₆₇₈₉";

const LETTER = "\\p{Script=Latin}\\p{Script=Greek}µ";
const PIECE = new RegExp(
  "[ \\t\\u00a0\\u2002-\\u200a\\u202f\\u205f\\u3000]*(?:" + [
    `(?<name>[${LETTER}][${LETTER}0-9₀-₉\\u0302-\\u0305\\u0307_]*)`,
    "(?<number>[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)",
    "(?<operator>\\*\\*|<=|>=|==|!=|[-+*/^()<>,\\[\\]·⋅×−≤≥≠∂])",
    "(?<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)",
    "(?<fraction>[½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])",
    "(?<prime>['′’″]+)",
    "(?<end>$)",
  ].join("|") + ")", "uy");

// What a text cannot be read for: the key of a sentence, what it speaks of, and the place in the text.
export class Unread extends Error {
  // Takes the key of a sentence, the place from and to, and the words of the sentence.
  constructor(key, from, to, words = {}) {
    super(key);
    Object.assign(this, { key, from, to, words });
  }
}

// Takes a text; gives its pieces {kind, text, from, to}, the last of kind "end". Throws Unread.
export function pieces(text) {
  const found = [];
  for (let at = 0; ;) {
    PIECE.lastIndex = at;
    const match = PIECE.exec(text);
    if (match === null) {
      const from = text.slice(at).search(/\S/) + at, char = String.fromCodePoint(text.codePointAt(from));
      throw new Unread("read.character", from, from + char.length, { found: char });
    }
    const [kind, typed] = Object.entries(match.groups).find(([, one]) => one !== undefined);
    const to = PIECE.lastIndex, from = to - typed.length;
    at = to;
    if (kind === "number") checkNumber(text, typed, from, to);
    found.push({ kind, text: said(kind, typed), typed, from, to });
    if (kind === "end") return found;
  }
}

// Takes a name as typed; gives it as the package keeps it, in ASCII: y_hat, W1, Delta_w.
export function kept(typed) {
  let out = "", last = "_";
  for (const char of typed.normalize("NFD")) {
    const digit = LOWERED.indexOf(char);
    if (GREEK[char]) {
      out += (last === "_" ? "" : "_") + GREEK[char];
      last = "greek";
    } else if (MARKS[char]) {
      out += "_" + MARKS[char];
      last = "greek";
    } else if (/\p{L}/u.test(char)) {
      out += (last === "greek" ? "_" : "") + char;
      last = "latin";
    } else {
      out += digit < 0 ? char : String(digit);
      last = char === "_" ? "_" : "digit";
    }
  }
  return (/^[\x00-\x7f]*$/.test(typed) ? typed : out).replace(/([A-Za-z])_(?=[0-9])/g, "$1");
}

// Takes a written fraction such as ½; gives its numbers above and below.
export function fraction(typed) {
  return FRACTIONS[typed];
}

function said(kind, typed) {
  switch (kind) {
    case "name": return kept(typed);
    case "operator": return OPERATORS[typed] ?? typed;
    case "raised": return [...typed].map((one) => (one === "⁻" ? "-" : String(RAISED.indexOf(one)))).join("");
    case "prime": return "'".repeat([...typed].reduce((sum, one) => sum + (one === "″" ? 2 : 1), 0));
    default: return typed;
  }
}

// Refuses what is written around a number so that it might mean another one, and what no float can hold.
function checkNumber(text, typed, from, to) {
  const rest = /^[.0-9_]*/.exec(text.slice(to))[0];
  const [digits, exponent = ""] = typed.toLowerCase().split("e");
  const value = Number(typed), lost = value === 0 && /[1-9]/.test(digits);
  if (rest || exponent.length > 4 || digits.length > 64 || !Number.isFinite(value) || lost) {
    throw new Unread("read.number", from, to + rest.length, { found: typed + rest });
  }
}
