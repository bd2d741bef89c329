"""Values with fields: the standard library's dataclasses, whose methods are written when one is first looked up.

``dataclasses.dataclass`` writes and compiles six methods of each class while its module is read: half a millisecond a
class, and the package has hundreds, of which a command uses a part. Here the standard library sets up the fields at
once; ``__init__``, ``__repr__``, ``__eq__`` and ``__hash__`` are written when they are first asked for.

>>> @dataclass(frozen=True, slots=True)
... class Point:
...     x: float
...     y: float = 0.0
>>> Point(1.0)
Point(x=1.0, y=0.0)
>>> Point(1.0) == Point(1.0, 0.0)
True
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for a checker of types these are the standard library's
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, **options):
        """As ``dataclasses.dataclass``, with its options ``init, repr, eq, frozen, kw_only, slots``."""
        return (lambda cls: made(cls, **options)) if cls is None else made(cls, **options)


class Later:
    """A method in its class until it is first looked up; then it is written and takes this place.

    Two threads that look it up at once both write it, and what they write is the same.
    """

    __slots__ = ("home", "name")

    def __init__(self, name: str, home: type) -> None:
        self.name = name
        self.home = home  # who looks the method up may be a class that inherits it

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        method = written(self.home, self.name)
        setattr(self.home, self.name, method)
        return method.__get__(instance, owner)


def made(
    cls: type,
    init: bool = True,
    repr: bool = True,
    eq: bool = True,
    frozen: bool = False,
    kw_only: bool = False,
    slots: bool = False,
) -> type:
    """The class with its fields; a method that it has itself stays."""
    own = cls.__dict__
    later = [f"__{name}__" for name, asked in (("init", init), ("repr", repr), ("eq", eq)) if asked]
    later = [name for name in later if name not in own]
    hashes = eq and (own.get("__hash__") is None if "__eq__" in own else "__hash__" not in own)
    if not cls.__doc__:
        cls.__doc__ = cls.__name__  # else the standard library reads the signature, for which __init__ is written
    below = any(getattr(base, "__dataclass_params__", None) for base in cls.__mro__[1:])
    cls = dataclasses.dataclass(
        init=False, repr=False, eq=False, frozen=frozen and below, kw_only=kw_only, slots=slots
    )(cls)
    params: Any = cls.__dict__["__dataclass_params__"]
    params.init, params.repr, params.eq, params.frozen = init, repr, eq, frozen
    for name in [*later, "__hash__"] if hashes and frozen else later:
        setattr(cls, name, Later(name, cls))
    if hashes and not frozen:
        setattr(cls, "__hash__", None)  # noqa: B010 - what can change is no key
    if frozen and not below:
        freeze(cls, slots)
    return cls


def freeze(cls: Any, slots: bool) -> None:
    """Let no field be set or deleted, as the standard library does, without compiling anything for it."""
    names = frozenset(field.name for field in dataclasses.fields(cls))

    def refuse_to_set(self: Any, name: str, value: object) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def refuse_to_delete(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    cls.__setattr__, cls.__delattr__ = refuse_to_set, refuse_to_delete
    if slots:  # what copies or sends a value
        for name, method in (("__getstate__", state), ("__setstate__", restored)):
            if name not in cls.__dict__:
                setattr(cls, name, method)


def state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def restored(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def written(cls: Any, name: str) -> Callable[..., Any]:
    """A method of a class, which its fields decide."""
    return initial(cls) if name == "__init__" else of_the_library(cls, name)


ASKS = {
    "__repr__": {"repr": True, "eq": False},
    "__eq__": {"repr": False, "eq": True},
    "__hash__": {"repr": False, "eq": False, "unsafe_hash": True},
}
"""What the standard library is asked for so that it writes a method and nothing else."""


def of_the_library(cls: Any, name: str) -> Callable[..., Any]:
    """The method that ``dataclasses.dataclass`` writes for a class of the same fields."""
    fields = dataclasses.fields(cls)
    same = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__annotations__": {field.name: field.type for field in fields},
    } | {field.name: dataclasses.field(repr=field.repr, hash=field.hash, compare=field.compare) for field in fields}
    twin: Any = dataclasses.dataclass(init=False, match_args=False, **ASKS[name])(type(cls.__name__, (), same))
    method: Callable[..., Any] = vars(twin)[name]
    return method


class Factory:
    """What stands in a signature where a value is made at each call."""

    def __repr__(self) -> str:
        return "<factory>"


FACTORY = Factory()


def initial(cls: Any) -> Callable[..., Any]:
    """``__init__``, written here: the library's for a frozen class comes with two methods more, which take as long."""
    every = dataclasses.fields(cls)
    known: dict[str, Any] = {"FACTORY_": FACTORY, "set_": object.__setattr__}
    me = "__dataclass_self__" if any(field.name == "self" for field in every) else "self"
    by_place, by_name, body = [me], list[str](), list[str]()
    for field in every:
        name = parameter = value = field.name
        if field.default is not dataclasses.MISSING:
            known[f"default_{name}_"] = field.default
            parameter = value = f"default_{name}_"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"make_{name}_"] = field.default_factory
            parameter, value = "FACTORY_", f"make_{name}_()"
        if field.init:
            (by_name if field.kw_only else by_place).append(name if parameter == name else f"{name}={parameter}")
            value = f"{value} if {name} is FACTORY_ else {name}" if parameter == "FACTORY_" else name
        elif parameter == name or (parameter != "FACTORY_" and "__slots__" not in vars(cls)):
            continue  # no value, or one that stands in the class
        body.append(f"set_({me},{name!r},{value})" if cls.__dataclass_params__.frozen else f"{me}.{name}={value}")
    if hasattr(cls, "__post_init__"):
        body.append(f"{me}.__post_init__()")
    head = ",".join([*by_place, "*", *by_name] if by_name else by_place)
    lines = "\n  ".join(body or ["pass"])
    made: dict[str, Any] = {}
    text = f"def outer({','.join(known)}):\n def __init__({head}):\n  {lines}\n return __init__"
    exec(text, vars(sys.modules[cls.__module__]), made)  # noqa: S102 - of names of fields, as the standard library's
    method: Callable[..., Any] = made["outer"](**known)
    method.__qualname__ = f"{cls.__qualname__}.__init__"
    method.__annotations__ = {field.name: field.type for field in every if field.init} | {"return": None}
    return method
