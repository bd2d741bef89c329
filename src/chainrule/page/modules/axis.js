// An axis of a map → the number of each cell, the nearest to the exact value, as `maps.axis` of Python has it: by whole
// numbers of any length, so that the bits are the same.

import { POWERS } from "./program.js";

const big = BigInt, ZERO = big(0), ONE = big(1), TWO = big(2), PLACES = 224, UNIT = ONE << big(PLACES);
const TERMS = 48, HALVED = 24, LEAST = 1074, DIGITS = 53;

const words = new Float64Array(1), halves = new Uint32Array(words.buffer);

// A finite number as a whole one, times 2^-1074.
function whole(x) {
  words[0] = x;
  const power = (halves[1] >>> 20) & 0x7ff, digits = (big(halves[1] & 0xfffff) << big(32)) | big(halves[0]);
  const size = power === 0 ? digits : (digits | (ONE << big(52))) << big(power - 1);
  return x < 0 ? -size : size;
}

const length = (n) => n.toString(2).length;

// The number that is nearest to n / d; of two, the even one.
function nearest(n, d) {
  if (n < ZERO) return -nearest(-n, d);
  if (n === ZERO) return 0;
  let power = Math.max(length(n) - length(d) - DIGITS, -LEAST);
  const part = () => (power < 0 ? [n << big(-power), d] : [n, d << big(power)]);
  let [up, down] = part();
  if (length(up / down) > DIGITS) { power += 1; [up, down] = part(); }
  let digits = up / down;
  const rest = TWO * (up - digits * down);
  if (rest > down || (rest === down && digits % TWO === ONE)) digits += ONE;
  return Number(digits) * POWERS[Math.max(power, -900) + 1022] * POWERS[Math.min(0, power + 900) + 1022];
}

// Twice the area tangent of y = a / b, in units.
function logarithm(a, b) {
  const y = (a << big(PLACES)) / b, square = (y * y) >> big(PLACES);
  let term = y, sum = ZERO;
  for (let k = 1; k < 2 * TERMS + 40; k += 2) { sum += term / big(k); term = (term * square) >> big(PLACES); }
  return TWO * sum;
}

const LN2 = logarithm(ONE, big(3));

// ln x of x above 0.
function ln(x) {
  const digits = whole(x), size = length(digits), one = ONE << big(size); // digits / one lies from 1/2 to 1
  return logarithm(digits - one, digits + one) + big(size - LEAST) * LN2;
}

function exp(x) {
  const half = LN2 / TWO, at = x + half, power = at >= ZERO ? at / LN2 : -((LN2 - ONE - at) / LN2);
  const part = (x - power * LN2) >> big(HALVED);
  let term = UNIT, sum = UNIT;
  for (let k = 1; k < 24; k++) { term = (term * part >> big(PLACES)) / big(k); sum += term; }
  for (let k = 0; k < HALVED; k++) sum = (sum * sum) >> big(PLACES);
  const shift = Number(power) - PLACES;
  return shift >= 0 ? nearest(sum << big(shift), ONE) : nearest(sum, ONE << big(-shift));
}

// The numbers of an axis that is "linear" or "geometric".
export function spread({ scale, low, high, count }) {
  if (count === 1) return [low];
  const last = big(count - 1);
  if (scale === "linear") {
    const from = whole(low), wide = whole(high) - from, by = last << big(LEAST);
    return Array.from({ length: count }, (_, k) => nearest(from * last + wide * big(k), by));
  }
  const from = ln(low), wide = ln(high) - from;
  return Array.from({ length: count }, (_, k) => (k === 0 ? low : k === count - 1 ? high : exp(from + wide * big(k) / last)));
}

// The axis with no more than so many cells: of a list, and of an axis that was asked for, every second, third … one.
export function thinned(axis, most) {
  if (!axis.values) return { ...axis, count: most, values: spread({ ...axis, count: most }), every: 1 };
  const every = Math.ceil(axis.values.length / most);
  return { ...axis, values: axis.values.filter((_, k) => k % every === 0), every: every * (axis.of ?? 1) };
}

// Where a number stands among the cells, from 0; null where a list has not got it, or the axis has one cell.
export function place({ scale, values }, value) {
  const [first, last] = [values[0], values[values.length - 1]];
  if (scale === "list" || values.length === 1) { const at = values.indexOf(value); return at < 0 ? null : at; }
  if (scale === "geometric") return value > 0 ? Math.log(value / first) / Math.log(last / first) * (values.length - 1) : null;
  return (value - first) / (last - first) * (values.length - 1);
}

// The number at a place between cells.
export function between({ scale, values }, at) {
  const [first, last] = [values[0], values[values.length - 1]], part = values.length > 1 ? at / (values.length - 1) : 0;
  return scale === "geometric" ? first * (last / first) ** part : first + (last - first) * part;
}

// The part of an axis between two places: of a list its cells there, else ends in as many digits as tell its cells apart.
export function part(axis, from, to) {
  const most = axis.values.length - 1;
  if (axis.scale === "list" || most < 1) {
    return { scale: "list", values: axis.values.slice(Math.max(0, Math.round(from)), Math.min(most, Math.round(to)) + 1) };
  }
  const [low, high] = [between(axis, from), between(axis, to)];
  const wide = axis.scale === "geometric" ? Math.abs(Math.log(high / low)) : Math.abs(high - low) / Math.max(Math.abs(low), Math.abs(high));
  const told = (value) => Number(value.toPrecision(Math.min(17, Math.max(3, 4 - Math.floor(Math.log10(wide))))));
  return { scale: axis.scale, low: told(low), high: told(high) };
}

// The axis as `--axis` reads it.
export function text(name, { scale, low, high, values }) {
  return scale === "list" ? `${name}=[${values.join(", ")}]` : `${name}=${scale}(${low}, ${high}, ${values.length})`;
}
