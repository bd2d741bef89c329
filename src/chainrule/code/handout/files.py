"""What files in Python have in common: what stands above, data, which rows a step visits, how parts come together."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

import numpy as np

from chainrule.code.handout.outline import Outline
from chainrule.code.handout.python import WIDE, Lines
from chainrule.errors import inline
from chainrule.program.program import STEP
from chainrule.tape.bound import Array
from chainrule.values import dataclass

MUCH = 60
"""Numbers of an array from which on it stands at the end of the file, out of the reader's way."""


def comment(text: str) -> str:
    """A text as the rest of a line that a language reads over: on one line, and nothing at its end that would join it
    with the next.

    >>> comment("ends in a backslash \\\\")
    'ends in a backslash \\\\ .'
    """
    told = inline(text).rstrip()
    return f"{told} ." if told.endswith(("\\", "??/")) else told


def above(outline: Outline, language: str, command: str, sign: str = "#") -> list[str]:
    """The comment at the head of a file."""
    steps = f"{outline.steps:,} step{'s' * (outline.steps != 1)}"
    lines = [
        f"{comment(outline.title)}, as a program in {language}.",
        "",
        "It was written by chainrule from these equations:",
        "",
        *(f"    {comment(line)}" for line in outline.text),
        "",
        f"It trains for {steps}, {visited(outline)}, and prints each weight with its full value.",
    ]
    return [f"{sign} {line}".rstrip() for line in lines]


def visited(outline: Outline) -> str:
    """How a training visits the patterns, in words."""
    match outline.order:
        case _ if outline.rows == "none":
            return "on its one pattern" if outline.varying else "without data"
        case "each":
            return "one pattern a step, in turn"
        case "all":
            return "all patterns in every step"
        case "shuffled":
            return f"one pattern a step, in an order drawn anew for each pass (seed {outline.seed})"
        case int(size):
            return f"{size} pattern{'s' * (size != 1)} a step, in turn"
    return "in the order of ROWS"


@dataclass
class Data:
    """The numbers of a file: those that are many stand at its end."""

    outline: Outline
    names: Mapping[str, str]
    array: str
    scalar: str
    plain: str = "{0}"
    many: dict[str, Array] = field(default_factory=dict)  # names at the end of the file → their numbers

    @property
    def large(self) -> bool:
        return bool(self.large_ones())

    def large_ones(self) -> list[str]:
        one = self.outline
        named = [*one.read, *(symbol.name for symbol in one.program.weights + one.program.states)]
        return [name for name in named if np.size(one.numbers[name]) > MUCH]

    def called(self, name: str) -> str:
        """What the numbers of all patterns are called: as those of the step, where the step visits all."""
        return f"{self.names[name]}_data" if self.outline.in_rows(name) else self.names[name]

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        for number, (title, group) in enumerate(self.outline.groups.items()):
            yield title, [self.line(name) for name in group] + (self.count() if not number else [])

    def count(self) -> list[str]:
        one = self.outline
        return [f"n = {one.bound.patterns}"] if one.rows == "many" and one.order == "all" else []

    def line(self, name: str) -> str:
        value, called = self.outline.array(name), self.called(name)
        if not value.ndim:
            text = literal(float(value))
            wrap = self.scalar if name in self.outline.moving else ""
            return f"{called} = {wrap}({text})" if wrap else f"{called} = {self.plain.replace('{0}', text)}"
        if value.size > MUCH:
            label = f"{called}_numbers"
            self.many[label] = value
            shape = ", ".join(map(str, value.shape))
            return f"{called} = {self.array}(numbers({label})).reshape({shape})"
        text = f"{called} = {self.array}({nested(value)})"
        return text if len(text) <= WIDE else f"{called} = {self.array}({rowed(value)})"


def setup(outline: Outline, data: Data, lines: Lines) -> None:
    """Data, weights where they start, constants."""
    for title, lines_of in data.sections():
        if lines_of:
            lines.add(f"# {title}")
            for line in lines_of:
                lines.add(line)
            lines.add()
    for line in order_of_rows(outline):
        lines.add(line)


def literal(value: float) -> str:
    """A float as Python reads it.

    >>> literal(0.5), literal(float("-inf"))
    ('0.5', '-math.inf')
    """
    text = repr(value)
    return {"inf": "math.inf", "-inf": "-math.inf", "nan": "math.nan"}.get(text, text)


def nested(value: Array) -> str:
    """An array as lists in lists."""
    if not value.ndim:
        return literal(float(value))
    return f"[{', '.join(nested(one) for one in value)}]"


def rowed(value: Array, depth: int = 1) -> str:
    """An array as lists in lists, a row on a line."""
    indent = "    " * depth
    text = nested(value)
    if value.ndim == 1:
        inside = textwrap.fill(text[1:-1], WIDE - len(indent), break_long_words=False)
        return "[\n" + textwrap.indent(inside, indent) + ",\n" + "    " * (depth - 1) + "]"
    rows = [nested(one) if len(nested(one)) + len(indent) < WIDE else rowed(one, depth + 1) for one in value]
    return "[\n" + "".join(f"{indent}{one},\n" for one in rows) + "    " * (depth - 1) + "]"


