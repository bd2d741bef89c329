"""Arguments of the command line → arguments of the face."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from chainrule.cli.completion import models, weights
from chainrule.cli.streams import standard_input, unreadable
from chainrule.errors import UsageError
from chainrule.expr.limits import most

if TYPE_CHECKING:
    from chainrule.api import Model


class Number(click.ParamType):  # type: ignore[type-arg]
    """A number as it is typed; a minus sign may be the one that is printed."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return value if isinstance(value, float) else number(value)
        except ValueError:
            option = param.opts[0] if param else ""
            help = f"write it in digits, for example {option} 0.5 or {option} 1e-3"
            raise UsageError("E462", f"{option} {value} is not a number", help) from None


class Whole(click.ParamType):  # type: ignore[type-arg]
    """A whole number in digits."""

    name = "n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        typed = str(value).strip().replace("−", "-")
        if typed.removeprefix("-").isdecimal() and typed.isascii() and len(typed) <= 20:
            return int(typed)
        option = param.opts[0] if param else ""
        help = f"write for example {option} 100"
        raise UsageError("E462", f"{option} {value} is not a whole number in digits", help)


def number(text: str) -> float:
    """A number in ASCII digits, ``1e-3``, ``.5`` and ``−2`` with the true minus sign too.

    >>> number("−0.5"), number("1e-3")
    (-0.5, 0.001)
    """
    typed = text.strip().replace("−", "-")
    if "_" in typed or not typed.isascii():
        raise ValueError(text)
    return float(typed)


