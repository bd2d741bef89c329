"""Every setting trains again as Python does, to the bit, stands in the link, and is restored from it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from tests.page.browser import Page
from tests.page.conftest import FACTS, Made, Opened, facts_of
from tests.page.stale import SEEN, WHOLE
from tests.page.test_bits import taken
from tests.page.test_session import link

import chainrule as cr
from chainrule.page.script import packed

XOR = cr.example("xor")
MOMENTUM = {"steps": 60, "update": "momentum"}


def table(page: Page) -> list[dict[str, float]]:
    """The rows of the run that the page has, once it has trained to the end."""
    page.until(WHOLE)
    rows = csv.DictReader(io.StringIO(taken(page, "#b-csv")))
    return [{key: float(value) for key, value in row.items() if key != "rows"} for row in rows]


def same(page: Page, run: cr.Run) -> None:
    """The page has this run."""
    rows = table(page)
    assert len(rows) == run.steps + 1
    for weight in run.trace.weights:
        own = next(key for key in rows[0] if key.translate(str.maketrans("₀₁₂", "012")) == weight)
        assert np.array_equal([row[own] for row in rows], run.trace[weight]), weight


def same_as_its_link(page: Page, opened: Opened, path: Path) -> Page:
    """A fresh page, opened with the link of this one, which says the same."""
    fresh = opened(path, link(page))
    assert page.run(SEEN) == fresh.run(SEEN)
    return fresh


def chosen(page: Page, selector: str, value: str) -> None:
    page.run(f"""(() => {{ const e = document.querySelector({json.dumps(selector)}); e.value = {json.dumps(value)};
      e.dispatchEvent(new Event("change")); }})()""")


def opens_more(page: Page) -> None:
    page.run("document.querySelector('#more').open = true")


def test_plain_descent_in_place_of_the_rule(opened: Opened, made: Made) -> None:
    path = made(XOR, "momentum", **MOMENTUM)
    page = opened(path)
    opens_more(page)
    own = page.text(".phases .ln[data-rule='own']:not([hidden])")
    chosen(page, "#s-rule", "gd")
    shown = page.text(".phases .ln[data-rule='gd']:not([hidden])")
    assert "𝛼 · ∂ 𝐸" in shown
    assert shown != own
    same_as_its_link(page, opened, path)
    same(page, XOR.train(steps=60))
    page.click("#b-reset")
    same(page, XOR.train(**MOMENTUM))


def test_a_run_is_taken_away_whole(opened: Opened, made: Made) -> None:
    """However slow the machine is, and however soon after a change the button is pressed."""
    page = opened(made(XOR, "long", steps=600, update="momentum"))
    opens_more(page)
    page.run("(() => { let now = 0; performance.now = () => (now += 1000); })()")
    chosen(page, "#s-rule", "gd")
    assert page.run("document.querySelector('#where').getAttribute('aria-busy')") == "true"
    rows = list(csv.DictReader(io.StringIO(taken(page, "#b-csv"))))
    assert len(rows) == XOR.train(steps=600).steps + 1


def test_a_rule_has_its_own_consts(opened: Opened, made: Made) -> None:
    path = made(XOR, "momentum", **MOMENTUM)
    page = opened(path)
    opens_more(page)
    name = page.run("document.querySelector('input.const').id")
    page.fill(f"#{name}", "0.5")
    same_as_its_link(page, opened, path)
    assert table(page)[5] != table(opened(path))[5]


@pytest.mark.parametrize("how", [{"steps": 60}, {"steps": 60, "batch": "all"}])
def test_held_weights(how: dict[str, object], opened: Opened, made: Made) -> None:
    path = made(XOR, f"held {how}", **how)
    page = opened(path)
    opens_more(page)
    page.click("#s-h-a1")
    page.click("#s-h-c0")
    same_as_its_link(page, opened, path)
    same(page, XOR.train(hold=["a1", "c0"], **how))


def test_a_held_run_converges_where_python_says(opened: Opened, made: Made) -> None:
    model = cr.Model("data x in {1, 2}\ntarget y = x\nweight w := 0.5, v := 2\nconst α := 0.5\nE = ½(w·x + v − y)²")
    path = made(model, "converges")
    page = opened(path)
    opens_more(page)
    page.click("#s-h-v")
    page.until(WHOLE)
    run = model.train(hold=["v"])
    assert run.ended == "converged" or run.steps == 1000
    same(page, run)


def test_another_const(opened: Opened, made: Made) -> None:
    model = cr.Model("data x in {1, 2}\ntarget y = x\nweight w := 0.5\nconst α := 0.1, β := 3\nE = ½(w·x − y)² + β·w²")
    path = made(model, "const", steps=40)
    page = opened(path)
    opens_more(page)
    page.fill("#s-c-beta", "0.25")
    same_as_its_link(page, opened, path)
    same(page, model.train(steps=40, consts={"beta": 0.25}))


# ---- data

DATA = {"x1": [0, 0, 1, 1, 0.5], "x2": [0, 1, 0, 1, 0.25], "y": [0, 1, 1, 0, 1]}


def test_patterns_are_added_and_taken_away(opened: Opened, made: Made) -> None:
    path = made(XOR, "rows", steps=60)
    page = opened(path)
    opens_more(page)
    page.click("#b-add")
    for name, value in {"x1": "0.5", "x2": "0.25", "y": "1"}.items():
        page.fill(f"#s-x-{name}-4", value)
    fresh = same_as_its_link(page, opened, path)
    for one in (page, fresh):
        same(one, XOR.train(data=DATA, steps=60))
    page.front()
    page.click("#cells tbody tr:nth-child(2) button")
    same_as_its_link(page, opened, path)
    same(page, XOR.train(data={key: [*one[:1], *one[2:]] for key, one in DATA.items()}, steps=60))
    page.front()
    page.click("#b-reset")
    same(page, XOR.train(steps=60))


PASTE = """(() => { const given = new DataTransfer(); given.setData("text", TEXT);
  const place = document.querySelector("#cells input");
  place.dispatchEvent(new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true })); })()"""
DROP = """(() => { const given = new DataTransfer(); given.items.add(new File([TEXT], "a.csv"));
  document.querySelector("#cells").dispatchEvent(new DragEvent("drop", { dataTransfer: given, bubbles: true })); })()"""
HEADED = "y,x2,x1\n0,0,0\n1,1,0\n1,0,1\n0,1,1\n1,0.25,0.5\n"


@pytest.mark.parametrize(
    ("how", "text", "rows"),
    [(PASTE, "0\t0\t0\n0\t1\t1\n1\t0\t1\n1\t1\t0\n0.5\t0.25\t1\n", 5), (DROP, HEADED, 5),
     (DROP, HEADED.replace(",", ";").replace(".", ","), 5), (DROP, "# a comment\n" + HEADED[8:14], 1)],
)  # fmt: skip
def test_data_are_pasted_or_dropped(how: str, text: str, rows: int, opened: Opened, made: Made) -> None:
    path = made(XOR, "rows", steps=60)
    page = opened(path)
    opens_more(page)
    page.run(how.replace("TEXT", json.dumps(text)))
    page.until(f"document.querySelectorAll('#cells tbody tr').length === {rows}")
    data = DATA if rows == 5 else {"x1": [0.0], "x2": [0.0], "y": [0.0]}
    same(page, XOR.train(data=data, steps=60))
    same_as_its_link(page, opened, path)


@pytest.mark.parametrize("text", ["x1,x2,y\n1,2,q\n", "1;2\nx;3", "x1,x2,y\n", "x1,x2,y\n" + "1,1,1\n" * 500, ""])
def test_data_that_are_none_change_nothing(text: str, opened: Opened, made: Made) -> None:
    page = opened(made(XOR, "rows", steps=60))
    opens_more(page)
    before = table(page)
    page.run(DROP.replace("TEXT", json.dumps(text)))
    page.run("new Promise((done) => setTimeout(done, 50))")
    assert page.text("#data-note") or not text
    assert table(page) == before


@pytest.mark.parametrize(
    "fragment", ["rows=3", "rows=5", "rows=0", "rows=201", "rows=9&x.x1.4=1", "hold=q", "rule=gd", "c.q=1", "c.alpha=2"]
)
def test_links_that_say_too_little_do_nothing(fragment: str, opened: Opened, made: Made) -> None:
    page = opened(made(XOR, "rows", steps=60), f"#{fragment}")
    if fragment == "rows=3":
        same(page, XOR.train(data={key: one[:3] for key, one in DATA.items()}, steps=60))
    else:
        same(page, XOR.train(steps=60))


# ---- what is not revealed, and what is not kept


def test_nothing_of_the_run_ahead_is_told_while_phases_are_hidden(opened: Opened, made: Made) -> None:
    page = opened(made("identity"), "#k=1&phase=3")
    shown = page.run(SEEN.replace("#spoken", "#spoken, .pending .hide"))  # room is kept for results, which are not seen
    assert not any("0.5444" in one or "0.04436" in one for one in shown)
    assert page.run("document.querySelectorAll('#f-curve .future').length") == 0
    later = "[...document.querySelectorAll('#trace tbody tr')].slice(2).map((row) => row.innerText.split('…').length)"
    assert page.run(later) == [4] * 7
    page.click("#b-phase")
    assert "0.5444" in page.text("#trace")


def test_a_run_that_is_not_kept_whole_is_the_same(opened: Opened, made: Made, tmp_path: Path) -> None:
    path = made(XOR, "long", steps=400)
    known = facts_of(path)
    known["memory"] = 300
    small = tmp_path / "small.html"
    small.write_text(FACTS.sub(lambda found: found[1] + packed(known), path.read_text("utf-8")), "utf-8")
    whole, part = opened(path), opened(small)
    for fragment in ("#k=399", "#k=20", "#k=19&phase=2", "#k=400", "#k=0", "#k=237&weight=4"):
        for page in (whole, part):
            page.run(f"location.hash = {json.dumps(fragment)}")
        for _ in range(40):  # on a busy machine a page goes there a little later
            whole.run("new Promise((done) => setTimeout(done, 100))")
            seen = [page.run(SEEN.replace("#spoken", "#spoken, #questions")) for page in (whole, part)]
            if seen[0] == seen[1]:
                break
        assert seen[0] == seen[1], fragment
    assert taken(whole, "#b-csv") == taken(part, "#b-csv")


def test_pictures_are_taken_as_points(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.run("""(() => { window.taken = []; const give = URL.createObjectURL;
      URL.createObjectURL = (blob) => { window.taken.push(blob); return give.call(URL, blob); }; })()""")
    page.click("#b-png")
    page.until("window.taken.length > 0")
    assert page.run("window.taken[0].type") == "image/png"
    assert page.run("window.taken[0].size") > 5000
    size = "createImageBitmap(window.taken[0]).then((one) => one.width / one.height)"
    assert 1.2 < page.run(size) < 2.5


def test_play_goes_phase_by_phase(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.click("#c-phases")
    page.click("#b-play")
    page.until("document.querySelector('#say').innerText.startsWith('Forward')")
    page.until("document.querySelector('#say').innerText.startsWith('Error')")
    page.click("#b-play")
