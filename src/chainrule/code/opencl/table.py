"""The spelling of OpenCL C, in float64 and in float32: its operations are IEEE 754's, and nothing is contracted.

The language promises one rounding for +, −, × and fma, and for ÷ and sqrt too where a device says so; its exp and its
kin it does not, so they are the programs of `numbers.elementary`.
"""

from __future__ import annotations

import math
import struct
from functools import partial

import numpy as np

from chainrule.code.spelling import ATOM, LOOSE, PRODUCT, SUM, Form, Spelling, compared, infix
from chainrule.numbers.numerics import EXACT, FUSED, FUSED32, PLAIN32, Numerics

WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool complex
imaginary half uchar ushort uint ulong size_t ptrdiff_t intptr_t uintptr_t true false NULL quad image1d_t image2d_t
image3d_t sampler_t event_t kernel __kernel global __global local __local constant __constant private __private generic
__generic read_only write_only read_write __read_only __write_only __read_write uniform pipe asm typeof inf nan
acos acosh acospi asin asinh asinpi atan atan2 atanh atanpi atan2pi cbrt ceil copysign cos cosh cospi erfc erf exp exp2
exp10 expm1 fabs fdim floor fma fmax fmin fmod fract frexp hypot ilogb ldexp lgamma lgamma_r log log2 log10 log1p logb
mad maxmag minmag modf nextafter pow pown powr remainder remquo rint rootn round rsqrt sin sincos sinh sinpi sqrt tan
tanh tanpi tgamma trunc abs abs_diff add_sat hadd rhadd clamp clz ctz mad_hi mad_sat max min mul_hi rotate sub_sat
upsample popcount mad24 mul24 degrees mix radians sign smoothstep step_ cross dot distance length_ normalize isequal
isnotequal isgreater isless isfinite isinf isnan isnormal isordered signbit any all bitselect select barrier prefetch
printf shuffle INFINITY NAN HUGE_VAL MAXFLOAT M_E M_PI
REAL WHOLE BITS as_real GIVEN WHOLES_visited WHOLES_control scaled fraction exponent odd differs
given own states fates zeros state consts control visited advance run runs id first until length turn steps
"""

DOUBLE_HEAD = """\
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
typedef double REAL;
typedef ulong BITS;
typedef long WHOLE;
#define as_real as_double
#define as_bits as_ulong
#define DIGITS 52
#define MIDDLE 1023
#define SPARE 11
#define SIGN 0x8000000000000000UL
#define INFINITE 0x7ff0000000000000UL
#define HALF 0x3fe0000000000000UL
"""

SINGLE_HEAD = """\
#pragma OPENCL FP_CONTRACT OFF
typedef float REAL;
typedef uint BITS;
typedef int WHOLE;
#define as_real as_float
#define as_bits as_uint
#define DIGITS 23
#define MIDDLE 127
#define SPARE 8
#define SIGN 0x80000000u
#define INFINITE 0x7f800000u
#define HALF 0x3f000000u
"""

PARTS = """\
#define LEAST ((BITS)1 << DIGITS)
#define GIVEN __global const REAL *given
#define WHOLES_visited __global const int *
#define WHOLES_control int *
int differs(REAL x, REAL y) { return as_bits(x) != as_bits(y); }
int odd(REAL x) { return (as_bits(x) & INFINITE) == INFINITE; }  // infinite or NaN
REAL scaled(REAL x, REAL n) { return x * as_real((BITS)((WHOLE)n + MIDDLE) << DIGITS); }
int plain_number(BITS a) { return a != 0 && a < INFINITE; }
int shift_of(BITS a) { return a < LEAST ? (int)clz(a) - SPARE : 0; }
REAL fraction(REAL x) {  // of x = fraction * 2^exponent, 1/2 <= |fraction| < 1
  BITS i = as_bits(x), a = i & ~SIGN;
  if (!plain_number(a)) return x;
  return as_real((i & SIGN) | HALF | ((a << shift_of(a)) & (LEAST - 1)));
}
REAL exponent(REAL x) {
  BITS a = as_bits(x) & ~SIGN;
  if (!plain_number(a)) return (REAL)0;
  return (REAL)((a < LEAST ? 1 - shift_of(a) : (int)(a >> DIGITS)) - (MIDDLE - 1));
}
"""


def literal(number: float, bits: int = 64) -> str:
    """A number as OpenCL C reads it, to the bit of its format.

    >>> literal(0.5), literal(0.1, 32), literal(-0.0), literal(math.inf)
    ('0x1.0000000000000p-1', '0x1.99999a0000000p-4f', '-0x0.0p+0', 'as_real((BITS)0x7ff0000000000000UL)')
    """
    if bits == 32:
        with np.errstate(all="ignore"):
            single = np.float32(number)
        if not np.isfinite(single) or 0 < abs(single) < np.finfo(np.float32).tiny:
            return f"as_real((BITS)0x{0x7FC00000 if single != single else int(single.view(np.uint32)):08x}u)"
        return f"{float(single).hex()}f"
    if math.isfinite(number):
        return number.hex()
    (whole,) = struct.unpack("<Q", struct.pack("<d", math.nan if math.isnan(number) else number))
    return f"as_real((BITS)0x{whole:016x}UL)"


def spelling(numerics: Numerics) -> Spelling:
    """The table for numbers of one format."""
    return Spelling(
        name="OpenCL C",
        number=partial(literal, bits=numerics.bits),
        operations={
            "add": infix("+", SUM),
            "subtract": infix("-", SUM),
            "multiply": infix("*", PRODUCT),
            "divide": infix("/", PRODUCT),
            "negative": Form("-({0})", PRODUCT),
            "sqrt": Form("sqrt({0})"),
            "floor": Form("floor({0})"),
            "scale": Form("scaled({0}, {1})"),
            "fraction": Form("fraction({0})"),
            "exponent": Form("exponent({0})"),
            **({"fma": Form("fma({0}, {1}, {2})")} if numerics.fused else {}),
        },
        comparisons={sign: compared(sign) for sign in ("<", "<=", ">", ">=", "==", "!=")},
        choose=Form("({0} ? {1} : {2})", ATOM, (LOOSE, SUM, SUM)),
        differ=Form("differs({0}, {1})"),
        both=" && ",
        either=" || ",
        prelude=(DOUBLE_HEAD if numerics.bits == 64 else SINGLE_HEAD) + PARTS,
        reserved=frozenset(WORDS.split()),
        comment="// {text}",
        constant="const REAL {name} = {value};",
        variable="REAL {name} = {value};",
        whole="const int {name} = {value};",
        counter="int {name} = {value};",
        assign="{name} = {value};",
        read="{array}[{index}]",
        write="{array}[{index}] = {value};",
        numbers="REAL {name}[{count}];",
        table="__constant REAL {name}[{count}] = { {values} };",
        function="void {name}(GIVEN, {arguments}) {",
        argument={"number": "REAL {name}", "numbers": "REAL *{name}", "wholes": "WHOLES_{name} {name}",
                  "whole": "int {name}"},
        give="return {value};",
        up="for (int {letter} = 0; {letter} < {count}; {letter}++) {",
        down="for (int {letter} = {count} - 1; {letter} >= 0; {letter}--) {",
        when="if ({test}) {",
        again="while ({test}) {",
        leave="break;",
        numerics=numerics,
        giving="REAL {name}({arguments}) {",
        real=Form("(REAL)({0})"),
        odd=Form("odd({0})"),
    )  # fmt: skip


SPELLINGS = {one.name: spelling(one) for one in (EXACT, PLAIN32, FUSED, FUSED32)}
"""The table by the name of the numerics."""
