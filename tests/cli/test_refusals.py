"""Input that is not possible: a drawn error or JSON, exit code 2, and never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Said

Run = Callable[..., Said]
TEXT = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = ½(w·x − y)²\n"

REFUSED = [
    ("explian identity", "E450", "there is no command explian", "did you mean `chainrule explain`?"),
    ("net.eq", "E450", "there is no command net.eq", "`chainrule explain net.eq`"),
    ("zzzz", "E450", "there is no command zzzz", "explain, derive, check, train, map, plot, eval, examples"),
    ("eval identity --start w", "E451", "--start w is not NAME=NUMBER", "--start w=0.5"),
    ("eval identity --start w=", "E451", "--start w= is not NAME=NUMBER", "--start w=0.5"),
    ("eval identity --start =1", "E451", "--start =1 is not NAME=NUMBER", "--start w=0.5"),
    ("eval identity --start w=1_0", "E451", "--start w=1_0 is not NAME=NUMBER", "--start w=0.5"),
    ("eval identity --start w=１", "E451", "--start w=１ is not NAME=NUMBER", "--start w=0.5"),
    ("eval identity --set α", "E451", "--set α is not NAME=NUMBER", "--set w=0.5"),
    ("eval identity --set α=1 --set alpha=2", "E451", "--set gives alpha twice", "one value"),
    ("eval identity --start w=1 --start w=2", "E451", "--start gives w twice", "one value"),
    ("derive identity --wrt nope", "E456", "the model has no quantity nope", "it has x, y, w, α, ŷ, E"),
    ("derive identity --of nope", "E456", "the model has no quantity nope", "it has x, y, w, α, ŷ, E"),
    ("train identity --hold nope", "E303", "the model has no weight called nope", "the model has w"),
    ("explain missing.eq", "E457", "missing.eq cannot be read", "`chainrule examples` lists those"),
    ("explain ./", "E457", "cannot be read: Is a directory", "`chainrule examples` lists those"),
    ("explain identity.eq", "E457", "identity.eq cannot be read", "chainrule explain identity"),
    ("train identity --batch @rows.json", "E457", "rows.json cannot be read", "the path of a JSON file"),
    ("explain identiy", "E459", "there is no example identiy", "did you mean identity?"),
    ("train identity --step 3", "E460", "`chainrule train` has no option --step", "did you mean --steps?"),
    ("--steps", "E460", "`chainrule` has no option --steps", "`chainrule --help`"),
    ("explain", "E461", "`chainrule explain` needs MODEL", "`chainrule explain identity`"),
    ("train identity --rate", "E461", "--rate needs a value", "lists what it takes"),
    ("train identity --steps 1e9", "E462", "--steps 1e9 is not a whole number in digits", "--steps 100"),
    ("train identity --steps 2.5", "E462", "--steps 2.5 is not a whole number", "--steps 100"),
    ("train identity --steps " + "9" * 30, "E462", "is not a whole number", "--steps 100"),
    ("train identity --rate fast", "E462", "--rate fast is not a number", "--rate 1e-3"),
    ("derive identity --format pdf", "E462", "--format takes one of text, latex, mathml", "--help"),
    ("eval identity xor", "E463", "unexpected extra argument (xor)", "`chainrule eval --help`"),
    ("train identity --steps -1", "E353", "-1 is not a number of steps", "whole number"),
    ("train identity --steps 1000000000", "E356", "1000000000 steps would take", "record="),
    ("train identity --record 0", "E353", "record=0 would record nothing", "write 1"),
    ("train identity --rate nan", "E354", "nan is not a rate", "finite number"),
    ("train identity --rate inf", "E354", "inf is not a rate", "finite number"),
    ("train identity --seed -1", "E353", "-1 is not a seed", "whole number"),
    ("eval identity --seed 99999999999", "E353", "99999999999 is not a seed", "whole number"),
    ("train identity --batch some", "E350", "'some' is not a way to visit", '"each"'),
    ("train identity --batch 0", "E351", "cannot visit 0 of 2 patterns", "from 1 to 2"),
    ("train identity --out run.txt", "E360", "run.txt does not say", ".npz, .json or .csv"),
    ("train identity --verify none.npz", "E362", "cannot read none.npz", "saved in"),
    ("eval identity --set nope=1", "E231", "no const is called nope", "the consts are α"),
    ("eval identity --start nope=1", "E240", "no weight is called nope", "the weights are w"),
    ("eval identity --start w=nan", "E232", "the start of w is nan", "finite number"),
    ("eval identity --set α=inf", "E232", "const α is inf", "finite number"),
    ("eval identity --data none.csv", "E201", "there is no file none.csv", ".csv, .tsv"),
    ("derive identity --detail huge", "E256", "no detail is called 'huge'", "normal"),
    ("explain identity --claim nope", "E401", "there is no claim called nope", "update, sign"),
    ("map status", "E461", "`chainrule map status` needs STORE", "`chainrule map status --help` lists what it takes"),
    ("map zoom identity", "E461", "`chainrule map zoom` needs -o FOLDER", "lists what it takes"),
]


@pytest.mark.parametrize("line, code, problem, help", REFUSED, ids=[line[:40] for line, *_ in REFUSED])
def test_it_is_drawn_and_nothing_else_is_said(run: Run, line: str, code: str, problem: str, help: str) -> None:
    said = run(line)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith(f"error[{code}]: ")
    first, _, rest = said.err.partition("\n")
    assert problem in first
    assert help in rest


@pytest.mark.parametrize("line, code, problem, help", REFUSED[::4], ids=[line[:40] for line, *_ in REFUSED[::4]])
def test_with_json_it_is_json(run: Run, line: str, code: str, problem: str, help: str) -> None:
    said = run(line + " --json")
    assert said.code == 2
    assert said.err == ""
    found = json.loads(said.out)
    assert list(found) == ["error"]
    assert list(found["error"]) == ["code", "line", "column", "problem", "help"]
    assert found["error"]["code"] == code
    assert problem in found["error"]["problem"]


def test_json_of_derive_may_be_asked_for_by_its_format(run: Run) -> None:
    for line in ("derive nope --format json", "derive nope --format=json"):
        assert json.loads(run(line).out)["error"]["code"] == "E459"


def test_an_error_in_a_text_has_its_place(run: Run) -> None:
    text = TEXT.replace("w·x", "v·x")
    said = run("eval -", stdin=text)
    assert said.code == 2
    assert "<stdin>:4:" in said.err
    assert "v" in said.err.splitlines()[2]
    found = json.loads(run("eval - --json", stdin=text).out)["error"]
    assert (found["line"], found["column"]) == (4, text.splitlines()[3].index("v") + 1)


def test_standard_input_is_a_model(run: Run) -> None:
    for text in (TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n")):
        assert json.loads(run("eval - --json", stdin=text.encode()).out)["gradient"] == {"w": -0.25}


@pytest.mark.parametrize(
    "raw, code",
    [(b"", None), (b"\xff\xfe", "E457"), (b"\x00\x01\x02", None), (b"w" * 2**21, "E458"), (b"# only a comment", None)],
)
def test_standard_input_that_is_no_model(run: Run, raw: bytes, code: str | None) -> None:
    said = run("explain -", stdin=raw)
    assert said.code == 2
    assert said.err.startswith(f"error[{code}]" if code else "error[E")


def test_files_of_every_bad_kind(run: Run) -> None:
    Path("latin.eq").write_bytes(TEXT.encode() + "# Größe\n".encode("latin-1"))
    assert "is not UTF-8 text: byte" in run("explain latin.eq").err
    Path("bin.eq").write_bytes(bytes(range(256)))
    assert run("explain bin.eq").code == 2
    Path("empty.eq").write_bytes(b"")
    assert run("explain empty.eq").code == 2


HOSTILE = "[bold red]\x1b[31mX\x1b]0;title\x07\x9b2J\u202e"


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", HOSTILE],
        ["explain", f"./{HOSTILE}.eq"],
        [HOSTILE],
        ["explain", "identity", f"--{HOSTILE}"],
        ["eval", "identity", "--start", f"{HOSTILE}=1"],
        ["eval", "identity", "--set", HOSTILE],
        ["eval", "identity", "--of", HOSTILE],
        ["derive", "identity", "--wrt", HOSTILE],
        ["derive", "identity", "--format", HOSTILE],
        ["train", "identity", "--steps", HOSTILE],
        ["train", "identity", "--batch", HOSTILE],
        ["train", "identity", "--out", HOSTILE],
        ["eval", "identity", HOSTILE],
        ["explain", "identity", "--claim", HOSTILE],
        ["eval", "identity", "--data", HOSTILE],
    ],
    ids=lambda arguments: " ".join(arguments[:3]).replace(HOSTILE, "HOSTILE"),
)
def test_what_was_typed_never_reaches_the_terminal_raw(run: Run, arguments: list[str]) -> None:
    import shlex

    for extra in ([], ["--json"]):
        said = run(shlex.join([*arguments, *extra]))
        assert said.code == 2
        assert not set(said.out + said.err) & {"\x1b", "\x07", "\x9b", "\u202e"}


def test_a_hostile_text_and_its_name_are_drawn_as_pictures(run: Run) -> None:
    name = "a\x1b[31m[bold].eq"
    Path(name).write_text("# \x1b[31m[red]\n" + TEXT, "utf-8")
    for line in ("eval", "derive", "train --steps 3", "explain --steps 3"):
        command, *rest = line.split()
        said = run(f"{command} '{name}' {' '.join(rest)}")
        assert "\x1b" not in said.out + said.err
    Path("b.eq").write_text(TEXT, "utf-8")
    assert "\x1b" not in run(f"explain '{name}'").out


def test_markup_in_names_stays_text(run: Run) -> None:
    Path("c.eq").write_text(
        "index i = 1..2\ndata x[i]\ntarget y\nweight w[i] := 1\nE = (Σ_i w[i]·x[i] − y)²\n", "utf-8"
    )
    Path("c.csv").write_text("x[1],x[2],y\n1,2,3\n2,3,4\n")
    said = run("eval c.eq --data c.csv").out
    assert "w[1]" in said
    assert "x[2]" in said
