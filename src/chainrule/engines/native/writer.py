"""Machine operations → lines of LLVM's text: values of one number or of several side by side, each written once.

Conventions. A value is a name with its number of lanes; where two widths meet, the single number is repeated. Numbers
are of the writer's format; those in memory may be float64 all the same, and are converted where they are read and
written. No flag allows LLVM to reorder, contract or approximate: an operation is the one that IEEE 754 defines.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

BINARY = {"add": "fadd", "subtract": "fsub", "multiply": "fmul", "divide": "fdiv"}
COMPARISONS = {"<": "olt", "<=": "ole", ">": "ogt", ">=": "oge", "==": "oeq", "!=": "une"}


class Value(NamedTuple):
    """A name, or the bits of a constant, and how many lanes it has."""

    name: str
    lanes: int = 1


Number = int | str
"""A whole number that is known now, or the name of one."""


class Format(NamedTuple):
    """A floating-point format: LLVM's names of its numbers and of whole numbers as long, and what its bits are."""

    one: str
    whole: str
    suffix: str
    mantissa: int
    exponent: int  # the bits of an exponent, all ones
    bias: int  # of an exponent whose fraction is between ½ and 1
    code: str  # of `struct`

    @property
    def least(self) -> float:
        """The least normal number."""
        return 2.0**-self.bias


FORMATS = {
    64: Format("double", "i64", "f64", 52, 0x7FF, 1022, "d"),
    32: Format("float", "i32", "f32", 23, 0xFF, 126, "f"),
}


SIZES = {"double": 8, "float": 4}
"""Bytes of a number."""


def kind(lanes: int, one: str) -> str:
    return one if lanes == 1 else f"<{lanes} x {one}>"


