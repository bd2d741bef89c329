"""Whatever a user, a file or the environment says: no text for people holds what a terminal or a browser would obey."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.api.answer import Answer
from chainrule.api.derivation import Derivation
from chainrule.cli import cli
from chainrule.errors import Source, Span
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.report import Picture
from chainrule.train.curvature import Curvature
from chainrule.train.document import about_run, record, values
from chainrule.train.evaluation import Evaluation
from chainrule.train.journal import there, typed
from chainrule.train.jsonfile import CLOSING
from chainrule.train.run import Run, Verification, json_numbers
from chainrule.train.seal import seal
from chainrule.train.trace import Trace
from chainrule.views.animation import Animation
from chainrule.views.figure import Figure
from chainrule.views.layout import TextTable, render
from chainrule.views.plot import render as pixels
from chainrule.views.progress import rich_bar
from chainrule.views.tables import training, verification

from .hostile import HOSTILE, harm

TEXT = "data x in {{0, 1}}\ntarget y = x\nweight w := 0.5, b := 0 # {0}\nŷ = w·x + b\nE = ½(ŷ − y)² # {0}\n# {0}\n"
ALL = " ".join(HOSTILE)


def commented(said: str) -> str:
    """A model with a comment at each place; what would end the comment is left out."""
    return TEXT.format(said.replace("\n", " ").replace("\r", " "))


class World:
    """A model and what comes of it, with one hostile text in the place of every text that is the user's."""

    def __init__(self, said: str, claims: tuple[str, ...] | None = ("update",)) -> None:
        self.said = said
        self.refused = ""
        try:
            self.model = cr.Model(commented(said), said)
        except cr.NotationError as refused:  # what cannot be seen is not allowed in a comment either
            self.refused = str(refused)
            self.model = cr.Model(commented("plain"), said)
        self.run = dataclasses.replace(self.model.train(steps=3), notes=(said, f"a {said} b"))
        name = "".join(char for char in said if char not in "[]")  # brackets belong to the names of columns
        self.evaluation = self.model.evaluate(data={"x": [0, 1], name: [1, 2]})
        self.story = self.model.explain(self.run, claims)
        self.derivation = self.model.derive("w")
        self.figure = self.model.figure.compare({said: self.run, "other": self.run})
        self.film = Animation((self.figure.scene,), (0,))
        one = self.one = said.replace("\n", " ")  # what the package writes itself has lines of its own
        claim = Claim("update", one, one, True, {one: one}, (one,), (one,))
        self.mine = cr.Story(one, ((one, one),), (claim,), (), None, (one,), one)
        self.pictures = (Picture(one, self.figure.svg(), one),)

    def error(self) -> cr.ChainruleError:
        return cr.UsageError("E999", self.said, self.said, Source(self.said, self.said), Span(0, 1))


