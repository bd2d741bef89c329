"""The page's map of rates and starts: the numbers of Python's map, by mouse and keyboard alone, and never stale."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.page.browser import Page
from tests.page.checkers import AXE, against, begin, there
from tests.page.conftest import Made, Opened, facts_of
from tests.page.stale import difference

import chainrule as cr
from chainrule.errors import UsageError
from chainrule.maps.axis import axes_of
from chainrule.page.mapped import mapped
from chainrule.page.subject import Subject

DONE = "document.querySelector('#f-map').getAttribute('aria-busy') === 'false'"
CELL = re.compile(r"^(\S+) = (\S+), start (\S+) = (\S+): (?:learned in (\d+)|(not learned)|(it left))")

CHAOTIC = cr.Model("weight x := 0.3\nconst η := 0.4\nE = ¼(x² − 1)²", "chaotic.eq")
MANY = cr.Model(
    "table x | y\n 1 | 1\n 2 | 0.5\n 3 | 2\nweight w := 0.5, b := 0\nconst α := 0.05\nE = (w·x + b − y)²", "m.eq"
)


def shown(page: Page) -> tuple[float, float, int]:
    """Rate, start and steps of the cell that is looked at; −1 if it has not learned, −2 if it left."""
    found = CELL.match(page.text("#map-cell"))
    assert found is not None, page.text("#map-cell")
    rate, start = (float(found[k].replace("−", "-")) for k in (2, 4))
    return rate, start, int(found[5]) if found[5] else -1 if found[6] else -2


def clicked(page: Page, across: float, up: float) -> tuple[float, float, int]:
    """The cell at a place of the picture."""
    x, y, wide, high = page.run(
        "(() => { const e = document.querySelector('#f-map image'); e.scrollIntoView({ block: 'center', behavior: "
        "'instant' }); const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()"
    )
    for kind in ("mousePressed", "mouseReleased"):
        page.call(
            "Input.dispatchMouseEvent", type=kind, x=x + across * wide, y=y + (1 - up) * high, button="left",
            clickCount=1,
        )  # fmt: skip
    return shown(page)


def level(page: Page) -> float:
    """The level as the page has it, to four digits."""
    found = re.search(r"Learned is .* at (\S+) or", page.text("#f-map figcaption"))
    assert found is not None
    return float(found[1].replace("−", "-"))


@pytest.mark.parametrize(("model", "how"), [
    (CHAOTIC, {"steps": 200, "axes": ["η=geometric(0.01, 6, 24)", "x=linear(-2, 2, 16)"]}),
    (MANY, {"steps": 300, "batch": "shuffled", "update": "momentum", "rate": 0.01, "axes": "b=linear(-1, 1, 16)"}),
], ids=["chaotic", "shuffled momentum"])  # fmt: skip
def test_each_cell_is_that_of_a_map_of_the_model(
    model: cr.Model, how: dict[str, object], opened: Opened, made: Made
) -> None:
    page = opened(made(model, model.name, **how), "#tab=map")
    page.until(DONE)
    places = np.linspace(0.03, 0.97, 6)
    cells = [[clicked(page, across, up) for up in places] for across in places]
    how = {key: value for key, value in how.items() if key != "axes"}
    run = model.train(**how)  # type: ignore[arg-type]
    assert isinstance(run, cr.Run)
    wanted = run.error_at(0) + 0.99 * (run.error - run.error_at(0))
    assert level(page) == pytest.approx(wanted, rel=1e-3)
    name, weight = ("η", "x") if model is CHAOTIC else ("α", page.text("#f-map h3").split()[-1])
    settings = {key: value for key, value in how.items() if key != "rate"}
    m = model.map(
        {name: [column[0][0] for column in cells], weight: [one[1] for one in cells[0]]},
        **{**settings, "steps": 1000}, measures=f"reach({wanted!r})",
    )  # type: ignore[arg-type]
    stays = (m.status != 3) & (m.error <= wanted)
    python = np.where(m.status == 3, -2, np.where(stays, m["reach"], -1))
    assert python.tolist() == [[one[2] for one in column] for column in cells]
    assert len(set(python.ravel().tolist())) > 5


def test_the_map_is_used_by_mouse_and_by_keyboard_alone(opened: Opened, made: Made, tmp_path: Path) -> None:
    page = opened(made("identity", steps=60), "#tab=map")
    page.until(DONE)
    own = shown(page)
    assert (own[0], own[1]) == pytest.approx((0.5, 0.5), rel=0.1)
    assert own[2] == cr.example("identity").explain(claims=["map"])["map"].evidence["learned_in"]
    page.focus("#f-map svg")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "PageUp", "ArrowDown"):
        page.key(key)
    other = shown(page)
    assert other[0] > own[0]
    assert other[1] > own[1]
    assert page.run("document.querySelector('#f-map svg').getAttribute('aria-valuetext')") == page.text("#map-cell")
    page.focus("#b-map-closer")
    page.key("Enter")
    page.until(DONE)
    near = clicked(page, 0.02, 0.02), clicked(page, 0.98, 0.98)
    assert near[0][0] < other[0] < near[1][0]
    assert near[1][1] - near[0][1] < 0.3
    page.focus("#b-map-wider")
    page.key("Enter")
    page.until(DONE)
    assert clicked(page, 0.98, 0.98)[1] - clicked(page, 0.02, 0.02)[1] > 0.9
    rate, start, steps = clicked(page, 0.7, 0.4)
    page.focus("#f-map svg")
    page.key("Enter")  # train from here
    page.until("document.querySelector('#f-map .own') !== null && " + DONE)
    assert float(page.run("document.querySelector('#s-rate-n').value")) == rate
    assert float(page.run("document.querySelector('#s-start-n').value")) == start
    assert 0 < steps < 1000
    fresh = opened(made("identity", steps=60))
    assert difference(page, fresh, made("identity", steps=60))[1] == []
    page.run("document.querySelector('#map-cell').append('9')")
    assert difference(page, fresh, made("identity", steps=60))[1], "a number that was planted"


def test_a_finger_looks_at_the_cells_that_it_goes_over(opened: Opened, made: Made) -> None:
    page = opened(made("identity", steps=60), "#tab=map")
    page.call("Emulation.setTouchEmulationEnabled", enabled=True)
    page.until(DONE)
    corners, wanted = (clicked(page, 0.02, 0.02), clicked(page, 0.98, 0.98)), clicked(page, 0.8, 0.7)
    clicked(page, 0.5, 0.5)
    x, y, wide, high = page.run(
        "(() => { const b = document.querySelector('#f-map image').getBoundingClientRect(); "
        "return [b.x, b.y, b.width, b.height]; })()"
    )
    seen = []
    moves = [("touchStart", [(0.3, 0.3)]), ("touchMove", [(0.4, 0.4), (0.6, 0.5), (0.8, 0.7)]), ("touchEnd", [])]
    for kind, places in moves:
        for across, up in places or [(None, None)]:
            points = [] if across is None else [{"x": x + across * wide, "y": y + (1 - up) * high}]
            page.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)
            page.run("new Promise((done) => requestAnimationFrame(() => done(1)))")
            seen.append(shown(page))
    assert len(set(seen)) == 4, "each place is another cell"
    assert seen[-1] == wanted, "and the last one stays"
    assert (clicked(page, 0.02, 0.02), clicked(page, 0.98, 0.98)) == corners, "a finger does not choose a window"


def test_axe_finds_nothing_in_the_map(opened: Opened, made: Made) -> None:
    if there(AXE, "axe-core"):
        page = opened(made("identity", steps=60), "#tab=map", dark=True)
        page.until(DONE)
        begin(page)
        assert against(page) == []


def test_a_map_of_other_settings_is_withdrawn_and_one_that_is_not_seen_rests(opened: Opened, made: Made) -> None:
    page = opened(made("identity", steps=60), "#tab=map")
    page.until(DONE)
    before = page.text("#f-map figcaption")
    page.fill("#s-rate-n", "0.02")
    assert page.text("#f-map figcaption") != before
    page.click("#tab-curve")
    page.run("new Promise((done) => setTimeout(done, 1500))")
    assert not page.run(DONE)
    page.click("#tab-map")
    page.until(DONE)
    assert shown(page)[0] == pytest.approx(0.02, rel=0.1)


def test_axes_are_those_that_are_asked_for(opened: Opened, tmp_path: Path) -> None:
    model = cr.example("identity")
    axes = ["α=geometric(0.1, 10, 24)", "w=linear(0.25, 0.75, 16)"]
    path = model.page(tmp_path / "a.html", questions=False, axes=axes, steps=60)
    assert facts_of(path)["map"]["start"] == {"place": 0, "ends": [0.25, 0.75]}
    page = opened(path, "#tab=map")
    page.until(DONE)
    assert clicked(page, 0, 0)[:2] == (0.1, 0.25)
    assert clicked(page, 0.999, 0.999)[:2] == (10, 0.75)


def test_axes_that_a_page_has_not_are_refused() -> None:
    subject = Subject(cr.example("identity").train(steps=3))
    for wrong in (
        "α=linear(0.1, 1, 9)", "w=geometric(0.1, 1, 9)", "x=linear(0, 1, 3)", "α=[1, 2]", "w+=linear(0, 1, 3)",
        ["α=geometric(1, 2, 3)", "α=geometric(3, 4, 3)"], "α=geometric(2, 1, 3)", "w=linear(0, 1, 1)",
    ):  # fmt: skip
        with pytest.raises(UsageError, match=r"E656|E641"):
            mapped(subject, axes_of(wrong))


def test_a_large_network_has_none_and_says_why(tmp_path: Path) -> None:
    large = cr.Model("index i = 1..61\nweight w[i] := 1\nconst α := 0.1\nE = ½·Σ_i (w[i] − 3)²")
    text = large.page(tmp_path / "a.html", questions=False, steps=3).read_text("utf-8")
    assert "a training of this network holds 61 numbers, and a page maps up to 60" in text
    without = cr.Model("weight w := 1\nE = w²\nupdate w <- w − 0.1·∂E/∂w")
    path = without.page(tmp_path / "b.html", questions=False, steps=3)
    assert facts_of(path)["map"] is None
    assert "no-map" not in path.read_text("utf-8")
    with pytest.raises(UsageError, match="E656"):
        large.page(tmp_path / "c.html", questions=False, steps=3, axes="α=geometric(0.1, 1, 9)")
