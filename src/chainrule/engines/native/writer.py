"""Machine operations → lines of LLVM's text: values of one number or of several side by side, each written once.

Conventions. A value is a name with its number of lanes; where two widths meet, the single number is repeated. No flag
allows LLVM to reorder, contract or approximate: an operation is the one that IEEE 754 defines.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
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


def kind(lanes: int, one: str = "double") -> str:
    return one if lanes == 1 else f"<{lanes} x {one}>"


def constant(value: float) -> Value:
    """The exact bits of a number."""
    return Value(f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}")


class Writer:
    """The lines of a function, and the values that are known where the next line goes."""

    def __init__(self) -> None:
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.count = 0
        self.block = "entry"
        self.known: list[dict[object, Value]] = [{}]
        self.declared: set[str] = set()

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
    def loop(self, start: int, stop: Number, step: int = 1) -> Iterator[Number]:
        """A loop that is gone through at least once; a single passage is no loop."""
        if not isinstance(stop, str) and start + step >= stop:
            with self.scope():
                yield start
            return
        head = self.new_label("L")
        index, following = self.name(), self.name()
        before = self.block
        self.jump(head)
        self.label(head)
        self.do(f"{index} = phi i64 [ {start}, %{before} ], [ {following}, %{head}.latch ]")
        with self.scope():
            yield index
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

    def at(self, base: str, place: Number) -> str:
        return base if place == 0 else self.put(f"getelementptr inbounds double, ptr {base}, i64 {place}")

    def load(self, base: str, place: Number, stride: int, lanes: int) -> Value:
        """Numbers that lie ``stride`` apart."""
        if lanes == 1 or stride == 0:
            return Value(self.put(f"load double, ptr {self.at(base, place)}, align 8"))
        if stride == 1:
            return Value(self.put(f"load {kind(lanes)}, ptr {self.at(base, place)}, align 8"), lanes)
        return self.together([self.load(base, self.plus(place, k * stride), 0, 1) for k in range(lanes)])

    def store(self, value: Value, base: str, place: Number, stride: int, lanes: int) -> None:
        value = self.wide(value, lanes)
        if lanes == 1 or stride == 1:
            self.do(f"store {kind(lanes)} {value.name}, ptr {self.at(base, place)}, align 8")
            return
        for k, one in enumerate(self.apart(value)):
            self.do(f"store double {one.name}, ptr {self.at(base, self.plus(place, k * stride))}, align 8")

    # --- lanes

    def wide(self, value: Value, lanes: int, one: str = "double") -> Value:
        """A single value repeated."""
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
        many, whole = kind(len(values)), "poison"
        for k, value in enumerate(values):
            whole = self.put(f"insertelement {many} {whole}, double {value.name}, i64 {k}")
        return Value(whole, len(values))

    def apart(self, value: Value) -> list[Value]:
        many = kind(value.lanes)
        return [Value(self.put(f"extractelement {many} {value.name}, i64 {k}")) for k in range(value.lanes)]

    # --- the machine operations

    def operation(self, name: str, inputs: Sequence[Value], detail: object = None) -> Value:
        """One operation of a tape, elementwise."""
        lanes = max(value.lanes for value in inputs)
        many = kind(lanes)
        names = [self.wide(value, lanes).name for value in inputs]
        match name:
            case "add" | "subtract" | "multiply" | "divide":
                return Value(self.put(f"{BINARY[name]} {many} {names[0]}, {names[1]}"), lanes)
            case "negative":
                return Value(self.put(f"fneg {many} {names[0]}"), lanes)
            case "sqrt" | "floor":
                return Value(self.called(name, lanes, names[0]), lanes)
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

    def called(self, function: str, lanes: int, argument: str) -> str:
        many = kind(lanes)
        full = f"llvm.{function}.{f'v{lanes}' if lanes > 1 else ''}f64"
        self.intrinsic(full, many, many)
        return self.put(f"call {many} @{full}({many} {argument})")

    def choose(self, test: str, lanes: int, then: str, otherwise: str, one: str = "double") -> str:
        many = kind(lanes, one)
        return self.put(f"select {kind(lanes, 'i1')} {test}, {many} {then}, {many} {otherwise}")

    def whole_lanes(self, value: int, lanes: int, one: str = "i64") -> str:
        return str(value) if lanes == 1 else f"<{', '.join(f'{one} {value}' for _ in range(lanes))}>"

    def scale(self, lanes: int, a: str, n: str) -> Value:
        """a·2ⁿ as two factors; where n is no number the result is one that nobody chooses, hence `freeze`."""
        many, small, large = kind(lanes), kind(lanes, "i32"), kind(lanes, "i64")
        taken = self.put(f"freeze {small} {self.put(f'fptosi {many} {n} to {small}')}")
        half = self.put(f"ashr {small} {taken}, {self.whole_lanes(1, lanes, 'i32')}")
        rest = self.put(f"sub {small} {taken}, {half}")
        for power in (half, rest):
            biased = self.put(f"add {small} {power}, {self.whole_lanes(1023, lanes, 'i32')}")
            long = self.put(f"sext {small} {biased} to {large}")
            bits = self.put(f"shl {large} {long}, {self.whole_lanes(52, lanes)}")
            a = self.put(f"fmul {many} {a}, {self.put(f'bitcast {large} {bits} to {many}')}")
        return Value(a, lanes)

    def split(self, lanes: int, a: str) -> tuple[Value, Value]:
        """f and e of a = f·2ᵉ; a subnormal number is made normal first."""
        name = ("split", a)
        found = self.find((name, 0)), self.find((name, 1))
        if found[0] and found[1]:
            return found[0], found[1]
        many, large = kind(lanes), kind(lanes, "i64")

        def number(value: float) -> str:
            return self.wide(constant(value), lanes).name

        full = f"llvm.fabs.{f'v{lanes}' if lanes > 1 else ''}f64"
        self.intrinsic(full, many, many)
        size = self.put(f"call {many} @{full}({many} {a})")
        tiny = self.put(f"fcmp olt {many} {size}, {number(2.0**-1022)}")
        larger = self.put(f"fmul {many} {a}, {number(2.0**54)}")
        bits = self.put(f"bitcast {many} {self.choose(tiny, lanes, larger, a)} to {large}")
        mantissa = self.put(f"and {large} {bits}, {self.whole_lanes(~(0x7FF << 52), lanes)}")
        halved = self.put(f"or {large} {mantissa}, {self.whole_lanes(0x3FE << 52, lanes)}")
        fraction = self.put(f"bitcast {large} {halved} to {many}")
        shifted = self.put(f"lshr {large} {bits}, {self.whole_lanes(52, lanes)}")
        biased = self.put(f"and {large} {shifted}, {self.whole_lanes(0x7FF, lanes)}")
        bias = self.choose(tiny, lanes, self.whole_lanes(1076, lanes), self.whole_lanes(1022, lanes), "i64")
        exponent = self.put(f"sub {large} {biased}, {bias}")
        small = kind(lanes, "i32")
        short = self.put(f"trunc {large} {exponent} to {small}")
        power = self.put(f"sitofp {small} {short} to {many}")
        some = self.put(f"fcmp ogt {many} {size}, {number(0.0)}")
        finite = self.put(f"fcmp olt {many} {size}, {number(float('inf'))}")
        plain = self.put(f"and {kind(lanes, 'i1')} {some}, {finite}")
        self.keep((name, 0), Value(self.choose(plain, lanes, fraction, a), lanes))
        self.keep((name, 1), Value(self.choose(plain, lanes, power, number(0.0)), lanes))
        return self.split(lanes, a)
