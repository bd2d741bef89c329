"""The spelling of JavaScript: its numbers are float64, +, −, × and ÷ are never fused, and Math.sqrt is exact.

Math.exp and its kin are not used: their bits differ from engine to engine.
"""

from __future__ import annotations

import math

from chainrule.code.spelling import ATOM, LOOSE, PRODUCT, SUM, Form, Spelling, compared, infix

PRELUDE = """\
// Powers of two, from -1022 to 1023: a number is scaled by multiplying.
const POWERS = new Float64Array(2046);
for (let k = 0, up = 1, down = 1; k < 1024; k++, up *= 2, down /= 2) {
  POWERS[1022 + k] = up;
  if (k <= 1022) POWERS[1022 - k] = down;
}
const PARTS = new Float64Array(1), WORDS = new Uint32Array(PARTS.buffer);
// a = fraction(a) * 2 ** exponent(a), with 1/2 <= |fraction| < 1.
function fraction(a) {
  if (!(a !== 0 && a - a === 0)) return a;
  PARTS[0] = a;
  if ((WORDS[1] & 0x7ff00000) === 0) PARTS[0] = a * 18014398509481984;
  WORDS[1] = (WORDS[1] & 0x800fffff) | 0x3fe00000;
  return PARTS[0];
}
function exponent(a) {
  if (!(a !== 0 && a - a === 0)) return 0;
  PARTS[0] = a;
  if ((WORDS[1] & 0x7ff00000) !== 0) return ((WORDS[1] >>> 20) & 0x7ff) - 1022;
  PARTS[0] = a * 18014398509481984;
  return ((WORDS[1] >>> 20) & 0x7ff) - 1076;
}
"""

WORDS = """
abstract arguments await boolean break byte case catch char class const continue debugger default delete do double else
enum eval export extends false final finally float for function goto if implements import in instanceof int interface
let long native new null package private protected public return short static super switch synchronized this throw
throws transient true try typeof var void volatile while with yield
Math Number Object Array Infinity NaN undefined Float64Array Int32Array Uint8Array Uint32Array String JSON console
globalThis process window document module require exports TextEncoder Map Set Date RangeError Int8Array
POWERS PARTS WORDS fraction exponent
"""


def literal(number: float) -> str:
    """A number as JavaScript reads it, to the bit.

    >>> literal(0.1), literal(-0.0), literal(math.inf), literal(3.0)
    ('0.1', '-0', 'Infinity', '3')
    """
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return repr(number).removesuffix(".0")


JAVASCRIPT = Spelling(
    name="JavaScript",
    number=literal,
    operations={
        "add": infix("+", SUM),
        "subtract": infix("-", SUM),
        "multiply": infix("*", PRODUCT),
        "divide": infix("/", PRODUCT),
        "negative": Form("-{0}", PRODUCT, (ATOM,)),
        "sqrt": Form("Math.sqrt({0})"),
        "floor": Form("Math.floor({0})"),
        "scale": Form("{0} * POWERS[({1} | 0) + 1022]", PRODUCT, (PRODUCT, ATOM)),
        "fraction": Form("fraction({0})"),
        "exponent": Form("exponent({0})"),
    },
    comparisons={
        "<": compared("<"),
        "<=": compared("<="),
        ">": compared(">"),
        ">=": compared(">="),
        "==": compared("==="),
        "!=": compared("!=="),
    },
    choose=Form("{0} ? {1} : {2}", LOOSE, (LOOSE, SUM, SUM)),
    differ=Form("!Object.is({0}, {1})"),
    both=" && ",
    either=" || ",
    prelude=PRELUDE,
    reserved=frozenset(WORDS.split()),
    comment="// {text}",
    constant="const {name} = {value};",
    variable="let {name} = {value};",
    whole="const {name} = {value};",
    counter="let {name} = {value};",
    assign="{name} = {value};",
    read="{array}[{index}]",
    write="{array}[{index}] = {value};",
    numbers="const {name} = new Float64Array({count}).fill(NaN);",
    table="const {name} = new Float64Array([{values}]);",
    function="function {name}({arguments}) {",
    argument={"number": "{name}", "numbers": "{name}", "wholes": "{name}", "whole": "{name}"},
    give="return {value};",
    up="for (let {letter} = 0; {letter} < {count}; {letter}++) {",
    down="for (let {letter} = {count} - 1; {letter} >= 0; {letter}--) {",
    when="if ({test}) {",
    again="while ({test}) {",
    leave="break;",
)
