"""Every form of a line: what it becomes, and that the printed text is read back as the same."""

from fractions import Fraction
from pathlib import Path

import pytest
from tests.notation.programs import PROGRAMS

from chainrule.errors import Source
from chainrule.expr.nodes import Equation, Index, Neg, Number, Pow, Ref, index
from chainrule.notation import parse, show_statement, show_text
from chainrule.notation.statements import (
    Box,
    Computed,
    Declaration,
    Declare,
    Define,
    DerivativeRule,
    Drawn,
    Fact,
    Function,
    Given,
    Goal,
    InlineTable,
    Kind,
    LetterGroup,
    Letters,
    Listed,
    Listing,
    Statement,
    TableColumn,
    Update,
    UpdateBlock,
    UpdateLine,
)

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "src" / "chainrule" / "examples").glob("*.eq"))


def n(value: str | int) -> Number:
    return Number(Fraction(value))


w, x, u, g, theta = (Ref(name) for name in ("w", "x", "u", "g", "theta"))

LINES: list[tuple[str, Statement]] = [
    (
        "index i = 1..2, j, l = 0..n",
        Letters("index", (LetterGroup(("i",), n(1), n(2)), LetterGroup(("j", "l"), n(0), Ref("n")))),
    ),
    ("index i, j", Letters("index", (LetterGroup(("i",)), LetterGroup(("j",))))),
    ("index s = -2..2", Letters("index", (LetterGroup(("s",), Neg(n(2)), n(2)),))),
    ("patterns p", Letters("patterns", (LetterGroup(("p",)),))),
    ("data x, y[i] in {0, 1}", Declare("data", (Declaration("x"), Declaration("y", ("i",), Listed((n(0), n(1))))))),
    (
        'target y in {"no", "a b, c}"}',
        Declare("target", (Declaration("y", (), Listed((n(0), n(1)), words=("no", "a b, c}"))),)),
    ),
    ('data x[i] ∈ {"only"}', Declare("data", (Declaration("x", ("i",), Listed((n(0),), words=("only",))),))),
    ("data x ~ uniform(0, 1)", Declare("data", (Declaration("x", (), None, Drawn("uniform", (n(0), n(1)))),))),
    ("target y[i] = x^2", Declare("target", (Declaration("y", ("i",), None, Computed(Pow(x, n(2)))),))),
    ("weight w in [0, 1] := ½", Declare("weight", (Declaration("w", (), Box(n(0), n(1)), Given(n("1/2"))),))),
    (
        "weight w ∈ [1, ∞), b ∈ (−∞, 0]",
        Declare("weight", (Declaration("w", (), Box(n(1), None)), Declaration("b", (), Box(None, n(0))))),
    ),
    (
        "weight w in reals ~ zeros(), b in integers",
        Declare(
            "weight", (Declaration("w", (), Kind("reals"), Drawn("zeros", ())), Declaration("b", (), Kind("integers")))
        ),
    ),
    (
        "weight W[j,i] := [[1, -2], [½, x]]",
        Declare(
            "weight",
            (Declaration("W", ("j", "i"), None, Given(Listing((Listing((n(1), Neg(n(2)))), Listing((n("1/2"), x)))))),),
        ),
    ),
    ("weight Wⱼᵢ", Declare("weight", (Declaration("W", ("j", "i")),))),
    ("const α := 0.1, n", Declare("const", (Declaration("alpha", (), None, Given(n("1/10"))), Declaration("n")))),
    (
        "table x v[2] | y\n  1 -2/3 | .5".replace(" .5", " 0.5"),
        InlineTable(
            (TableColumn("x"), TableColumn("v", (2,))), (TableColumn("y"),),
            ((Fraction(1), Fraction(-2, 3), Fraction(1, 2)),), bar=2
        ),
    ),
    ("table x\n 1e-3\n ½", InlineTable((TableColumn("x"),), (), ((Fraction(1, 1000),), (Fraction(1, 2),)))),
    ("fact x^2 = 1", Fact(Pow(x, n(2)), n(1))),
    ("f(u, x) = u^2", Function("f", ("u", "x"), Pow(u, n(2)))),
    ("A''(u) = 2", DerivativeRule("A", "u", n(2), 2)),
    ("h[0,j] = 2", Define(Equation(Ref("h", (Index((), 0), index("j"))), n(2)))),
    ("hₜⱼ = x", Define(Equation(Ref("h", (index("t"), index("j"))), x))),
    ("update w <- x", Update(w, x)),
    ("update w[j] ← x", Update(Ref("w", (index("j"),)), x)),
    (
        "update θ, g\n  v := 2\n  θ <- g^v",
        UpdateBlock("theta", "g", (UpdateLine("v", ":=", n(2)), UpdateLine("theta", "<-", Pow(g, Ref("v"))))),
    ),
    ("minimise x", Goal("minimise", x)),
    ("minimize (x)", Goal("minimise", x)),
    ("maximize x", Goal("maximise", x)),
]
LETTERS = "index i = 1..2, j, l = 1..3, t = 0..4\n"


