"""What a learner typed → a claim: what the left side speaks of, and the right side that is to be judged.

Conventions. ``∂E/∂w``, ``d(E)/d(w)`` and ``dE/dw`` are the total derivative, ``partial(E)/partial(y)`` the one of a
single equation. ``w <- …``, ``w = …`` of a weight and ``w_new = …`` speak of its next value, ``Δw = …`` of its change,
a derived quantity's name of its value. ``δ1``, ``δ_h1``, ``δ[p,j]`` is the derivative of the error by what goes into
an activation; where that has no name, it gets one that no text can have, ``net#h1``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Literal, NoReturn, TypeVar, cast

from chainrule.derive.derive import goal_of
from chainrule.derive.index.network import free_letter
from chainrule.derive.judge.deltas import NET, Delta, activations, deltas
from chainrule.derive.judge.explicit_model import MEAN
from chainrule.derive.judge.own_letters import in_the_models, of_another_set, unknown
from chainrule.derive.sizes import Alike, alike_of, set_name
from chainrule.errors import NOWHERE, NotationError, Source, Span, UsageError
from chainrule.expr.nodes import Call, Derivative, Equation, Expr, Ref, Size, index
from chainrule.expr.walk import nodes, transform
from chainrule.model.explicit import unwritten, varying
from chainrule.model.letters import every, free
from chainrule.model.macros import DEFINED, SOFTMAX, softmax
from chainrule.model.model import HIDDEN, Model
from chainrule.notation import parse_equation
from chainrule.notation.known import KNOWN, closest
from chainrule.notation.names import ascii as kept
from chainrule.notation.names import pretty
from chainrule.values import dataclass

E = TypeVar("E", bound=Expr)
Kind = Literal["derivative", "next", "change", "value"]

LONGEST = 10_000
"""Characters of a line."""

_NAME = "\\w[\\w\u0302\u0304\u0305\u0307\u0303]*"
_LEIBNIZ = re.compile(rf"(?<!\w)d({_NAME})\s*/\s*d({_NAME})")
_SECOND = re.compile(rf"(?<!\w)d(?:²|\^2)\s*({_NAME})\s*/\s*d({_NAME}?)(?:²|\^2)(?!\w)")
_ARROW = re.compile("<-|←|:=|⟵")
_WHERE = re.compile(r"(?<=_)\{([^{}:]+):([^{}:=]+)\}\s*")
"""Σ_{u: p−u ∈ q}, as derivations print a sum over those letters for which a bracket holds."""
_NEW = re.compile(rf"^(\s*)({_NAME}?)(_new|_next|⁺|'|′)(?=\s*(?:$|\[))")


_OLD = re.compile(rf"(?<!\w)({_NAME}?)_old(?!\w)")


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A claim. ``unbound`` are letters of the right side that nothing binds; ``turned`` references whose indices fit
    the declaration only in another order; ``nets`` the outputs whose inner argument got a name."""

    kind: Kind
    target: Ref | Derivative
    body: Expr
    typed: str
    letters: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()
    turned: tuple[tuple[Ref, Ref], ...] = ()
    nets: tuple[str, ...] = ()
    reading: str = ""  # what a δ was taken for, where it could be several, and a name of a derivative
    several: bool = False
    way: bool = True  # whether `derive` shows the way to what is right
    doubt: NotationError | None = None  # to be raised if no reading is right: a δ could be several


def read(model: Model, typed: str) -> list[TypedLine]:
    """The claim of a line; of a δ that may be several, each reading, the likeliest first.

    Errors: NotationError as for any text; UsageError E270 for what is no line, E271 for a name that is not of the
    model, E272 for indices that do not fit, E273 for a δ that names nothing, E274 for a left side that says
    nothing that can be judged.
    """
    if not typed.strip():
        raise UsageError("E270", "there is no line to judge", "write one, for example ∂E/∂w = (ŷ − y)·x")
    if len(typed) > LONGEST:
        raise UsageError("E270", f"the line is longer than {LONGEST} characters", "give one line of a derivation")
    primed(model, typed)
    text, stepped = in_notation(model, typed.strip())
    letters = {letter for group in model.sets for letter in group.letters} | {model.pattern} - {HIDDEN}
    names = (*model.quantities, *(() if model.rate else ("alpha", "eta")))
    functions = (*model.functions, *DEFINED)
    own = free_letter(model, model.equations) if model.pattern == HIDDEN else None
    letters |= ({own} if own else set()) | unknown(text, model)
    equation = parse_equation(Source(text, "<line>"), letters=letters, functions=functions, quantities=names)
    if own and not of_another_set(equation, own, model):
        equation = replace(equation, target=hidden(model, own, equation.target), body=hidden(model, own, equation.body))
    equation = in_the_models(equation, model, alike_of(model))
    first = LineReader(model, Source(text, "<line>"))
    found = [first.line(equation, typed.strip(), stepped)]
    for name, options in first.options.items():
        for number in range(1, len(options)):
            try:
                other = LineReader(model, Source(text, "<line>"), {name: number})
                found.append(other.line(equation, typed.strip(), stepped))
            except NotationError:
                continue  # its letters are of another reading
    return [replace(line, several=len(found) > 1) for line in found]