def shown(html: str) -> list[str]:
    """Everything of a page that is seen or obeyed: its words and its tags."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            assert tag not in ("script", "img", "iframe", "object", "a", "bold"), tag
            assert not any(name.startswith("on") for name, _ in attrs)
            found.extend(value or "" for _, value in attrs)

        def handle_data(self, data: str) -> None:
            found.append(data)

        def handle_comment(self, data: str) -> None:
            raise AssertionError("a comment")

    Reader().feed(html)
    return found


def xml(text: str) -> list[str]:
    """Everything of an SVG or MathML text; it is well formed."""
    tree = ET.fromstring(text)  # noqa: S314 - our own
    assert not [one for one in tree.iter() if one.tag.endswith(("script", "img", "foreignObject"))]
    return [part for one in tree.iter() for part in (one.text, one.tail, *one.attrib.values()) if part]


SINKS: dict[str, Callable[[World], Iterable[str]]] = {
    "Answer.__repr__": lambda at: [repr(Answer(False, None, sentence=at.said))],
    "Answer.__str__": lambda at: [str(Answer(False, None, sentence=at.one))],
    "ChainruleError.__str__": lambda at: [str(at.error()), at.refused],
    "ChainruleError.problem": lambda at: [at.error().problem],
    "ChainruleError.help": lambda at: [at.error().help.replace("\nFORGED", "")],
    "Derivation.__str__": lambda at: [str(at.derivation)],
    "Derivation._repr_html_": lambda at: shown(at.derivation._repr_html_()),
    "Derivation._repr_latex_": lambda at: [at.derivation._repr_latex_()],
    "Derivation.html": lambda at: shown(at.derivation.html()),
    "Derivation.last": lambda at: [at.derivation.last()],
    "Derivation.needed": lambda at: list(at.derivation.needed()),
    "Derivation.latex": lambda at: [at.derivation.latex()],
    "Derivation.markdown": lambda at: [at.derivation.markdown()],
    "Derivation.mathml": lambda at: xml(at.derivation.mathml()),
    "Derivation.result": lambda at: [at.derivation.result],
    "Derivation.text": lambda at: [at.derivation.text(), at.derivation.text(ascii=True)],
    "Evaluation.__repr__": lambda at: [repr(at.evaluation)],
    "Evaluation.notes": lambda at: at.evaluation.notes,
    "Figure.__repr__": lambda at: [repr(at.figure)],
    "Figure._repr_svg_": lambda at: xml(at.figure._repr_svg_()),
    "Figure.description": lambda at: [at.figure.description],
    "Figure.svg": lambda at: xml(at.figure.svg()),
    "Figure.title": lambda at: [at.figure.title],
    "Animation.__repr__": lambda at: [repr(at.film)],
    "Animation.description": lambda at: [at.film.description],
    "Animation.title": lambda at: [at.film.title],
    "Misconception.text": lambda at: [dataclasses.replace(FALSE, belief=at.one, why=at.one).text()],
    "Misconception.__repr__": lambda at: [repr(dataclasses.replace(FALSE, belief=at.one, why=at.one))],
    "Model.code": lambda at: [at.model.code(steps=2)],
    "Model.__repr__": lambda at: [ascii(at.model) and repr(at.model)],
    "Model._repr_html_": lambda at: shown(at.model._repr_html_()),
    "Model.warnings": lambda at: at.model.warnings,
    "Run.__repr__": lambda at: [repr(at.run)],
    "Run.sentence": lambda at: [at.run.sentence],
    "Run.culprit": lambda at: [at.run.culprit or ""],
    "Run.table": lambda at: [render(training(at.run, at.said, at.said), terminal) for terminal in (False,)],
    "Run.interrupted": lambda at: [
        render(training(dataclasses.replace(at.run, ended="interrupted"), at.said, at.said), False),
        typed(Path(at.said)), there(Path(at.said)).help,
    ],
    "Run.verified": lambda at: [render(verification(at.run, Verification("0", "1", at.said)), False)],
    "Story.__str__": lambda at: [str(at.story), str(at.mine)],
    "Story.__repr__": lambda at: [repr(at.story)],
    "Story._repr_html_": lambda at: shown(at.story._repr_html_()) + shown(at.mine._repr_html_()),
    "Story.about": lambda at: [at.story.about],
    "Story.warnings": lambda at: at.story.warnings,
    "Story.questions": lambda at: [text for pair in at.story.questions for text in pair],
    "Story.html": lambda at: shown(at.story.html(at.pictures)) + shown(at.mine.html(at.pictures)),
    "Story.text": lambda at: [
        at.story.text(), at.story.text(ascii=True), at.mine.text(drawn=at.one, tests=True), at.mine.text(ascii=True)
    ],
    "Trace.__repr__": lambda at: [repr(at.run.trace)],
}
"""Each text for people of the face, with what it may hold."""

RAW = {
    "Model.text": "the text that was given",
    "Model.formatted": "its comments are those that were given; a command draws them",
    "Model.name": "the name that was given",
    "Misconception.name": "the name of a file of the package",
    "Story.equations": "the text that was given; drawn where it is shown",
    "Claim": "what a story is made of; drawn where the story is shown",
    "Run.recipe": "what was given",
    "Run.sha256": "hexadecimal",
    "Run.data_hash": "hexadecimal",
    "Run.ended": "one of four words",
    "Run.notes": "drawn where a run is read, and where it is shown",
    "ChainruleError.code": "a code",
    "Curvature.__repr__": "numbers and names of the model",
    "Derivation.__repr__": "expressions and names of rules",
    "Verification": "hexadecimal, and the name of a part of a run",
}
"""Texts that are not for people, or are what was given; and why."""

FALSE = cr.misconception("tangent")
NAMED = {
    "Answer": Answer, "Animation": Animation, "ChainruleError": cr.ChainruleError, "Claim": Claim,
    "Curvature": Curvature, "Derivation": Derivation, "Evaluation": Evaluation, "Figure": Figure,
    "Misconception": cr.Misconception, "Model": cr.Model, "Run": Run, "Story": cr.Story, "Trace": Trace,
    "Verification": Verification,
}  # fmt: skip


def texts(kind: type) -> Iterator[str]:
    """The members of a class that give texts."""
    for name, member in vars(kind).items():
        function = member.fget if isinstance(member, property) else member
        known = name in ("__repr__", "__str__") or (name.startswith("_repr_") and name.endswith("_"))
        if inspect.isfunction(function) and (known or not name.startswith("_")):
            given = str(function.__annotations__.get("return", ""))
            if known or given in ("str", "str | None", "tuple[str, ...]"):
                yield name


@pytest.mark.parametrize("name", sorted(NAMED))
def test_each_text_of_the_face_is_listed(name: str) -> None:
    listed = {sink.partition(".")[2] for sink in {**SINKS, **RAW} if sink.partition(".")[0] == name}
    unlisted = set(texts(NAMED[name])) - listed - DULL
    assert not unlisted or name in RAW, unlisted


DULL = {"columns", "weights", "titles"}
"""Names, which a model's text holds to letters, digits and accents; titles of slips."""


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {said: World(said) for said in HOSTILE}


