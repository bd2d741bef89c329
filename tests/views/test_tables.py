"""Tables for people: what stands in them, how wide they get, and that nothing in them is read as markup."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import chainrule as cr
from chainrule.errors import width
from chainrule.views.layout import TextTable, fold, folded, plain_table, render
from chainrule.views.progress import progress_bar
from chainrule.views.tables import entries, evaluation, number, over_all, training, verification

WIDE = TextTable(("pattern", *(f"w{k}" for k in range(30))), (("0", *["−0.123456"] * 30), ("1", *["1"] * 30)))


@pytest.mark.parametrize(
    "value, shown",
    [
        (0.1 + 0.2, "0.3"),
        (-1.5, "−1.5"),
        (-0.0, "0"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "not a number"),
        (1e300, "1e300"),
        (1.5e-7, "1.5e−7"),
        (1e-12, "1e−12"),
        (3, "3"),
        (np.int64(-3), "−3"),
    ],
)
def test_a_number_for_people(value: float, shown: str) -> None:
    assert number(value) == shown


def test_entries_are_named_by_the_values_of_their_letters() -> None:
    assert entries("w_1", 2.0) == [("w₁", 2.0)] or entries("w1", 2.0) == [("w₁", 2.0)]
    assert [name for name, _ in entries("W", np.zeros((2, 2)), (range(1, 3), range(5, 7)))] == [
        "W[1,5]", "W[1,6]", "W[2,5]", "W[2,6]",
    ]  # fmt: skip
    assert [name for name, _ in entries("x", np.zeros(2))] == ["x[0]", "x[1]"]


@pytest.mark.parametrize("columns", [40, 80, 100])
def test_a_wide_table_is_folded(columns: int) -> None:
    parts = list(folded(WIDE, columns))
    assert len(parts) > 1
    assert all(part.heads[0] == "pattern" for part in parts)
    assert [head for part in parts for head in part.heads[1:]] == list(WIDE.heads[1:]), "each column once"
    for terminal in (False, True):
        shown = render([WIDE], terminal, columns)
        assert max(width(strip(line)) for line in shown.splitlines()) <= columns


def strip(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_column_that_is_too_wide_alone_goes_on_in_the_next_line() -> None:
    shown = render([TextTable(("a", "b"), (("x" * 50, "y" * 90),))], terminal=False, columns=40)
    assert max(map(width, shown.splitlines())) <= 40
    assert (shown.count("x"), shown.count("y")) == (50, 90)
    narrow = render([TextTable(("weight", "∂(mean E)/∂weight"), (("w", "−0.0443617"),))], terminal=False, columns=20)
    assert [line.split() for line in narrow.splitlines()] == [["weight", "∂(mean"], ["E)/∂weight"], ["w", "−0.0443617"]]


CELLS = st.text(alphabet="ab −ŷ中\u0302[]\n\x1b", max_size=30)


@given(st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(CELLS, min_size=wide, max_size=wide), min_size=2)),
       st.integers(20, 200), st.booleans(), st.booleans())  # fmt: skip
def test_no_table_is_wider_than_the_terminal(rows: list[list[str]], columns: int, terminal: bool, ascii: bool) -> None:
    heads, *body = (tuple(row) for row in rows)
    shown = strip(render([TextTable(heads, tuple(body))], terminal, columns, ascii))
    assert max(map(width, shown.splitlines()), default=0) <= columns
    for sign in "ab[]":
        more = len(list(folded(TextTable(heads, tuple(body)), columns, 3 if terminal else 2))) - 1
        if not ascii and not more:
            assert shown.count(sign) == sum(cell.count(sign) for row in rows for cell in row), "nothing is lost"


@given(st.text(alphabet="ab −ŷ中", max_size=200), st.integers(20, 60))
def test_a_line_is_folded_between_words_and_nothing_is_lost(text: str, columns: int) -> None:
    shown = fold(text, columns)
    assert shown.replace("\n", " ").split() == text.split()
    for line in shown.splitlines():
        assert width(line) <= columns or len(line.split()) == 1 or width(max(line.split(), key=width)) > columns // 3


def test_a_plain_table_is_aligned_by_what_is_seen() -> None:
    shown = plain_table(TextTable(("name", "value"), (("ŷ", "1"), ("w₁", "−0.5"))))
    assert shown.splitlines() == ["name  value", "ŷ         1", "w₁     −0.5"]


@pytest.mark.parametrize("terminal", [False, True])
def test_text_is_never_markup_nor_a_command_to_the_terminal(terminal: bool) -> None:
    cell = "[bold]y[p]\x1b[31m:smile:\x9b"
    shown = strip(render([cell, TextTable((cell,), ((cell,),))], terminal))
    assert shown.count("[bold]y[p]") == 3
    assert not set(shown) & {"\x1b", "\x9b"}
    assert ":smile:" in shown


def many(size: int, patterns: int) -> cr.Model:
    text = f"index i = 1..{size}\ndata x[i]\ntarget y\nweight w[i] := 1\nE = (Σ_i w[i]·x[i] − y)²\n"
    return cr.Model(text, data={"x": np.ones((patterns, size)), "y": np.zeros(patterns)})


def test_many_columns_are_counted() -> None:
    names = ", ".join(f"w{k} := {k}" for k in range(60))
    model = cr.Model(f"data x in {{0, 1}}\ntarget y = x\nweight {names}\nE = (w0·x + w59 − y)²\n")
    shown = render(evaluation(model.evaluate(), model.network), terminal=False)
    assert "… and 20 more columns (all of them with --json)" in shown


def test_many_weights_and_patterns_stay_readable() -> None:
    model = many(100, 60)
    shown = render(evaluation(model.evaluate(), model.network), terminal=False)
    lines = shown.splitlines()
    assert max(map(width, lines)) <= 100
    assert "… and 76 more weights (all of them with --json)" in lines
    assert "… and 36 more patterns (all of them with --json)" in lines
    assert lines.count("x has 100 numbers a pattern (all of them with --json)") == 1
    assert lines.count("w has 100 numbers a pattern (all of them with --json)") == 1
    assert any(line.startswith("pattern  y ") for line in lines), "what is short is not pushed out by what is long"
    assert len(lines) < 100
    run = model.train(steps=2, rate=1e-6)
    shown = render(training(run, "net.eq", None), terminal=False)
    assert "… and 76 more weights" in shown
    assert "w[24]" in shown
    assert "explain" not in shown, "no story yet of networks with arrays"


@pytest.mark.parametrize(
    "goal, name",
    [("minimise mean E", "mean E"), ("minimise sum E", "sum E"), ("minimise mean E + w²", "the goal"), ("", "mean E")],
)
def test_the_goal_is_called_what_it_is(goal: str, name: str) -> None:
    model = cr.Model("data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = (w·x − y)²\n" + goal)
    assert over_all(model.network, None, 2) == name
    assert over_all(model.network, "E", 2) == "mean E"
    assert over_all(model.network, "w", 2) == "w"


def test_a_training_tells_its_errors_and_what_to_do_next() -> None:
    run = cr.example("identity").train(steps=4)
    shown = render(training(run, "identity", None), terminal=False)
    assert "mean E              0.0981342   0.0944175" in shown or "mean E" in shown
    assert number(run.error_at(0)) in shown
    assert number(run.error) in shown
    assert "chainrule explain identity" in shown
    written = render(training(run, "identity", "run.npz"), terminal=False)
    assert "Written to run.npz" in written
    assert "--verify run.npz" in written


def test_a_verification_says_which_it_was() -> None:
    run = cr.example("identity").train(steps=4)
    found = run.verify()
    assert render(verification(run, found), False).startswith("Verified: recomputing the 4 steps gives the same bits")
    other = type(found)(found.sha256, "0" * 64, "step 2: w")
    assert render(verification(run, other), False).startswith("NOT the same: step 2: w")


def test_ascii_is_ascii() -> None:
    model = cr.example("xor")
    blocks = evaluation(model.evaluate(second=False), model.network)
    assert render(blocks, terminal=False, ascii=True).isascii()


def test_a_bar_appears_for_long_work_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    paper = Terminal()
    monkeypatch.setattr("sys.stderr", paper)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar(10) as report:
        report(5, 10)
    assert paper.getvalue() == ""
    with progress_bar(10, patience=-1) as report:
        report(5, 10)
        report(10, 10)
    assert "5/10" in paper.getvalue() or "10/10" in paper.getvalue()


def test_a_training_shows_the_numbers_that_are_only_watched() -> None:
    model = cr.Model(
        "data x in {1, 2}\nweight w := 0\nE = (w*x - x)^2\nfound = mean [abs(w*x - x) < 0.1]\nminimise mean E"
    )
    shown = render(training(model.train(steps=50), "net.eq", None), terminal=False)
    assert ["found", "0", "1"] in [line.split() for line in shown.splitlines()]
