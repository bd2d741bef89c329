"""Random texts, half made by the grammar and half mutated, through every stage that reads a text.

    python3 dev.py campaign fuzz --count 1000000 --seed 0

A stage may raise `ChainruleError` and nothing else, with a place inside the text, in bounded time; and while it works
an audit hook forbids what no text may bring about: compiling, running, importing, opening, connecting. A text that was
read is printed in both forms and read again as the same.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chainrule.errors import ChainruleError, LimitError
from chainrule.notation import parse, show_text
from chainrule.notation.statements import Text

SLOWEST = 2.0  # seconds one text may take; the longest of these texts takes a few milliseconds
FORBIDDEN = (
    "compile",
    "exec",
    "import",
    "open",
    "socket.",
    "subprocess.",
    "os.",
    "ctypes.",
    "pickle.",
    "marshal.",
    "code.",
)


# -------------------------------------------------------------------- stages


def read(text: str, _: Any) -> Text:
    return parse(text)


def reprint(text: str, value: Text) -> Text:
    """Print and read again: the law of the notation."""
    for ascii in (False, True):
        shown = show_text(value, ascii)
        again = parse(shown)
        if again != value:
            raise AssertionError(f"read back otherwise:\n{shown}")
        if show_text(again, ascii) != shown:
            raise AssertionError(f"printed otherwise the second time:\n{shown}")
    return value


Stage = Callable[[str, Any], Any]
STAGES: list[Stage] = [read, reprint]
"""In order; each gets the text and what the stage before it returned."""


# -------------------------------------------------------------------- texts

NAMES = [
    "x",
    "y",
    "w",
    "b",
    "E",
    "u",
    "v",
    "z",
    "s",
    "ŷ",
    "x̄",
    "x1",
    "x₂",
    "W₁",
    "α",
    "η0",
    "λ",
    "σ",
    "θ",
    "Δw",
    "y_hat",
    "mean_error",
    "sum_i",
    "d",
    "e",
    "e1",
    "wx",
]
LETTERS = ["i", "j", "k", "p", "q", "t", "i", "j", "k", "i'", "k''"]
FUNCTIONS = [
    "exp",
    "log",
    "ln",
    "tanh",
    "sigmoid",
    "σ",
    "relu",
    "A",
    "A'",
    "A''",
    "T̂",
    "max",
    "min",
    "abs",
    "sqrt",
    "softmax_k",
    "gelu",
    "f",
]
NUMBERS = ["0", "1", "2", "½", "0.5", "1/2", "3/4", "1e-3", "5e-05", "2e1", "007", "⅓", "64", "0.1"]
ODD = [
    "\\",
    "\\hat",
    "\\frac{a}{b}",
    "\\sum_i",
    "$",
    "@",
    "!",
    "&",
    ";",
    "%",
    '"',
    "`",
    "?",
    ":",
    "é",
    "ß",
    "я",
    "а",
    "１",
    "𝑥",
    "∫",
    "√",
    "→",
    "≈",
    "…",
    "\u202e",
    "\u200b",
    "\ufeff",
    "�",
    "\x00",
    "\x1b",
    "\x85",
    "|",
    "||",
    "==",
    "!=",
    ":=",
    "<-",
    "←",
    "<=",
    "≥",
    "..",
    "...",
    "**",
    "//",
    "'",
    "′",
    "’",
    "″",
    "²",
    "⁻¹",
    "²³",
    "⁻",
    "₁",
    "ᵢ",
    "ₜ₋₁",
    "∂",
    "∂²",
    "∞",
    "inf",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    "~",
    "=",
    "+",
    "-",
    "−",
    "*",
    "·",
    "×",
    "/",
    "^",
    "#",
    "\t",
    "\r",
    "\r\n",
    "\n\n",
    "sigmiod",
    "1e400",
    "1e-400",
    "t",
    "1.",
    ".5",
    "1_000",
    "0,5",
    "1e99999999999",
    "99999999999999999999999999999999999999999999999999999999999999999999",
]


class Maker:
    """Well-formed statements, more or less, from a random source."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, choices: list[str]) -> str:
        return self.random.choice(choices)

    def expression(self, depth: int) -> str:
        r = self.random
        if depth <= 0 or r.random() < 0.2:
            return r.choice(
                [
                    self.one(NAMES),
                    self.one(NUMBERS),
                    f"{self.one(NAMES)}[{self.indices()}]",
                    self.one(NAMES) + r.choice(["ᵢ", "ⱼᵢ", "ₜ₋₁", "₁ᵢ"]),
                    self.one(LETTERS),
                    "π",
                    f"size({self.one(LETTERS)})",
                ]
            )
        a, b, c = (self.expression(depth - 1 - r.randrange(2)) for _ in range(3))
        return r.choice(
            [
                f"{a} + {b}", f"{a} − {b}", f"-{a}", f"{a}*{b}", f"{a}·{b}", f"{a} {b}", f"{a}{b}", f"{a}/{b}",
                f"({a})", f"({a})({b})", f"({a})²", f"{a}^{b}", f"({a})**{b}", f"{a}⁻¹", f"{self.one(FUNCTIONS)}({a})",
                f"{self.one(FUNCTIONS)}({a}, {b})", f"Σ_{self.one(LETTERS)} {a}", f"sum_{self.one(LETTERS)} {a}",
                f"Σᵢ({a})", f"prod_i ({a})", f"max_{{i,j}} {a}", f"mean {a}", f"[{a} > {b}]", f"[{a} == {b}]·{c}",
                f"[{self.indices()} in {self.one(LETTERS)}]", f"if({a} < {b}, {c}, {a})", f"∂{self.one(NAMES)}/∂{self.one(NAMES)}",
                f"∂²E/∂{self.one(NAMES)}²", f"∂²E/∂w∂{self.one(NAMES)}", f"d({a})/d({self.one(NAMES)})",
                f"partial({a})/partial(x[i])", f"½({a} − {b})²", f"{a}\n  + {b}", f"{a} +\n  {b}",
            ]
        )  # fmt: skip

    def indices(self) -> str:
        r = self.random
        return ",".join(
            r.choice([self.one(LETTERS), self.one(LETTERS), "t-1", "2*i+1", "2i - j + 3", "0", "-1"])
            for _ in range(r.randrange(1, 3))
        )

    def declaration(self, role: str) -> str:
        r = self.random
        name = self.one(NAMES) + r.choice(
            ["", "", f"[{self.one(LETTERS)}]", f"[{self.one(LETTERS)},{self.one(LETTERS)}]"]
        )
        domain = r.choice(
            [
                "",
                "",
                " in {0, 1}",
                " ∈ [0, 1]",
                " in [1, ∞)",
                " in (-inf, 0]",
                " in reals",
                " in integers",
                " in [0, 1)",
                " in {1..3}",
            ]
        )
        starts = [
            "",
            "",
            f" := {self.expression(1)}",
            f" = {self.expression(2)}",
            " ~ normal(0, 1)",
            " ~ zeros()",
            " := [[1, 2], [3, x]]",
        ]
        return name + domain + r.choice(starts)

    def statement(self) -> str:
        r = self.random
        name, depth = self.one(NAMES), r.randrange(1, 5)
        return r.choice(
            [
                lambda: f"index {self.one(LETTERS)} = 1..3, k, q = 0..n",
                lambda: r.choice([f"index {self.one(LETTERS)}, {self.one(LETTERS)}", "patterns p"]),
                lambda: self.roles("data"),
                lambda: self.roles("target"),
                lambda: self.roles("weight"),
                lambda: self.roles("const"),
                self.table,
                lambda: f"fact {self.expression(2)} = {self.expression(1)}",
                lambda: f"{self.one(['A', 'f', 'T̂', 'g', 'φ'])}(u) = {self.expression(depth)}",
                lambda: f"A{chr(39) * r.randrange(1, 3)}(u) = {self.expression(depth)}",
                lambda: f"{name} = {self.expression(depth)}",
                lambda: f"{name}[{self.indices()}] = {self.expression(depth)}",
                lambda: f"E = {self.expression(depth)}  # {self.one(NAMES)}",
                lambda: f"update {name} <- {self.expression(depth)}",
                lambda: f"update θ, g\n  v := 0.3\n  v <- {self.expression(2)}\n  θ ← θ - α*v",
                lambda: f"{self.one(['minimise', 'minimize', 'maximise', 'maximize'])} {self.expression(depth)}",
            ]
        )()  # fmt: skip

    def roles(self, role: str) -> str:
        return f"{role} " + ", ".join(self.declaration(role) for _ in range(self.random.randrange(1, 4)))

    def table(self) -> str:
        r = self.random
        left, right = r.randrange(1, 4), r.randrange(0, 3)
        columns = [f"{self.one(NAMES)}{r.choice(['', '', '[2]'])}" for _ in range(left + right)]

        def row(cells: list[str]) -> str:
            return " ".join(cells[:left]) + (" | " + " ".join(cells[left:]) if right else "")

        rows = [row([r.choice(["", "-"]) + self.one(NUMBERS) for _ in columns]) for _ in range(r.randrange(0, 4))]
        return "\n      ".join([f"table {row(columns)}", *rows])

    def model(self) -> str:
        declared = [
            "index i = 1..2, j, k, q = 1..3, p, t = 0..4",
            "A(u) = 1/(1 + exp(-u))",
            "f(u, v) = u",
            "T̂(x) = x",
            "data x[i], x1, b",
            "weight w[i], W1[j,i]",
        ]
        lines = [line for line in declared if self.random.random() < 0.9]
        return "\n".join([*lines, *(self.statement() for _ in range(self.random.randrange(1, 4)))])

    def passage(self, text: str) -> str:
        """Some lines of a text that follow each other; now and then all."""
        lines = text.splitlines(keepends=True)
        first = self.random.randrange(len(lines)) if self.random.random() < 0.9 else 0
        return "".join(lines[first : first + self.random.randrange(1, 6)] if first else lines)

    def mutate(self, text: str) -> str:
        """The text with some pieces put in, taken out, doubled, swapped or cut off."""
        r = self.random
        for _ in range(r.choice([1, 1, 1, 2, 3, 8])):
            at, to = sorted((r.randrange(len(text) + 1), r.randrange(len(text) + 1)))
            to = min(to, at + r.choice([1, 1, 2, 5, 30]))
            piece = r.choice(ODD) if r.random() < 0.5 else r.choice([*NAMES, *LETTERS, *FUNCTIONS, *NUMBERS])
            match r.randrange(6):
                case 0 | 1:
                    text = text[:at] + piece + text[at:]
                case 2:
                    text = text[:at] + text[to:]
                case 3:
                    text = text[:to] + text[at:to] * r.choice([1, 1, 2, 50]) + text[to:]
                case 4:
                    text = text[:at] + piece + text[to:]
                case 5:
                    text = text[:at] if r.random() < 0.3 else text[:at] + text[at:to][::-1] + text[to:]
        return text