PRIMED = re.compile(r"\s*(\w+)\s*(['′]+|″)\s*(\(\s*\w+\s*\))?\s*=(?!=)")


def primed(model: Model, typed: str) -> None:
    """The error of a prime at a quantity, ``f'' = …`` and ``f'(x) = …``: a quantity may depend on several things."""
    met = PRIMED.match(typed)
    name = kept(met[1]) if met else ""
    if met is None or name not in model.quantities or model.quantities[name].role == "weight":
        return
    twice = len(met[2].replace("″", "''"))
    weights = [quantity.name for quantity in model.named("weight")]
    of = pretty(kept(met[3].strip("( )")) if met[3] else weights[0] if weights else "w")
    power = "" if twice == 1 else "²" if twice == 2 else f"^{twice}"
    problem = f"{pretty(name)} is a quantity, and a prime is for functions"
    help = f"write ∂{power}{pretty(name)}/∂{of}{power} = …"
    raise NotationError("E274", problem, help, Source(typed.strip(), "<line>"), Span(0, len(met[0].strip())))


def hidden(model: Model, pattern: str, expr: E) -> E:
    """An expression without the letter that derivations give the patterns where the text has none."""
    named = transform(expr, lambda node: replace(node, letter=HIDDEN) if node == Size(pattern) else node)
    return cast(E, unwritten(named, pattern, names=varying(model)))


def in_notation(model: Model, typed: str) -> tuple[str, bool]:
    """The line with ``dE/dw`` as ``∂E/∂w``, an arrow as ``=`` and ``w_new`` as ``w``; whether it spoke of a step."""

    def leibniz(found: re.Match[str]) -> str:
        known = {*model.quantities, model.goal.name}
        above, below = found[1], found[2]
        if kept("d" + above) in known or kept(above) not in known or kept(below) not in known:
            return found[0]
        return f"∂{above}/∂{below}"

    def second(found: re.Match[str]) -> str:
        known = {*model.quantities, model.goal.name}
        return f"∂²{found[1]}/∂{found[2]}²" if {kept(found[1]), kept(found[2])} <= known else found[0]

    text = _WHERE.sub(r"{\1} [\2]·", _LEIBNIZ.sub(leibniz, _SECOND.sub(second, typed)))
    left, mark, right = text.partition("=")
    arrow = _ARROW.search(text)
    if arrow and arrow.start() <= len(left):
        left, mark, right = text[: arrow.start()], arrow[0], text[arrow.end() :]
    right = _OLD.sub(lambda found: old(model, found), right)
    new = _NEW.match(left)
    stepped = bool(arrow and mark == arrow[0])
    if new and kept(new[2]) in model.quantities and kept(new[2] + new[3]) not in model.quantities:
        left, stepped = f"{left[: new.end(2)]}{' ' * len(new[3])}{left[new.end() :]}", True
        left = re.sub(r"(\S)\s+(\[)", r"\1\2", left)
    return (f"{left}={right}" if mark else text), stepped


def old(model: Model, found: re.Match[str]) -> str:
    """``w_old`` as ``w``, in as many characters."""
    known = kept(found[1]) in model.quantities and kept(found[0]) not in model.quantities
    return found[1] + " " * (len(found[0]) - len(found[1])) if known else found[0]


