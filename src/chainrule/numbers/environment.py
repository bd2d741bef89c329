"""What an evaluation stands on: the setting, the values, the equations, and how a named number is found in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from itertools import product
from typing import Any, Generic, Protocol, TypeVar

from chainrule.errors import BrokenPass
from chainrule.expr.entries import entry_text
from chainrule.expr.indices import base
from chainrule.expr.nodes import Derivative, Equation, Expr, Index, key, places
from chainrule.numbers.kinds import Kind
from chainrule.values import dataclass

N = TypeVar("N")
Letters = Mapping[str, int]
Entry = tuple[str, tuple[int, ...]]  # one number: a name and the values of its letters


class Definition(Protocol):
    """A function of the model: ``A(u) = body``, and the rules its author gives for A′, A″, …"""

    @property
    def parameters(self) -> tuple[str, ...]: ...
    @property
    def body(self) -> Expr: ...
    @property
    def rules(self) -> Mapping[int, tuple[str, Expr]]: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What expressions mean beyond their values: the range of each letter, the letters of each name, the functions.

    A letter without a range of its own has that of the letter it is made from (``i'``, ``i#7`` → ``i``). ``pattern`` is
    the letter over which a reduction without letters runs.
    """

    ranges: Mapping[str, range] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    functions: Mapping[str, Definition] = field(default_factory=dict)
    pattern: str | None = None

    def range(self, letter: str) -> range:
        """The values of a letter."""
        found = self.ranges.get(letter)
        if found is None and (found := self.ranges.get(base(letter))) is None:
            raise BrokenPass("evaluation", f"the letter {letter} has no range")
        return found


SCALARS = Setting()


@dataclass(slots=True)
class Environment(Generic[N]):
    """One evaluation: what is given, what is defined, what is known by now.

    ``nudges`` are added to the entries they name, given or computed, before anyone reads them.
    """

    kind: Kind[N]
    values: Mapping[str, Any]
    setting: Setting
    equations: tuple[Equation, ...]
    derivative: Callable[[Derivative, Letters], N] | None
    nudges: Mapping[Entry, N] = field(default_factory=dict)
    known: dict[Entry, N] = field(default_factory=dict)
    running: set[Entry] = field(default_factory=set)
    reductions: dict[tuple[Expr, tuple[int | None, ...]], N] = field(default_factory=dict)  # with others inside
    defining: dict[str, list[Equation]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for equation in self.equations:
            self.defining.setdefault(key(equation.target), []).append(equation)


def defined(environment: Environment[N], name: str) -> bool:
    """Whether a name has a value or an equation."""
    return name in environment.values or name in environment.defining


def definition_of(environment: Environment[N], wanted: Entry) -> tuple[Equation, Letters]:
    """The equation that defines an entry, with its letters bound; a base line (``h[0] = …``) beats a general one."""
    found = maker_of(environment, wanted)
    if found is None:
        raise BrokenPass("evaluation", f"nothing gives the value of {entry_text(*wanted)}")
    return found


def maker_of(environment: Environment[N], wanted: Entry) -> tuple[Equation, Letters] | None:
    """The same; None for an entry that no equation defines."""
    name, place = wanted
    found: tuple[Equation, Letters] | None = None
    for equation in environment.defining.get(name, ()):
        indices = places(equation.target)
        if len(indices) != len(place):
            continue
        letters = {index.letter: at for index, at in zip(indices, place, strict=True) if index.letter}
        fits = all(index.letter or index.constant == at for index, at in zip(indices, place, strict=True))
        fits = fits and all(at in environment.setting.range(letter) for letter, at in letters.items())
        if fits and (found is None or len(letters) < len(found[1])):
            found = equation, letters
    return found


def pick(environment: Environment[N], name: str, place: tuple[int, ...]) -> Any:
    """An entry of a given value."""
    found = environment.values[name]
    if not place:
        return found
    if isinstance(found, Mapping):
        if place not in found:
            raise BrokenPass("evaluation", f"{entry_text(name, place)} is not given")
        return found[place]
    axes = environment.setting.axes.get(name)
    for axis, at in enumerate(place):
        position = at - environment.setting.range(axes[axis]).start if axes else at
        if not 0 <= position < len(found):
            raise BrokenPass("evaluation", f"{entry_text(name, place)} is outside its range")
        found = found[position]
    return found


def place_of(index: Index, letters: Letters) -> int:
    """The value of an index."""
    total = index.constant
    try:
        for letter, coefficient in index.terms:
            total += coefficient * letters[letter]
        return int(total)
    except KeyError as unbound:
        raise BrokenPass("evaluation", f"nothing binds the letter {unbound.args[0]}") from None


def bindings(letters: tuple[str, ...], setting: Setting) -> Iterable[dict[str, int]]:
    """Every assignment of values to letters, the last letter fastest."""
    for place in product(*(setting.range(letter) for letter in letters)):
        yield dict(zip(letters, place, strict=True))


def pattern_of(setting: Setting) -> tuple[str, ...]:
    """The letter of the patterns."""
    if setting.pattern is None:
        raise BrokenPass("evaluation", "a reduction over the patterns, but no letter runs over them")
    return (setting.pattern,)