class Writer:
    """The lines of a function, and the values that are known where the next line goes."""

    def __init__(self, bits: int = 64) -> None:
        self.format = FORMATS[bits]
        self.one, self.whole_one = self.format.one, self.format.whole
        self.bytes = SIZES[self.one]
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.count = 0
        self.block = "entry"
        self.known: list[dict[object, Value]] = [{}]
        self.declared: set[str] = set()
        self.tables: dict[str, str] = {}
        self.poll: Callable[[], None] | None = None  # what the outermost loop does each time

    # --- lines

    def name(self) -> str:
        self.count += 1
        return f"%v{self.count}"

    def do(self, text: str) -> None:
        self.lines.append(text)

    def put(self, text: str) -> str:
        """An instruction with a result."""
        name = self.name()
        self.lines.append(f"{name} = {text}")
        return name

    def room(self, kind: str, count: int = 1) -> str:
        """Memory of the function itself; LLVM keeps it in registers where it can."""
        name = self.name()
        self.entry.append(f"{name} = alloca {kind}, i64 {count}, align 64")
        return name

    def label(self, name: str) -> None:
        self.lines.append(f"{name}:")
        self.block = name

    def new_label(self, what: str) -> str:
        self.count += 1
        return f"{what}{self.count}"

    def jump(self, label: str) -> None:
        self.do(f"br label %{label}")

    def intrinsic(self, name: str, result: str, *arguments: str) -> None:
        self.declared.add(f"declare {result} @{name}({', '.join(arguments)})")

    def table(self, one: str, numbers: Sequence[str]) -> str:
        """Numbers that are known now, in memory."""
        what = f"private unnamed_addr constant [{len(numbers)} x {one}] [{', '.join(numbers)}]"
        if what not in self.tables:
            self.tables[what] = f"@table{len(self.tables)}"
            self.declared.add(f"{self.tables[what]} = {what}")
        return self.tables[what]

    # --- what is known

    def find(self, name: object) -> Value | None:
        for names in reversed(self.known):
            if name in names:
                return names[name]
        return None

    def keep(self, name: object, value: Value) -> Value:
        self.known[-1][name] = value
        return value

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What becomes known inside is forgotten after."""
        self.known.append({})
        try:
            yield
        finally:
            self.known.pop()

    @contextmanager
    def loop(self, start: Number, stop: Number, step: int = 1) -> Iterator[Number]:
        """A loop; it is gone through at least once unless its start is not known. A single passage is no loop."""
        if isinstance(start, int) and isinstance(stop, int) and start + step >= stop:
            with self.scope():
                yield start
            return
        head = self.new_label("L")
        index, following = self.name(), self.name()
        before = self.block
        if isinstance(start, str):
            some = self.put(f"icmp slt i64 {start}, {stop}")
            self.do(f"br i1 {some}, label %{head}, label %{head}.out")
        else:
            self.jump(head)
        self.label(head)
        self.do(f"{index} = phi i64 [ {start}, %{before} ], [ {following}, %{head}.latch ]")
        poll, self.poll = self.poll, None
        with self.scope():
            if poll:
                poll()
            yield index
        self.poll = poll
        self.jump(f"{head}.latch")
        self.label(f"{head}.latch")
        self.do(f"{following} = add nsw i64 {index}, {step}")
        again = self.put(f"icmp slt i64 {following}, {stop}")
        self.do(f"br i1 {again}, label %{head}, label %{head}.out")
        self.label(f"{head}.out")

    # --- whole numbers

    def plus(self, a: Number, b: Number) -> Number:
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if a == 0:
            return b
        return a if b == 0 else self.whole("add", a, b)

    def times(self, a: Number, b: int) -> Number:
        if isinstance(a, int):
            return a * b
        if b == 0:
            return 0
        return a if b == 1 else self.whole("mul", a, b)

    def whole(self, operation: str, a: Number, b: Number) -> str:
        name = ("whole", operation, a, b)
        found = self.find(name)
        return (found or self.keep(name, Value(self.put(f"{operation} nsw i64 {a}, {b}")))).name

    # --- memory

    def at(self, base: str, place: Number, one: str = "i64") -> str:
        return base if place == 0 else self.put(f"getelementptr inbounds {one}, ptr {base}, i64 {place}")

    def load(self, base: str, place: Number, stride: int, lanes: int, one: str = "") -> Value:
        """Numbers that lie ``stride`` apart; ``one`` says of which format, if not of the writer's own."""
        one = one or self.one
        if lanes == 1 or stride == 0:
            value = Value(self.put(f"load {one}, ptr {self.at(base, place, one)}, align {SIZES[one]}"))
        elif stride == 1:
            many = kind(lanes, one)
            value = Value(self.put(f"load {many}, ptr {self.at(base, place, one)}, align {SIZES[one]}"), lanes)
        else:
            return self.together([self.load(base, self.plus(place, k * stride), 0, 1, one) for k in range(lanes)])
        if one == self.one:
            return value
        return Value(self.converted("fptrunc", value, one, self.one), value.lanes)

    def store(self, value: Value, base: str, place: Number, stride: int, lanes: int, one: str = "") -> None:
        value, one = self.wide(value, lanes), one or self.one
        if one != self.one:
            value = Value(self.converted("fpext", value, self.one, one), lanes)
        if lanes == 1 or stride == 1:
            where = self.at(base, place, one)
            self.do(f"store {kind(lanes, one)} {value.name}, ptr {where}, align {SIZES[one]}")
            return
        for k, part in enumerate(self.apart(value, one)):
            where = self.at(base, self.plus(place, k * stride), one)
            self.do(f"store {one} {part.name}, ptr {where}, align {SIZES[one]}")

    def converted(self, how: str, value: Value, one: str, other: str) -> str:
        return self.put(f"{how} {kind(value.lanes, one)} {value.name} to {kind(value.lanes, other)}")

    # --- lanes

    def kind(self, lanes: int) -> str:
        """LLVM's name of so many numbers of the format."""
        return kind(lanes, self.one)

    def wholes(self, lanes: int) -> str:
        """LLVM's name of so many whole numbers, as long as those."""
        return kind(lanes, self.whole_one)

    def constant(self, value: float) -> Value:
        """The exact bits of a number of the format. (LLVM writes those of float32 as of the float64 that is equal.)"""
        try:
            (value,) = struct.unpack(f"<{self.format.code}", struct.pack(f"<{self.format.code}", value))
        except OverflowError:  # too large for float32
            value = math.copysign(math.inf, value)
        return Value(f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}")

    def wide(self, value: Value, lanes: int, one: str = "") -> Value:
        """A single value repeated."""
        one = one or self.one
        if value.lanes == lanes:
            return value
        name = ("wide", value, lanes)
        if found := self.find(name):
            return found
        if value.name.startswith("0x"):
            return self.keep(name, Value(f"<{', '.join(f'{one} {value.name}' for _ in range(lanes))}>", lanes))
        many = kind(lanes, one)
        first = self.put(f"insertelement {many} poison, {one} {value.name}, i64 0")
        whole = self.put(f"shufflevector {many} {first}, {many} poison, <{lanes} x i32> zeroinitializer")
        return self.keep(name, Value(whole, lanes))

    def together(self, values: Sequence[Value]) -> Value:
        many, whole = self.kind(len(values)), "poison"
        for k, value in enumerate(values):
            whole = self.put(f"insertelement {many} {whole}, {self.one} {value.name}, i64 {k}")
        return Value(whole, len(values))

    def apart(self, value: Value, one: str = "") -> list[Value]:
        many = kind(value.lanes, one or self.one)
        return [Value(self.put(f"extractelement {many} {value.name}, i64 {k}")) for k in range(value.lanes)]

    # --- the machine operations

    def operation(self, name: str, inputs: Sequence[Value], detail: object = None) -> Value:
        """One operation of a tape, elementwise."""
        lanes = max(value.lanes for value in inputs)
        many = self.kind(lanes)
        names = [self.wide(value, lanes).name for value in inputs]
        match name:
            case "add" | "subtract" | "multiply" | "divide":
                return Value(self.put(f"{BINARY[name]} {many} {names[0]}, {names[1]}"), lanes)
            case "negative":
                return Value(self.put(f"fneg {many} {names[0]}"), lanes)
            case "sqrt" | "floor" | "fma":
                return Value(self.called(name, lanes, *names), lanes)
            case "select":
                a, b, then, otherwise = names
                test = self.put(f"fcmp {COMPARISONS[str(detail)]} {many} {a}, {b}")
                return Value(self.choose(test, lanes, then, otherwise), lanes)
            case "scale":
                return self.scale(lanes, *names)
            case "fraction":
                return self.split(lanes, names[0])[0]
            case "exponent":
                return self.split(lanes, names[0])[1]
        raise AssertionError(name)

    def called(self, function: str, lanes: int, *arguments: str) -> str:
        many = self.kind(lanes)
        full = f"llvm.{function}.{f'v{lanes}' if lanes > 1 else ''}{self.format.suffix}"
        self.intrinsic(full, many, *(many for _ in arguments))
        return self.put(f"call {many} @{full}({', '.join(f'{many} {one}' for one in arguments)})")

    def choose(self, test: str, lanes: int, then: str, otherwise: str, one: str = "") -> str:
        many = kind(lanes, one or self.one)
        return self.put(f"select {kind(lanes, 'i1')} {test}, {many} {then}, {many} {otherwise}")

    def whole_lanes(self, value: int, lanes: int, one: str = "i64") -> str:
        return str(value) if lanes == 1 else f"<{', '.join(f'{one} {value}' for _ in range(lanes))}>"

    def scale(self, lanes: int, a: str, n: str) -> Value:
        """a·2ⁿ. Beside 1½·2ᵐ, m the bits of a mantissa, the last bits of a sum are its whole part: the biased exponent
        of 2ⁿ, which is shifted to where exponents are."""
        form = self.format
        many, large = self.kind(lanes), self.wholes(lanes)
        bias = self.wide(self.constant(1.5 * 2.0**form.mantissa + form.bias + 1), lanes).name
        bits = self.put(f"bitcast {many} {self.put(f'fadd {many} {n}, {bias}')} to {large}")
        power = self.put(f"shl {large} {bits}, {self.whole_lanes(form.mantissa, lanes, form.whole)}")
        return Value(self.put(f"fmul {many} {a}, {self.put(f'bitcast {large} {power} to {many}')}"), lanes)

    def split(self, lanes: int, a: str) -> tuple[Value, Value]:
        """f and e of a = f·2ᵉ; a subnormal number is made normal first."""
        name = ("split", a)
        found = self.find((name, 0)), self.find((name, 1))
        if found[0] and found[1]:
            return found[0], found[1]
        form = self.format
        many, large, lift = self.kind(lanes), self.wholes(lanes), form.mantissa + 2

        def number(value: float) -> str:
            return self.wide(self.constant(value), lanes).name

        def whole(value: int) -> str:
            return self.whole_lanes(value, lanes, form.whole)

        size = self.called("fabs", lanes, a)
        tiny = self.put(f"fcmp olt {many} {size}, {number(form.least)}")
        larger = self.put(f"fmul {many} {a}, {number(2.0**lift)}")
        bits = self.put(f"bitcast {many} {self.choose(tiny, lanes, larger, a)} to {large}")
        mantissa = self.put(f"and {large} {bits}, {whole(~(form.exponent << form.mantissa))}")
        halved = self.put(f"or {large} {mantissa}, {whole(form.bias << form.mantissa)}")
        fraction = self.put(f"bitcast {large} {halved} to {many}")
        shifted = self.put(f"lshr {large} {bits}, {whole(form.mantissa)}")
        biased = self.put(f"and {large} {shifted}, {whole(form.exponent)}")
        bias = self.choose(tiny, lanes, whole(form.bias + lift), whole(form.bias), form.whole)
        exponent = self.put(f"sub {large} {biased}, {bias}")
        small = kind(lanes, "i32")
        short = exponent if large == small else self.put(f"trunc {large} {exponent} to {small}")
        power = self.put(f"sitofp {small} {short} to {many}")
        some = self.put(f"fcmp ogt {many} {size}, {number(0.0)}")
        finite = self.put(f"fcmp olt {many} {size}, {number(float('inf'))}")
        plain = self.put(f"and {kind(lanes, 'i1')} {some}, {finite}")
        self.keep((name, 0), Value(self.choose(plain, lanes, fraction, a), lanes))
        self.keep((name, 1), Value(self.choose(plain, lanes, power, number(0.0)), lanes))
        return self.split(lanes, a)