@pytest.mark.parametrize("sink", SINKS)
def test_no_text_of_the_face_is_obeyed(sink: str, worlds: dict[str, World]) -> None:
    found = {said: harm(text) for said, world in worlds.items() for text in SINKS[sink](world)}
    assert {said: what for said, what in found.items() if what} == {}


def test_the_search_for_harm_finds_it() -> None:
    obeyed = HOSTILE[: HOSTILE.index("<script>alert(1)</script>")]
    assert [said for said in obeyed if not harm(f"{said}.")] == []
    assert harm("plain − ŷ\nlines") == ""
    assert harm("\x1b[1mbold\x1b[0m", terminal=True) == ""
    assert harm("\x1b[1mbold\x1b[0m") == "U+001B"


def test_a_whole_story_and_all_figures_of_everything_at_once() -> None:
    world = World(ALL, None)
    for text in (world.story.text(tests=True), *shown(world.story.html(world.model.figure.pictures(world.run)))):
        assert not harm(text)
    for form in ("png", "pdf"):
        made = pixels(world.figure.scene, form)
        assert b"\x1bc" not in made
        assert b"/JavaScript" not in made


# ---- the command line ------------------------------------------------------------------------------------------------


def forged(run: Run, said: str, path: Path) -> None:
    """A run file whose every free text is hostile, with a seal that is right."""
    about = about_run(run) | {"notes": [said], "source": said, "origin": said}
    arrays = {
        name: {"shape": list(array.shape), "values": json_numbers(array.reshape(-1).tolist())}
        for name, array in (values(run.recipe) | record(run.trace.record)).items()
    }
    whole = json.dumps({"about": about, "arrays": arrays})
    path.write_bytes(seal(f'{whole[:-1]}, "sha256": "'.encode(), CLOSING) + b"\n")


