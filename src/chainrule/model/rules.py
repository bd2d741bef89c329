"""Learning rules of a text → checked: every name in a block is the block's own, a const of the model, or an error.

In a block, the head names (each weight, its gradient), the assigned names (states) and ``t`` (the number of the step,
from 1) hide others. α is known in every rule: it is 0.1 where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from chainrule.errors import NOWHERE, Span
from chainrule.expr.nodes import Derivative, Expr, Reduce, Ref, number
from chainrule.expr.walk import nodes, references, transform
from chainrule.model.functions import expand, names_read
from chainrule.model.model import Definition, Quantity, Warning  # noqa: A004
from chainrule.model.names import BLOCK, WORDS, Names
from chainrule.model.onebyone import check_patterns
from chainrule.model.reduced import check_reductions, check_states, headed, heads_of, without_heads
from chainrule.model.scope import Site, check
from chainrule.notation.known import closest
from chainrule.notation.names import pretty
from chainrule.notation.statements import Update, UpdateBlock, UpdateLine

RATES = ("alpha", "eta")
CALLED = ("mu", "learning_rate", "lr", "rate", "step_size")
"""What the rate is called elsewhere; such a const is the rate where nothing reads it, and the model says so."""

DEFAULT_RATE = 0.1

Rule = UpdateBlock | Update


def checked(
    rules: Iterable[Rule], names: Names, functions: Mapping[str, Definition], goal: str
) -> tuple[tuple[Rule, ...], tuple[Warning, ...]]:
    """The rules, expanded, and what is odd about them; an error about the first that cannot be a rule."""
    rules = tuple(rules)
    own = {rule.weight.name: rule for rule in rules if isinstance(rule, Update)}
    found: list[Rule] = []
    warnings: list[Warning] = []
    ruled: dict[str, Span] = {}
    for rule in rules:
        if isinstance(rule, UpdateBlock):
            earlier = next((other for other in found if isinstance(other, UpdateBlock)), None)
            if earlier is not None:
                line = names.line(earlier.span)
                raise names.error(
                    "E127",
                    f"line {line} has a block for every weight already",
                    "write one block; `update w <- …` is for one weight",
                    rule.span,
                )
            found.append(_block(rule, names, functions, own))
        else:
            name = rule.weight.name
            known = names.quantities.get(name)
            span = rule.weight.span if rule.weight.span != NOWHERE else rule.span
            if known is None or known.role != "weight":
                weights = [quantity.name for quantity in names.quantities.values() if quantity.role == "weight"]
                meant = closest(name, weights)
                help = f"did you mean {pretty(meant)}?" if meant else "only a weight has a learning rule"
                if known is None and reads_itself(rule.value, name):
                    help = BLOCK
                what = "is not defined" if known is None else f"is {WORDS[known.role]}, not a weight"
                raise names.error("E127", f"{pretty(name)} {what}", help, span)
            if rule.weight.indices:
                raise names.error(
                    "E127",
                    f"a rule is for a whole weight: every entry of {pretty(name)}",
                    f"write update {pretty(name)} <- …",
                    span,
                )
            if name in ruled:
                raise names.error(
                    "E127",
                    f"{pretty(name)} has a rule in line {names.line(ruled[name])} already",
                    "write one rule for each weight",
                    span,
                )
            ruled[name] = span
            found.append(_single(rule, names, functions))
        warnings.extend(_other_goals(found[-1], goal))
    return tuple(found), tuple(warnings)


def _values(rule: Rule) -> tuple[Expr, ...]:
    return (rule.value,) if isinstance(rule, Update) else tuple(line.value for line in rule.lines)


def reads(rules: Iterable[Rule]) -> set[str]:
    """The names that occur in rules, those of derivatives too."""
    return {node.name for rule in rules for value in _values(rule) for node in nodes(value) if isinstance(node, Ref)}


def _single(rule: Update, names: Names, functions: Mapping[str, Definition]) -> Update:
    place = Site(
        f"the rule of {pretty(rule.weight.name)}",
        roles=frozenset(("weight", "const", "derived")),
        code="E126",
        because="a rule reads weights, consts, t and derivatives of the goal",
        whole=True,
        extra=frozenset(("t", "alpha") if "t" not in names.quantities else ("alpha",)),
    )
    check_reductions(rule, rule.value, names, functions, rule.span)
    check_patterns(rule, names, functions)
    value = expand(rule.value, names)
    check(value, place, names, functions, rule.span)
    own = names.quantities[rule.weight.name]
    plain = transform(value, lambda node: number(0) if isinstance(node, Derivative) else node)
    one_by_one = names_read(plain, functions, skip_reduced=True)
    for reference in (*references(value), *_by(value)):
        known = names.quantities.get(reference.name)
        if known is None or reference.indices:
            continue
        if known.role == "derived" and known.varies and known.name in one_by_one:
            problem = (
                f"the rule of {pretty(own.name)} reads {pretty(known.name)}, which is not one number for all patterns"
            )
            raise names.error("E126", problem, f"reduce it first: write mean {pretty(known.name)}", reference.span)
        if known.letters and known.letters != own.letters:
            problem = f"{pretty(known.name)} has other letters than {pretty(own.name)}"
            raise names.error(
                "E126",
                problem,
                "a rule works entry by entry: read arrays with the letters of the weight",
                reference.span,
            )
    return replace(rule, value=value)


def _by(value: Expr) -> tuple[Ref, ...]:
    """The weights that derivatives in an expression are taken by."""
    return tuple(weight for node in nodes(value) if isinstance(node, Derivative) for weight in node.wrt)


def reads_itself(value: Expr, name: str) -> bool:
    """Whether an expression reads a name, and no derivative by it: then it is kept from step to step."""
    inside = {node for slope in nodes(value) if isinstance(slope, Derivative) for node in slope.wrt}
    return name in {node.name for node in references(value)} and name not in {node.name for node in inside}


def _block(
    rule: UpdateBlock, names: Names, functions: Mapping[str, Definition], own: Mapping[str, Update]
) -> UpdateBlock:
    assigned = {line.name for line in rule.lines}
    if rule.weight == rule.gradient:
        raise names.error(
            "E127", f"the block calls weight and gradient both {pretty(rule.weight)}", "write update θ, g", rule.span
        )
    if not any(line.name == rule.weight and line.sign == "<-" for line in rule.lines):
        shown = pretty(rule.weight)
        raise names.error(
            "E127", f"the block never sets {shown}, so no weight would change", f"end it with {shown} <- …", rule.span
        )
    extra = frozenset((rule.weight, rule.gradient, "t", "alpha", *assigned))
    lines: list[UpdateLine] = []
    seen: set[str] = set()
    for line in rule.lines:
        if line.name in (rule.gradient, "t"):
            raise names.error(
                "E127", f"{pretty(line.name)} is given, not set", "choose another name for a state", line.span
            )
        if line.sign == ":=" and (line.name == rule.weight or line.name in seen):
            help = (
                "weights start where `weight` says"
                if line.name == rule.weight
                else "write the start before the line that changes it"
            )
            raise names.error("E127", f"{pretty(line.name)} cannot start here", help, line.span)
        if line.sign == ":=" and any(line.name == node.name for above in lines for node in references(above.value)):
            problem = f"{pretty(line.name)} is read above the line that says where it starts"
            raise names.error("E127", problem, "write the start above the lines that read it", line.span)
        if line.sign == "<-" and line.name in seen:
            raise names.error(
                "E127", f"{pretty(line.name)} is set twice in the block", "set every name once a step", line.span
            )
        if line.sign == "<-":
            seen.add(line.name)
        start = line.sign == ":="
        place = Site(
            "the start of a state" if start else "the block",
            roles=frozenset(("const",)) if start else frozenset(("weight", "const")),
            code="E126",
            because="a block reads its own names, t and consts of the model",
            extra=frozenset() if start else extra,
            derivatives=not start,
            whole=True,
        )
        check_reductions(rule, line.value, names, functions, line.span)
        if start and any(isinstance(node, Reduce) and headed(node, heads_of(rule)) for node in nodes(line.value)):
            problem = f"the start of {pretty(line.name)} cannot read the weights"
            raise names.error("E126", problem, "a state starts at a number that consts give", line.span)
        value = _hidden(line.value, names, extra)
        check(without_heads(rule, value), place, names, functions, line.span)
        check_states(rule, value, own, names, line.span)
        for node in nodes(value):
            if isinstance(node, Derivative):
                _of_the_model(node, rule, extra, names, line.span)
        for reference in (*references(value), *_by(value)):
            known: Quantity | None = None if reference.name in extra else names.quantities.get(reference.name)
            if known is not None and known.letters and not reference.indices:
                raise names.error(
                    "E126",
                    f"{pretty(known.name)} is an array, and the block is for every weight",
                    "a block reads scalar consts and weights",
                    reference.span,
                )
        lines.append(replace(line, value=value))
    return replace(rule, lines=tuple(lines))


def _of_the_model(node: Derivative, rule: UpdateBlock, own: Iterable[str], names: Names, around: Span) -> None:
    """An error about a derivative of, or by, a name that is the block's own; by θ is by the weight."""
    of = (node.of,) if isinstance(node.of, Ref) else ()
    for reference in (*of, *node.wrt):
        if reference.name in own and not (reference.name == rule.weight and reference in node.wrt):
            raise names.error(
                "E128",
                f"{pretty(reference.name)} is a name of the block, which no equation of the model reads",
                f"differentiate a quantity of the model by {pretty(rule.weight)}, or by a weight that is one number",
                node.span if node.span != NOWHERE else around,
            )


