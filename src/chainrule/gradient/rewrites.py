"""The rewrites of a simplification: each takes a node and gives it anew, or the node itself.

None decides whether its result is better: `simplify` compares. None sorts; a factor or term stays where it first stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice

from chainrule.errors import NOWHERE
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Cond,
    Div,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Size,
    index,
)
from chainrule.expr.walk import Folding, affine, rename_letters
from chainrule.gradient.products import ONE, ZERO, Factor, built, deciding, factors, like, merged
from chainrule.gradient.ranges import Ranges
from chainrule.model.letters import base, free

MONOMIALS = 64

PAIRS = 500
"""Pairs of terms that are tried for a shared factor in one sum."""


def decide(node: Expr, ranges: Ranges) -> Expr:
    """Brackets that are certain, conditions whose branches are alike or plain 1 and 0, `if` joined to `if`."""
    match node:
        case InRange() | Bracket("==" | "!="):
            certain = ranges.holds(node)
        case Cond(_, then, otherwise) if then == otherwise:
            return then
        case Cond(test, Number(value), otherwise) if value == 1 and otherwise == ZERO:
            return test
        case Add(args):
            return joined(node, args)
        case _:
            return node
    return node if certain is None else ONE if certain else ZERO


def joined(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """``if(c, a, 0) + if(c, 0, b)`` → ``if(c, a, b)``."""
    parts = [(place, found) for place, arg in enumerate(args) if (found := condition(arg)) is not None]
    alike: dict[Expr, list[int]] = {}
    for at, (_, (test, _, _)) in enumerate(parts):
        alike.setdefault(test, []).append(at)
    for at, (i, (test, a, b)) in enumerate(parts):
        for other in alike[test]:
            j, (_, c, d) = parts[other]
            if other > at and (a == ZERO or c == ZERO) and (b == ZERO or d == ZERO):
                both = Cond(test, c if a == ZERO else a, d if b == ZERO else b)
                rest = (*args[:i], both, *args[i + 1 : j], *args[j + 1 :])
                return Add(rest) if len(rest) > 1 else both
    return node


def condition(term: Expr) -> tuple[Bracket | InRange, Expr, Expr] | None:
    """A term as one of two values."""
    match term:
        case Cond(test, then, otherwise):
            return test, then, otherwise
        case Bracket() | InRange():
            return term, ONE, ZERO
        case _:
            return None


def one_product(node: Expr, ranges: Ranges) -> Expr:
    """A product, quotient, power or negative as one coefficient and merged powers; ``-(a - b)`` stays as it is."""
    if not isinstance(node, Mul | Div | Neg | Pow) or (isinstance(node, Neg) and isinstance(node.arg, Add)):
        return node
    coefficient, powers = factors(node)
    if any(vanishing(base_) and power > 0 for base_, power in powers):
        return ZERO
    return built(coefficient, merged(powers))


def vanishing(expr: Expr) -> bool:
    """Whether this is a zero that no one wrote: a derivative that is 0, a bracket that never holds."""
    return expr == ZERO and expr.span == NOWHERE


def collect(node: Expr, ranges: Ranges) -> Expr:
    """Like terms added, zeros dropped, the first positive term in front, a shared factor or denominator taken out."""
    if not isinstance(node, Add):
        return node
    present = tuple(arg for arg in node.args if arg != ZERO)
    if len(present) < 2:
        return present[0] if present else ZERO
    terms: list[Term] = []
    places: dict[frozenset[tuple[Factor, int]], int] = {}
    for sign, written in flattened(node):
        if written == ZERO:
            continue
        coefficient, powers = factors(written)
        powers = merged(powers)
        kind = like(powers)
        twin = places.setdefault(kind, len(terms))
        if twin == len(terms):
            terms.append((sign * coefficient, powers, kind, written if sign > 0 else Neg(written)))
        else:
            total = terms[twin][0] + sign * coefficient
            terms[twin] = (total, powers, kind, built(total, terms[twin][1]))
    terms = [term for term in terms if term[0]]
    if not terms:
        return ZERO
    front = next((place for place, term in enumerate(terms) if not isinstance(term[3], Neg)), 0)
    terms.insert(0, terms.pop(front))
    return over_one_denominator(terms) or with_shared_factor(terms, ranges) or total_of([term[3] for term in terms])


Term = tuple[Fraction, list[Factor], frozenset[tuple[Factor, int]], Expr]


def flattened(node: Add) -> list[tuple[int, Expr]]:
    """The terms of a sum with their signs, sums inside it opened."""
    found: list[tuple[int, Expr]] = []
    todo: list[tuple[int, Expr]] = [(1, node)]
    while todo:
        sign, term = todo.pop()
        match term:
            case Add(args):
                todo.extend((sign, arg) for arg in reversed(args))
            case Neg(arg):
                todo.append((-sign, arg))
            case _:
                found.append((sign, term))
    return found


def total_of(terms: Sequence[Expr]) -> Expr:
    return Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO


def over_one_denominator(terms: list[Term]) -> Expr | None:
    """``a/c - b/c`` → ``(a - b)/c``, where the same brackets guard c in every term, or none does."""
    if len(terms) < 2:
        return None
    shared = [power for power in terms[0][1] if power[1] < 0]
    others = [set(term[1]) for term in terms[1:]] if shared else []
    shared = [power for power in shared if all(power in other for other in others)]
    guards = [{base_: power for base_, power in term[1] if isinstance(base_, Bracket | InRange)} for term in terms]
    if not shared or any(other != guards[0] for other in guards):
        return None
    outside = [*guards[0].items(), *shared]
    above = [built(c, [power for power in powers if power not in outside]) for c, powers, _, _ in terms]
    return built(Fraction(1), [*guards[0].items(), (total_of(above), Fraction(1)), *shared])


def with_shared_factor(terms: list[Term], ranges: Ranges) -> Expr | None:
    """``a·f - a·g`` → ``a·(f - g)``, where f - g has fewer terms than f and g."""
    sets = [set(term[1]) for term in terms]
    for i, j in islice(neighbours(terms, sets), PAIRS):
        one, other = terms[i], terms[j]
        own = [power for power in one[1] if power not in sets[j]]
        others = [power for power in other[1] if power not in sets[i]]
        if len(own) != 1 or len(others) != 1 or own[0][1] != 1 or others[0][1] != 1:
            continue
        both = collect(Add((built(one[0], own), built(other[0], others))), ranges)
        if count(both) < count(own[0][0]) + count(others[0][0]):
            place = one[1].index(own[0])
            powers = [*one[1][:place], (both, Fraction(1)), *one[1][place + 1 :]]
            rest = [term[3] for k, term in enumerate(terms) if k not in (i, j)]
            return total_of([*rest[:i], built(Fraction(1), powers), *rest[i:]])
    return None


def neighbours(terms: list[Term], sets: list[set[Factor]]) -> Iterator[tuple[int, int]]:
    """Terms that differ in one factor, which is a sum in one of them: else nothing in the two factors can cancel.

    They are found by what is left without that factor, so a long sum is not gone through pair by pair.
    """
    left: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    own: list[list[tuple[tuple[int, int], bool]]] = []
    for place, powers in enumerate(sets):
        whole = sum(map(hash, powers))
        own.append([])
        for power in powers if len(terms[place][1]) > 1 else ():
            if power[1] == 1:
                rest, opened = (whole - hash(power), len(powers)), isinstance(power[0], Add)
                left.setdefault(rest, []).append((place, opened))
                own[-1].append((rest, opened))
    sums = {rest: [place for place, opened in found if opened] for rest, found in left.items()}
    for place, found in enumerate(own):
        after: set[int] = set()
        for rest, opened in found:
            after.update((other for other, _ in left[rest]) if opened else sums[rest])
        yield from ((place, other) for other in sorted(after) if other > place)


def count(expr: Expr) -> int:
    """How many terms."""
    return len(expr.args) if isinstance(expr, Add) else 0 if expr == ZERO else 1


def collapse(node: Expr, ranges: Ranges) -> Expr:
    """A sum with a bracket ``[i == a]`` keeps one term; factors and letters that do not belong to it go out."""
    if not isinstance(node, Reduce) or node.operator != "sum" or not node.letters:
        return node
    if isinstance(node.body, Reduce) and node.body.operator == "sum" and node.body.letters:
        return Reduce("sum", (*node.letters, *node.body.letters), node.body.body)
    coefficient, powers = factors(node.body)
    for place, (bracket, power) in enumerate(powers):
        if power == 1 and isinstance(bracket, Bracket):
            kept = kept_term(node.letters, bracket, powers[:place] + powers[place + 1 :], coefficient, ranges)
            if kept is not None:
                return kept
    present = {letter for base_, _ in powers for letter in free(base_)}
    bound = tuple(letter for letter in node.letters if letter in present)
    sizes: list[Factor] = [(Size(base(letter)), Fraction(1)) for letter in node.letters if letter not in present]
    if not bound:
        return built(coefficient, sizes + powers)
    inside = [power for power in powers if set(free(power[0])) & set(bound)]
    first = powers.index(inside[0])
    before = [power for power in powers[:first] if power not in inside]
    after = [power for power in powers[first:] if power not in inside]
    total = Reduce("sum", bound, built(Fraction(1), inside))
    return built(coefficient, [*before, *sizes, (total, Fraction(1)), *after])


def kept_term(
    letters: tuple[str, ...], bracket: Bracket, rest: list[Factor], coefficient: Fraction, ranges: Ranges
) -> Expr | None:
    """``Σ_i [i == a] f(i)`` → ``f(a)``, under the bracket that a is a value of i where that is not certain."""
    if bracket.comparison != "==" or not isinstance(bracket.left, At) or not isinstance(bracket.right, At):
        return None
    difference = affine((bracket.left.index, 1), (bracket.right.index, -1))
    for letter, factor in difference.terms:
        if letter not in letters or abs(factor) != 1:
            continue
        solution: Index = affine((difference, -factor), (index(letter), 1))
        inside = ranges.inside(solution, letter)
        if inside is False:
            return ZERO
        guard: list[Factor] = [] if inside else [(InRange(solution, base(letter)), Fraction(1))]
        body = rename_letters(built(coefficient, guard + rest), {letter: solution})
        left = tuple(other for other in letters if other != letter)
        return Reduce("sum", left, body) if left else body
    return None


def split(node: Expr, ranges: Ranges) -> Expr:
    """A sum of terms of which one has a bracket that collapses it: each term summed alone."""
    if not isinstance(node, Reduce) or node.operator != "sum" or not node.letters:
        return node
    coefficient, powers = factors(node.body)
    for place, (base_, power) in enumerate(powers):
        if isinstance(base_, Add) and power == 1 and any(map(deciding, base_.args)):
            parts = []
            for term in base_.args:
                own, inner = factors(term)
                whole = built(coefficient * own, [*powers[:place], *inner, *powers[place + 1 :]])
                parts.append(collapse(Reduce("sum", node.letters, whole), ranges))
            return Add(tuple(parts))
    return node


def multiply_out(node: Expr, ranges: Ranges) -> Expr:
    """Products of sums multiplied out, where that leaves fewer leaves: what cancels between them is gone."""
    if not isinstance(node, Add | Mul | Div):
        return node
    for everything in (False, True):
        terms: list[tuple[Fraction, list[Factor]]] = []
        for sign, term in flattened(node) if isinstance(node, Add) else [(1, node)]:
            terms.extend((sign * c, powers) for c, powers in monomials(term, everything))
            if len(terms) > MONOMIALS:
                return node
        if len(terms) < 2:
            return node
        candidate = collect(Add(tuple(built(c, merged(powers)) for c, powers in terms)), ranges)
        if leaves(candidate) < leaves(node):
            return candidate
    return node


def monomials(term: Expr, everything: bool) -> list[tuple[Fraction, list[Factor]]]:
    """The terms that a product becomes if its sums are multiplied out: all of them, or those of quotients alone."""
    coefficient, powers = factors(term)
    found: list[tuple[Fraction, list[Factor]]] = [(coefficient, [])]
    for base_, power in powers:
        inner = [factors(part) for part in base_.args] if isinstance(base_, Add) and power == 1 else []
        if inner and (everything or any(p < 0 for _, one in inner for _, p in one)):
            found = [(c * d, [*left, *right]) for c, left in found for d, right in inner]
        else:
            found = [(c, [*left, (base_, power)]) for c, left in found]
        if len(found) > MONOMIALS:
            break
    return found


leaves: Folding[int] = Folding(lambda node, inside: sum(inside) if inside else 1)
"""How many nodes have nothing inside."""
