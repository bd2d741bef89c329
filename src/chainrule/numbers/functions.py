"""The functions that are known without a definition: one row a function, and every table about functions is read here.

A row says what the function gives, by a program over nine machine operations (`elementary`), and how far off that may
be; its slope and second slope as texts in the notation, with reason and source; where it has values and which, whether
it has a kink; and what it is called: here, elsewhere, and in writing. Three more forms of the value are independent of
the program, and judge it and the slopes: the platform's own, one on numbers that carry derivatives (`multicomplex`),
one on a hundred digits (`decimals`). Names are the tree's (``ln`` and ``σ`` are notation's business).

A new function is a program and a row; `tests/numbers/test_rows.py` holds the row to itself and looks for it everywhere.
"""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from chainrule.numbers import analytic, decimals, elementary, interval, multicomplex
from chainrule.numbers.interval import Interval
from chainrule.numbers.multicomplex import Moved
from chainrule.values import dataclass

Program = Callable[..., Any]


class Source(NamedTuple):
    """Why a slope is what it is, in a few words, and where that is written."""

    reason: str
    where: str


@dataclass(frozen=True, slots=True)
class Elementary:
    """All that is known of a function. Arguments are ``u`` (and ``v``), ``s`` is the value of the call."""

    program: Program
    ulps: float  # the promised worst error, in units of the last place; measured in docs/reference/elementary.md
    slopes: tuple[str, ...]  # by each argument
    bend: str  # the second slope, by u
    source: Source
    platform: Callable[..., float]  # by Python's own library, within some units of the last place
    analytic: Callable[..., Moved]
    digits: Callable[..., Decimal]
    values: tuple[str, ...] = ()  # the slopes by s, where that reads better
    kink: str = ""  # where it has no slope, and which is taken
    domain: str = "every number"
    start: float = -math.inf  # where its values begin
    range: tuple[float, float] = (-math.inf, math.inf)
    shape: Callable[..., Callable[..., Interval]] = interval.increasing
    exact: tuple[tuple[int, float], ...] = ()  # whole numbers at which it is a number without rounding
    overflows: bool = False  # may be infinite at a number that is not
    saturates: bool = False  # is flat far from 0, on one side at least
    activation: bool = False
    also: tuple[str, ...] = ()  # other names in the notation
    elsewhere: tuple[str, ...] = ()  # what other programs call it, for corrections
    latex: str = ""  # its command, where LaTeX has one
    written: str = ""  # how it is printed, where not by its name

    @property
    def arity(self) -> int:
        return len(self.slopes)

    @property
    def enclosure(self) -> Callable[..., Interval]:
        """Its values on an interval."""
        return self.shape(self.program, self.ulps, *self.range, self.start)


def dlmf(section: str, reason: str) -> Source:
    return Source(reason, f"NIST Digital Library of Mathematical Functions, dlmf.nist.gov, §{section}")


def sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u)) if u >= 0 else math.exp(u) / (1 + math.exp(u))


def softplus(u: float) -> float:
    return max(u, 0.0) + math.log1p(math.exp(-abs(u)))


def sign(u: float) -> float:
    return math.copysign(1.0, u) if u else 0.0


