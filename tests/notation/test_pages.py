"""The pages of the notation's errors show a text and exactly what the program says of it."""

import re
from pathlib import Path

import pytest

from chainrule.errors import ChainruleError, Source
from chainrule.notation import parse

TAUGHT = {f"E05{digit}" for digit in "2346789"} | {f"E06{digit}" for digit in "1234"}
"""Of a teacher's options, of sentences and links, of programs that leave: no text of a model is wrong there; tests/page
and tests/code hold what is said."""
PAGES = sorted(
    path for path in (Path(__file__).parents[2] / "docs" / "errors").glob("E0*.md") if path.stem not in TAUGHT
)


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_shows_what_the_program_says(page: Path) -> None:
    typed, said = re.findall(r"^```\w*\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)[:2]
    with pytest.raises(ChainruleError) as caught:
        parse(Source(typed, "model.eq"))
    assert str(caught.value) == said.rstrip("\n")