def from_files(said: str, folder: Path) -> Iterator[list[str]]:
    """Command lines in which a text comes in by a file."""
    model, table, rows = folder / "net.eq", folder / "data.csv", folder / "data.json"
    run = folder / "run.json"
    text = "data x\ntarget y\nweight w := 0.5\nE = ½(w·x − y)²\n"
    model.write_text(text, "utf-8")
    try:
        quoted = said.replace('"', '""').encode("utf-8", "surrogateescape")  # bytes that are no text
    except UnicodeEncodeError:
        quoted = said.replace('"', '""').encode("utf-8", "surrogatepass")
    table.write_bytes(b'x,y,"' + quoted + b'"\n0,1,2\n1,2,3\n')
    rows.write_text(json.dumps({"x": [0, 1], "y": [1, 2], said: [3, 4]}), "utf-8")
    network = cr.load(model, {"x": [0, 1], "y": [1, 2]})
    forged(network.train(steps=2), said, run)
    cut = folder / "cut.json"
    forged(network.train(steps=2, progress=stop), said, cut)
    for data in (table, rows):
        yield ["train", str(model), "--data", str(data), "--steps", "2"]
        yield ["eval", str(model), "--data", str(data)]
        yield ["explain", str(model), "--data", str(data), "--steps", "2", "--claim", "update"]
        yield ["eval", str(model), "--data", str(data), "--json"]
    yield ["explain", str(model), "--run", str(run), "--claim", "update"]
    yield ["train", str(model), "--verify", str(run)]
    yield ["resume", str(run)]
    for out in ("whole.csv", f"{said}.npz", f"{said}/a.npz"):
        yield ["resume", str(cut), "--out", out]
    yield ["resume", str(cut), "--json"]
    yield ["plot", str(model), "--run", str(run), "--figure", "compare", "--out", str(folder / "a.svg")]


def stop(done: int, steps: int) -> None:
    """Ctrl-C after a chunk."""
    raise KeyboardInterrupt


def from_options(said: str) -> Iterator[list[str]]:
    """Command lines in which a text comes in by an argument."""
    yield from ([said], ["explain", said], ["eval", f"./{said}"], ["eval", "identity", said], ["examples", said])
    for option in ("--set", "--start", "--data", "--of", "--seed"):
        yield ["eval", "identity", option, said]
        yield ["eval", "identity", option, f"{said}=1"]
    for option in ("--batch", "--rate", "--update", "--hold", "--out", "--verify", "--engine", "--steps"):
        yield ["train", "identity", "--steps", "1", option, said]
    yield ["train", "identity", "--steps", "1", "--update", commented_rule(said)]
    for option in ("--figure", "--out", "--weight", "--axes", "--rates", "--run"):
        yield ["plot", "identity", "--steps", "1", option, said]
    for option in ("--wrt", "--of", "--detail", "--format", "--substitute", "--second", "--subscript"):
        yield ["derive", "identity", option, said]
    yield ["check", "identity", said]
    for option in ("--to", "--out", "--set", "--start", "--batch", "--update"):
        yield ["code", "identity", "--to", "javascript", option, said]
    yield from (["format", said], ["completion", said], ["devices", said])
    yield ["page", said]
    for option in ("--inputs", "--units", "--outputs", "--activation", "--output", "--out"):
        yield ["new", option, said]
    for option in ("--strings", "--options", "--out"):
        yield ["page", "identity", "--steps", "1", option, said]
    yield from (["resume", said], ["resume", "a.npz", "--out", said], ["resume", f"{said}.npz.journal"])
    for option in ("--axis", "--measure", "--keep", "--save", "--until", "--on", "--of"):
        yield ["map", "identity", "--axis", "w=[0, 1]", "--steps", "1", option, said]
    yield from (["map", verb, said] for verb in ("status", "work", "repair", "zoom"))
    zoomed = ["map", "zoom", "identity", "--axis", "α=linear(1, 2, 2)", "--axis", "w=linear(0, 1, 2)", "--steps", "1"]
    for option in ("--about", "--film", "--of", "--out"):
        yield [*zoomed, "--about", "α=1", "--about", "w=0", "--keys", "1", "--out", "film", option, said]
    yield ["explain", "identity", "--claim", said]
    yield ["eval", "identity", f"--{said}"]
    yield ["eval", "identity", said, "--json"]