def texts(count: int, seed: int, examples: list[str]) -> Iterator[str]:
    """Half made by the grammar, of which a third is mutated as well; half mutated examples."""
    maker = Maker(seed)
    for number in range(count):
        if number % 2:
            yield maker.mutate(maker.passage(maker.random.choice(examples)))
        else:
            text = maker.model()
            yield maker.mutate(text) if number % 3 == 0 else text


# -------------------------------------------------------------------- running


class Guard:
    """While it is on, whatever a text must never bring about ends the run."""

    def __init__(self) -> None:
        self.on = False
        sys.addaudithook(self.audit)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event.startswith(FORBIDDEN):
            self.on = False
            raise AssertionError(f"a text led to {event} {arguments!r:.200}")


def check(text: str, guard: Guard | None = None, stages: list[Stage] | None = None) -> str:
    """Take a text through the stages; the code of its error, or "" where there was none. Raises on any fault."""
    value: Any = None
    if guard:
        guard.on = True
    try:
        for stage in STAGES if stages is None else stages:
            value = stage(text, value)
        return ""
    except ChainruleError as error:
        span = error.span
        if span is None or error.source is None:
            assert isinstance(error, LimitError), f"no place: {error!r}"
        else:
            assert 0 <= span.start < span.stop or span.start == span.stop, f"an empty place: {span}"
            assert span.stop <= len(error.source.text) or not text, f"the place {span} is outside of the text"
            line, column = error.place or (0, 0)
            assert line >= 1 and column >= 1
        assert error.problem and error.help, error.code
        assert len(str(error)) < 5000, "a message longer than a screen"
        return error.code
    finally:
        if guard:
            guard.on = False


