"""Values with fields: what the standard library's dataclasses do, and no method before it is asked for."""

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest

from chainrule.values import Later, dataclass

BY_BOTH = {"library": dataclasses.dataclass, "ours": dataclass}

OPTIONS = [
    {"frozen": frozen, "slots": slots, "kw_only": kw_only, "eq": eq, "repr": shown}
    for frozen in (False, True)
    for slots in (False, True)
    for kw_only in (False, True)
    for eq in (False, True)
    for shown in (False, True)
]


def point(by: Any, **options: bool) -> Any:
    @by(**options)
    class Point:
        """A place."""

        __qualname__ = "Point"
        x: float
        self: int = dataclasses.field(default=3, repr=False)  # the name of what a method is called on
        at: list[int] = dataclasses.field(default_factory=list, compare=False)
        seen: list[str] = dataclasses.field(default_factory=list, init=False, compare=False)
        kept: str = dataclasses.field(default="k", init=False)

        def __post_init__(self) -> None:
            self.seen.append("made")

    return Point


def attempt(action: Any) -> object:
    """What comes of it, or the kind and text of the error."""
    try:
        return action()
    except Exception as error:
        return type(error), str(error)


def same_hash(one: object, other: object) -> bool:
    """Of two that are there at once: what is hashed by its place may otherwise come to the place of the other."""
    return hash(one) == hash(other)


USES = {
    "repr": lambda kind: repr(kind(x=1.5)).split(" object at")[0],
    "equal": lambda kind: (kind(x=1) == kind(x=1), kind(x=1) == kind(x=2), kind(x=1) == 1),
    "not compared": lambda kind: kind(x=1, at=[1]) == kind(x=1),
    "hash": lambda kind: same_hash(kind(x=1), kind(x=1)),
    "hash of two": lambda kind: same_hash(kind(x=1), kind(x=2)),
    "defaults": lambda kind: (kind(x=1).self, kind(x=1).at, kind(x=1).seen, kind(x=1).kept),
    "a list of its own": lambda kind: kind(x=1).at is kind(x=1).at,
    "in order": lambda kind: kind(1, 2, [3]).at,
    "too few": lambda kind: kind(),
    "too many": lambda kind: kind(1, 2, 3, 4),
    "an unknown one": lambda kind: kind(x=1, y=2),
    "not for the call": lambda kind: kind(x=1, kept="a"),
    "set": lambda kind: setattr(kind(x=1), "x", 2),
    "delete": lambda kind: delattr(kind(x=1), "x"),
    "replace": lambda kind: dataclasses.replace(kind(x=1), x=5).x,
    "as a dict": lambda kind: dataclasses.asdict(kind(x=1)),
    "copy": lambda kind: copy.copy(kind(x=4)).x,
    "deep copy": lambda kind: copy.deepcopy(kind(x=4, at=[2])).at,
    "match": lambda kind: kind.__match_args__,
    "document": lambda kind: kind.__doc__,
    "parameters": lambda kind: kind.__dataclass_params__.frozen,
    "signature": lambda kind: str(inspect.signature(kind)),
    "annotations": lambda kind: kind.__init__.__annotations__,
    "names": lambda kind: [getattr(kind, name).__qualname__ for name in ("__init__", "__repr__", "__eq__")],
}


@pytest.mark.parametrize(
    "options", OPTIONS, ids=lambda of: " ".join(name for name, asked in of.items() if asked) or "-"
)
def test_a_value_does_what_the_standard_library_s_does(options: dict[str, bool]) -> None:
    theirs, ours = (point(by, **options) for by in BY_BOTH.values())
    for name, use in USES.items():
        assert attempt(lambda use=use: use(ours)) == attempt(lambda use=use: use(theirs)), name


def heirs(by: Any) -> tuple[Any, Any, Any]:
    @by(frozen=True, slots=True)
    class Above:
        a: int

        def __repr__(self) -> str:
            return f"<{self.a}>"

    @by(frozen=True, slots=True)
    class Below(Above):
        b: int = 2

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Below) and self.b == other.b

        def __hash__(self) -> int:
            return 7

    class Plain(Below):
        pass

    return Above, Below, Plain


def heirs_say(by: Any) -> list[object]:
    above, below, plain = heirs(by)
    return [
        repr(above(1)), repr(below(1)), repr(plain(1, 3)).partition("<locals>.")[2], hash(below(1)), plain(1).b,
        below(1) == below(5), above(1) == below(1), plain(1) == plain(3), above(1) == above(1),
        hash(above(1)) == hash(above(1)), attempt(lambda: setattr(below(1), "a", 2)),
        attempt(lambda: setattr(plain(1), "a", 2)), [field.name for field in dataclasses.fields(below)],
    ]  # fmt: skip


def test_what_a_class_writes_itself_stays_and_what_inherits_finds_the_methods() -> None:
    assert heirs_say(dataclass) == heirs_say(dataclasses.dataclass)


def test_no_other_attribute_is_set() -> None:
    """With slots the standard library's own refusal raises TypeError, for it asks the class as it was before them."""
    kind = point(dataclass, frozen=True, slots=True)
    with pytest.raises(dataclasses.FrozenInstanceError, match="'z'"):
        kind(x=1).z = 2


def test_a_method_that_an_heir_asks_for_first_is_kept_where_it_belongs() -> None:
    above, below, _ = heirs(dataclass)

    class Heir(above):
        pass

    Heir(1)
    assert not isinstance(vars(above)["__init__"], Later)
    assert "__init__" not in vars(Heir)
    assert isinstance(vars(below)["__init__"], Later)


def test_no_method_is_written_before_it_is_asked_for() -> None:
    kind = point(dataclass, frozen=True, slots=True)
    assert all(isinstance(vars(kind)[name], Later) for name in ("__init__", "__repr__", "__eq__", "__hash__"))
    kind(x=1)
    assert {name for name in ("__init__", "__repr__", "__eq__", "__hash__") if isinstance(vars(kind)[name], Later)} == {
        "__repr__",
        "__eq__",
        "__hash__",
    }


@dataclass(frozen=True, slots=True)
class Sent:
    a: int
    b: str = "b"


def test_a_frozen_value_can_be_sent() -> None:
    assert pickle.loads(pickle.dumps(Sent(1))) == Sent(1)  # noqa: S301 - what stands in this line
