"""What the errors say to write can be written: each piece of the language in a help is read where it is offered."""

import ast
import re
from pathlib import Path

import pytest
from tests.laws.lines import taken
from tests.notation.test_mistakes import BAD, MODEL

from chainrule.errors import ChainruleError
from chainrule.notation import parse

SOURCE = Path(__file__).parents[2] / "src" / "chainrule"
NAMES = "index i, k = 1..2\ndata x\ntarget y\nweight w\nconst n := 3\nf(u) = u\nE = w·x\n"
WORDS = {"weight", "data", "update", "check", "in", "=", "E", "model", "table"}
"""Pieces that are words of the language, or of the command line, and no text."""


def pieces() -> list[str]:
    """What stands between backticks in the strings of the package, a sample in the place of what is put in."""
    found: set[str] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parent.name == "handout":  # texts of programs for NumPy and others, no messages
            continue
        tree = ast.parse(path.read_text("utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                docs.add(id(node.value))  # what explains a table
            text = ""
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(one.value) if isinstance(one, ast.Constant) else "q" for one in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                text = node.value
            if "``" not in text and len(text) < 400:
                found.update(re.findall(r"`([^`\n]+)`", text))
    return sorted(found)


def read(piece: str) -> bool:
    """Whether a piece is a line, an expression or the end of a declaration."""
    typed = piece.replace("…", "3")
    declares = re.match(r"(index|data|target|weight|const|patterns) q", typed)
    context = NAMES if declares else NAMES.replace("data x\n", "data x, q\n")
    context = context.replace("const n := 3\n", "") if re.match(r"const n", typed) else context
    context = context.replace("f(u) = u\n", "") if typed.startswith("f(") else context
    for before in ("", "Z = ", "data a ", "weight a "):
        for after in ("", "\nθ <- θ - α·g", "\n1 | 2"):
            try:
                parse(f"{context}{before}{typed}{after}")
            except ChainruleError:
                continue
            return True
    return False


def test_every_piece_of_the_language_in_a_message_can_be_read() -> None:
    found = [
        piece for piece in pieces()
        if piece not in WORDS and re.search(r"\w", piece)
        and not re.match(r"(chainrule|numbers|expr|with|q --)", piece)
    ]  # fmt: skip
    assert len(found) > 20
    assert [piece for piece in found if not read(piece)] == []


FORMS = {"E027", "E046", "E050"}
"""Codes whose help shows a form with names of its own."""

LINES = [row for row in BAD if "write " in row[4] and "…" not in row[4] and row[1] not in FORMS]


@pytest.mark.parametrize("row", LINES, ids=[f"{row[1]}-{row[0]!a:.30}" for row in LINES])
def test_what_a_help_says_to_write_leads_on(row: tuple[str, str, int, int, str]) -> None:
    """Taken at its word, a help mends the line, or leads to another fault of it."""
    text = MODEL + row[0]
    with pytest.raises(ChainruleError) as caught:
        parse(text)
    following = taken(caught.value, text)
    assert following is not None, caught.value.help
    assert following != text, caught.value.help
    assert fault(following) != (caught.value.code, caught.value.place), following


def fault(text: str) -> tuple[str, tuple[int, int] | None] | None:
    """What is wrong with a text, and where."""
    try:
        parse(text)
    except ChainruleError as error:
        return error.code, error.place
    return None
