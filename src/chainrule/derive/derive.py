"""A model and a name → the derivation of the derivative of its goal by that name, every line checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from chainrule.derive.chain import Chain, Move
from chainrule.derive.check import Checker
from chainrule.derive.declared_pattern import WithPattern, as_printed
from chainrule.derive.derivation import Derivation, Equality, Reason, Step
from chainrule.derive.entry import entry, of_one_entry, parted
from chainrule.derive.ground import ground
from chainrule.derive.index.lines import indexed
from chainrule.derive.index.trace import traced
from chainrule.derive.local import Local
from chainrule.derive.readable import LineBudget, TooLong
from chainrule.derive.spelled import spelled
from chainrule.derive.textbook_end import gathered
from chainrule.derive.work import noted
from chainrule.errors import NOWHERE, UsageError, shown
from chainrule.expr.limits import placed
from chainrule.expr.nodes import At, Call, Derivative, Equation, Expr, InRange, Reduce, Ref, Size, key
from chainrule.expr.walk import nodes, transform
from chainrule.gradient import rules
from chainrule.gradient.reads import opened, reads
from chainrule.gradient.recognise import written_out
from chainrule.gradient.reverse import between, closure, reverse
from chainrule.gradient.simplify import simplify
from chainrule.model.explicit import hidden
from chainrule.model.model import Model, Quantity
from chainrule.notation.known import closest
from chainrule.notation.names import ascii as kept
from chainrule.notation.names import pretty

DETAILS = ("normal", "full", "brief", "substituted", "trace")


def derive(
    model: Model,
    wrt: str,
    of: str | None = None,
    detail: str = "normal",
    seed: int = 0,
    substitute: Collection[str] = (),
    matrix: bool = False,
    values: Mapping[str, object] | None = None,
    ranges: Mapping[str, range] | None = None,
    pattern: int = 0,
) -> Derivation:
    """The derivative of ``of`` (the number the goal names, for one pattern) by ``wrt``, line by line. ``wrt`` may be
    one entry of an array, ``W[1,2]``: the array's lines, and its last one with these indices.

    Details: ``normal`` the whole line, one move at a time; ``full`` the same with the rules inside each move;
    ``brief`` one line for each quantity on the way, named by its own derivative; ``substituted`` these put into each
    other, so that the result has no derivative left, or those of the names in ``substitute`` alone; ``trace`` the
    equations and their adjoints side by side, with the numbers that ``values`` give for one ``pattern`` (``ranges`` are
    the values of each letter). A network with letters goes back quantity by quantity: chain rule, local derivatives,
    collapsed sums; in detail ``brief`` it has a δ for each pre-activation. ``matrix`` adds its lines in matrices.

    Each line is printed, parsed back and compared at generic points (chosen by ``seed``) with a complex step on the
    equations; beyond the limit ``checks`` a line is not checked, and a note says so.

    Raises UsageError E256 for a name or detail that does not exist, E257 for what is not one number, E262 for a trace
    without its numbers, E420 and E421 for an entry that is not there or has no trace, LimitError E250 for functions
    that grow without end, E254 for what no line is written for, and DerivationError E253 instead of showing a line that
    is not true.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse, show
    >>> model = build(parse("data x; target y; weight w; E = ½(w·x − y)²".replace("; ", chr(10))))
    >>> for step in derive(model, "w").steps:
    ...     print(step.rule, show(step.after, ascii=True))
    definition d(1/2*(w*x - y)^2)/d(w)
    power-rule (w*x - y)*x
    """
    of = goal_of(model, of)
    wrt, behind = parted(wrt)
    wrt = name_of(model, wrt, "wrt")
    place = entry(model, wrt, behind) if behind else ()
    model = with_goal(model) if of == model.goal.name else model
    model, said = spelled(model)
    if detail not in DETAILS:
        raise UsageError("E256", f"no detail is called {shown(detail)}", f"write one of {', '.join(DETAILS)}")
    with placed(model.source, NOWHERE):
        made = derivation_of(model, wrt, of, detail, seed, substitute, matrix, values or {}, ranges or {}, pattern)
        if any(one.letter is None for one in place):
            made = of_one_entry(model, recognised(model, needed(model, of))[0], made, place, seed)
        found = noted(made)
    return replace(found, notes=(*said, *found.notes)) if said else found


def derivation_of(
    model: Model,
    wrt: str,
    of: str,
    detail: str,
    seed: int,
    substitute: Collection[str],
    matrix: bool,
    values: Mapping[str, object],
    ranges: Mapping[str, range],
    pattern: int,
) -> Derivation:
    """The derivation; names and detail are known to be there."""
    equations, asides = recognised(model, needed(model, of))
    asides = (*asides, *trained(model, of))
    if detail == "trace":
        return traced(model, equations, of, wrt, values, ranges, pattern, seed)
    if lettered(model, equations, wrt):
        if (plain := hidden(model)) is not None:
            printed = WithPattern(model, model.quantities[of].varies)
            checker = as_printed(printed, plain, equations, of, seed)
            return printed.derivation(plain_derivation(plain, wrt, of, detail, substitute, checker))
        notes = (*asides, *kinks(model, equations, of, wrt))
        return indexed(model, equations, of, wrt, detail, seed, notes, substitute, matrix)
    return plain_derivation(model, wrt, of, detail, substitute, Checker(ground(model, equations, seed)))


def plain_derivation(
    model: Model, wrt: str, of: str, detail: str, substitute: Collection[str], checker: Checker
) -> Derivation:
    """The derivation of a network of plain numbers, one pattern at a time."""
    equations, asides = recognised(model, needed(model, of))
    asides = (*asides, *trained(model, of))
    for equation in equations:
        opened(equation.body, model.functions, lambda call: False, lambda body: body)  # raises where that has no end
    chain = Chain(model, equations, of, wrt)
    notes = (*asides, *kinks(model, equations, of, wrt))
    if detail in ("normal", "full"):
        try:
            moves, whole = [], LineBudget()
            for move in chain.moves():
                whole.take(move.state)  # at once: the moves after a state too long to read may take for ever
                moves.append(move)
        except TooLong:
            note = Reason("long", {"u": Ref(of)})
            return Derivation(model, chain.goal, "brief", brief(model, equations, of, wrt, checker), (note, *notes))
        steps = tuple(lines(chain.goal, moves, checker, chain.local if detail == "full" else None))
    else:
        if any(isinstance(node, Reduce) for equation in equations for node in nodes(equation.body)):
            raise UsageError(
                "E254",
                f"{pretty(of)} is made of all patterns, and adjoint equations are printed for one pattern",
                "ask for detail normal or full, or for the derivative of the number of one pattern",
            )
        steps = brief(model, equations, of, wrt, checker)
        if detail == "substituted":
            steps = substituted(chain.goal, steps, checker, substitute)
    return Derivation(model, chain.goal, detail, steps, notes)


def lines(goal: Derivative, moves: list[Move], checker: Checker, local: Local | None) -> list[Step]:
    """The moves as lines, each checked; with their sub-steps if there is a ``local`` to give them."""
    found: list[Step] = []
    before: Expr = goal
    for move in moves:
        sub: list[Step] = []
        for start, value in move.local if local is not None else ():
            if isinstance(start.of, Ref):
                continue  # nothing to do by steps
            state: Expr = start
            for after, reasons in local.steps(start, value, move.through) if local is not None else ():
                sub.append(Step(start, state, after, reasons, checker.line(start, after), (), 2))
                state = after
        found.append(Step(goal, before, move.state, move.reasons, checker.line(goal, move.state), tuple(sub)))
        before = move.state
    return found


def brief(model: Model, equations: tuple[Equation, ...], of: str, wrt: str, checker: Checker) -> tuple[Step, ...]:
    """The adjoint equations as lines, the wanted one last."""
    users: dict[str, list[str]] = {}
    for equation in equations:
        for name in reads(equation.body, model.functions):
            users.setdefault(name, []).append(key(equation.target))
    active = between(equations, of, (wrt,), model.functions)
    found = []
    for adjoint in reverse(equations, of, {wrt: ()}, model.functions, model.sets):
        left = adjoint.target
        if not isinstance(left, Derivative):
            continue
        name = left.wrt[0].name
        through = tuple(Ref(user) for user in users.get(name, ()) if user in active)
        if through:
            rule = "adjoint-sum" if len(through) > 1 else "adjoint" if through != (Ref(of),) else "adjoint-direct"
            reason = Reason(rule, {"u": Ref(of), "v": Ref(name), "w": Ref(name), "names": through})
        else:
            reason = Reason("no-path", {"u": Ref(of), "w": Ref(name)})
        body = gathered(adjoint.body)
        reasons = (reason,) if body == adjoint.body else (reason, Reason("factor-out"))
        found.append(Step(left, left, body, reasons, checker.line(left, body)))
    return tuple(found)


def substituted(
    goal: Derivative, steps: tuple[Step, ...], checker: Checker, only: Collection[str] = ()
) -> tuple[Step, ...]:
    """The last adjoint equation with the others put into it, the nearest first: all, or those by names asked for."""
    bodies = {step.left: step.after for step in steps if not only or step.left.wrt[0].name in only}
    state = steps[-1].after
    found = [steps[-1]]
    while True:
        inside = next((node for node in nodes(state) if isinstance(node, Derivative) and node in bodies), None)
        if inside is None:
            break
        body = bodies[inside]
        after = simplify(transform(state, lambda node: body if node == inside else node))  # noqa: B023 - used at once
        reason = Reason("definition", {"values": (Equality(inside, body),)})
        found.append(Step(goal, state, after, (reason,), checker.line(goal, after)))
        state = after
    together = gathered(state)
    if together != state:
        found.append(Step(goal, state, together, (Reason("factor-out"),), checker.line(goal, together)))
    return tuple(found)


def goal_of(model: Model, of: str | None) -> str:
    """The quantity to differentiate: the one named, else the number the goal is called by."""
    if of is not None:
        return of if of == model.goal.name else name_of(model, of, "of")
    named = model.equation(model.goal.name) is not None
    return model.goal.name if named else model.goal.each or model.goal.name


def has_more(model: Model) -> bool:
    """Whether a step lowers an expression, ``mean E + ½λ·w²``, and not a quantity, its mean or its sum."""
    return model.goal.name not in model.quantities


def with_goal(model: Model) -> Model:
    """The model with an equation for what a step lowers, where the text has none."""
    name = model.goal.name
    if not has_more(model):
        return model
    quantities = {**model.quantities, name: Quantity(name, "derived")}
    return replace(model, quantities=quantities, equations=(*model.equations, Equation(Ref(name), model.goal.value)))


def trained(model: Model, of: str) -> tuple[Reason, ...]:
    """A note that says which derivative trains, where there are two."""
    goal = model.goal
    if of == goal.name and has_more(replace(model, quantities={k: v for k, v in model.quantities.items() if k != of})):
        alone = isinstance(goal.value, Ref) or (isinstance(goal.value, Reduce) and isinstance(goal.value.body, Ref))
        return () if alone else (Reason("trains", {"goal": goal.value}),)
    return (Reason("lowers", {"goal": goal.value, "u": Ref(of)}),) if has_more(model) and of == goal.each else ()


def name_of(model: Model, typed: str, argument: str) -> str:
    """A quantity as kept, from its name as typed."""
    name = kept(typed.strip())
    if name not in model.quantities:
        meant = closest(name, model.quantities)
        known = ", ".join(map(pretty, model.quantities))
        help = f"did you mean {pretty(meant)}?" if meant else f"the quantities of this model: {known}"
        raise UsageError("E256", f"{argument}: no quantity is called {typed}", help)
    return name


def needed(model: Model, of: str) -> tuple[Equation, ...]:
    """The equations that a quantity depends on, in order."""
    makers: dict[str, set[str]] = {}
    for equation in model.equations:
        makers.setdefault(key(equation.target), set()).update(reads(equation.body, model.functions))
    names = closure((of,), makers)
    return tuple(equation for equation in model.equations if key(equation.target) in names)


def recognised(model: Model, equations: tuple[Equation, ...]) -> tuple[tuple[Equation, ...], tuple[Reason, ...]]:
    """The equations with a sigmoid or a tanh that is written out under its name, and a note for each."""
    found: list[Equation] = []
    said: dict[Equality, None] = {}
    for equation in equations:
        body, forms = written_out(equation.body, model.functions)
        found.append(equation if not forms else replace(equation, body=body))
        said |= dict.fromkeys(Equality(form, call) for form, call in forms)
    notes = (Reason("written-out", {"values": tuple(said)}),) if said else ()
    return tuple(found), notes


def lettered(model: Model, equations: tuple[Equation, ...], wrt: str) -> bool:
    """Whether anything on the way is written with letters."""
    bodies = (*(equation.body for equation in equations), *(one.body for one in model.functions.values()))
    parts = (*(equation.target for equation in equations), *(part for body in bodies for part in nodes(body)))
    return bool(model.quantities[wrt].letters) or any(
        isinstance(part, At | Size | InRange) or (isinstance(part, Ref) and part.indices)
        or (isinstance(part, Reduce) and part.letters)
        for part in parts
    )  # fmt: skip


def kinks(model: Model, equations: tuple[Equation, ...], of: str, wrt: str) -> tuple[Reason, ...]:
    """A note for each function on the way that has a place without a derivative."""
    active = between(equations, of, (wrt,), model.functions)
    bodies = [equation.body for equation in equations if key(equation.target) in active]
    called = {node.function: None for body in bodies for node in nodes(body) if isinstance(node, Call)}
    for definition in model.functions.values():
        called |= {node.function: None for node in nodes(definition.body) if isinstance(node, Call)}
    return tuple(
        Reason("kink", {"function": name, "text": rule.kink})
        for name, rule in rules.RULES.items()
        if rule.kink and name in called and name not in model.functions
    )