class LineReader:
    """Gives names their meaning in a model."""

    def __init__(self, model: Model, source: Source, picks: Mapping[str, int] | None = None) -> None:
        self._model, self._source, self._picks = model, source, picks or {}
        self._nets: dict[str, None] = {}
        self._deltas: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._called: dict[str, str] = {}  # names of derivatives in programs
        self.doubt: NotationError | None = None  # about a δ that could be several
        self.options: dict[str, list[Delta]] = {}

    def line(self, equation: Equation, typed: str, stepped: bool) -> TypedLine:
        model = self._model
        target: Expr = equation.target
        kind: Kind = "derivative"
        if isinstance(target, Ref):
            target, kind = self.left(target, stepped)
        elif stepped:
            self.fail("E274", "an arrow gives a weight its next value", "write w <- …, or ∂E/∂w = …", target.span)
        target = cast(Ref | Derivative, self.meant(target))  # δ is a derivative, all else stays what it is
        if isinstance(target, Derivative) and not isinstance(target.of, Ref):
            if target.of != self.meant(model.goal.value):
                help = "name it in the text, q = …, and write ∂q/∂w = …"
                self.fail("E274", "the left side differentiates an expression", help, equation.target.span)
            target = replace(target, of=Ref(MEAN if model.goal.each else model.goal.name))
        turned: list[tuple[Ref, Ref]] = []
        self.indices(target, turned)
        if turned:
            wrong, right = turned[0]
            problem = f"{pretty(right.name)} has the letters {shown(right)}"
            self.fail("E272", problem, f"write it so on the left: {pretty(right.name)}{shown(right)}", wrong.span)
        body = self.meant(equation.body)
        self.indices(body, turned)
        letters = free(target)
        mine = (*letters, HIDDEN, *((model.pattern,) if kind in ("next", "change") else ()))
        unbound = tuple(letter for letter in free(body) if letter not in mine)
        return TypedLine(kind, target, body, typed, letters, unbound, tuple(turned), tuple(self._nets), self.taken(),
                    doubt=self.doubt)  # fmt: skip

    def left(self, target: Ref, stepped: bool) -> tuple[Ref | Derivative, Kind]:
        """What a name on the left speaks of."""
        name, quantities = target.name, self._model.quantities
        if (net := self.net_input(target)) is not None:
            return net, "value"
        if name in quantities:
            if quantities[name].role == "weight":
                return target, "next"
            if stepped:
                self.fail("E274", f"{pretty(name)} is no weight", "an arrow gives a weight its next value", target.span)
            if quantities[name].role == "derived":
                return target, "value"
            self.fail("E274", f"{pretty(name)} is given, not computed", "write ∂E/∂w = …, or w <- …", target.span)
        if name == self._model.goal.name:
            return target, "value"
        stem = name.removeprefix("Delta_")
        if stem != name and stem in quantities and quantities[stem].role == "weight":
            return replace(target, name=stem), "change"
        return target, "derivative"  # δ, or the error that `meant` raises

    def meant(self, expr: Expr) -> Expr:
        """The expression with δ as the derivative it is and softmax written out. Errors for names that are none."""
        taken = every(expr)

        def change(node: Expr) -> Expr:
            match node:
                case Ref() if (net := self.net_input(node)) is not None:
                    return net
                case Ref(name, indices) if not self.known(name):
                    found = self.delta(name, len(indices), node.span) or self.of_program(name)
                    if found is None:
                        self.unknown(name, node.span)
                    of = goal_of(self._model, None)
                    own = self._model.quantities[of].letters
                    spoken = indices or tuple(map(index, found[1]))
                    return Derivative(Ref(of, tuple(map(index, own))), (Ref(found[0], spoken, node.span),))
                case Call(function, args) if function.startswith(SOFTMAX) and len(args) == 1:
                    return softmax(node, taken)
                case Call(function, args):
                    self.callable(function, len(args), node.span)
            return node

        return transform(expr, change)

    def callable(self, function: str, given: int, span: Span) -> None:
        """An error for a function that is none, or that takes another number of arguments."""
        definition = self._model.functions.get(function)
        if definition is None and function not in KNOWN:
            meant = closest(function, (*self._model.functions, *KNOWN))
            help = f"did you mean {meant}?" if meant else "a line may use the model's functions and known ones"
            self.fail("E271", f"no function is called {pretty(function)}", help, span)
        takes = len(definition.parameters) if definition else KNOWN[function]
        if takes != given:
            problem = f"{pretty(function)} takes {takes} arguments, not {given}"
            self.fail("E272", problem, "give it what it takes", span)

    def net_input(self, reference: Ref) -> Ref | None:
        """``net_h1``, what goes into the activation h1, where that has no name or another one."""
        name = reference.name
        out = name.removeprefix("net_")
        if out == name or self.known(name):
            return None
        inputs = activations(self._model)
        if out not in inputs:
            return None
        if inputs[out].startswith(NET):
            self._nets[out] = None
        return replace(reference, name=inputs[out])

    def known(self, name: str) -> bool:
        if name in self._model.quantities or name == self._model.goal.name or name.startswith(NET):
            return True
        return self._model.rate is None and name in ("alpha", "eta")

    def unknown(self, name: str, span: Span) -> NoReturn:
        near = closest(name, self._model.quantities)
        known = ", ".join(map(pretty, self._model.quantities))
        help = f"did you mean {pretty(near)}?" if near else f"the quantities of this model: {known}"
        self.fail("E271", f"no quantity is called {pretty(name)}", help, span)

    def delta(self, name: str, count: int, span: Span) -> tuple[str, tuple[str, ...]] | None:
        """The quantity by which a δ differentiates, and its letters; None for a name that is no δ."""
        if name != "delta" and not re.match(r"delta(_|\d)", name) and not name.startswith("delta_"):
            return None
        if name not in self._deltas:
            wanted = name.removeprefix("delta").removeprefix("_")
            fits = deltas(self._model, wanted, count)
            certain = [one for one in fits if one.likely]
            if not fits or len(certain) > 1:
                inputs = activations(self._model)
                names = [one.of for one in certain] or list(inputs)
                shown_ = ", ".join(f"δ_{pretty(out)}" for out in names)
                problem = f"{pretty(name)} could be several" if certain else f"{pretty(name)} names no activation"
                help = f"write one of {shown_}, or ∂E/∂z = …" if names else "write ∂E/∂z = …"
                if not fits:
                    self.fail("E273", problem, help, span)
                self.doubt = NotationError("E273", problem, help, self._source, span)
            self.options[name] = fits
            found = fits[self._picks.get(name, 0)]
            if found.net.startswith(NET):
                self._nets[found.of] = None
            self._deltas[name] = found.net, self._model.quantities[found.of].letters
        return self._deltas[name]

    def of_program(self, name: str) -> tuple[str, tuple[str, ...]] | None:
        """The quantity by which ``dW``, ``dγ`` and ``d_w`` differentiate the error, as programs call them; None for
        another name."""
        quantity = self._model.quantities.get(name.removeprefix("d").removeprefix("_"))
        if not name.startswith("d") or quantity is None:
            return None
        self._called[name] = quantity.name
        return quantity.name, quantity.letters

    def taken(self) -> str:
        """What each δ was taken for, where it could be several."""
        error = pretty(goal_of(self._model, None)) if self.options or self._called else ""
        parts = [f"{pretty(name)} = ∂{error}/∂{pretty(net).replace(NET, 'net_')}"
                 for name, (net, _) in self._deltas.items() if len(self.options[name]) > 1]  # fmt: skip
        parts += [f"{pretty(name)} = ∂{error}/∂{pretty(own)}" for name, own in self._called.items()]
        return " and ".join(parts)

    def indices(self, expr: Expr, turned: list[tuple[Ref, Ref]]) -> None:
        """Errors for indices that do not fit, but for those that fit in another order, which are slips."""
        for node in nodes(expr):
            if not isinstance(node, Ref):
                continue
            quantity = self._model.quantities.get(node.name.removeprefix(NET))
            declared = quantity.letters if quantity else ()
            written = f"{pretty(node.name)}[{','.join(declared)}]" if declared else pretty(node.name)
            if len(declared) != len(node.indices):
                problem = f"{pretty(node.name)} has {len(declared) or 'no'} indices, not {len(node.indices) or 'none'}"
                self.fail("E272", problem, f"write {written}", node.span)
            pairs = [(place.letter, own) for place, own in zip(node.indices, declared, strict=True) if place.letter]
            if all(self.alike.of(one) == self.alike.of(own) for one, own in pairs):
                continue
            sets = [set_name(letter, self._model) for letter in declared]
            mine = [set_name(place.letter, self._model) if place.letter else None for place in node.indices]
            if sorted(map(str, mine)) != sorted(sets) or len(set(sets)) < len(sets):
                self.fail("E272", f"the indices of {pretty(node.name)} do not fit", f"write {written}", node.span)
            right = tuple(node.indices[mine.index(own)] for own in sets)
            turned.append((node, replace(node, indices=right)))

    @cached_property
    def alike(self) -> Alike:
        return alike_of(self._model)

    def fail(self, code: str, problem: str, help: str, span: Span = NOWHERE) -> NoReturn:
        kind = UsageError if code == "E270" else NotationError
        raise kind(code, problem, help, self._source, span)


def shown(reference: Ref) -> str:
    return "[" + ",".join(position.letter or str(position.constant) for position in reference.indices) + "]"


