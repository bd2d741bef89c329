"""A random text while it is written: letters, references that read what there is, quantities with several equations.

Base lines lie outside or inside the range of the letter, on one place or several, at several offsets; recurrences run
through one letter or two, up or down, alone or in groups.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

Place = tuple[int, ...]
FORMS = (
    "tanh({a})", "tanh({a})", "tanh({a})", "sigmoid({a})", "sin({a})", "0.5*({a})", "{a}", "exp(-({a})^2)",
    "softplus({a})", "A({a})", "B({a})", "sqrt(1 + ({a})^2)", "½*({a})^2", "1/(2 + cos({a}))", "arctan({a})",
)  # fmt: skip
MOST = 36  # entries of one quantity


@dataclass(frozen=True)
class Part:
    """An index of a reference: letters with factors, and a number."""

    terms: tuple[tuple[str, int], ...] = ()
    shift: int = 0

    def __str__(self) -> str:
        text = "".join(
            ("-" if factor < 0 else "+" if k else "") + (f"{abs(factor)}*" if abs(factor) > 1 else "") + letter
            for k, (letter, factor) in enumerate(self.terms)
        )
        return f"{text}{self.shift:+d}" if text and self.shift else text or str(self.shift)

    def at(self, env: Mapping[str, int]) -> int:
        return self.shift + sum(factor * env[letter] for letter, factor in self.terms)


@dataclass(frozen=True)
class Line:
    """One equation before it is written."""

    name: str
    places: tuple[str | int, ...]
    body: str

    @property
    def base(self) -> bool:
        return any(isinstance(place, int) for place in self.places)


@dataclass
class Draft:
    """A text while it is written: its letters, and of each quantity the values along each place and its entries."""

    choose: random.Random
    declared: bool = False
    ranges: dict[str, range] = field(default_factory=dict)
    axes: dict[str, tuple[range, ...]] = field(default_factory=dict)
    entries: dict[str, frozenset[Place]] = field(default_factory=dict)
    varying: set[str] = field(default_factory=set)
    weights: dict[str, tuple[str, ...]] = field(default_factory=dict)
    consts: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    groups: list[list[Line]] = field(default_factory=list)
    spare: list[str] = field(default_factory=lambda: list("tljkmnqrsuvabdefg"))
    count: int = 0
    open: bool = False

    # ---------------------------------------------------------------- names and letters

    def chance(self, share: float) -> bool:
        return self.choose.random() < share

    def name(self, kinds: str = "hzcaqo") -> str:
        self.count += 1
        return f"{self.choose.choice(kinds)}{self.count}"

    def letter(self, values: range, avoid: Iterable[str] = (), fresh: float = 0.3) -> str:
        """A letter with these values: one that is there, a prime of it, or a new one."""
        known = [one for one, own in self.ranges.items() if own == values]
        free = [one for one in known if one not in avoid] + [f"{one}'" for one in known if f"{one}'" not in avoid]
        if free and (not self.chance(fresh) or not self.spare):
            return free[0] if self.chance(0.7) else self.choose.choice(free)
        letter = self.spare.pop(0)
        self.ranges[letter] = values
        return letter

    def values(self, letter: str) -> range:
        return self.ranges[letter.rstrip("'")]

    def at(self, name: str, places: Sequence[object]) -> str:
        """A reference as it is written: with the letter of the patterns, where that is declared."""
        own = ["p"] if self.declared and name in self.varying else []
        written = [*own, *map(str, places)]
        return f"{name}[{','.join(written)}]" if written else name

    def weight(self, letters: Sequence[str]) -> str:
        """A weight with some of these letters, new or used before."""
        own = [one for one in dict.fromkeys(letters) if self.chance(0.6)][:2]
        shapes = tuple(self.values(one) for one in own)
        same = [
            name for name, kept in self.weights.items() if tuple(self.values(one) for one in kept) == shapes
        ]
        if same and self.chance(0.6):
            return self.at(self.choose.choice(same), own)
        name = f"{'w' if not own else 'v' if len(own) == 1 else 'W'}{len(self.weights) + 1}"
        plain = [one.rstrip("'") for one in own]
        self.weights[name] = tuple(own if len(set(plain)) < len(plain) else plain)
        return self.at(name, own)

    def number(self) -> str:
        return self.choose.choice(("0", "1", "0.1", "0.2", "½", "0.7", "-0.3"))

    # ---------------------------------------------------------------- references

    def part(self, values: range, letters: Sequence[str], summed: list[str]) -> Part:
        """An index for a place with these values; it may lead outside, and then needs a bracket."""
        fitting = [one for one in letters if len(self.values(one)) <= len(values)]
        draw = self.choose.random()
        if fitting and draw < 0.45:
            letter = self.choose.choice(fitting)
            own = self.values(letter)
            shift = 0 if self.inside(own, 0, values) else values.start - own.start
            if self.chance(0.3):
                shift += self.choose.choice((-1, 1))
            return Part(((letter, 1),), shift)
        if letters and len(values) > 1 and draw < 0.55:  # as in a convolution
            letter, size = self.choose.choice(letters), self.choose.randint(1, 2)
            window = self.letter(range(1, size + 1), (*letters, *summed))
            summed.append(window)
            shift = values.start - self.values(letter)[0] - 1
            return Part(((letter, self.choose.choice((1, 1, 2))), (window, 1)), shift)
        if draw < 0.72:
            return Part((), self.choose.choice(values))
        low, high = values.start, values.stop
        if len(values) > 1 and self.chance(0.3):  # a part of the range
            low, high = self.choose.choice(((low + 1, high), (low, high - 1)))
        letter = self.letter(range(low, high), (*letters, *summed))
        summed.append(letter)
        return Part(((letter, 1),))

    @staticmethod
    def inside(own: range, shift: int, values: range) -> bool:
        return values.start <= own.start + shift and own.stop + shift <= values.stop

    def brackets(self, part: Part, values: range) -> tuple[list[str], range]:
        """Brackets that keep an index inside, and where exactly they hold."""
        ends = [sorted((factor * self.values(one)[0], factor * self.values(one)[-1])) for one, factor in part.terms]
        low, high = part.shift + sum(end[0] for end in ends), part.shift + sum(end[1] for end in ends)
        if values.start <= low and high < values.stop:
            return [], values
        named = [one for one, own in self.ranges.items() if own == values]
        if named and self.chance(0.5):
            return [f"[{part} in {named[0]}]"], values
        found, plain = [], part.terms[0][0] if len(part.terms) == 1 and part.terms[0][1] == 1 else None
        if low < values.start:
            found.append(f"[{part} >= {values[0]}]")
            if plain:
                edge = values[0] - part.shift
                found[-1] = self.choose.choice((f"[{plain} > {edge - 1}]", f"[{plain} >= {edge}]"))
                if low == values.start - 1:
                    found[-1] = self.choose.choice((found[-1], f"[{plain} != {edge - 1}]"))
        if high >= values.stop:
            found.append(f"[{part} <= {values[-1]}]")
            if plain:
                edge = values[-1] - part.shift
                forms = [f"[{plain} < {edge + 1}]", f"[{plain} <= {edge}]"]
                if edge + 1 == len(self.values(plain)):
                    forms += [f"[{plain} < size({plain})]"] * 3
                found[-1] = self.choose.choice(forms)
        return found, values

    def read(self, name: str, letters: Sequence[str], fixed: Sequence[Part] | None = None) -> str:
        """A term that reads a quantity: with brackets where it must, summed, weighed; only entries that there are."""
        for _ in range(12):
            summed: list[str] = []
            parts = list(fixed or (self.part(values, letters, summed) for values in self.axes[name]))
            held = [self.brackets(part, values) for part, values in zip(parts, self.axes[name], strict=True)]
            spaces = [self.values(one) for one in (*letters, *summed)]
            places = {
                tuple(part.at(env) for part in parts)
                for env in (dict(zip((*letters, *summed), place, strict=True)) for place in product(*spaces))
            }
            read = {
                place for place in places if all(value in own for value, (_, own) in zip(place, held, strict=True))
            }
            if read and read <= self.entries[name]:
                break
            if fixed is not None:
                return ""
        else:
            summed, held = [], []
            parts = [Part((), value) for value in self.choose.choice(sorted(self.entries[name]))]
        guards = [one for brackets, _ in held for one in brackets]
        reference = self.at(name, parts)
        if len(guards) == 1 and not summed and self.chance(0.2):
            other = self.choose.choice(("0", "0.3", self.weight(letters)))
            return f"if({guards[0][1:-1]}, {reference}, {other})"
        factors = [reference]
        if self.chance(0.6):
            factors.insert(0, self.weight((*letters, *summed)))
        for guard in guards:
            factors.insert(self.choose.choice((0, 0, 0, len(factors) - 1)), guard)
        text = "*".join(factors)
        if summed:
            over = summed[0] if len(summed) == 1 else "{" + ",".join(summed) + "}"
            return f"({self.choose.choice(('sum', 'sum', 'sum', 'mean'))}_{over} {text})"
        return text

    def body(self, letters: Sequence[str], varies: bool, own: Sequence[str] = ()) -> str:
        """A right side: ``own`` terms, and some that read what there is."""
        pool = [name for name in self.axes if varies or not self.declared or name not in self.varying]
        recent = [name for name in pool[-4:] for _ in range(2)]
        terms = list(own)
        terms += [
            self.read(self.choose.choice(pool + recent), letters) if pool else self.weight(letters)
            for _ in range(self.choose.choice((0, 0, 0, 1, 1) if own else (1, 1, 1, 2)))
        ]
        if self.chance(0.35):
            terms.append(self.choose.choice((self.weight(letters), "c", self.number().lstrip("-"))))
        if len(terms) > 1 and self.chance(0.2):
            terms[:2] = [f"({terms[0]})*({terms[1]})"]
        total = " + ".join(terms)
        if letters and self.chance(0.12):
            total = f"({total})/(2 + {self.choose.choice(list(letters))}^2)"
        return self.choose.choice(FORMS).format(a=total)

    def beginning(self, letters: Sequence[str], varies: bool) -> str:
        """The right side of a base line."""
        draw = self.choose.random()
        if draw < 0.45:
            return self.number()
        return self.weight(letters) if draw < 0.65 else self.body(letters, varies)

    # ---------------------------------------------------------------- quantities

    def reach(self, places: Sequence[str | int]) -> set[Place]:
        return set(product(*((one,) if isinstance(one, int) else self.values(one) for one in places)))

    def enter(self, lines: Mapping[str, Sequence[Sequence[str | int]]], varies: bool) -> None:
        """Make the quantities known by the places of their lines."""
        for name, all_places in lines.items():
            found = set[Place]().union(*map(self.reach, all_places))
            self.entries[name] = frozenset(found)
            self.axes[name] = tuple(range(min(axis), max(axis) + 1) for axis in zip(*found, strict=True))
            if varies:
                self.varying.add(name)

    def chosen(self, most: int) -> list[str]:
        """Letters of a new quantity, not too many entries."""
        letters: list[str] = []
        for _ in range(most):
            rest = [one for one in self.ranges if one not in letters]
            fitting = [one for one in rest if len(self.reach([*letters, one])) <= MOST]
            letters += [self.choose.choice(fitting)] if fitting else []
        return letters

    def base(self, letters: Sequence[str]) -> list[str | int]:
        """The places of a base line beside a general equation with these letters."""
        places: list[str | int] = list(letters)
        for _ in range(2 if self.chance(0.2) else 1):
            k = self.choose.randrange(len(letters))
            own = self.values(letters[k])
            outside = (own.start - 1, own.start - 1, own.stop)
            places[k] = self.choose.choice((*outside, own[0], own[-1], own[len(own) // 2]))
        for k, place in enumerate(places):
            if isinstance(place, str) and self.chance(0.3):
                own = self.values(place)
                other = own if len(own) < 2 or self.chance(0.5) else self.choose.choice((own[1:], own[:-1]))
                places[k] = self.letter(other, [one for one in places if isinstance(one, str)]).rstrip("'")
        if len({one for one in places if isinstance(one, str)}) < sum(isinstance(one, str) for one in places):
            return [one if isinstance(one, int) else letter for one, letter in zip(places, letters, strict=True)]
        return places

    def clear(self, places: Sequence[Sequence[str | int]]) -> list[Sequence[str | int]]:
        """The lines without those that would overlap one before, neither being more special."""
        kept: list[Sequence[str | int]] = []
        for one in places:
            fixed = {k for k, value in enumerate(one) if isinstance(value, int)}
            for other in kept:
                theirs = {k for k, value in enumerate(other) if isinstance(value, int)}
                if not (fixed < theirs or theirs < fixed) and self.reach(one) & self.reach(other):
                    break
            else:
                kept.append(one)
        return kept

    def plain(self) -> None:
        """A quantity outside of recurrences, with base lines or without."""
        letters = self.chosen(self.choose.choice((0, 1, 1, 2, 2, 3)))
        varies, name = self.chance(0.85), self.name()
        bases = [self.base(letters) for _ in range(self.choose.choice((0, 0, 1, 1, 2, 3)))] if letters else []
        if letters and self.chance(0.06):  # a second general equation, beside the first
            stop = self.values(letters[0]).stop
            bases = [[self.letter(range(stop, stop + 2), letters, fresh=1), *letters[1:]]]
            self.open = True
        self.finish({name: self.clear([letters, *bases])}, {name: self.body(letters, varies)}, varies)

    def finish(
        self, lines: Mapping[str, Sequence[Sequence[str | int]]], bodies: Mapping[str, str], varies: bool
    ) -> None:
        """Write the lines of a group: its general equations, and what its base lines begin with."""
        group = [
            Line(name, tuple(places), bodies[name] if places is own[0] else self.beginning(
                [one for one in places if isinstance(one, str)], varies))
            for name, own in lines.items() for places in own
        ]  # fmt: skip
        self.enter(lines, varies)
        self.groups.append(group)

    def recurrent(self) -> None:
        """One to three quantities that read each other at earlier values of one or two letters."""
        letters = self.chosen(self.choose.choice((1, 1, 2, 2, 2, 3)))
        running = self.choose.sample(range(len(letters)), min(len(letters), self.choose.choice((1, 1, 2))))
        steps = {k: self.choose.choice((1, 1, -1)) for k in running}
        names = [self.name() for _ in range(self.choose.choice((1, 1, 1, 2, 2, 3)))]
        far = {k: 2 if len(self.values(letters[k])) > 2 and self.chance(0.25) else 1 for k in running}
        how = {k: self.choose.choice(("outside", "outside", "inside", "bracket")) for k in running}
        bases: list[list[str | int]] = []
        for k in running:
            own = self.values(letters[k])[:: steps[k]]
            for offset in range(far[k]):
                places: list[str | int] = list(letters)
                if how[k] == "outside":
                    places[k] = own[0] - steps[k] * (offset + 1)
                elif how[k] == "inside" and len(own) > far[k]:
                    places[k] = own[offset]
                else:
                    continue
                bases.append(places)
        if len(running) > 1 and bases and self.chance(0.4):  # the corner too
            ends = (bases[0], bases[-1])
            bases.append([
                next((one[k] for one in ends if isinstance(one[k], int)), letter) for k, letter in enumerate(letters)
            ])  # fmt: skip
        bases.sort(key=lambda one: -sum(isinstance(value, int) for value in one))
        ways = {name: self.clear([letters, *bases]) for name in names}
        varies = self.chance(0.9)
        self.enter(ways, varies)
        bodies, hidden = {}, {name: (self.axes.pop(name), name in self.varying) for name in names}
        for place, name in enumerate(names):
            own_terms = []
            for k in running:
                for distance in range(1, far[k] + 1):
                    other = self.choose.choice(names)
                    shift = {k: -steps[k] * distance}
                    for later in running[running.index(k) + 1 :]:
                        shift[later] = self.choose.choice((0, 0, 0, -1, 1))
                    own_terms.append((other, shift))
            if place and self.chance(0.8):
                own_terms.append((self.choose.choice(names[:place]), {}))
            terms = []
            for other, shift in own_terms:
                parts = [Part(((letter, 1),), shift.get(k, 0)) for k, letter in enumerate(letters)]
                self.axes[other] = hidden[other][0]
                terms.append(self.read(other, letters, parts))
                del self.axes[other]
            bodies[name] = self.body(letters, varies, [term for term in terms if term])
        self.finish(ways, bodies, varies)

    def bidirectional(self) -> None:
        """Layers, each read upwards and downwards in time, and each reading both of the one below."""
        time = self.letter(range(1, self.choose.randint(2, 4)))
        layer = self.letter(range(1, self.choose.randint(2, 3)), fresh=1)
        up, down, times, layers = self.name("f"), self.name("g"), self.values(time), self.values(layer)
        unit = [self.letter(range(1, 3), (time, layer))] if self.chance(0.3) else []
        ways: dict[str, list[list[str | int]]] = {
            up: [[time, layer, *unit], [times[0] - 1, layer, *unit], [time, layers[0] - 1, *unit]],
            down: [[time, layer, *unit], [times[-1] + 1, layer, *unit], [time, layers[0] - 1, *unit]],
        }
        bodies = {}
        self.enter(ways, True)
        for name, step in ((up, -1), (down, 1)):
            rest = [Part(((one, 1),)) for one in unit]
            before = [Part(((time, 1),), step), Part(((layer, 1),)), *rest]
            below = [Part(((time, 1),)), Part(((layer, 1),), -1), *rest]
            own = [time, layer, *unit]
            reads = (self.read(name, own, before), self.read(up, own, below), self.read(down, own, below))
            bodies[name] = f"tanh({' + '.join(reads)})"
        for name in ways:
            del self.axes[name]  # its base lines do not read it
        self.finish(ways, bodies, True)
