// A number → how the page writes it: four significant digits in sentences, every digit in links and downloads.
// The same rules, to the letter, as Python's `num`, `put` and `repr`.

// Takes a number and how many significant digits; gives what stands in a sentence: −0.08872, 1.235e6, ∞.
export function num(value, digits = 4) {
  if (value !== value) return "not a number";
  if (value === Infinity || value === -Infinity) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const whole = value === Math.floor(value) && Math.abs(value) < 1e6;
  const shown = whole ? String(value) : general(value, digits);
  return shown.replaceAll("-", "−");
}

// Takes a number; gives it where it stands for a name in a formula: a negative one in brackets.
export function put(value, digits = 4) {
  const shown = num(value, digits);
  return shown.startsWith("−") ? `(${shown})` : shown;
}

// Takes a change; gives it with its sign, + too.
export function signed(value, digits = 4) {
  return (value > 0 ? "+" : "") + num(value, digits);
}

// Takes numbers; gives them with as many digits as tell them apart, where they differ at all.
export function toldApart(...values) {
  const different = new Set(values.map((one) => (one === 0 ? 0 : one))).size;
  for (let digits = 4; digits < 18; digits++) {
    const shown = values.map((one) => num(one, digits));
    if (new Set(shown).size === different) return shown;
  }
  return values.map((one) => num(one));
}

// Takes a number; gives every digit, as Python's `repr` writes it: 0.1, 3.0, 1e+16, 5e-324, inf, nan.
export function full(value) {
  if (value !== value) return "nan";
  if (value === Infinity || value === -Infinity) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [digits, exponent] = parts(value.toExponential());
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    const rest = digits.length > 1 ? "." + digits.slice(1) : "";
    return `${sign}${digits[0]}${rest}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return sign + placed(digits, exponent, true);
}

// C's %g without the zeros at its end; the exponent with a sign and no zeros: 1.235e6, 1.5e-12.
function general(value, digits) {
  const [kept, exponent] = parts(rounded(value, digits));
  const sign = value < 0 ? "-" : "";
  const short = kept.replace(/0+$/, "") || "0";
  if (exponent >= -4 && exponent < digits) return sign + placed(short, exponent, false);
  return `${sign}${short[0]}${short.length > 1 ? "." + short.slice(1) : ""}e${exponent}`;
}

// Rounded to some digits, a tie to the even one as Python has it, where toExponential takes the larger.
function rounded(value, digits) {
  const shown = value.toExponential(digits - 1);
  const [exact, exponent] = parts(value.toExponential(100)); // no float has a tie and another digit further on
  if (exact[digits] !== "5" || /[1-9]/.test(exact.slice(digits + 1))) return shown;
  const below = exact.slice(0, digits), odd = Number(below[digits - 1]) % 2 === 1;
  return odd ? shown : `${value < 0 ? "-" : ""}${below[0]}.${below.slice(1)}e${exponent}`;
}

// "-1.25e-7" → ["125", -7].
function parts(shown) {
  const [mantissa, exponent] = shown.replace(/^-/, "").split("e");
  return [mantissa.replace(".", ""), Number(exponent)];
}

// Digits and the exponent of the first → positional writing; with a point always, or only where it says something.
function placed(digits, exponent, point) {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const before = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0"), after = digits.slice(exponent + 1);
  return after ? `${before}.${after}` : point ? `${before}.0` : before;
}