def several(name: str, metavar: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option that may be given many times."""
    return click.option(name, multiple=True, metavar=metavar, help=help)


model_argument = click.argument("model", shell_complete=models)
data_option = click.option("--data", metavar="FILE", help="a file of patterns: .csv, .tsv, .json, .npz, .parquet, …")
column_option = several(
    "--column", "NAME=COLUMN", 'which column a name is: --column "sl=sepal length (cm)"; may be repeated'
)
classes_option = several(
    "--classes", "NAME=WORDS", "words that become 0, 1, …: --classes label=setosa,versicolor,virginica; may be repeated"
)
drop_option = click.option(
    "--drop-missing", is_flag=True, help="leave out the rows in which a used column has no value"
)
standardise_option = click.option(
    "--standardise", is_flag=True, help="take away the mean of each data column and divide by its spread"
)
set_option = several("--set", "NAME=VALUE", "the value of a const: --set α=0.5, or alpha=0.5; may be repeated")
start_option = several(
    "--start",
    "NAME=VALUE",
    "where a weight begins: --start w=0.5, W=@file.json for an array, or one JSON file for all; may be repeated",
)
steps_option = click.option(
    "--steps", type=Whole(), default=1000, show_default=True, metavar="N", help="how often the weights are changed"
)
batch_option = click.option(
    "--batch",
    metavar="HOW",
    help="the patterns of a step: each (one, in turn), all, shuffled, a number N, or @rows.json; "
    "by default each, or all where one pattern alone would have another goal",
)
rate_option = click.option("--rate", type=Number(), metavar="NUMBER", help="the learning rate, instead of the text's")
update_option = click.option(
    "--update",
    metavar="RULE",
    help="another learning rule than gradient descent: a name such as adam, its text, or @FILE with the text",
)
hold_option = click.option(
    "--hold", multiple=True, metavar="NAME", shell_complete=weights,
    help="a weight that stays as it is; may be repeated",
)  # fmt: skip
seed_option = click.option(
    "--seed", type=Whole(), default=0, show_default=True, metavar="N", help="for starts and orders drawn at random"
)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON")
ascii_option = click.option("--ascii", is_flag=True, help="write only ASCII characters")


validation_option = click.option(
    "--validation", metavar="FILE|PART", help="patterns that no step visits: a file, or a part of the rows such as 0.2"
)


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what data is and how it is read; a command gets them as ``data``, arguments of the face."""

    @wraps(command)
    def packed(
        data: str | None, column: tuple[str, ...], classes: tuple[str, ...], drop_missing: bool, standardise: bool,
        validation: str | None = None, **others: Any,
    ) -> Any:  # fmt: skip
        how: dict[str, Any] = {"data": data}
        if validation is not None:
            how["validation"] = part_or_file(validation)
        if column:
            how["columns"] = pairs(column, "--column", '--column "sl=sepal length (cm)"')
        if classes:
            listed = pairs(classes, "--classes", "--classes label=setosa,versicolor")
            how["classes"] = {name: [word.strip() for word in words.split(",")] for name, words in listed.items()}
        return command(data=how | {"drop_missing": drop_missing, "standardise": standardise}, **others)

    options: Callable[..., Any] = packed
    for option in (standardise_option, drop_option, classes_option, column_option, data_option):
        options = option(options)
    return options


def part_or_file(text: str) -> float | str:
    """The argument of --validation: a number is a part, anything else a file."""
    try:
        return number(text)
    except ValueError:
        return text


def pairs(given: tuple[str, ...], option: str, example: str) -> dict[str, str]:
    """``("sl=sepal length",)`` → ``{"sl": "sepal length"}``."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise UsageError("E451", f"{option} {text} is not NAME=…", f"write for example {example}")
        put(found, name.strip(), value.strip(), option)
    return found


def training_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how a network is trained, in the order in which help lists them."""
    options = (
        data_options, validation_option, set_option, start_option, steps_option,
        batch_option, rate_option, update_option, hold_option
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def opened(name: str) -> Model:
    """The model an argument names: - is standard input, a dot or a slash makes it a file, else it is an example; so is
    one for maps, where there is no file of its name."""
    from pathlib import Path

    from chainrule import api
    from chainrule.api.texts import MAPPED

    if name == "-":
        try:
            raw = standard_input().read(most("text") + 1)
        except OSError as fault:
            raise unreadable((fault.strerror or str(fault)).lower()) from None
        return api.Model(api.decoded(raw, "<stdin>"), name="<stdin>")
    if is_file(name) and (not name.startswith(f"{MAPPED}/") or Path(name).exists()):
        return api.load(name)
    return api.example(name)


def is_file(name: str) -> bool:
    """Whether an argument names a file: by a dot or a slash in it.

    >>> is_file("my.eq"), is_file("identity"), is_file("-")
    (True, False, False)
    """
    return any(mark in name for mark in "./\\")


def visiting(batch: str | None) -> Any:
    """The argument of --batch as the face takes it."""
    if batch is None:
        return None
    if batch.startswith("@"):
        rows = json_file(batch[1:])
        if not isinstance(rows, list):
            help = "a file of rows is JSON like [0, 2, 1] or [[0, 1], [2]]"
            raise UsageError("E451", f"{batch[1:]} holds no rows", help)
        return [list(map(row, one)) if isinstance(one, list) else row(one) for one in rows]
    return int(batch) if batch.isascii() and batch.isdecimal() and len(batch) < 20 else batch


def ruled(update: str | None) -> str | None:
    """The argument of --update as the face takes it."""
    if update is None or not update.startswith("@"):
        return update
    from pathlib import Path

    from chainrule import api

    return api.text_of(Path(update[1:]))


def row(value: Any) -> Any:
    """The number of a pattern: JSON has no whole numbers of its own."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def assignments(given: tuple[str, ...]) -> dict[str, float] | None:
    """``("α=0.5",)`` → ``{"α": 0.5}``."""
    found: dict[str, Any] = {}
    for text in given:
        put(found, *assignment(text, "--set"), "--set")
    return found or None


def assignment(text: str, option: str) -> tuple[str, float]:
    """One NAME=VALUE."""
    name, equals, value = text.partition("=")
    try:
        if not (name.strip() and equals):
            raise ValueError
        return name.strip(), number(value)
    except ValueError:
        raise UsageError("E451", f"{option} {text} is not NAME=NUMBER", f"write for example {option} w=0.5") from None


def starts(given: tuple[str, ...]) -> Any:
    """The starts of --start: NAME=VALUE, NAME=@file.json, or a JSON file with all of them."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if equals and value.startswith("@"):
            put(found, name.strip(), json_file(value[1:]), "--start")
        elif equals:
            put(found, *assignment(text, "--start"), "--start")
        elif not is_file(text):
            help = "write --start w=0.5, or give a JSON file, --start start.json"
            raise UsageError("E451", f"--start {text} is not NAME=NUMBER", help)
        else:
            whole = json_file(text)
            if not isinstance(whole, dict):
                raise UsageError("E451", f"{text} holds no starts", 'a start file is JSON like {"w": 0.5, "b": 0}')
            for one, start in whole.items():
                put(found, one, start, "--start")
    return found or None


def put(found: dict[str, Any], name: str, value: Any, option: str) -> None:
    """Add a value, unless its name, typed either way, has one."""
    from chainrule.train.column import ascii_or_itself

    if ascii_or_itself(name) in map(ascii_or_itself, found):
        raise UsageError("E451", f"{option} gives {name} twice", "give each name one value")
    found[name] = value


def json_file(path: str) -> Any:
    """What stands in a JSON file."""
    from pathlib import Path

    from chainrule.data import jsonfile

    try:
        return jsonfile.read(Path(path))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError("E457", f"{path} cannot be read: {why}", "give the path of a JSON file") from None