def _hidden(value: Expr, names: Names, extra: frozenset[str]) -> Expr:
    """The expression expanded; names of the block are not letters even where the model has such letters."""
    return expand(value, names, (), tuple(extra))


def _other_goals(rule: Rule, goal: str) -> list[Warning]:
    found = []
    for value in _values(rule):
        for node in nodes(value):
            if isinstance(node, Derivative) and isinstance(node.of, Ref) and node.of.name != goal:
                text = f"this rule follows the derivative of {pretty(node.of.name)}, while the goal is {pretty(goal)}"
                found.append(Warning(text, node.span if node.span != NOWHERE else rule.span))
    return found


def called(names: Names) -> list[str]:
    """The consts of one number that are called as rates often are."""
    known = [names.quantities[name] for name in CALLED if name in names.quantities]
    return [quantity.name for quantity in known if quantity.role == "const" and not quantity.letters]


def rate(rules: Iterable[Rule], names: Names, read: Callable[[], set[str]] = set) -> str | None:
    """The const that is the learning rate: α; η where there is no α, or where only η occurs in the rules.

    Where the text has neither, a const called as rates often are, if nothing reads it: ``read`` gives what is read.
    """
    declared = [
        name
        for name in RATES
        if name in names.quantities and names.quantities[name].role == "const" and not names.quantities[name].letters
    ]
    if not declared:
        scalar = called(names)
        used = read() if scalar and not any(name in names.taken for name in RATES) else set(scalar)
        left = [name for name in scalar if name not in used]
        return left[0] if len(left) == 1 else None
    if len(declared) < 2:
        return declared[0]
    used = reads(rules)
    return "eta" if "eta" in used and "alpha" not in used else "alpha"