def pick(outline: Outline, data: Data, names: Mapping[str, str], lines: Lines) -> None:
    """The rows that a step visits."""
    own = [name for name in outline.read if name in outline.varying]
    if not own or outline.rows == "none" or outline.order == "all":
        return step_number(outline, names, lines)
    count = outline.bound.patterns
    row = "row" if outline.rows == "one" else "rows"
    match outline.order:
        case "each" | 1:
            lines.add(f"row = step % {count}")
        case "shuffled":
            with lines.block(f"if step % {count} == 0:"):
                lines.add(f"order = permutation({outline.seed}, step // {count}, {count})")
            lines.add(f"row = order[step % {count}]")
        case int(size):
            lines.add(f"rows = {data.array}([(step*{size} + k) % {count} for k in range({size})])")
            lines.add(f"n = {size}")
        case tuple(listed):
            chosen = f"ROWS[step % {len(listed)}]"
            lines.add(f"row = {chosen}" if row == "row" else f"rows = {data.array}({chosen})")
            if row == "rows":
                lines.add("n = len(rows)")
    for name in own:
        lines.add(f"{names[name]} = {data.called(name)}[{row}]")
    step_number(outline, names, lines)
    lines.add()
    return None


def step_number(outline: Outline, names: Mapping[str, str], lines: Lines) -> None:
    """The number of the step, where the learning rule reads it."""
    if outline.counts_steps:
        lines.add(f"{names[STEP]} = step + 1", "the number of the step, from 1")


def watch(outline: Outline, names: Mapping[str, str], lines: Lines) -> None:
    """The goal of some steps, where they are asked for."""
    if outline.record > 1:
        goal = names[outline.program.objective]
        with lines.block(f"if (step + 1) % {outline.record} == 0:"):
            lines.add(f'print(f"step {{step + 1}}: {goal} {{float({goal}):.6g}}")')


def order_of_rows(outline: Outline) -> list[str]:
    """The rows of an order that was given as a list."""
    if not isinstance(outline.order, tuple) or outline.rows == "none":
        return []
    rows = [one[0] for one in outline.order] if outline.rows == "one" else [list(one) for one in outline.order]
    return [f"ROWS = {rows}", ""]


def finished(head: Sequence[str], helpers: Sequence[str], body: Sequence[str], data: Data) -> str:
    """The file; it imports no more than it uses."""
    text = whole(head, helpers, body, data)
    return text if "math." in text else text.replace("import math\n\n", "", 1)


def whole(head: Sequence[str], helpers: Sequence[str], body: Sequence[str], data: Data) -> str:
    """What stands above, functions, what it does, and many numbers at the end."""
    text = [*head, ""]
    for helper in helpers:
        text += ["", helper.rstrip(), ""]
    if not data.many:
        return "\n".join([*text, "", *body, ""]).replace("\n\n\n\n", "\n\n\n")
    text += ["", 'def numbers(text):', '    """The numbers in a text, one after another."""',
             "    return [float(one) for one in text.split()]", "", "", "def main():", *body, ""]  # fmt: skip
    for label, value in data.many.items():
        width = value.shape[-1] if value.ndim > 1 else 10
        flat = [repr(one).removesuffix(".0") for one in np.ravel(value).tolist()]
        rows = (" ".join(flat[k : k + width]) for k in range(0, len(flat), width))
        text += ["", f'{label} = """', *rows, '"""']
    return "\n".join([*text, "", "main()", ""])


def permuted() -> str:
    """The drawing of an order, as chainrule draws it."""
    return '''\
def permutation(seed, turn, count):
    """The numbers 0 ... count - 1 in the random order of a pass (Threefry-2x32, as chainrule draws it)."""
    word, key = 0xFFFFFFFF, 0x811C9DC5
    for byte in f"pass {turn}".encode():
        key = ((key ^ byte)*0x01000193) & word
    keys = (seed, key, seed ^ key ^ 0x1BD11BDA)
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        a, b = (last + keys[0]) & word, (3 + keys[1]) & word
        for turns in range(20):
            a = (a + b) & word
            by = (13, 15, 26, 6, 17, 29, 16, 24)[turns % 8]
            b = ((b << by | b >> (32 - by)) & word) ^ a
            if turns % 4 == 3:
                a = (a + keys[(turns // 4 + 1) % 3]) & word
                b = (b + keys[(turns // 4 + 2) % 3] + turns // 4 + 1) & word
        other = int(((a >> 5)*67108864 + (b >> 6))*2.0**-53*(last + 1))
        order[last], order[other] = order[other], order[last]
    return order
'''
