"""The spelling of C: its numbers are doubles, rounded after each operation where the flags and the machine have it so.

The functions of its library are not used, but those that are exact: their bits differ from library to library.
"""

from __future__ import annotations

from chainrule.code.handout.c_file import literal
from chainrule.code.handout.scalar_table import C as WORDS
from chainrule.code.spelling import ATOM, LOOSE, PRODUCT, SUM, Form, Spelling, compared, infix

HELPERS = {
    "scale": """\
// a·2^n
static double scale(double a, double n) {
  return ldexp(a, n == n ? (int)n : 0);
}""",
    "fraction": """\
// The fraction f of a = f·2^e, with 1/2 <= |f| < 1
static double fraction(double a) {
  int e;
  return isfinite(a) ? frexp(a, &e) : a;
}""",
    "exponent": """\
// The exponent e of a = f·2^e
static double exponent(double a) {
  int e = 0;
  if (isfinite(a)) frexp(a, &e);
  return e;
}""",
}
"""What operations need that C has no sign or function for."""

OWN = """
state consts visited after put step left told main argc argv unchanged moved scale fraction exponent turn names int32_t
int64_t uint32_t strcmp memcmp memcpy printf show permutation ROWS COUNTS FLT_EVAL_METHOD
"""

C = Spelling(
    name="C",
    number=literal,
    operations={
        "add": infix("+", SUM),
        "subtract": infix("-", SUM),
        "multiply": infix("*", PRODUCT),
        "divide": infix("/", PRODUCT),
        "negative": Form("-{0}", PRODUCT, (ATOM,)),
        "sqrt": Form("sqrt({0})"),
        "floor": Form("floor({0})"),
        "scale": Form("scale({0}, {1})"),
        "fraction": Form("fraction({0})"),
        "exponent": Form("exponent({0})"),
    },
    comparisons={sign: compared(sign) for sign in ("<", "<=", ">", ">=", "==", "!=")},
    choose=Form("{0} ? {1} : {2}", LOOSE, (LOOSE, SUM, SUM)),
    differ=Form("memcmp(&{0}, &{1}, sizeof(double)) != 0", LOOSE),
    both=" && ",
    either=" || ",
    prelude="",
    reserved=WORDS.reserved | frozenset(OWN.split()),
    comment="// {text}",
    constant="const double {name} = {value};",
    variable="double {name} = {value};",
    whole="const int {name} = {value};",
    counter="int {name} = {value};",
    assign="{name} = {value};",
    read="{array}[{index}]",
    write="{array}[{index}] = {value};",
    numbers="static double {name}[{count}];",
    table="static const double {name}[{count}] = {{values}};",
    function="static const char *{name}({arguments}) {",
    argument={"number": "double {name}", "numbers": "", "wholes": "", "whole": "int64_t {name}"},
    give="return {value};",
    up="for (int {letter} = 0; {letter} < {count}; {letter}++) {",
    down="for (int {letter} = {count} - 1; {letter} >= 0; {letter}--) {",
    when="if ({test}) {",
    again="while ({test}) {",
    leave="break;",
    giving="static double {name}({arguments}) {",
    own="own_{name}",
    real=Form("(double)({0})"),
    odd=Form("!isfinite({0})"),
)
