"""What an expression gives on an environment of values, for any kind of number: slow, plain, the judge of engines.

Values are numbers, or arrays as nested sequences (positions from 0 along the axes of the name) or as mappings from
index tuples (the letters' own values). A name that has an equation is computed when it is asked for, once, so
equations may stand in any order and a recurrence needs no special case; a value that is given wins over an equation.
n-ary sums and products run from left to right, reductions in the order of their letters, the last fastest, from the
first term on.

A power with a written integer exponent is a product (`elementary.integer_power`), any other is `elementary.power`. In
a product with a bracket that guards it (`guards`) and is 0, nothing else is evaluated and the product is 0: that is how
``[t-1 in t]*h[t-1]`` stays inside its range, and ``[x > 0]*x*log(x)`` is 0 at 0.

Nothing here calls itself: a node that others have to be computed for is a generator, and a loop drives them, so deep
trees need no deep stack.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from types import GeneratorType
from typing import Any, TypeVar, cast

from chainrule.errors import BrokenPass
from chainrule.expr.entries import entry_text
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
    Equation,
    Expr,
    InRange,
    Mul,
    Neg,
    Number,
    Operator,
    Pow,
    Reduce,
    Ref,
    Size,
    key,
    places,
)
from chainrule.expr.walk import Folding
from chainrule.numbers.environment import (
    SCALARS,
    Entry,
    Environment,
    Letters,
    Setting,
    bindings,
    defined,
    definition_of,
    pattern_of,
    pick,
    place_of,
)
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.guards import guards, integer_exponent, lifted
from chainrule.numbers.kinds import FLOATS, Complexes, Kind
from chainrule.numbers.multicomplex import Moved, Multi, part, parts, unit

STEP = 1e-30  # of a complex step: nothing is subtracted, so it may be as small as it likes

_NESTED: Folding[int] = Folding(lambda node, inside: max(inside, default=0) + isinstance(node, Reduce))
"""How many reductions stand in each other."""


def _read(node: Expr, inside: tuple[frozenset[str], ...]) -> frozenset[str]:
    own = node.indices if isinstance(node, Ref) else (node.index,) if isinstance(node, At | InRange) else ()
    found = frozenset(letter for place in own for letter, _ in place.terms).union(*inside)
    return found.difference(node.letters) if isinstance(node, Reduce) else found


_READ: Folding[frozenset[str]] = Folding(_read)
"""The letters that reach a node from outside."""

N = TypeVar("N")
Visit = Generator[Any, Any, N]
"""What gives a value that others have to be computed for; `drive` takes a value at hand in its place."""


def evaluate(
    expr: Expr,
    values: Mapping[str, Any],
    kind: Kind[N] = FLOATS,  # type: ignore[assignment]
    *,
    setting: Setting = SCALARS,
    letters: Letters | None = None,
    equations: Iterable[Equation] = (),
    derivative: Callable[[Derivative, Letters], N] | None = None,
    made: Callable[[int], None] = lambda numbers: None,
) -> N:
    """The value of one expression, with its free letters bound by ``letters``.

    A derivative is looked up under its name (`expr.key`), then asked of ``derivative``. ``made`` is told how many
    numbers were read or computed for it.

    >>> from chainrule.expr.nodes import Ref, Mul, Call
    >>> evaluate(Call("tanh", (Mul((Ref("w"), Ref("x"))),)), {"w": 0.5, "x": 1.0})
    0.46211715726000974
    """
    environment = Environment(kind, values, setting, tuple(equations), derivative)
    value = drive(visit(environment, lifted(expr), letters or {}, {}))
    made(len(environment.known))
    return value


def solve(
    equations: Iterable[Equation],
    values: Mapping[str, Any],
    kind: Kind[N] = FLOATS,  # type: ignore[assignment]
    *,
    setting: Setting = SCALARS,
) -> dict[str, Any]:
    """Every quantity that the equations define, by key: a number, or index tuple → number.

    >>> from chainrule.expr.nodes import Ref, Mul, Equation
    >>> solve([Equation(Ref("z"), Mul((Ref("w"), Ref("w"))))], {"w": 3.0})
    {'z': 9.0}
    """
    environment = Environment(kind, values, setting, tuple(equations), None)
    found: dict[str, Any] = {}
    for equation in environment.equations:
        name, positions = key(equation.target), places(equation.target)
        for letters in bindings(equation.letters, setting):
            place = tuple(place_of(index, letters) for index in positions)
            value = drive(entry(environment, (name, place)))
            if place:
                found.setdefault(name, {})[place] = value
            else:
                found[name] = value
    return found


def drive(start: Visit[N]) -> N:
    """Runs a generator that yields what it asks for, values or generators of them; the stack is a list."""
    stack: list[Visit[Any]] = []
    asked: Any = start
    while True:
        if isinstance(asked, GeneratorType):
            stack.append(asked)
            asked = None
        elif not stack:
            return cast(N, asked)
        try:
            asked = stack[-1].send(asked)
        except StopIteration as done:
            stack.pop()
            asked = done.value


def visit(environment: Environment[N], expr: Expr, letters: Letters, local: Mapping[str, N]) -> Visit[N]:
    """The value of a node, or what computes it; ``local`` are the arguments of the function whose body it stands in."""
    found = at_hand(environment, expr, letters, local)
    return computed(environment, expr, letters, local) if found is None else cast("Visit[N]", found)


def computed(environment: Environment[N], expr: Expr, letters: Letters, local: Mapping[str, N]) -> Visit[N]:
    """The value of a node that others have to be computed for."""
    kind = environment.kind
    match expr:
        case Number() | Constant() | At() | Size():
            return cast(N, at_hand(environment, expr, letters, local))
        case Ref(name, indices):
            found: N = yield entry(environment, (name, tuple(place_of(index, letters) for index in indices)))
            return found
        case Add(args):
            total: N = yield visit(environment, args[0], letters, local)
            for arg in args[1:]:
                total = kind.add(total, (yield visit(environment, arg, letters, local)))
            return total
        case Mul(args):
            nothing = kind.number(Fraction(0))
            differing: list[Any] = []
            for arg, guard in zip(args, guards(args), strict=True):
                if guard:
                    truth = yield holds(environment, arg, letters, local)
                    if truth is False:
                        return nothing
                    differing += [truth] if differs(truth) else []
            total = yield visit(environment, args[0], letters, local)
            for arg in args[1:]:
                total = kind.multiply(total, (yield visit(environment, arg, letters, local)))
            for truth in differing:
                total = chosen(kind, truth, total, nothing)
            return total
        case Neg(arg):
            return kind.negate((yield visit(environment, arg, letters, local)))
        case Div(numerator, denominator):
            above = yield visit(environment, numerator, letters, local)
            return kind.divide(above, (yield visit(environment, denominator, letters, local)))
        case Pow(base, exponent):
            below = yield visit(environment, base, letters, local)
            if (n := integer_exponent(exponent)) is not None:
                return kind.integer_power(below, n)
            return kind.power(below, (yield visit(environment, exponent, letters, local)))
        case Call():
            found = yield call(environment, expr, letters, local)
            return found
        case Reduce(operator, names, body):
            # a reduction inside one is asked for again and again, and has one value for the letters that reach it
            again = (expr, tuple(map(letters.get, sorted(_READ(expr))))) if not local and _NESTED(expr) > 1 else None
            if again is not None and again in environment.reductions:
                return environment.reductions[again]
            values: list[N] = []
            for bound in bindings(names or pattern_of(environment.setting), environment.setting):
                value = yield visit(environment, body, {**letters, **bound}, local)
                values.append(value)
            total = reduced(kind, operator, values)
            if again is not None:
                environment.reductions[again] = total
            return total
        case Bracket() | InRange():
            truth = yield holds(environment, expr, letters, local)
            one, zero = kind.number(Fraction(1)), kind.number(Fraction(0))
            if differs(truth):
                return chosen(kind, truth, one, zero)
            return kind.either(zero, one) if truth is None else one if truth else zero
        case Cond(test, then, otherwise):
            truth = yield holds(environment, test, letters, local)
            if truth is True or truth is False:
                found = yield visit(environment, then if truth else otherwise, letters, local)
                return found
            first = yield visit(environment, then, letters, local)
            second = yield visit(environment, otherwise, letters, local)
            return chosen(kind, truth, first, second) if differs(truth) else kind.either(first, second)
        case Derivative(of, wrt):
            if isinstance(of, Ref):
                place = tuple(place_of(index, letters) for name in wrt for index in name.indices)
                if defined(environment, name := key(expr)):
                    found = yield entry(environment, (name, place))
                    return found
            if environment.derivative is None:
                raise BrokenPass("evaluation", f"nothing gives the value of {expr!r}")
            return environment.derivative(expr, letters)


def at_hand(environment: Environment[N], expr: Expr, letters: Letters, local: Mapping[str, N]) -> N | None:
    """The value of a leaf that nothing has to be computed for."""
    match expr:
        case Ref(name, ()) if name in local:
            return local[name]
        case Ref(name, indices):
            return looked_up(environment, (name, tuple([place_of(index, letters) for index in indices])))
        case Number(value):
            return environment.kind.number(value)
        case At(index):
            return environment.kind.number(Fraction(place_of(index, letters)))
        case Size(letter):
            return environment.kind.number(Fraction(len(environment.setting.range(letter))))
        case Constant():
            return environment.kind.pi
    return None


def holds(environment: Environment[N], test: Expr, letters: Letters, local: Mapping[str, N]) -> Visit[Any]:
    """Whether a bracket holds; None if that cannot be told."""
    match test:
        case InRange(index, letter):
            return place_of(index, letters) in environment.setting.range(letter)
        case Bracket(comparison, left, right):
            first = yield visit(environment, left, letters, local)
            return environment.kind.compare(comparison, first, (yield visit(environment, right, letters, local)))
    raise BrokenPass("evaluation", f"not a comparison: {test!r}")


def differs(truth: object) -> bool:
    """Whether a comparison of many numbers at once gives a truth for each of them."""
    return truth is not True and truth is not False and truth is not None


def chosen(kind: Any, truth: Any, then: N, otherwise: N) -> N:
    """Of many numbers at once the one or the other, by the truth of each."""
    found: N = kind.choose(truth, then, otherwise)
    return found


def call(environment: Environment[N], expr: Call, letters: Letters, local: Mapping[str, N]) -> Visit[N]:
    """The value of a function: the model's own by its definition or rule, else a known one."""
    arguments: list[N] = []
    for arg in expr.args:
        argument = yield visit(environment, arg, letters, local)
        arguments.append(argument)
    definition = environment.setting.functions.get(expr.function)
    if definition is None and expr.function not in FUNCTIONS:
        raise BrokenPass("evaluation", f"no function is known as {expr.function}")
    if definition is not None and (expr.order == 0 or expr.order in definition.rules):
        parameters, body = definition.parameters, definition.body
        if expr.order:
            parameter, body = definition.rules[expr.order]
            parameters = (parameter,)
        found: N = yield visit(environment, lifted(body), letters, dict(zip(parameters, arguments, strict=True)))
        return found
    if expr.order == 0:
        return environment.kind.call(expr.function, arguments)
    slope = yield prime(environment, expr, arguments[0], letters)
    return environment.kind.given(slope)


