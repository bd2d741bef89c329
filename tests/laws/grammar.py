"""Random texts of the whole language that mean something: every statement and form of an expression, either spelling.

Beside the equations of `draft`: tables, listed values, boxes, computed data, facts, consts that depend on each other,
functions with primes and with rules of their own, macros, reductions over letters and over patterns, derivatives as
values, goals, and rules of learning.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tests.laws.draft import Draft, Line
from tests.laws.equations import owns

NUMBERS = ("½", "0.3", "2", "1/3", "0.7", "1", "3", "1e-1", "⅓", "0", "(2/3)", "0.25")
KNOWN = (
    "exp(-({a})^2)", "log(2 + ({a})^2)", "ln(1 + abs({a}))", "sqrt(1 + ({a})^2)", "tanh({a})", "sigmoid({a})", "σ({a})",
    "relu({a})", "softplus({a})", "sin({a})", "cos({a})", "sinh(½*tanh({a}))", "cosh(0.3*tanh({a}))", "arctan({a})",
    "abs({a})", "sign({a})", "max({a}, {b})", "min({a}, {b})", "gelu({a})", "elu({a})", "elu({a}, 0.5)", "swish({a})",
    "leaky_relu({a})", "leaky_relu({a}, 0.2)",
)  # fmt: skip
FORMS = (
    "{a} + {b}", "{a} - {b}", "({a})*({b})", "({a})·({b})", "({a})/(2 + ({b})^2)", "-({a})", "({a})²", "({a})^3",
    "½({a})", "2({a})", "({a})({b})", "(1 + ({a})^2)^(-½)", "2^tanh({a})", "(2 + sin({a}))^cos({b})", "({a})**2",
    "if({a} > {b}, {b}, {a})", "if({a} <= 0.1, {b}, 0.2*({a}))", "[{a} > {b}]*({a})", "[{a} ≥ 0.3]·({b})", "π*({a})/4",
    "({a})^0", "({a})^1", "(1 + ({a})²)⁻¹", "+{a}", "{a} +\n  {b}", "[{a} != {b}]*({a})", "({a})^2*[{b} == {b}]",
)  # fmt: skip
FUNCTIONS = (
    ("A", ("u",), "1/(1 + exp(-u))"), ("A", ("u",), "tanh(u)"), ("A", ("u",), "u^3/(1 + u²)"),
    ("T̂", ("x",), "sin(x)·x"), ("B", ("u",), "u/(1 + abs(u))"), ("B", ("q",), "max(q, 0.1·q)"),
    ("B", ("u",), "if(u > 0, u, exp(u) - 1)"),
    ("f", ("u", "v"), "u·cos(v)"), ("f", ("a", "b"), "tanh(a) + b²"), ("g", ("u",), "3"), ("g", ("u",), "A(u)²"),
    ("B", ("u",), "u^9"), ("g", ("u",), "log(1 + exp(u))"),
)  # fmt: skip
RULES = {
    "1/(1 + exp(-u))": "A'(u) = A(u)·(1 − A(u))",
    "tanh(u)": "A'(u) = 1 − A(u)²",
}
STARTS = ("", "", " := 0.4", " := 1/3", " ~ normal(0, 1)", " ~ uniform(-1, 1)", " ~ zeros()", " := -½", " := 0.2*π")
BOXES = ("", "", "", " in [-2, 2]", " in [0, ∞)", " in (-inf, 1]", " in reals", " in [0, 1]")
WEIGHTS = ("θ", "w", "W", "v", "a_hat", "Δw", "b_", "ω")
RATES = ("α", "η", "alpha")
BLOCKS = (
    "update θ, g\n  v := 0.3\n  v <- 0.9·v + g\n  θ <- θ − 0.1·v",
    "update θ, g\n  θ ← θ − 0.05*g/(1 + 0.01*t)",
    "update θ, g\n  m <- 0.9*m + 0.1*g\n  s <- 0.9*s + 0.1*g^2\n  θ <- θ − 0.1*m/(sqrt(s) + 0.01)",
    "update θ, g\n  θ <- θ − 0.1*sign(g)\n  n := 1\n  n <- n + 1",
    "update θ, g\n  h <- 0.1*max(min(g, 1), -1)\n  θ <- θ − h + 0.01*θ",
)
MOST = 4  # values of a letter


@dataclass(frozen=True)
class Sample:
    """A text with data for it, or None where the text has its own."""

    text: str
    data: dict[str, Any] | None

    def __str__(self) -> str:
        plain = {name: value.tolist() for name, value in (self.data or {}).items()}
        return f"{self.text}\ndata = {plain or None}\n"


@dataclass
class Maker(Draft):
    """A text of the whole language while it is written."""

    functions: dict[str, int] = field(default_factory=dict)
    smooth: set[str] = field(default_factory=set)  # functions of one parameter
    numbers: list[str] = field(default_factory=list)  # scalar consts
    statements: list[str] = field(default_factory=list)  # that may stand anywhere
    data: dict[str, Any] = field(default_factory=dict)
    deep: bool = True
    rows: int = 0  # of the arrays

    def one(self, choices: Sequence[str]) -> str:
        return self.choose.choice(choices)

    # ---------------------------------------------------------------- expressions

    def atom(self, letters: Sequence[str], varies: bool) -> str:
        """What an expression ends in."""
        draw = self.choose.random()
        pool = [name for name in self.axes if varies or not self.declared or name not in self.varying]
        if pool and draw < 0.6:
            return self.read(self.one([*pool, *pool[-2:]]), letters)
        if draw < 0.75:
            return self.weight(letters)
        if letters and draw < 0.84:
            letter = self.one(list(letters))
            return self.one((letter, f"{letter}/3", f"size({letter.rstrip(chr(39))})", f"({letter} − 1)"))
        if self.numbers and draw < 0.9:
            return self.one(self.numbers)
        return self.one(NUMBERS)

    def expression(self, letters: Sequence[str], varies: bool, depth: int) -> str:
        """An expression with these free letters."""
        if depth <= 0 or self.chance(0.15):
            return self.atom(letters, varies)
        draw = self.choose.random()
        pieces = {key: self.expression(letters, varies, depth - 1 - (key == "b")) for key in "ab"}
        if draw < 0.4:
            return f"({self.one(FORMS).format(**pieces)})"
        if draw < 0.65:
            return self.one(KNOWN).format(**pieces)
        if draw < 0.75 and self.functions:
            name = self.one(list(self.functions))
            if self.functions[name] == 2:
                return f"{name}({pieces['a']}, {pieces['b']})"
            primes = self.one(("", "", "'", "''")) if name in self.smooth else ""
            return f"{name}{primes}({pieces['a']})"
        if draw < 0.9 and len(self.ranges) > 0:
            return self.reduced(letters, varies, depth - 1)
        if draw < 0.95 and not self.declared and varies and self.inputs:
            return f"({self.one(('mean', 'sum', 'max', 'min', 'Σ'))} ({pieces['a']}))"
        return pieces["a"]

    def reduced(self, letters: Sequence[str], varies: bool, depth: int) -> str:
        """A reduction over letters."""
        over: list[str] = []
        for _ in range(self.choose.choice((1, 1, 1, 2))):
            over.append(self.letter(self.choose.choice(list(self.ranges.values())), (*letters, *over), fresh=0))
        inner = (*letters, *over)
        body = self.expression(inner, varies, depth)
        operator = self.one(("sum", "sum", "mean", "max", "min", "prod", "logsumexp", "Σ", "∏"))
        if len(over) == 1 and "'" not in over[0] and self.chance(0.4) and over[0] not in letters:
            weighed = f"softmax_{over[0]}({body})"
            return f"(sum_{over[0]} {weighed}*({self.expression(inner, varies, 0)}))"
        letter = over[0] if len(over) == 1 else "{" + ",".join(over) + "}"
        return f"({operator}_{letter} ({body}))"

    # ---------------------------------------------------------------- declarations

    def given(self) -> None:
        """Data and targets, and where their values come from: a table, listed values, an array, or nothing."""
        source = self.one(("table", "table", "listed", "array", "array", "none"))
        self.declared &= source == "array"
        declared: list[str] = []
        columns: list[tuple[str, int, str]] = []
        for name in ("x", "x₂", "ẋ")[: self.choose.randint(1, 3)] if source != "none" else ():
            letters = self.chosen(self.choose.choice((0, 0, 1, 2))) if source != "listed" else []
            if len(self.reach(letters)) > 6:
                letters = []
            self.take(name, letters)
            size = len(self.reach(letters))
            if source == "listed":
                declared.append(f"data {self.at(name, letters)} in {{{self.one(('0, 1', '-1, 1', '0, ½, 1'))}}}")
            elif source == "array":
                domain = self.one(("", "", " in reals", " in [-9, 9]"))
                declared.append(f"data {self.at(name, letters)}{domain}")
            elif letters or self.chance(0.3):
                declared.append(f"data {self.at(name, letters)}")
            columns.append((name, size, "data"))
        if source in ("table", "array") and self.chance(0.6):
            self.take("y", [])
            if source == "array" or self.declared:
                declared.append(f"target {self.at('y', [])}")
            columns.append(("y", 1, "target"))
        elif source != "none" and self.chance(0.4):
            self.entries["y"], self.axes["y"] = frozenset({()}), ()
            scalars = [name for name in self.inputs if not self.axes[name]]
            value = f"{self.at(self.one(scalars), [])}² − ½" if scalars else "½"
            self.varying.add("y")
            declared.append(f"target {self.at('y', [])} = {value}")
        if source == "table":
            declared.append(self.table(columns))
        elif source == "listed" and self.chance(0.5):
            declared += self.classes()
        elif source == "array":
            rows = self.rows = self.choose.randint(1, 3)
            draw = np.random.default_rng(self.choose.randrange(2**20))
            for name, _, _ in columns:
                self.data[name.replace("₂", "2").replace("ẋ", "x_dot")] = draw.normal(
                    size=(rows, *map(len, self.axes[name]))
                ).round(2)
        self.statements += declared

    def classes(self) -> list[str]:
        """A label and its classes, of which a fact says that there is one."""
        values = range(low := self.choose.choice((0, 1)), low + self.choose.randint(2, 3))
        letter = self.letter(values)
        self.take("label", [])
        self.take("t1", [letter.rstrip("'")])
        plain = letter.rstrip("'")
        lines = [
            f"data label in {{{', '.join(map(str, values))}}}",
            f"target t1[{plain}] = [label == {plain}]",
            f"fact Σ_{plain} t1[{plain}] = 1",
        ]
        return lines if self.chance(0.8) else [*lines[:2], f"fact label = Σ_{plain} t1[{plain}]·{plain}"]

    def take(self, name: str, letters: Sequence[str]) -> None:
        self.enter({name: [list(letters)]}, True)
        self.axes[name] = tuple(map(self.values, letters))
        self.inputs.append(name)

    def table(self, columns: list[tuple[str, int, str]]) -> str:
        """A table; an array's column as a whole, or entry by entry."""
        data = [column for column in columns if column[2] == "data"]
        targets = [column for column in columns if column[2] == "target"]

        def cell() -> str:
            return self.one(("", "-")) + self.one(("1", "0.5", "½", "2/3", "0", "1e-1", "0.25"))

        heads = [" ".join(name for name, _, _ in part) for part in (data, targets) if part]
        counts = [sum(size for _, size, _ in part) for part in (data, targets) if part]
        rows = [
            " | ".join(" ".join(cell() for _ in range(count)) for count in counts)
            for _ in range(self.choose.randint(1, 3))
        ]
        return "\n      ".join([f"table {' | '.join(heads)}", *rows])

    def listed(self, shape: Sequence[int]) -> str:
        if not shape:
            return self.one(("0.4", "-0.7", "½", "0.9", "-1/3", "1.5"))
        return "[" + ", ".join(self.listed(shape[1:]) for _ in range(shape[0])) + "]"

    def constants(self) -> None:
        """Consts, some of others."""
        self.numbers.append("c")
        self.statements.append(f"const c := {self.one(('0.4', '-½', '1/3', '2·π/10'))}")
        if self.chance(0.3):
            self.numbers.append("λ")
            self.statements.append(f"const λ := {self.one(('c/2', '0.1', 'c² + 0.1'))}")
        if self.chance(0.4) and self.ranges:
            letter = self.one(list(self.ranges))
            own = self.values(letter)
            value = self.one((self.listed([len(own)]), f"sin({letter})", f"{letter}/(1 + {letter}²)", "0.3"))
            self.statements.append(f"const κ[{letter}] := {value}")
            self.entries["κ"] = frozenset((value,) for value in own)
            self.axes["κ"] = (own,)

    def define_functions(self) -> list[str]:
        """Functions, with the rules of some."""
        lines = []
        for name, parameters, body in self.choose.sample(FUNCTIONS, self.choose.randint(0, 3)):
            needed = [one for one in "A" if f"{one}(" in body]
            if name in self.functions or any(one not in self.functions for one in needed):
                continue
            self.functions[name] = len(parameters)
            if len(parameters) == 1:
                self.smooth.add(name)
            lines.append(f"{name}({', '.join(parameters)}) = {body}")
            if body in RULES and parameters == ("u",) and self.chance(0.5):
                lines.append(RULES[body])
        return lines

    # ---------------------------------------------------------------- equations

    def equation(self) -> None:
        """A quantity with letters or without, and any right side."""
        letters = self.chosen(self.choose.choice((0, 1, 1, 2)))
        varies = self.chance(0.8) and bool(self.inputs)
        name = self.name()
        body = self.expression(letters, varies, self.choose.choice((1, 1, 2) if self.deep else (1,)))
        self.enter({name: [letters]}, varies)
        if not letters:
            self.axes[name] = ()
        self.groups.append([Line(name, tuple(letters), body)])

    def loss(self) -> list[str]:
        """The error, what is watched, and the goal."""
        varies = bool(self.inputs)
        used = [name for group in self.groups for name in dict.fromkeys(line.name for line in group)]
        parts = [self.read(name, ()) for name in used[-2:]]
        if "y" in self.axes:
            parts.append(f"(-1)*{self.at('y', [])}")
        inner = " + ".join(parts) or self.expression((), varies, 1)
        if varies:
            self.varying.add("E")
        last = self.at("E", [])
        body = self.one(("½({a})²", "({a})^2", "log(1 + ({a})²)", "1 − cos({a})", "({a} − {b})²/2")).format(
            a=inner, b=self.expression((), varies, 1)
        )
        lines = [f"{last} = {body}"]
        scalars = [name for name, own in self.weights.items() if not own]
        extra = ""
        if self.weights and self.chance(0.3):
            name, own = self.choose.choice(list(self.weights.items()))
            over = own[0] if len(own) == 1 else "{" + ",".join(own) + "}"
            extra = f" + {self.one(('λ', '0.1'))if 'λ' in self.numbers else '0.1'}·" + (
                f"(Σ_{over} {self.at(name, own)}²)" if own else f"{name}²"
            )
        if scalars and not self.declared and self.chance(0.12):
            w = self.one(scalars)
            lines.append(f"D = {self.one((f'∂E/∂{w}', f'd(E)/d({w})', f'∂²E/∂{w}²', f'∂E/∂{w} + {w}'))}")
        reduction = self.one(("mean", "mean", "sum", "max", "min"))
        over = "_p" if self.declared else ""
        goal = f"{self.one(('minimise', 'minimise', 'minimize', 'maximise'))} "
        if varies and self.chance(0.9):
            goal += f"{reduction}{over} {last}{extra}"
        else:
            goal += f"{last}{extra}"
        if self.chance(0.85) or len(lines) > 1 or any(not line.places for group in self.groups for line in group):
            lines.append(goal)
        return lines

    def learning(self) -> list[str]:
        """Rates and rules."""
        lines = []
        if self.chance(0.4):
            lines.append(f"const {self.one(RATES)} := 0.1")
        if self.chance(0.25):
            lines.append(self.one(BLOCKS))
        scalars = [name for name, own in self.weights.items() if not own]
        if scalars and self.chance(0.15):
            w = self.one(scalars)
            lines.append(self.one((f"update {w} <- {w} − 0.05*∂E/∂{w}", f"update {w} <- {w}")))
        return lines

    def weighed(self) -> list[str]:
        """The declarations of the weights."""
        lines = []
        for name, own in self.weights.items():
            start = self.one(STARTS)
            if own:
                shape = [len(self.values(one)) for one in own]
                more = (f" := {self.listed(shape)}", f" := sin({own[0]})", " ~ glorot()")
                start = self.one((*STARTS, *more[: 3 if len(own) == 2 else 2]))
            lines.append(f"{self.at(name, own)}{self.one(BOXES)}{start}")
        if self.chance(0.5):
            return [f"weight {one}" for one in lines]
        return [f"weight {', '.join(lines)}"] if lines else []

    def letters_line(self) -> list[str]:
        """The declarations of the letters; letters of equal ranges may share one."""
        shared: dict[range, list[str]] = {}
        groups = []
        for letter, own in self.ranges.items():
            if self.chance(0.5) and own in shared:
                shared[own].append(letter)
            else:
                shared[own] = [letter]
                groups.append((shared[own], own))
        sized = [letter for name in self.inputs for letter in owns(self, name) if self.rows and name[0] in "xẋ"]
        texts, lines = [], []
        for letters, own in groups:
            if len(letters) == 1 and letters[0] in sized and own.start == 1 and self.chance(0.4):
                lines.append(f"index {letters[0]}")  # its size is that of the data
            elif self.chance(0.1) and not any("const N" in one for one in self.statements):
                self.statements.append(f"const N := {own.stop - 1}")
                texts.append(f"{', '.join(letters)} = {own.start}..N")
            else:
                texts.append(f"{', '.join(letters)} = {own.start}..{own.stop - 1}")
        lines += [f"index {', '.join(texts)}"] if texts and self.chance(0.7) else [f"index {one}" for one in texts]
        patterns = f"patterns p = 1..{self.rows}" if self.chance(0.2) else "patterns p"
        return lines + ([patterns] if self.declared else [])