def examples() -> list[str]:
    root = Path(__file__).parents[1]
    return [path.read_text("utf-8") for path in sorted((root / "src" / "chainrule" / "examples").glob("*.eq"))]


def main() -> int:
    options = argparse.ArgumentParser(description="random texts through every stage that reads a text")
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    guard = Guard()
    codes: dict[str, int] = {}
    slowest, start = 0.0, time.monotonic()
    known = examples()
    check("E = 1 + x\nx = 1/0..", guard=None)
    for number, text in enumerate(texts(chosen.count, chosen.seed, known)):
        faulthandler.dump_traceback_later(60, exit=True)  # a hang ends the run and shows where
        before = time.monotonic()
        try:
            code = check(text, guard)
        except Exception:
            guard.on = False
            print(f"text {number} of seed {chosen.seed}:\n{text!r}\n\n{text}\n")
            traceback.print_exc(limit=8)
            return 1
        took = time.monotonic() - before
        slowest = max(slowest, took)
        if took > SLOWEST:
            print(f"text {number} of seed {chosen.seed} took {took:.1f} s:\n{text!r}")
            return 1
        codes[code or "read"] = codes.get(code or "read", 0) + 1
        if (number + 1) % 100_000 == 0:
            print(f"{number + 1} texts, {time.monotonic() - start:.0f} s", flush=True)
    faulthandler.cancel_dump_traceback_later()
    print(f"{chosen.count} texts, seed {chosen.seed}: no fault; the slowest took {1000 * slowest:.0f} ms")
    for code, count in sorted(codes.items()):
        print(f"  {code:>6} {count}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
