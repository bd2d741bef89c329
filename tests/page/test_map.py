"""The page's map of rates and starts: the numbers of Python's map, by mouse and keyboard alone, and never stale."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.page.browser import PLAYED, Page
from tests.page.checkers import AXE, against, begin, there
from tests.page.conftest import Made, Opened, facts_of
from tests.page.stale import difference

import chainrule as cr
from chainrule.errors import UsageError
from chainrule.maps.axis import Axis, axes_of
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


def axes(page: Page) -> list[Axis]:
    """The axes as the page writes them, for Python to read."""
    found = re.search(r"Axes: (.*\)|.*\]) and (\S+=.*?[)\]])\.", page.text("#map-words"))
    assert found is not None, page.text("#map-words")
    return [Axis.parse(one) for one in found.groups()]


MAXIMUM = cr.Model("weight a := 0.1, b := 0.4\nconst α := 0.2\nF = exp(−(a − 1)² − (a·b − 2)²)\nmaximise F", "top.eq")
MAPS: dict[str, tuple[cr.Model, dict[str, Any]]] = {
    "chaotic": (CHAOTIC, {"steps": 200, "axes": ["η=linear(0, 2.5, 24)", "x=linear(-2, 2, 16)"]}),
    "shuffled momentum": (MANY, {
        "steps": 300, "batch": "shuffled", "update": "momentum", "rate": 0.01,
        "axes": ["α=geometric(3, 1e-4, 24)", "b=[1, -0.5, 0, 0.25]"],
    }),
    "minibatch": (MANY, {"steps": 300, "batch": 2, "axes": ["α=geometric(1e-4, 3, 24)", "w=linear(-1, 3, 16)"]}),
    "box": (cr.example("identity"), {"steps": 60, "axes": ["α=geometric(0.01, 1e5, 24)", "w=[0.5]"]}),
    "maximum": (MAXIMUM, {"steps": 100, "axes": ["α=[0.1, 0.4, 0.05, 0, 1]", "b=linear(-1, 2, 16)"]}),
}  # fmt: skip


@pytest.mark.parametrize("card", [False, True], ids=["JavaScript", "card"])
@pytest.mark.parametrize("name", MAPS)
def test_each_cell_is_that_of_a_map_of_the_model(
    name: str, card: bool, opened: Opened, carded: Opened, made: Made
) -> None:
    model, how = MAPS[name]
    page = (carded if card else opened)(made(model, model.name, **how), "#tab=map")
    page.until(DONE)
    by = page.text("#map-by")
    assert ("numbers of plain32" in by and re.search(r" \d+ cells trained again in JavaScript have", by)) if card else (
        "float64" in by
    ), by  # fmt: skip
    rates, starts = axes(page)
    assert [one.text for one in (rates, starts)] == [one.text for one in axes_of(how["axes"])]
    settings = {key: value for key, value in how.items() if key not in ("axes", "rate")}
    run = model.train(**{key: value for key, value in how.items() if key != "axes"})
    assert isinstance(run, cr.Run)
    wanted, sign = run.error_at(0) + 0.99 * (run.error - run.error_at(0)), 1 if model is not MAXIMUM else -1
    assert level(page) == pytest.approx(wanted, rel=1e-3)
    numerics = "plain32" if card else "exact"
    texts = [rates.text, starts.text]
    if sign > 0:
        settings["measures"] = f"reach({wanted!r})"
        m = model.map(texts, **{**settings, "steps": 1000}, numerics=numerics)
        bound = np.float64(np.float32(wanted)) if card else wanted
        python = np.where(m.status == 3, -2, np.where(m.error <= bound, m["reach"], -1))
    else:  # Python's measure looks for small errors, so here whether it learned at all
        m = model.map(texts, **{**settings, "steps": 1000}, numerics=numerics)
        bound = np.float64(np.float32(wanted)) if card else wanted
        python = np.where(m.status == 3, -2, np.where(m.error >= bound, 0, -1))
    seen = set()
    for i in np.unique(np.linspace(0, rates.count - 1, 6).round().astype(int)):
        for j in np.unique(np.linspace(0, starts.count - 1, 6).round().astype(int)):
            rate, start, steps = clicked(page, (i + 0.5) / rates.count, (j + 0.5) / starts.count)
            assert (rate, start) == pytest.approx((rates.values[i], starts.values[j]), rel=1e-5)
            assert min(steps, 0 if sign < 0 else steps) == python[i, j]
            seen.add(steps)
    assert len(seen) > 2


AXES = ["α=geometric(0.1, 10, 24)", "w=linear(0, 1, 16)"]
"""Of a map that is quick on a card that is played."""

LIES = """
const make = GPUDevice.prototype.createShaderModule;
GPUDevice.prototype.createShaderModule = function (told) {
  return make.call(this, { code: told.code.replace("WHAT", "WITH") });
};
"""


def lying(what: str, other: str) -> str:
    """A script that has a card compute otherwise."""
    return PLAYED + LIES.replace("WHAT", what).replace("WITH", other)


def map_by(open: Opened, path: Path, before: str, fragment: str = "#tab=map") -> str:
    """By what the map of a page says that it was drawn, in full."""
    page = open(path, fragment, before=before)
    page.until(DONE)
    assert page.text("#map-words").startswith("Of ")
    return page.text("#map-by")


def test_a_card_that_lies_is_found_out(carded: Opened, made: Made) -> None:
    model, how = MAPS["minibatch"]
    path = made(model, model.name, **how)
    said = map_by(carded, path, lying("return wall(x * y);", "return wall(x * y * 1.0000002f);"))
    assert re.search(
        r"Of \d+ cells trained again in JavaScript \d+ have the same bits: this card computes otherwise", said
    )
    path = made("xor", axes=["α=geometric(1, 30, 24)", "c0=linear(-1, 1, 16)"])
    nearly = lying("return wall(x / apart(y));", "return wall(x / apart(y) * 1.0000002f);")
    said = map_by(carded, path, nearly)
    assert re.search(r" \d+ cells trained again in JavaScript have the same bits", said), "quotients in whole numbers"


FAILS = {
    "over plain http a browser has no WebGPU": "delete Navigator.prototype.gpu; "
    "Object.defineProperty(globalThis, 'isSecureContext', { value: false });",
    "this browser has no WebGPU": "delete Navigator.prototype.gpu;",
    "WebGPU finds no graphics card here": "GPU.prototype.requestAdapter = async () => null;",
    "one that the browser plays on the processor": "Object.defineProperty(GPUAdapterInfo.prototype, "
    "'isFallbackAdapter', { get: () => true });",
    "could not be opened (no device today)": f"{PLAYED} GPUAdapter.prototype.requestDevice = "
    "async () => { throw new Error('no device today'); };",
    "the graphics card failed (": lying("fn advance(", "fn nothing("),
}


@pytest.mark.parametrize("why", FAILS)
def test_where_there_is_no_card_javascript_draws_and_says_why(why: str, carded: Opened, made: Made) -> None:
    said = map_by(carded, made("identity", steps=60, axes=AXES), FAILS[why])
    assert "JavaScript trains the cells in float64" in said
    assert why in said


LOST = """
let calls = 0;
const submit = GPUQueue.prototype.submit;
const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function () { return globalThis.device = await request.call(this); };
GPUQueue.prototype.submit = function (work) { submit.call(this, work); if (++calls === CALL) device.destroy(); };
"""


def test_where_a_card_is_lost_javascript_goes_on_from_the_last_tile(carded: Opened, made: Made) -> None:
    path = made("identity", steps=60, axes=AXES)
    page = carded(path, "#tab=map")
    page.until(DONE)
    whole = [clicked(page, across, up) for across in (0.1, 0.4, 0.9) for up in (0.1, 0.5, 0.9)]
    page = carded(path, "#tab=map", before=PLAYED + LOST.replace("CALL", "20"))
    page.until(DONE)
    said = page.text("#map-by")
    found = re.search(
        r"float32, .* (\d+) of them JavaScript trained, in the same numbers: the graphics card failed", said
    )
    assert found is not None, said
    assert 0 < int(found[1]) < 24 * 16
    assert [clicked(page, across, up) for across in (0.1, 0.4, 0.9) for up in (0.1, 0.5, 0.9)] == whole
    page.fill("#s-rate-n", "0.4")  # the next map is not given to it
    page.until(DONE)
    assert "JavaScript trains the cells in float64" in page.text("#map-by")


COUNTED = """
globalThis.made = 0;
const make = GPUDevice.prototype.createBuffer, free = GPUBuffer.prototype.destroy;
GPUDevice.prototype.createBuffer = function (told) { made += 1; return make.call(this, told); };
GPUBuffer.prototype.destroy = function () { made -= 1; return free.call(this); };
"""


def test_a_map_that_is_left_frees_the_card_and_a_tab_that_is_not_seen_asks_for_none(carded: Opened, made: Made) -> None:
    path = made("xor")
    page = carded(path, before=PLAYED + COUNTED)
    page.run("new Promise((done) => setTimeout(done, 300))")
    assert page.run("made") == 0
    page.click("#tab-map")
    page.until("made > 0")
    page.click("#tab-curve")
    page.run("new Promise((done) => setTimeout(done, 300))")
    before = page.text("#map-words")
    page.run("new Promise((done) => setTimeout(done, 500))")
    assert page.run("document.querySelector('#map-words').textContent").split() == before.split() or not before
    assert not page.run(DONE)
    page.click("#tab-map")
    page.until("document.querySelector('#f-map image') !== null")
    page.click("#b-map-closer")  # while the wider one is computed
    page.until(DONE)
    assert "linear(-4.31, " not in page.text("#map-words")
    assert "have the same bits" in page.text("#map-by")
    assert page.run("made") == 0


def test_settings_that_the_kernel_is_not_for_are_drawn_by_javascript(carded: Opened, made: Made) -> None:
    said = map_by(carded, made("identity", steps=60, axes=AXES), PLAYED, "#tab=map&order=all")
    assert "the program for a graphics card is for the rule, the order and the patterns of the file" in said
    near = made("identity", steps=60, axes=["α=linear(1, 1.00000001, 24)", "w=linear(0, 1, 16)"])
    assert "float32 does not tell all of these rates and starts apart" in map_by(carded, near, PLAYED)


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
    typed = [float(page.run(f"document.querySelector('#s-{one}-n').value")) for one in ("rate", "start")]
    assert typed == pytest.approx([rate, start], rel=1e-5)
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
    asked = ["α=geometric(0.1, 10, 24)", "w=linear(0.25, 0.75, 16)"]
    path = model.page(tmp_path / "a.html", questions=False, axes=asked, steps=60)
    assert facts_of(path)["map"]["start"]["values"] == list(axes_of(asked[1])[0].values)
    page = opened(path, "#tab=map")
    page.until(DONE)
    assert clicked(page, 0, 0)[:2] == (0.1, 0.25)
    assert clicked(page, 0.999, 0.999)[:2] == (10, 0.75)


def test_axes_that_a_page_has_not_are_refused() -> None:
    subject = Subject(cr.example("identity").train(steps=3))
    for wrong in (
        "x=linear(0, 1, 3)", "w+=linear(0, 1, 3)", "w*=[1, 2]", "seed=[1, 2]", "α+=[1, 2]",
        ["α=geometric(1, 2, 3)", "α=[3]"], ["w=[1]", "w=[2]"],
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


def test_an_axis_of_a_weight_of_several_numbers_is_of_one_entry() -> None:
    many = cr.Model("index i = 1..3\nweight W[i] := [0.1, 0.2, 0.3], v := 1\nconst α := 0.1\nE = Σ_i (W[i]·v − i)²")
    subject = Subject(many.train(steps=3))
    for asked, place in (("W[2]=linear(-1, 1, 9)", 1), ("W[3]=linear(-1, 1, 9)", 2), ("v=linear(-1, 1, 9)", 3)):
        found = mapped(subject, axes_of(asked))
        assert found is not None
        assert found["start"]["place"] == place
    for wrong in ("W=linear(-1, 1, 9)", "W[4]=linear(-1, 1, 9)", "W[0]=linear(-1, 1, 9)"):
        with pytest.raises(UsageError, match=r"E656|E641"):
            mapped(subject, axes_of(wrong))


def test_axes_of_one_number_and_of_rates_within_a_decade(opened: Opened, tmp_path: Path) -> None:
    axes = ["α=geometric(0.49, 0.51, 33)", "w=[0.5]"]
    page = opened(cr.example("identity").page(tmp_path / "n.html", questions=False, steps=60, axes=axes), "#tab=map")
    page.until(DONE)
    assert page.text("#map-words").startswith("Of 33 trainings")
    ticks = page.run("[...document.querySelectorAll('#f-map svg text')].map((one) => one.textContent)")
    told = [float(one) for one in ticks if re.fullmatch(r"0\.\d+", one)]
    rates = [one for one in told if 0.485 < one < 0.515 and one != 0.5]
    assert len(rates) >= 2, ticks
    assert len(set(rates)) == len(rates), "no rate stands twice"
