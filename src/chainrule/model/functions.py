"""The functions of a text → definitions: calls checked, macros expanded, aliases resolved, no recursion.

A function may read quantities besides its parameters; what it reads counts as read where it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from chainrule.errors import BrokenPass, Span
from chainrule.expr.graph import components
from chainrule.expr.nodes import At, Call, Expr, Reduce, Ref, index
from chainrule.expr.walk import children, nodes, substitute, transform
from chainrule.model.letters import every
from chainrule.model.macros import DEFINED, SLOPED, SOFTMAX, softmax
from chainrule.model.model import Definition
from chainrule.model.names import Names
from chainrule.notation.known import ALIASES, KNOWN, closest
from chainrule.notation.names import pretty
from chainrule.notation.show import show


def expand(expr: Expr, names: Names, letters: Iterable[str] = (), parameters: tuple[str, ...] = ()) -> Expr:
    """The expression with macros and aliases resolved, every call checked, and letters read as numbers made ``At``.

    ``letters`` are those already free where it stands.
    """
    taken = set(letters) | every(expr)

    def change(node: Expr) -> Expr:
        match node:
            case Call(function, args, order, span):
                return _call(node, function, len(args), order, span, names, taken)
            case Ref(name, ()) if name not in parameters and name not in names.quantities and names.group(name):
                return At(index(name), node.span)
            case Reduce("sum" | "mean" | "max" | "min" as operator, (), _, span) if names.pattern_set is not None:
                if names.pattern in letters:
                    raise names.error(
                        "E113",
                        f"{operator} over the patterns, where {names.pattern} is one of them already",
                        f"use another letter of the set: {operator}_{names.pattern}' …",
                        span,
                    )
                return replace(node, letters=(names.pattern,))
        return node

    return transform(expr, change)


def _call(call: Call, function: str, count: int, order: int, span: Span, names: Names, taken: set[str]) -> Expr:
    known = names.functions.get(function)
    if known is not None:
        wanted = len(known.parameters)
        form = f"{pretty(function)}({', '.join(map(pretty, known.parameters))})"
    elif function.startswith(SOFTMAX) and order == 0:
        if count != 1:
            raise _arity(function, 1, count, f"{function}(z[{function.removeprefix(SOFTMAX)}])", span, names)
        return softmax(call, taken)
    else:
        canonical = ALIASES.get(function, function)
        if canonical in SLOPED and count == 2 and order == 0:
            sloped = SLOPED[canonical]
            return substitute(sloped.body, dict(zip(sloped.parameters, call.args, strict=True)))
        if canonical in DEFINED:
            wanted = 1
        elif canonical in KNOWN:
            wanted = KNOWN[canonical]
        else:
            raise BrokenPass("reading", f"no function is called {function}")
        form = f"{function}({', '.join('uvw'[:wanted])})"
        if canonical in ("max", "min") and count > 2:
            first, *others = map(show, call.args)
            form = reduce(lambda inner, one: f"{function}({inner}, {one})", others, first)
        call = replace(call, function=canonical) if canonical != function else call
    if count != wanted:
        raise _arity(function, wanted, count, form, span, names)
    if order and wanted != 1:
        raise names.error(
            "E105",
            f"{pretty(function)} has {wanted} arguments, so it has no one derivative {pretty(function)}'",
            "a prime needs a function of one argument",
            span,
        )
    return call


def _arity(function: str, wanted: int, count: int, form: str, span: Span, names: Names) -> Exception:
    plural = "argument" if wanted == 1 else "arguments"
    return names.error("E105", f"{pretty(function)} takes {wanted} {plural}, not {count}", f"write {form}", span)


def definitions(names: Names) -> dict[str, Definition]:
    """The functions of the text, with their derivative rules; each body expanded."""
    found: dict[str, Definition] = {}
    for name, function in names.functions.items():
        body = expand(function.body, names, (), function.parameters)
        found[name] = Definition(name, function.parameters, body, span=function.span)
    for rule in names.primes:
        shown = pretty(rule.name) + "'" * rule.order
        if rule.name not in found:
            meant = closest(rule.name, found)
            help = (
                f"did you mean {pretty(meant)}'?"
                if meant
                else f"define {pretty(rule.name)}({rule.parameter}) = … first"
            )
            raise names.error("E125", f"{shown} is a derivative of no function of this text", help, rule.span)
        of = found[rule.name]
        if len(of.parameters) != 1:
            problem = f"{pretty(rule.name)} has {len(of.parameters)} arguments, so it has no one derivative"
            raise names.error("E125", problem, "give derivative rules for functions of one argument", rule.span)
        if rule.order in of.rules:
            raise names.error("E125", f"{shown} is given twice", "take one of the two rules out", rule.span)
        rules = {**of.rules, rule.order: (rule.parameter, expand(rule.body, names, (), (rule.parameter,)))}
        found[rule.name] = replace(of, rules=rules)
    _no_recursion(found, names)
    _with_reads(found)
    return found


def used_macros(exprs: Iterable[Expr], names: Names) -> dict[str, Definition]:
    """The definitions of the macros that expressions call."""
    called = {node.function for expr in exprs for node in nodes(expr) if isinstance(node, Call)}
    return {name: DEFINED[name] for name in DEFINED if name in called and name not in names.functions}


def calls(expr: Expr) -> dict[str, Span]:
    """The functions an expression calls, each with the place of its first call."""
    found: dict[str, Span] = {}
    for node in nodes(expr):
        if isinstance(node, Call):
            found.setdefault(node.function, node.span)
    return found


def _no_recursion(found: Mapping[str, Definition], names: Names) -> None:
    """An error if a function calls itself, directly or through others."""
    state: dict[str, int] = {}  # 1: on the way down, 2: done
    for start in found:
        path: list[tuple[str, list[tuple[str, Span]]]] = []
        if start not in state:
            state[start] = 1
            path.append((start, _called(found[start], found)))
        while path:
            name, rest = path[-1]
            if not rest:
                state[name] = 2
                path.pop()
                continue
            target, span = rest.pop(0)
            if state.get(target) == 1:
                through = [step for step, _ in path]
                chain = " → ".join(pretty(step) for step in (*through[through.index(target) :], target))
                raise names.error(
                    "E107",
                    f"{pretty(target)} calls itself: {chain}",
                    "write it with functions that do not need it; a recurrence runs over a letter: h[t] = …",
                    span,
                )
            if target not in state:
                state[target] = 1
                path.append((target, _called(found[target], found)))


def _called(definition: Definition, found: Mapping[str, Definition]) -> list[tuple[str, Span]]:
    bodies = (definition.body, *(body for _, body in definition.rules.values()))
    own = calls(definition.body)
    for body in bodies[1:]:
        # a derivative rule may use its own function: A'(u) = (1 - A(u))*A(u)
        own.update({name: span for name, span in calls(body).items() if name != definition.name})
    return [(name, span) for name, span in own.items() if name in found]


def _with_reads(found: dict[str, Definition]) -> None:
    """Fill in what each function reads, those that others call first."""
    for part in components({name: tuple(calls(definition.body)) for name, definition in found.items()}):
        definition = found[part[0]]
        every_name = [name for name in names_read(definition.body, found) if name not in definition.parameters]
        plain = names_read(definition.body, found, skip_reduced=True)
        found[part[0]] = replace(
            definition,
            reads=tuple(name for name in every_name if name in plain),
            reduced=tuple(name for name in every_name if name not in plain),
        )


def names_read(expr: Expr, functions: Mapping[str, Definition], skip_reduced: bool = False) -> dict[str, Span]:
    """The names an expression reads, through functions too, each with the place of its first reading.

    Names inside a derivative are read: its value needs theirs. ``skip_reduced`` leaves out what stands under a
    reduction over the patterns.
    """
    found: dict[str, Span] = {}
    todo = [expr]
    while todo:
        node = todo.pop()
        match node:
            case Ref(name, _, span):
                found.setdefault(name, span)
            case Reduce(_, (), _) if skip_reduced:
                continue
            case Call(function, _, _, span) if function in functions:
                definition = functions[function]
                for name in definition.reads if skip_reduced else (*definition.reads, *definition.reduced):
                    found.setdefault(name, span)
        todo.extend(reversed(children(node)))
    return found


def within(expr: Expr, functions: Mapping[str, Definition]) -> tuple[Expr, ...]:
    """An expression and the bodies of all functions that its value needs."""
    found = [expr]
    seen: set[str] = set()
    for one in found:
        new = [name for name in calls(one) if name in functions and name not in seen]
        seen.update(new)
        found.extend(functions[name].body for name in new)
    return tuple(found)