def sample(seed: int, large: bool = True) -> Sample:
    """The text of a seed; a small one is soon differentiated."""
    choose = random.Random(seed)
    maker = Maker(choose, declared=choose.random() < 0.3)
    for _ in range(choose.choice((0, 1, 1, 2, 2))):
        low = choose.choice((-1, 0, 1, 1, 1, 2))
        maker.ranges[maker.spare.pop(0)] = range(low, low + choose.choice((1, 2, 2, 3, MOST)))
    maker.given()
    maker.constants()
    functions = maker.define_functions()
    maker.deep = large
    for _ in range(choose.choice((1, 1, 2, 2, 3) if large else (1, 1, 2))):
        kinds = [maker.equation] * 3 + ([maker.recurrent, maker.plain] if maker.ranges else [])
        choose.choice(kinds)()
    last = maker.loss()
    equations = [
        f"{maker.at(line.name, line.places)} = {line.body}" for group in maker.groups for line in arranged(maker, group)
    ]
    head = maker.letters_line()
    anywhere = [*maker.statements, *maker.weighed(), *maker.learning()]
    for name in "AB":
        if name not in maker.functions and any(f"{name}(" in one for one in (*equations, *functions)):
            functions.insert(0, f"{name}(u) = {'u/(1 + abs(u))' if name == 'B' else '1/(1 + exp(-u))'}")
    if maker.chance(0.8):
        lines = [*head, *anywhere, *functions, *equations, *last]
    else:
        lines = [*functions, *equations, *last, *anywhere, *head]
    if maker.chance(0.3):
        lines.insert(choose.randrange(len(lines)), "  # a remark: E = 1")
        lines.insert(choose.randrange(len(lines)), "")
    written = "\n".join(lines)
    if maker.chance(0.3):
        written = typed(written)
    return Sample(written, maker.data or None)


def arranged(maker: Maker, group: Sequence[Line]) -> list[Line]:
    """The lines of a group, base lines first or last."""
    bases, general = [one for one in group if one.base], [one for one in group if not one.base]
    return [*bases, *general] if maker.chance(0.7) else [*general, *bases]


def typed(text: str) -> str:
    """The same with fewer signs of print, or more of them."""
    plain = {"·": "*", "−": "-", "Σ_": "sum_", "∏_": "prod_", "²": "^2", "≥": ">=", "←": "<-", "∞": "inf", "π": "pi"}
    for sign, word in plain.items():
        text = text if sign == "²" and "∂²" in text else text.replace(sign, word)
    return text
