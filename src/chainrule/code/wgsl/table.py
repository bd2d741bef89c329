"""The spelling of WGSL: its numbers are float32, its operations those of `arithmetic`, which no compiler changes."""

from __future__ import annotations

import math

import numpy as np

from chainrule.code.spelling import ATOM, LOOSE, SUM, Form, Spelling
from chainrule.numbers.numerics import PLAIN32

WORDS = """
NULL Self abstract active alias alignas alignof as asm asm_fragment async atomic attribute auto await become bool break
case cast catch class co_await co_return co_yield coherent column_major common compile compile_fragment concept const
const_assert const_cast consteval constexpr constinit continue continuing crate debugger decltype default delete demote
demote_to_helper diagnostic discard do dynamic_cast else enable enum explicit export extends extern external f16 f32
fallthrough false filter final finally fn for friend from fxgroup get goto groupshared highp i32 if impl implements
import inline instanceof interface layout let loop lowp macro macro_rules match mediump meta mod module move mut mutable
namespace new nil noexcept noinline nointerpolation non_coherent noncoherent noperspective null nullptr of operator
override package packoffset partial pass patch pixelfragment precise precision premerge priv protected ptr pub public
quat readonly ref regardless register reinterpret_cast require requires resource restrict return self set shared sizeof
smooth snorm static static_assert static_cast std struct subroutine super switch target template texture this
thread_local throw trait true try type typedef typeid typename typeof u32 union unless unorm unsafe unsized use using
var varying vec2 vec3 vec4 virtual void volatile wgsl where while with writeonly yield
array bitcast select abs acos acosh asin asinh atan atan2 atanh ceil clamp cos cosh countLeadingZeros cross degrees
determinant distance dot exp exp2 floor fma fract frexp inverseSqrt ldexp length log log2 max min mix modf normalize pow
quantizeToF16 radians reflect refract reverseBits round saturate sign sin sinh smoothstep sqrt step tan tanh transpose
trunc all any vec mat atomicAdd workgroupBarrier storageBarrier
zero second apart nought minus_nought begin_numbers pattern bits_of odd given_number differs place less at_most equal
unequal negative whole_below scaled plain_number shift_of fraction exponent wall sum difference product quotient root
Call call given own states fates zeros state consts control visited advance run id until turn steps
"""


def literal(number: float) -> str:
    """A number as WGSL reads it, to the bit of float32. What a compiler might take for absent, or fold with what stands
    beside it, is made of bits at run time.

    >>> literal(0.1), literal(-1.0), literal(0.0), literal(math.inf)
    ('0x1.99999ap-4f', '-0x1p+0f', 'nought', 'pattern(0x7f800000u)')
    """
    with np.errstate(all="ignore"):
        single = np.float32(number)
    if single == 0:
        return "minus_nought" if math.copysign(1.0, number) < 0 else "nought"
    if math.isnan(number):
        return "pattern(0x7fc00000u)"
    if not np.isfinite(single) or abs(single) < np.finfo(np.float32).tiny:
        return f"pattern(0x{int(single.view(np.uint32)):08x}u)"
    digits, power = float(single).hex().split("p")
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}p{power}f"


def bits(number: float) -> str:
    """A number of a table: its bits, for what stands for good may be no number that is made at run time.

    >>> bits(1.0), bits(-0.0), bits(math.inf)
    ('0x3f800000u', '0x80000000u', '0x7f800000u')
    """
    with np.errstate(all="ignore"):
        return f"0x{int(np.float32(number).view(np.uint32)):08x}u"


def of(function: str) -> Form:
    """A call of two numbers."""
    return Form(f"{function}({{0}}, {{1}})", ATOM, (LOOSE, LOOSE))


WGSL = Spelling(
    name="WGSL",
    number=literal,
    operations={
        "add": of("sum"),
        "subtract": of("difference"),
        "multiply": of("product"),
        "divide": of("quotient"),
        "negative": Form("negative({0})"),
        "sqrt": Form("root({0})"),
        "floor": Form("whole_below({0})"),
        "scale": of("scaled"),
        "fraction": Form("fraction({0})"),
        "exponent": Form("exponent({0})"),
    },
    comparisons={
        "<": of("less"),
        "<=": of("at_most"),
        ">": Form("less({1}, {0})"),
        ">=": Form("at_most({1}, {0})"),
        "==": of("equal"),
        "!=": of("unequal"),
    },
    choose=Form("select({2}, {1}, {0})"),
    differ=of("differs"),
    both=" & ",  # && and || over many operands take some compilers a minute
    either=" | ",
    prelude="",
    reserved=frozenset(WORDS.split()),
    comment="// {text}",
    constant="let {name} = {value};",
    variable="var {name}: f32 = {value};",
    whole="let {name}: i32 = {value};",
    counter="var {name}: i32 = {value};",
    assign="{name} = {value};",
    read="{array}[{index}]",
    write="{array}[{index}] = {value};",
    numbers="var<private> {name}: array<f32, {count}>;",
    table="var<private> {name}: array<u32, {count}> = array<u32, {count}>({values});",
    in_table=bits,
    look="pattern({array}[{index}])",
    function="fn {name}({arguments}) {",
    argument={"number": "{name}: f32", "numbers": "", "wholes": "", "whole": "{name}: i32"},
    give="return {value};",
    up="for (var {letter}: i32 = 0; {letter} < {count}; {letter}++) {",
    down="for (var {letter}: i32 = {count} - 1; {letter} >= 0; {letter}--) {",
    when="if ({test}) {",
    again="while ({test}) {",
    leave="break;",
    numerics=PLAIN32,
    giving="fn {name}({arguments}) -> f32 {",
    whole_comparisons={
        sign: Form(f"({{0}} {sign} {{1}})", ATOM, (SUM, SUM)) for sign in ("<", "<=", ">", ">=", "==", "!=")
    },
    real=Form("f32({0})"),
    odd=Form("odd({0})"),
)