FUNCTIONS: Mapping[str, Elementary] = MappingProxyType(
    {
        "exp": Elementary(
            elementary.exp, 1.0, ("exp(u)",), "exp(u)", dlmf("4.20", "the exponential is its own derivative"),
            math.exp, multicomplex.exp, decimals.exp, values=("s",), range=(0.0, math.inf), exact=((0, 1.0),),
            overflows=True, saturates=True, elsewhere=("Exp", "EXP", "exponential"), latex=r"\exp",
        ),
        "log": Elementary(
            elementary.log, 1.0, ("1/u",), "-1/u^2", dlmf("4.20", "the logarithm grows as 1/u"),
            math.log, analytic.logarithm, decimals.log, domain="positive numbers; −∞ at 0", start=0.0,
            exact=((1, 0.0),), also=("ln",), elsewhere=("Log", "loge", "log_e"), latex=r"\ln", written="ln",
        ),
        "sqrt": Elementary(
            elementary.square_root, 0.5, ("1/(2*sqrt(u))",), "-1/(4*u*sqrt(u))",
            dlmf("4.20", "the power rule with exponent 1/2"),
            math.sqrt, analytic.square_root, decimals.sqrt, values=("1/(2*s)",), domain="numbers from 0 on", start=0.0,
            range=(0.0, math.inf), exact=((0, 0.0), (1, 1.0)), elsewhere=("Sqrt", "SQRT"),
        ),
        "tanh": Elementary(
            elementary.tanh, 2.5, ("1 - tanh(u)^2",), "-2*tanh(u)*(1 - tanh(u)^2)",
            dlmf("4.34", "tanh′ = 1 − tanh²"),
            math.tanh, multicomplex.tanh, decimals.tanh, values=("1 - s^2",), range=(-1.0, 1.0), exact=((0, 0.0),),
            saturates=True, activation=True, elsewhere=("Tanh", "TANH", "th", "tansig", "tgh", "hyperbolic_tangent"),
            latex=r"\tanh",
        ),
        "sigmoid": Elementary(
            elementary.sigmoid, 2.5, ("(1 - sigmoid(u))*sigmoid(u)",),
            "(1 - 2*sigmoid(u))*(1 - sigmoid(u))*sigmoid(u)",
            Source("σ′ = (1 − σ)·σ", "from σ = 1/(1 + exp(−u)) by the quotient rule and 1 − σ = exp(−u)/(1 + exp(−u))"),
            sigmoid, analytic.sigmoid, decimals.sigmoid, values=("(1 - s)*s",), range=(0.0, 1.0), exact=((0, 0.5),),
            saturates=True, activation=True, also=("sigma",), latex=r"\sigma", written="σ",
            elsewhere=("Sigmoid", "SIGMOID", "sigm", "logistic", "expit", "LogisticSigmoid", "plogis", "logsig", "sig",
                       "sigmoide"),
        ),
        "relu": Elementary(
            elementary.relu, 0.0, ("[u > 0]",), "0",
            Source("open, it passes every change; shut, none", "from relu(u) = max(u, 0)"),
            lambda u: max(u, 0.0), analytic.relu, decimals.relu, kink="at u = 0 the slope is taken as 0",
            domain="every number; a kink at 0", activation=True,
            elsewhere=("ReLU", "Relu", "RELU", "Ramp", "poslin"),
        ),
        "softplus": Elementary(
            elementary.softplus, 2.0, ("sigmoid(u)",), "(1 - sigmoid(u))*sigmoid(u)",
            Source("the slope of softplus is the sigmoid", "from softplus(u) = log(1 + exp(u)) by the chain rule"),
            softplus, analytic.softplus, decimals.softplus, range=(0.0, math.inf), saturates=True, activation=True,
            elsewhere=("Softplus", "softPlus"),
        ),
        "erf": Elementary(
            elementary.erf, 1.5, ("2/sqrt(π)*exp(-u^2)",), "-4/sqrt(π)*u*exp(-u^2)",
            dlmf("7.2", "erf is made of the bell curve, so that is its slope"),
            math.erf, analytic.erf, decimals.erf, range=(-1.0, 1.0), exact=((0, 0.0),), saturates=True, activation=True,
            elsewhere=("Erf", "ERF"),
        ),
        "sin": Elementary(
            elementary.sin, 1.0, ("cos(u)",), "-sin(u)", dlmf("4.20", "sin′ = cos"),
            math.sin, multicomplex.sin, decimals.sin, domain="every number; accurate up to 10⁸ in size",
            range=(-1.0, 1.0), shape=interval.wave(0.25), exact=((0, 0.0),), elsewhere=("Sin", "SIN"), latex=r"\sin",
        ),
        "cos": Elementary(
            elementary.cos, 1.0, ("-sin(u)",), "-cos(u)", dlmf("4.20", "cos′ = −sin"),
            math.cos, multicomplex.cos, decimals.cos, domain="every number; accurate up to 10⁸ in size",
            range=(-1.0, 1.0), shape=interval.wave(0.0), exact=((0, 1.0),), elsewhere=("Cos", "COS"), latex=r"\cos",
        ),
        "sinh": Elementary(
            elementary.sinh, 2.0, ("cosh(u)",), "sinh(u)", dlmf("4.34", "sinh′ = cosh"),
            math.sinh, multicomplex.sinh, decimals.sinh, exact=((0, 0.0),), overflows=True, latex=r"\sinh",
        ),
        "cosh": Elementary(
            elementary.cosh, 2.0, ("sinh(u)",), "cosh(u)", dlmf("4.34", "cosh′ = sinh"),
            math.cosh, multicomplex.cosh, decimals.cosh, range=(1.0, math.inf), shape=interval.even, exact=((0, 1.0),),
            overflows=True, latex=r"\cosh",
        ),
        "arctan": Elementary(
            elementary.arctan, 1.0, ("1/(1 + u^2)",), "-2*u/(1 + u^2)^2", dlmf("4.24", "arctan′ = 1/(1 + u²)"),
            math.atan, multicomplex.arctan, decimals.arctan, exact=((0, 0.0),), activation=True, also=("atan",),
            elsewhere=("arctg", "ArcTan"), latex=r"\arctan",
        ),
        "asinh": Elementary(
            elementary.asinh, 1.5, ("1/sqrt(1 + u^2)",), "-u/((1 + u^2)*sqrt(1 + u^2))",
            dlmf("4.40", "asinh′ = 1/√(1 + u²)"),
            math.asinh, multicomplex.asinh, decimals.asinh, exact=((0, 0.0),), activation=True,
            also=("arsinh", "arcsinh"),
        ),
        "abs": Elementary(
            elementary.absolute, 0.0, ("sign(u)",), "0",
            Source("the slope of |u| is its sign", "from |u| = u above 0 and −u below"),
            abs, analytic.absolute, decimals.absolute, kink="at u = 0 the slope is taken as 0",
            domain="every number; a kink at 0", range=(0.0, math.inf), shape=interval.even,
            elsewhere=("fabs", "absolute", "Abs", "ABS"),
        ),
        "sign": Elementary(
            elementary.sign, 0.0, ("0",), "0",
            Source("the sign does not change with u", "constant on both sides of 0"),
            sign, analytic.sign, decimals.sign, kink="at u = 0, where it jumps, the slope is taken as 0",
            domain="every number; a jump at 0, where it is 0", range=(-1.0, 1.0), also=("sgn",),
            elsewhere=("Sign", "signum", "Sgn", "SIGN"),
        ),
        "floor": Elementary(
            elementary.floor, 0.0, ("0",), "0",
            Source("between two integers, rounding down does not change with u", "constant between integers"),
            math.floor, analytic.floor, decimals.floor,
            kink="where u is an integer, at which it jumps, the slope is taken as 0",
            domain="every number; a jump at every integer", elsewhere=("Floor", "FLOOR"),
        ),
        "max": Elementary(
            elementary.maximum, 0.0, ("[u > v] + 1/2*[u == v]", "[v > u] + 1/2*[u == v]"), "0",
            Source("the greater one passes every change, the lesser none", "from max(u, v) = u where u > v, else v"),
            max, analytic.maximum, max, kink="of a tie, each passes half",
            domain="every two numbers; a kink where they are equal",
            elsewhere=("maximum", "Max", "MAX", "fmax", "pmax"), latex=r"\max",
        ),
        "min": Elementary(
            elementary.minimum, 0.0, ("[u < v] + 1/2*[u == v]", "[v < u] + 1/2*[u == v]"), "0",
            Source("the lesser one passes every change, the greater none", "from min(u, v) = u where u < v, else v"),
            min, analytic.minimum, min, kink="of a tie, each passes half",
            domain="every two numbers; a kink where they are equal",
            elsewhere=("minimum", "Min", "MIN", "fmin", "pmin"), latex=r"\min",
        ),
    }
)  # fmt: skip
"""Name → what is known of it. Which functions are known is read here.

>>> from chainrule.numbers.operations import FLOAT
>>> FUNCTIONS["tanh"].program(FLOAT, 0.5), FUNCTIONS["max"].arity
(0.46211715726000974, 2)
"""

INNER: Mapping[str, tuple[Program, float]] = MappingProxyType(
    {"expm1": (elementary.expm1, 1.5), "log1p": (elementary.log1p, 1.5), "power": (elementary.power, 1.0)}
)
"""Programs that no text calls by name: powers, and what others are made of; with the promised worst error."""

PROGRAMS: Mapping[str, Program] = MappingProxyType(
    {name: row.program for name, row in FUNCTIONS.items()} | {name: program for name, (program, _) in INNER.items()}
)
"""Name → program; each takes the machine, then one value (power, max and min: two)."""

ULPS: Mapping[str, float] = MappingProxyType(
    {name: row.ulps for name, row in FUNCTIONS.items()} | {name: ulps for name, (_, ulps) in INNER.items()}
)
"""The promised worst error, in units of the last place of the true value."""