def prime(environment: Environment[N], expr: Call, u: object, letters: Letters) -> Visit[Any]:
    """f'(u) without a rule for it, for floats and complex numbers: a step of f along one more imaginary unit."""
    if (step := getattr(environment.kind, "step", None)) is not None:  # a kind that takes differences
        kind: Any = environment.kind
        below = replace(expr, args=(Ref("u#"),), order=expr.order - 1)
        high = yield visit(environment, below, letters, {"u#": kind.add(u, step)})
        low = yield visit(environment, below, letters, {"u#": kind.add(u, kind.negate(step))})
        return kind.divide(kind.add(high, kind.negate(low)), 2 * step)
    level = 1 if isinstance(u, float) else getattr(environment.kind, "level", 0) + 1
    if not isinstance(u, float | complex | Multi):
        raise BrokenPass("evaluation", f"{expr.function} has no rule for its derivative of order {expr.order}")
    inner: Environment[Any] = Environment(
        Complexes(level), environment.values, environment.setting, environment.equations, environment.derivative,
        environment.nudges,
        {} if level == 1 else environment.known, environment.running,
    )  # fmt: skip
    before = replace(expr, args=(Ref("u#"),), order=expr.order - 1)
    value: Moved = yield visit(inner, before, letters, {"u#": u + unit(level, STEP)})
    return part(value, 1) / STEP if level == 1 else parts(value, level)[1] * (1 / STEP)


