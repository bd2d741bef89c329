"""Files and examples → models: bounded reading, UTF-8, and what to do where that fails."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule import examples
from chainrule.api import arguments
from chainrule.api.model import Model
from chainrule.errors import DataError, LimitError, UsageError, shown
from chainrule.expr.limits import limited, most, raise_it
from chainrule.notation.bytes import content

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@limited
def load(path: str | os.PathLike[str], data: object = None, *, limits: Mapping[str, int] | None = None) -> Model:
    """A model from a file of equations, UTF-8; ``limits`` are those of `Model`.

    Errors: DataError E457 if the file cannot be read, LimitError E458 if it is larger than the limit ``text``.
    """
    try:
        place = Path(os.fsdecode(path))
    except TypeError:
        raise UsageError("E452", f"{shown(path)} is not a path", "give the name of a file") from None
    return Model(text_of(place), str(place), data)


def text_of(place: Path) -> str:
    """The text of a file."""
    try:
        raw = content(place, most("text") + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise DataError("E457", f"{place} cannot be read: {why}", hint(place)) from None
    return decoded(raw, str(place))


def decoded(raw: bytes, name: str) -> str:
    """The text of a model from its bytes: UTF-8, with or without a byte order mark."""
    if len(raw) > most("text"):
        problem = f"{name} is longer than {most('text'):,} bytes"
        help = f"a model is a page of equations, and data goes into a file of its own; or {raise_it('text')}"
        raise LimitError("E458", problem, help)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"{name} is not UTF-8 text: byte {error.start} is 0x{raw[error.start]:02x}"
        raise DataError("E457", problem, "save the file as UTF-8") from None


def hint(place: Path) -> str:
    """What to do about a file that cannot be read."""
    if place.stem in listed():
        return f"the example is called {place.stem}, without an ending: chainrule explain {place.stem}"
    return "a model is a text file such as identity.eq; `chainrule examples` lists those that come with the package"


def folder_of_examples() -> Traversable:
    """Where the examples are: in a folder, as almost always, or in an archive, for which more has to be imported."""
    folder = Path(str(examples.__file__)).parent
    if folder.is_dir():
        return folder
    from importlib import resources

    return resources.files("chainrule.examples")


def listed() -> dict[str, str]:
    """The examples that come with the package: name → what it is, the first line of its text."""
    folder = folder_of_examples()
    names = sorted(item.name.removesuffix(".eq") for item in folder.iterdir() if item.name.endswith(".eq"))
    first = ["identity", "identity-bias"]
    ordered = [*first, *(name for name in names if name not in first)]
    return {name: _text(name).partition("\n")[0].lstrip("# ") for name in ordered}


MAPPED = "trainability"
"""The folder of the examples whose trainings are mapped."""


def mapped() -> dict[str, str]:
    """The examples that are for maps: ``trainability/NAME`` → what it is."""
    folder = folder_of_examples() / MAPPED
    names = sorted(f"{MAPPED}/{one.name.removesuffix('.eq')}" for one in folder.iterdir() if one.name.endswith(".eq"))
    return {name: _text(name).partition("\n")[0].lstrip("# ") for name in names}


def example(name: str) -> Model:
    """An example that comes with the package, with its data where it has some.

    Errors: UsageError E459 for a name that is none, with the nearest one.
    """
    names = listed() | mapped()
    if arguments.text("an example", name, "its name") not in names:
        near = get_close_matches(name[:60], names, n=1)
        known = f"the examples are {', '.join(names)}; a file has a dot or a slash in its name"
        help = f"did you mean {near[0]}?" if near else known
        raise UsageError("E459", f"there is no example {name}", help)
    table = folder_of_examples() / f"{name}.csv"
    return Model(_text(name), name, Path(str(table)) if table.is_file() else None)


def _text(name: str) -> str:
    return (folder_of_examples() / f"{name}.eq").read_text(encoding="utf-8")