def test_every_command_is_tried(tmp_path: Path) -> None:
    tried = {line[0] for line in (*from_files("a", tmp_path), *from_options("a"))}
    assert set(cli.commands) <= tried


def commented_rule(said: str) -> str:
    """A learning rule with a comment."""
    return f"w <- w − α·g # {said}".replace("\n", " ").replace("\r", " ")


BUNDLES = tuple("".join(HOSTILE[place : place + 7]) for place in range(0, len(HOSTILE), 7))


def written(lines: Iterable[list[str]]) -> None:
    """Nothing that the commands write is obeyed, and no fault is without words."""
    for line in lines:
        done = CliRunner().invoke(cli, line, prog_name="chainrule")
        assert done.exception is None or isinstance(done.exception, SystemExit), (line, done.exception)
        if "--json" in line:
            json.loads(done.stdout)
        assert not harm(done.stdout + done.stderr), (line, done.stdout, done.stderr)


@pytest.mark.parametrize("said", HOSTILE, ids=lambda said: ascii(said)[:20])
def test_no_text_of_a_file_is_obeyed(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(from_files(said, tmp_path))


@pytest.mark.parametrize("said", BUNDLES, ids=range(len(BUNDLES)))
def test_no_argument_is_obeyed(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(from_options(said))


FILES = [
    b"plain.eq", b"a\xe9\xff.eq", "a\u202e\u200b.eq".encode(), b"a\x1bc\x07.eq", "\u2028\x9b.eq".encode(), b"a\nb.eq"
]  # fmt: skip
READING = (
    "eval {}", "train {} --steps 1", "explain {} --steps 2", "derive {} --wrt w", "plot {} --steps 1 --out figure.svg",
    "explain {} --steps 2 --html page.html",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES, ids=ascii)
@pytest.mark.parametrize("command", READING)
def test_a_name_of_a_file_is_drawn(name: bytes, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / os.fsdecode(name)
    path.write_text("data x in {0, 1}\nweight w := 0.5\nE = (w·x − 1)² + [x > 2]·w\n", "utf-8")
    done = CliRunner().invoke(cli, [part.format(path) for part in shlex.split(command)], prog_name="chainrule")
    assert done.exit_code == 0, done.output
    assert not harm(done.stdout + done.stderr)
    for made in (tmp_path / "figure.svg", tmp_path / "page.html"):
        if made.exists():
            assert not harm(made.read_text("utf-8"))
    path.write_text("E = (", "utf-8")
    done = CliRunner().invoke(cli, [part.format(path) for part in shlex.split(command)], prog_name="chainrule")
    assert done.exit_code == 2
    assert not harm(done.stdout + done.stderr)


ENVIRONMENT = ("COLUMNS", "LINES", "TERM", "NO_COLOR", "COLORTERM", "FORCE_COLOR", "CHAINRULE_THREADS", "LANG", "PAGER")
VALUES = ("\x1bc", "²", "-5", "9" * 5000, "1e9", "\u202e", "０", "")


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_the_environment_is_not_obeyed(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, value)
    lines = ("eval xor", "train growth --steps 200 --engine native", "explain identity --claim update")
    written(map(shlex.split, lines))
    assert render([TextTable(("a", "b"), (("1", "2"),))], terminal=True)
    rich_bar(100).stop()


def test_a_program_starts_in_any_environment(tmp_path: Path) -> None:
    told = {**os.environ, **dict.fromkeys(ENVIRONMENT, "²\u202e")}
    line = [sys.executable, "-m", "chainrule", "eval", "identity"]
    done = subprocess.run(line, capture_output=True, env=told, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == b""
    assert not harm(done.stdout.decode())