@pytest.mark.parametrize(("typed", "meant"), LINES, ids=[typed.replace("\n", "; ") for typed, _ in LINES])
def test_a_line_is_read_and_printed(typed: str, meant: Statement) -> None:
    lines = "" if typed.startswith(("index", "patterns")) else LETTERS
    found = parse(lines + typed).statements[-1]
    assert found == meant
    for ascii in (False, True):
        shown = show_statement(found, ascii)
        assert parse(lines + shown).statements[-1] == meant
        assert not ascii or shown.isascii()


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_the_examples_are_read_back_as_printed(path: Path) -> None:
    read_back(path.read_text("utf-8"))


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_thirteen_programs_are_read_back_as_printed(number: int) -> None:
    assert len(PROGRAMS) == 13
    read_back(PROGRAMS[number])


def read_back(typed: str) -> None:
    text = parse(Source(typed))
    for ascii in (False, True):
        shown = show_text(text, ascii)
        assert parse(shown) == text
        assert show_text(parse(shown), ascii) == shown
        assert shown.isascii() or not ascii


def test_a_block_of_a_rule_ends_at_a_line_of_another_form() -> None:
    typed = """weight w
update θ, g          # for every weight
  v <- 0.9·v + g

  # a comment does not end it
  θ ← θ − α·v/t
E = w"""
    block, define = parse(typed).statements[1:]
    assert isinstance(block, UpdateBlock)
    assert [line.name for line in block.lines] == ["v", "theta"]
    assert isinstance(define, Define)


def test_names_of_a_block_hide_letters_and_functions() -> None:
    block = parse("index t, v = 1..3\ng(u) = u\nupdate θ, g\n  v <- g·t\n  θ <- v(g)").statements[-1]
    assert isinstance(block, UpdateBlock)
    assert show_statement(block) == "update θ, g\n  v ← g·t\n  θ ← v·g"


def test_a_table_ends_at_the_first_line_that_is_no_row() -> None:
    table, equation = parse("table x | y\n 1 | 2\n\n -3 | ½  # the second\nE = x").statements
    assert isinstance(table, InlineTable)
    assert table.rows == ((Fraction(1), Fraction(2)), (Fraction(-3), Fraction(1, 2)))
    assert isinstance(equation, Define)


def test_a_byte_order_mark_at_the_beginning_says_nothing() -> None:
    assert parse("\ufeffE = 1") == parse("E = 1")


def test_an_empty_text_has_no_statements() -> None:
    assert parse("").statements == parse(" \n# only words\n").statements == ()


@pytest.mark.parametrize(
    "cell",
    [
        "0",
        "-0.05",
        "1/3",
        "1e300",
        "1e-300",
        "-2/7",
        "12345678901234567890",
        "1e-300/3",
        "0.10",
        f"1/{2**200}",
        "9" * 64,
        "5e-324",
    ],
)
def test_a_number_of_a_table_is_printed_exactly(cell: str) -> None:
    text = parse(f"table x\n {cell}")
    shown = show_text(text)
    assert parse(shown) == text
    assert show_text(parse(shown)) == shown
    assert len(shown) < 160


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("weight w[i] := [-2., 1.e-3 , 2.E5,\n 0.]", "weight w[i] := [-2, 0.001, 2e5, 0]"),
        ("const c := 1.", "const c := 1"),
        ("weight w in [0., 1.] := 0.", "weight w in [0, 1] := 0"),
        ("weight w := 0.5 in [0, 1], v", "weight w in [0, 1] := 0.5, v"),
        ("weight w ~ uniform(0, 1) ∈ [0, ∞)", "weight w in [0, inf) ~ uniform(0, 1)"),
        ("target y = 2*x in {0, 2}", "target y in {0, 2} = 2*x"),
        ("data x in {0., 1.}", "data x in {0, 1}"),
        ("table x | y\n  1. | -2.\n  1.e-3 | 2.e+0", "table x | y\n  1 | -2\n  0.001 | 2"),
    ],
)
def test_numbers_are_read_as_numpy_prints_them_where_numbers_are_pasted(typed: str, plain: str) -> None:
    letters = "index i = 1..4\n"
    assert parse(letters + typed) == parse(letters + plain)
    assert parse(show_text(parse(letters + typed))) == parse(letters + plain)