def looked_up(environment: Environment[N], wanted: Entry) -> N | None:
    """The value of a named number that is known by now, or given."""
    if (value := environment.known.get(wanted)) is not None:
        return value
    name, place = wanted
    if name not in environment.values:
        return None
    return learnt(environment, wanted, environment.kind.given(pick(environment, name, place)))


def learnt(environment: Environment[N], wanted: Entry, value: N) -> N:
    """The value of a named number with what is added to it, kept for whoever asks next."""
    if wanted in environment.nudges:
        value = environment.kind.add(value, environment.nudges[wanted])
    environment.known[wanted] = value
    return value


def entry(environment: Environment[N], wanted: Entry) -> Visit[N]:
    """The value of a named number: known by now, given, or defined by an equation, in this order."""
    if (found := looked_up(environment, wanted)) is not None:
        return found
    if wanted in environment.running:
        raise BrokenPass("evaluation", f"{entry_text(*wanted)} is defined by itself")
    equation, letters = definition_of(environment, wanted)
    environment.running.add(wanted)
    value: N = yield visit(environment, lifted(equation.body), letters, {})
    environment.running.discard(wanted)
    return learnt(environment, wanted, value)


def reduced(kind: Kind[N], operator: Operator, values: list[N]) -> N:
    """A reduction of values in order."""
    if not values:
        if operator in ("sum", "prod"):
            return kind.number(Fraction(operator == "prod"))
        raise BrokenPass("evaluation", f"the {operator} of nothing")
    if operator == "logsumexp":
        return kind.logsumexp(values)
    if operator in ("max", "min"):
        return kind.extreme(operator, values)
    total = values[0]
    for value in values[1:]:
        total = kind.multiply(total, value) if operator == "prod" else kind.add(total, value)
    return kind.divide(total, kind.number(Fraction(len(values)))) if operator == "mean" else total
