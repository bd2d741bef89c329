"""A plan → LLVM's text of the loops of one step: each group as loops over its axes, several entries side by side.

Conventions. Lanes are units or runs. For one run (``runs`` = 1) they are neighbours along a letter of the group. For
several runs each entry is one number, or, where runs differ, a vector over the runs, which lie side by side in memory.
A place says for each letter where in its range it is: a number that is known now or a name, and how far it moves from
one lane to the next (0 or 1). Lanes and tiles divide entries among them, never a sum: each sum goes through its letters
in written order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from chainrule.engines.native.barrier import Barrier
from chainrule.engines.native.loops import ONE, REGISTERS, START, Loops, Place, Places, Turns, best_tile, vectors_of
from chainrule.engines.native.stores import Store
from chainrule.engines.native.writer import Number, Value, Writer
from chainrule.expr.indices import around, below, reach
from chainrule.expr.nodes import Index
from chainrule.tape.narrow import Guard, Narrowed
from chainrule.tape.plan import Axes, Group, Plan
from chainrule.tape.tape import Fold, Gather, Instruction

NONE = Value("")

OWN = 64
"""A slot of at most so many numbers is memory of the function, which LLVM may keep in registers."""

NEAR = 2**15
"""Bytes that the nearest cache holds, and more. A sum whose factor along the lanes is larger goes by panels of it: a
panel is read for one entry after another while it is near, instead of all of the factor for each few entries."""

SHORT = 640
"""A group has about so many instructions at most when it is written for several entries at once."""


class Steps:
    """Writes the groups of a plan."""

    def __init__(self, plan: Plan, writer: Writer, lanes: int, runs: int = 1) -> None:
        self.plan, self.writer, self.lanes, self.runs = plan, writer, lanes if runs == 1 else 1, runs
        self.sizes = {letter: len(values) for letter, values in plan.tape.ranges.items()}
        self.nest = Loops(writer, self.sizes, self.lanes).nest
        self.crew: Barrier | None = None
        self.stores: dict[int, list[Store]] = {}
        self.around: dict[str, Place] = {}  # the letters of the loops that are being written
        self.held: set[tuple[Index, range]] = set()  # indices that are in range where the next lines are written
        self.strided: set[tuple[int, str]] = set()  # what was read along a letter along which it does not lie
        self.checks: Callable[[int, Value], None] = lambda slot, value: None
        self.constants = {
            slot: writer.constant(float(value))
            for slot, value in plan.tape.constants.items()
            if not plan.tape.axes[slot]
        }

    # --- groups

    def best_lane(self, axes: Axes, slots: Sequence[tuple[int, int]]) -> str | None:
        """The letter that entries side by side differ in: what is read along it lies side by side too."""
        if not axes or self.lanes == 1:
            return axes[-1] if axes else None

        def worth(letter: str) -> float:
            total = 0.0
            for slot, weight in slots:
                for store in self.stores.get(slot, ())[:1]:
                    if letter in store.axes:
                        total += weight if store.axes[-1] == letter else -2 * weight
            return total / (1 + sum(weight for _, weight in slots)) + 2 * self.filled(letter)

        return max(reversed(axes), key=worth)

    def group(self, group: Group) -> None:
        size = sum(1 + len(self.plan.inside.get(line.output, ())) for line in group.lines)
        folds = any(line.operation == "fold" for line in group.lines)
        axes, free = self.ordered(group)
        lane = self.best_lane(free, self.sources(group))
        if len(free) < len(axes) and self.lanes > 1 and free:  # vectors that are full are worth more than how they lie
            lane = max(reversed(free), key=self.filled)
        outer = [letter for letter in axes if letter != lane]
        outer = self.plan.turned(group, outer, lane) if len(free) == len(axes) else outer
        tile = ONE
        if lane and folds:
            most = min(REGISTERS, SHORT // size)
            entries = self.sizes[outer[-1]] if outer and outer[-1] in free else 1
            tile = best_tile(entries, self.sizes[lane], self.lanes, max(1, most))

        def body(several: list[Places], lanes: int) -> None:
            for line in group.lines:
                if isinstance(line.detail, Gather) and line.operation == "place":
                    self.written(line, line.detail, several, lanes)
                    continue
                values = self.compute(line, several, lanes)
                for places, value in zip(several, values, strict=True):
                    self.put(line.output, places, value, lanes)

        if group.axes:
            by_panels = lane is not None and folds and self.streamed(group, lane) > NEAR
            self.nest((*outer, lane) if lane else axes, lane, body, tile, self.share(group.axes), by_panels)
        else:
            body([{}], 1)

    def streamed(self, group: Group, lane: str) -> int:
        """Bytes of the largest factor that sums read along the letter of the lanes."""
        found = [slot for slot, weight in self.sources(group) if weight > 1 and lane in self.plan.axes[slot]]
        numbers = (prod(self.sizes[own] for own in self.plan.axes[slot]) for slot in found)
        return max(numbers, default=0) * self.writer.bytes

    def ordered(self, group: Group) -> tuple[Axes, Axes]:
        """The letters of a group in the order of its loops, and those that may differ among entries that are done at
        once: the others, outermost, decide over what its sums go."""
        found = [self.plan.narrow[line.output].entries() for line in group.lines if line.output in self.plan.narrow]
        narrow = set().union(*found)
        free = tuple(letter for letter in group.axes if letter not in narrow)
        return (*(letter for letter in group.axes if letter in narrow), *free), free

    def filled(self, letter: str) -> float:
        """How much of the vectors along a letter is used."""
        stretches = vectors_of(self.sizes[letter], self.lanes, ONE)
        strides = sum((stop - start) // width for start, stop, width in stretches)
        return self.sizes[letter] / self.lanes / strides

    def share(self, axes: Axes) -> Callable[..., Turns] | None:
        """How the outermost loop over such entries is written if several threads do it: what only one of them could
        see is done by each for itself."""
        return self.crew.loop if self.crew and not self.own(axes) else None

    def own(self, axes: Axes) -> bool:
        """Whether entries over these axes are memory of the function."""
        return prod(self.sizes[letter] for letter in axes) <= OWN

    def sources(self, group: Group) -> list[tuple[int, int]]:
        """The slots in memory that a group reads, with how much each counts."""
        found = []
        for line in group.lines:
            weight = 4 if line.operation == "fold" else 1
            for part in (*self.plan.inside.get(line.output, ()), line):
                for slot in part.inputs:
                    while slot in self.plan.made and slot not in self.plan.direct and slot not in self.stores:
                        slot = self.plan.made[slot].inputs[0]
                        if self.plan.made.get(slot) and self.plan.made[slot].operation not in ("view", "broadcast"):
                            break
                    found.append((slot, weight))
        return found

    def written(self, line: Instruction, detail: Gather, several: list[Places], lanes: int) -> None:
        """Numbers into the memory of a quantity; where the third input is 0 the entry stays as it is."""
        space, value, *held = line.inputs
        for places in several:
            number = self.value(value, places, lanes)
            there, _ = self.there(detail, places)
            store = self.stores[space][0]
            if held:
                test = self.value(held[0], places, lanes)
                zero = self.writer.constant(0.0)
                number = self.writer.operation("select", (test, zero, number, self.read(store, there, lanes)), "!=")
            for store in self.stores[space]:
                self.write(number, store, there, lanes)

    def put(self, slot: int, places: Places, value: Value, lanes: int) -> None:
        """Keep the value of an entry for who reads it later."""
        self.writer.keep(self.name(slot, places), value)
        for store in self.stores.get(slot, ()):
            self.write(value, store, places, lanes)
        self.checks(slot, self.writer.wide(value, self.width(slot, lanes)) if self.plan.axes[slot] else value)

    # --- memory

    def width(self, slot: int, lanes: int) -> int:
        """How many numbers a value of a slot has: one for each run if runs differ in it, else one for each lane."""
        return self.runs if self.runs > 1 and slot in self.plan.varying else lanes

    def where(self, store: Store, places: Places) -> tuple[Number, int]:
        """The place of an entry in memory, and the way to the next lane."""
        base: Number = 0
        lane = 0
        for letter in store.axes:
            place = places.get(letter, START)
            base = self.writer.plus(base, self.writer.times(place.base, store.strides[letter]))
            lane += place.lane * store.strides[letter]
        return base, lane if store.width == 1 else 1

    def read(self, store: Store, places: Places, lanes: int, offset: Number = 0) -> Value:
        """The numbers of an entry, or of neighbours."""
        where, stride = self.where(store, places)
        lanes = lanes if store.width == 1 else store.width
        return self.writer.load(store.base, self.writer.plus(where, offset), stride, lanes, store.one)

    def write(self, value: Value, store: Store, places: Places, lanes: int, offset: Number = 0) -> None:
        where, stride = self.where(store, places)
        lanes = lanes if store.width == 1 else store.width
        self.writer.store(value, store.base, self.writer.plus(where, offset), stride, lanes, store.one)

    # --- values

    def name(self, slot: int, places: Places) -> tuple[object, ...]:
        return slot, *(places.get(letter, START) for letter in self.plan.axes[slot])

    def value(self, slot: int, places: Places, lanes: int) -> Value:
        """The value of a slot at a place: known already, in memory, or found through views."""
        writer = self.writer
        if slot in self.constants:
            return self.constants[slot]
        if slot in self.plan.memory:  # what was read of it may have been written since
            return self.load(slot, places, lanes)
        name = self.name(slot, places)
        if found := writer.find(name):
            return found
        if slot in self.stores:
            return writer.keep(name, self.load(slot, places, lanes))
        if slot in self.plan.direct or slot not in self.plan.made:
            raise AssertionError(f"slot {slot} is read before it is there")
        return self.through(self.plan.made[slot], places, lanes)

    def load(self, slot: int, places: Places, lanes: int) -> Value:
        stores = self.stores[slot]
        for store in stores:
            _, stride = self.where(store, places)
            if stride in (0, 1) or lanes == 1:
                return self.read(store, places, lanes)
        (letter, *more) = [letter for letter in stores[0].axes if places.get(letter, START).lane]
        if not more:
            self.strided.add((self.plan.memory.get(slot, slot), letter))
        return self.read(stores[0], places, lanes)

    def through(self, line: Instruction, places: Places, lanes: int) -> Value:
        """The value of a view, a broadcast or a gather."""
        (source,) = line.inputs
        match line:
            case Instruction("broadcast"):
                return self.value(source, places, lanes)
            case Instruction("view", _, tuple(renamed)):
                have = self.plan.tape.axes[source]
                seen = {own: places.get(new, START) for own, new in zip(have, renamed, strict=True) if new is not None}
                return self.value(source, seen, lanes)
            case Instruction("gather", _, Gather() as detail):
                return self.gather(source, detail, places, lanes)
        raise AssertionError(line)

    def there(self, detail: Gather, places: Places) -> tuple[dict[str, Place], list[tuple[Place, int]]]:
        """The place that affine indices say, and those positions that may be out of range, with their sizes."""
        writer, ranges = self.writer, self.plan.tape.ranges
        there: dict[str, Place] = {}
        outside: list[tuple[Place, int]] = []
        for letter, values, index in zip(detail.letters, detail.ranges, detail.indices, strict=True):
            base: Number = index.constant - values.start
            lane = 0
            for own, times in index.terms:
                place, first = places.get(own) or self.around.get(own, START), ranges[own][0]
                base = writer.plus(base, writer.plus(times * first, writer.times(place.base, times)))
                lane += place.lane * times
            there[letter] = Place(base, lane)
            span = reach(index, lambda own: around(ranges[own]))
            if (index, values) in self.held:
                continue
            if below(span.low, values.start) or below(values.stop - 1, span.high):
                outside.append((there[letter], len(values)))
        return there, outside

    def gather(self, source: int, detail: Gather, places: Places, lanes: int) -> Value:
        """The entry at affine indices; 0 where one is out of range."""
        writer = self.writer
        there, outside = self.there(detail, places)
        if not outside:
            return self.value(source, there, lanes)
        if lanes > 1 and any(place.lane for place in there.values()):
            each = []
            for k in range(lanes):
                moved = {own: Place(writer.plus(place.base, k * place.lane)) for own, place in there.items()}
                each.append(self.inside(source, moved, outside, k))
            return writer.together(each)
        return self.inside(source, there, outside, 0)

    def inside(self, source: int, there: Places, outside: list[tuple[Place, int]], lane: int) -> Value:
        """One entry, or 0 if it is none."""
        writer = self.writer
        held = "true"
        for place, size in outside:
            index = writer.plus(place.base, lane * place.lane)
            held = writer.put(f"and i1 {held}, {writer.put(f'icmp ult i64 {index}, {size}')}")
        safe = {
            letter: place if place.base == 0 else Place(self.clipped(held, place.base))
            for letter, place in there.items()
        }
        value = self.value(source, safe, 1)
        zero = writer.wide(writer.constant(0.0), value.lanes).name
        many = writer.kind(value.lanes)
        return Value(writer.put(f"select i1 {held}, {many} {value.name}, {many} {zero}"), value.lanes)

    def clipped(self, held: str, index: Number) -> str:
        return self.writer.put(f"select i1 {held}, i64 {index}, i64 0")

    def compute(self, line: Instruction, several: list[Places], lanes: int) -> list[Value]:
        """The values of an instruction at several places."""
        match line:
            case Instruction("fold", sources, Fold(operator, letters)):
                return self.fold(line.output, sources, operator, letters, several, lanes)
            case Instruction("view" | "broadcast" | "gather"):
                return [self.through(line, places, lanes) for places in several]
        return [
            self.writer.operation(
                line.operation, [self.value(slot, places, lanes) for slot in line.inputs], line.detail
            )
            for places in several
        ]

    def fold(
        self, output: int, sources: Sequence[int], operator: str, letters: Axes, several: list[Places], lanes: int
    ) -> list[Value]:
        """A reduction at several places in the same loop."""
        writer, lines = self.writer, self.plan.inside.get(output, [])
        narrow = self.plan.narrow.get(output)
        guards: dict[str, Guard] = {}
        if narrow:
            guards, sources = narrow.guards, (narrow.term,)
            lines = [line for line in lines if line.output not in narrow.skipped]
        width = self.width(output, lanes)
        letters = tuple(letter for letter in letters if self.sizes[letter] > 1)

        def entry(places: Places) -> list[Value]:
            for line in lines:
                if not writer.find(name := self.name(line.output, places)):
                    (value,) = self.compute(line, [places], lanes)
                    writer.keep(name, value)
            return [writer.wide(self.value(body, places, lanes), width) for body in sources]

        if not letters:
            return [entry(places)[0] for places in several]
        many = writer.kind(width)
        rooms = [writer.room(many) for _ in several]
        for places, room in zip(several, rooms, strict=True):
            match operator:
                case "sum" | "dot":  # −0 + x is x, whatever x is
                    first = writer.wide(self.begin(narrow, places), width)
                case "prod":
                    first = writer.wide(writer.constant(1.0), width)
                case _:  # of max and min the first value may be taken twice
                    with writer.scope():
                        (first,) = entry({**places, **dict.fromkeys(letters, START)})
            writer.do(f"store {many} {first.name}, ptr {room}, align 8")

        def accumulate(left: Axes, at: dict[str, Place]) -> None:
            if left:
                with writer.loop(*self.span(guards.get(left[0]), left[0], several[0])) as index:
                    accumulate(left[1:], {**at, left[0]: Place(index)})
                return
            for places, room in zip(several, rooms, strict=True):
                values = entry({**places, **at})
                total = Value(writer.put(f"load {many}, ptr {room}, align 8"), width)
                total = self.joined(operator, total, *values)
                writer.do(f"store {many} {total.name}, ptr {room}, align 8")

        before = self.held
        self.held = before | {guard.held for guard in guards.values()}
        accumulate(letters, {})
        self.held = before
        return [Value(writer.put(f"load {many}, ptr {room}, align 8"), width) for room in rooms]

    def begin(self, narrow: Narrowed | None, places: Places) -> Value:
        """What a sum begins from: +0 if a term of it is left out."""
        writer, first = self.writer, self.writer.constant(-0.0)
        for guard in narrow.guards.values() if narrow else ():
            at = places.get(guard.entry, START).base
            numbers = [f"{writer.one} {writer.constant(number).name}" for number in guard.begin]
            first = writer.operation("add", (first, writer.load(writer.table(writer.one, numbers), at, 1, 1)))
        return first

    def span(self, guard: Guard | None, letter: str, places: Places) -> tuple[Number, Number]:
        """Over what a letter of a sum goes."""
        if guard is None:
            return 0, self.sizes[letter]
        writer, at = self.writer, places.get(guard.entry, START).base
        low, high = (
            writer.put(f"load i64, ptr {writer.at(writer.table('i64', [f'i64 {number}' for number in ends]), at)}")
            for ends in (guard.low, guard.high)
        )
        return low, high

    def joined(self, operator: str, total: Value, value: Value, factor: Value = NONE) -> Value:
        """One more value of a reduction; maximum and minimum as `numbers.elementary.piecewise` has them."""
        do = self.writer.operation
        match operator:
            case "sum":
                return do("add", (total, value))
            case "dot":
                return do("fma", (value, factor, total))
            case "prod":
                return do("multiply", (total, value))
            case "max":
                return do("select", (total, value, value, do("select", (value, value, value, total), "!=")), "<")
            case "min":
                return do("select", (value, total, value, do("select", (value, value, value, total), "!=")), "<")
        raise AssertionError(operator)
