"""How languages without arrays write what loops over numbers are made of: a table for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """Templates with holes, as in `code.spelling`; ``whole`` says that 2 is as good as 2.0."""

    name: str
    whole: bool
    comment: str
    up: str  # letter, start, stop
    down: str  # letter, first, last
    when: str  # test
    otherwise: str
    end: str
    constant: str  # name, value
    variable: str  # name, value
    assign: str  # name, value
    array: str  # name, sizes
    choose: str  # test, then, otherwise
    equal: str
    differs: str
    both: str
    read_whole: str  # value of an index as a number
    infinity: str
    pi: str
    functions: Mapping[str, str]
    power: str  # base, exponent
    helpers: Mapping[str, str]
    reserved: frozenset[str]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


JAVASCRIPT_WORDS = """
abstract arguments await boolean break byte case catch char class const continue debugger default delete do double else
enum eval export extends false final finally float for function goto if implements import in instanceof int interface
let long native new null package private protected public return short static super switch synchronized this throw
throws transient true try typeof var void volatile while with yield undefined NaN Infinity Math Number Object Array
String console process zeros finite show square cube sigmoid softplus sign relu permutation numbers step row rows n
order main Float64Array Int32Array TextEncoder train
"""

JAVASCRIPT = Scalar(
    name="JavaScript",
    whole=True,
    comment="// {text}",
    up="for (let {letter} = {start}; {letter} < {stop}; {letter}++) {",
    down="for (let {letter} = {first}; {letter} >= {last}; {letter}--) {",
    when="if ({test}) {",
    otherwise="} else {",
    end="}",
    constant="const {name} = {value};",
    variable="let {name} = {value};",
    assign="{name} = {value};",
    array="const {name} = zeros({sizes});",
    choose="{0} ? {1} : {2}",
    equal="===",
    differs="!==",
    both=" && ",
    read_whole="{0}",
    infinity="Infinity",
    pi="Math.PI",
    functions={
        **{name: f"Math.{name}({{0}})" for name in (
            "exp", "log", "sqrt", "tanh", "sin", "cos", "sinh", "cosh", "abs", "floor", "expm1", "log1p", "asinh",
            "sign")},
        "arctan": "Math.atan({0})", "relu": "Math.max({0}, 0)", "sigmoid": "sigmoid({0})",
        "softplus": "softplus({0})", "max": "Math.max({0}, {1})", "min": "Math.min({0}, {1})",
        "power": "Math.pow({0}, {1})", "square": "square({0})", "cube": "cube({0})",
    },
    power="Math.pow({0}, {1})",
    helpers={
        "sigmoid": """\
function sigmoid(z) {
  // 1/(1 + exp(-z)), and no overflow where z is large
  const e = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}
""",
        "softplus": """\
function softplus(z) {
  // log(1 + exp(z)), and no overflow where z is large
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
""",
        "square": "function square(x) {\n  return x*x;\n}\n",
        "cube": "function cube(x) {\n  return x*x*x;\n}\n",
    },
    reserved=frozenset(JAVASCRIPT_WORDS.split()),
)  # fmt: skip

C_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof bool true
false NULL main printf memcpy exp log sqrt tanh sin cos sinh cosh atan asinh expm1 log1p fabs floor ceil pow fmax fmin
isfinite isnan isinf INFINITY NAN M_PI abs round div index time y0 y1 yn j0 j1 jn gamma lgamma tgamma erf erfc fma
remove rename signal select link read write open close random rand exit abort system atof atoi
show finite square cube sigmoid softplus sign relu permutation larger smaller step row rows n order numbers t_hash
signgam scalb hypot cbrt ldexp frexp modf exp2 log2 log10 acos asin atan2 acosh atanh fdim nan trunc rint
PI all_finite linux unix i386 stdin stdout stderr errno assert
"""

C = Scalar(
    name="C",
    whole=False,
    comment="// {text}",
    up="for (int {letter} = {start}; {letter} < {stop}; {letter}++) {",
    down="for (int {letter} = {first}; {letter} >= {last}; {letter}--) {",
    when="if ({test}) {",
    otherwise="} else {",
    end="}",
    constant="const double {name} = {value};",
    variable="double {name} = {value};",
    assign="{name} = {value};",
    array="static double {name}{sizes};",
    choose="{0} ? {1} : {2}",
    equal="==",
    differs="!=",
    both=" && ",
    read_whole="(double)({0})",
    infinity="INFINITY",
    pi="PI",
    functions={
        **{name: f"{name}({{0}})" for name in (
            "exp", "log", "sqrt", "tanh", "sin", "cos", "sinh", "cosh", "floor", "expm1", "log1p", "asinh", "sigmoid",
            "softplus", "sign", "relu", "square", "cube", "erf")},
        "arctan": "atan({0})", "abs": "fabs({0})", "max": "larger({0}, {1})", "min": "smaller({0}, {1})",
        "power": "pow({0}, {1})",
    },
    power="pow({0}, {1}.0)",
    helpers={
        "larger": "static double larger(double a, double b) {\n  return a > b ? a : b;\n}\n",
        "smaller": "static double smaller(double a, double b) {\n  return a < b ? a : b;\n}\n",
        "square": "static double square(double x) {\n  return x*x;\n}\n",
        "cube": "static double cube(double x) {\n  return x*x*x;\n}\n",
        "relu": "static double relu(double z) {\n  return z > 0 ? z : 0;\n}\n",
        "sign": "static double sign(double z) {\n  return (z > 0) - (z < 0);\n}\n",
        "sigmoid": """\
// 1/(1 + exp(-z)), and no overflow where z is large
static double sigmoid(double z) {
  const double e = exp(-fabs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}
""",
        "softplus": """\
// log(1 + exp(z)), and no overflow where z is large
static double softplus(double z) {
  return (z > 0 ? z : 0) + log1p(exp(-fabs(z)));
}
""",
    },
    reserved=frozenset(C_WORDS.split()),
)  # fmt: skip
