"""A product as a textbook sees it: an exact coefficient, and powers of bases in the order in which they first appear.

Only what is exact is done here: numbers are multiplied as fractions, exponents of one base are added. A written zero is
kept as a factor: what stands beside it may be infinite, and that is the writer's business.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from chainrule.expr.indices import speaks_of_indices
from chainrule.expr.nodes import Bracket, Call, Cond, Div, Expr, InRange, Mul, Neg, Number, Pow, Ref

Factor = tuple[Expr, Fraction]

UNIT = Fraction(1)

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def factors(expr: Expr) -> tuple[Fraction, list[Factor]]:
    """The coefficient and the powers of a product, quotient, power or negative; of anything else, itself.

    >>> from chainrule.expr.nodes import Ref
    >>> factors(Div(Mul((Number(Fraction(2)), Ref("a"))), Ref("b")))
    (Fraction(2, 1), [(Ref(name='a', indices=()), Fraction(1, 1)), (Ref(name='b', indices=()), Fraction(-1, 1))])
    """
    coefficient = UNIT
    found: list[Factor] = []
    todo: list[tuple[Expr, Fraction]] = [(expr, UNIT)]
    while todo:
        node, power = todo.pop()
        match node:
            case Ref() | Call():
                found.append((node, power))
            case Number(value) if value and power.denominator == 1 and abs(power) <= 64:
                coefficient *= value ** int(power)
            case Neg(arg) if power.denominator == 1:
                coefficient *= -1 if power % 2 else 1
                todo.append((arg, power))
            case Mul(args) if power.denominator == 1:
                todo.extend((arg, power) for arg in reversed(args))
            case Div(a, b) if power.denominator == 1:
                todo.extend(((b, -power), (a, power)))
            case Pow(base, exponent) if power.denominator == 1 and (written := number(exponent)):
                inner = number(base.exponent) if isinstance(base, Pow) else None
                if inner is not None and inner.denominator == written.denominator == 1:
                    todo.append((base, power * written))  # (u²)² is u⁴, which is finite where (u²)² is not
                elif isinstance(base, Number | Neg | Mul | Div | Pow):
                    found.append((node, power))  # (a·b)² stays as it is written
                else:
                    found.append((base, power * written))
            case _:
                found.append((node, power))
    return coefficient, found


def number(expr: Expr) -> Fraction | None:
    """A written number with its sign."""
    match expr:
        case Number(value):
            return value
        case Neg(Number(value)):
            return -value
        case _:
            return None


def merged(powers: list[Factor]) -> list[Factor]:
    """Powers of one base made one; a base without exponent left is gone, a bracket is its own square."""
    zeros = [power for power in powers if power[0] == ZERO]
    total: dict[Expr, Fraction] = {}
    for base, power in powers:
        if base == ZERO or (isinstance(base, Bracket | InRange) and total.get(base) == power == 1):
            continue
        total[base] = total[base] + power if base in total else power
    return zeros + [(base, power) for base, power in total.items() if power]


def like(powers: list[Factor]) -> frozenset[tuple[Factor, int]]:
    """What makes two terms like terms: the same powers in any order."""
    return frozenset(Counter(powers).items())


def built(coefficient: Fraction, powers: list[Factor]) -> Expr:
    """The product, coefficient first, as one quotient if an exponent is negative.

    A bracket of indices stands before the quotient: where it is 0, what is divided by has no value.

    >>> from chainrule.expr.nodes import Ref
    >>> built(Fraction(-1, 2), [(Ref("a"), Fraction(-1))])
    Neg(arg=Div(numerator=Number(value=Fraction(1, 1)), denominator=Mul(args=(Number(value=Fraction(2, 1)), ...))))
    """
    below = [raised(base, -power) for base, power in powers if power < 0]
    guards = [base for base, power in powers if power > 0 and speaks_of_indices(base)] if below else []
    above = [raised(base, power) for base, power in powers if power > 0 and base not in guards]
    size = abs(coefficient)
    if below:
        if size.numerator != 1 or not above:
            above.insert(0, Number(Fraction(size.numerator)))
        if size.denominator != 1:
            below.insert(0, Number(Fraction(size.denominator)))
        result: Expr = multiplied([*guards, Div(multiplied(above), multiplied(below))])
    else:
        result = multiplied(([Number(size)] if size != 1 or not above else []) + above)
    return Neg(result) if coefficient < 0 else result


def multiplied(args: list[Expr]) -> Expr:
    return Mul(tuple(args)) if len(args) > 1 else args[0]


def raised(base: Expr, power: Fraction) -> Expr:
    return base if power == 1 else Pow(base, Number(power))


def deciding(expr: Expr) -> bool:
    """Whether a term has a bracket or a condition among its factors."""
    return any(isinstance(base, Bracket | InRange | Cond) for base, _ in factors(expr)[1])
