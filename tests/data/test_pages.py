"""A page of docs/errors → the message that its blocks give: a model, and the data, consts or starts it is run with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chainrule.data import bind, starts
from chainrule.errors import ChainruleError, Source
from chainrule.model import build
from chainrule.notation.parser import parse

BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted((Path(__file__).parents[2] / "docs" / "errors").glob("E[12]*.md"))
OWN = [page for page in PAGES if page.stem < "E250" and "```python" not in page.read_text("utf-8")]  # those run as docs
NOT_A_NUMBER = 'float("nan")'


def blocks(page: str) -> dict[str, str]:
    """The blocks of a page by what stands behind their fence; "" is the message."""
    return dict(BLOCK.findall(page))


def message(page: str, folder: Path) -> str:
    """What the package says about the blocks of a page; the folder takes the files they name."""
    found = blocks(page)
    data: object = None
    if "csv" in found:
        data = folder / "data.csv"
        (folder / "data.csv").write_bytes(found["csv"].replace("␀", "\0").encode())
    elif "json" in found:
        data = folder / "data.json"
        (folder / "data.json").write_text(found["json"], "utf-8")
    elif "py" in found:
        data = json.loads(found["py"].replace(NOT_A_NUMBER, "NaN"))
    elif "path" in found:
        data = found["path"].strip()
    consts = json.loads(found["json consts"]) if "json consts" in found else None
    start = None
    if "json start" in found:
        start = folder / "start.json"
        start.write_text(found["json start"], "utf-8")
    try:
        model = build(parse(Source(found["text"], "model.eq")))
        patterns = bind(model, data, consts)
        starts(model, consts, given=start, ranges=patterns.ranges)
    except ChainruleError as error:
        return str(error)
    return "nothing"


@pytest.mark.parametrize("page", OWN, ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_is_said(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text("utf-8")
    assert message(text, tmp_path) == blocks(text)[""].strip()


def test_every_code_of_these_rooms_is_shown() -> None:
    assert len(OWN) > 60


def test_a_page_that_shows_another_message_is_found(tmp_path: Path) -> None:
    text = OWN[0].read_text("utf-8").replace("the text has no equation", "the text is empty")
    assert message(text, tmp_path) != blocks(text)[""].strip()
