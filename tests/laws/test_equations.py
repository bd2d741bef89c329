"""Quantities with several equations: what the package says of random texts is what their definition says.

`agreement` names the kind of a difference and the text is printed, so that a person can run it;
`python3 dev.py campaign equations` looks further and shrinks what it finds.
"""

import re
from collections import Counter

import numpy as np
import pytest
from tests.laws.agreement import kind, slopes, values, wrong
from tests.laws.entries import Entries, Refusal
from tests.laws.equations import Program, program
from tests.laws.shrink import shrink

import chainrule as cr
from chainrule.errors import ChainruleError, ModelError

SECOND_LINE = """index t = 1..2
weight w := 0.3
q[t] = 1
z[t] = q[t-1]
q[0] = w
z[0] = 1
E = z[2] + z[1]^2
slope = d(E)/d(w)
minimise E"""

STACKED = """index t = 1..3, l = 1..2
weight u := 0.5
h[0,l] = 0.1
h[t,0] = 0.2
h[t,l] = tanh(u*h[t-1,l] + h[t,l-1])
E = h[3,2]^2"""


@pytest.mark.parametrize("seed", range(120))
def test_random_programs(seed: int) -> None:
    drawn = program(seed, large=False)
    found = wrong(drawn, seed, trained=seed % 8 == 0, derived=seed % 8 == 1, ensemble=seed % 16 == 2)
    assert not found, f"{found}\n{drawn}"


def with_slope(drawn: Program, seed: int) -> tuple[str, str] | None:
    """The text with a quantity more, the slope of E by a weight of one number, and that weight; None if it has none."""
    weights = re.findall(r"^weight (\w+) :=", drawn.text, re.MULTILINE)
    line = re.search(r"^E(\[p\])? = .*$", drawn.text, re.MULTILINE)
    if not weights or line is None:
        return None
    weight, of = weights[seed % len(weights)], f"E{line[1] or ''}"
    slope = f"{line[0]}\nslope{line[1] or ''} = d({of})/d({weight})"
    return drawn.text.replace(line[0], slope) + ("" if "minimise" in drawn.text else "minimise E\n"), weight


@pytest.mark.parametrize("seed", [*range(12), 154, 859])
def test_a_derivative_that_a_text_reads(seed: int) -> None:
    """By forward mode it is what it is by adjoints."""
    drawn = program(seed, large=True)
    found = with_slope(drawn, seed)
    if found is None:
        return
    text, weight = found
    try:
        model = cr.Model(text, data=drawn.data)
        values = model.evaluate(of="E")
    except ChainruleError as error:
        if error.code.startswith("E3") and error.code != "E302":  # E302: its equation stands too early
            raise
        return
    assert np.mean(values.values["slope"]) == pytest.approx(values.gradient[weight], rel=1e-12, abs=1e-15)


def test_a_slope_that_goes_through_a_base_line() -> None:
    assert cr.Model(SECOND_LINE).evaluate().values["slope"] == pytest.approx(0.6, rel=1e-15)


def idle_line(first: str, general: str, last: str) -> str:
    return f"""index t = 1..1, k = -1..0
data x
weight w := 0.3
{first}
h[k,t] = w*x
{general}
h[-1,t] = x
{last}"""


@pytest.mark.parametrize(
    ("first", "general", "last"),
    [
        ("a[1] = w", "a[t] = sum_k h[k,1]", "E = a[1]"),
        ("a[1] = w", "a[t] = E*w", "E = a[1]^2\nminimise E"),
        ("a[1] = 0.1", "a[t] = b[t]", "b[t] = a[1]*w\nE = b[1]"),
        ("a[1] = 0.1\nb[1] = a[1]*w", "a[t] = b[t]", "b[t] = a[t]\nE = b[1]"),
        ("b[1] = w\nb[t] = 2", "a[t] = h[0,t] + E", "a[1] = w*h[0,1]\nE = a[1] + h[-1,1]*b[1]\nminimise E"),
    ],
)  # fmt: skip
def test_an_equation_whose_every_entry_has_another(first: str, general: str, last: str) -> None:
    """It is never computed: what it would read has no place in the order."""
    text = idle_line(first, general, last)
    entries = Entries(text, {"x": [0.7]}, 1)
    entries.check()
    model = cr.Model(text, data={"x": [0.7]})
    found = model.evaluate()
    assert found.error == pytest.approx(entries.goal().real, rel=1e-15)
    assert found.gradient["w"] == pytest.approx(entries.slope(entries.goal, "w"), rel=1e-14)
    bare = cr.Model(text.replace(general, "a[t] = 0"), data={"x": [0.7]}).train(steps=3, rate=0.1)
    for engine in ("reference", "native"):
        assert model.train(steps=3, rate=0.1, engine=engine).weights == bare.weights


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("[l != 3]*w/a[l+1]", True),
        ("[l+1 in l]/a[l+1]", True),
        ("[l+1 in l]*w/(2 + a[l+1])^2/(a[l+1] + 1)", True),
        ("w*[l+1 in l]*u/a[l+1]*3", True),
        ("if(l < 3, w/a[l+1], 1)", True),
        ("w/([l+1 in l]*a[l+1] + 1)", True),
        ("([l+1 in l] + 1)*w/a[l+1]", False),
        ("w/([l+1 in l]*2 + a[l+1])", False),
        ("[l-1 in l]*w/a[l+1]", False),
        ("w/a[l+1]*[l+1 in l]", True),
        ("w/a[l+1]", False),
    ],
)
def test_a_bracket_above_guards_what_is_divided_by(body: str, read: bool) -> None:
    text = f"index l = 1..3\nweight w := 0.5\nweight u := 2\na[l] = w + l\nE = sum_l {body}"
    if not read:
        with pytest.raises(ModelError) as error:
            cr.Model(text)
        assert error.value.code == "E114"
        return
    found, entries = cr.Model(text).evaluate(), Entries(text, {}, 1)
    entries.check()
    assert found.error == pytest.approx(entries.goal().real, rel=1e-15)
    assert found.gradient["w"] == pytest.approx(entries.slope(entries.goal, "w"), rel=1e-14)


# ---------------------------------------------------------------- the law itself


@pytest.mark.parametrize(
    ("text", "goal", "slope"),
    [
        ("index t = 1..2, l = 1..2\nweight u := 0.5\nz[0,l] = 7\nz[t,l] = u\nE = z[0,1]", 7, 0),
        ("index t = 1..2, l = 1..2\nweight u := 0.5\nz[t,l] = u^2\nz[0,l] = 7*u\nE = sum_{t,l} z[t-1,l]^2", 24.625, 99),
        ("index t = 0..5\nweight u := 0.5\nh[t] = u*h[t-1]\nh[0] = 1\nE = h[3]", 0.125, 0.75),
        ("index t = 2..5\nweight u := 2\nh[0] = 1\nh[1] = u\nh[t] = h[t-1] + h[t-2]\nE = h[5]", 13, 5),
        ("index t = 1..3\nweight u := 2\nx[t] = t\nE = sum_t [t < size(t)]*u*x[t+1]", 10, 5),
    ],
)  # fmt: skip
def test_entries_by_hand(text: str, goal: float, slope: float) -> None:
    entries = Entries(text, {}, 1)
    entries.check()
    assert entries.goal().real == pytest.approx(goal, rel=1e-15)
    assert entries.slope(entries.goal, "u") == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(
    ("equations", "refusal"),
    [
        ("h[0] = 1\nh[t] = h[t-1]\nE = h[4]", "undefined"),
        ("h[t] = h[t-1]\nE = h[3]", "undefined"),
        ("h[0] = 1\nh[0] = 2\nh[t] = h[t-1]\nE = h[3]", "overlap"),
        ("h[0] = 1\nh[t] = h[t-1] + h[t]\nE = h[3]", "cycle"),
        ("h[0] = 1\nh[4] = 1\nh[t] = h[t-1] + h[t+1]\nE = h[3]", "cycle"),
        ("z[1,l] = 1\nz[t,1] = 2\nz[t,l] = 3\nE = z[2,2]", "overlap"),
        ("z[0,l] = 1\nz[t,0] = 2\nz[t,l] = z[t-1,l-1]\nE = z[2,2]", "undefined"),
        ("z[1,l] = 1\nz[t,1] = 2\nz[1,1] = 4\nz[t,l] = 3\nE = z[2,2]", ""),
        ("z[0,l] = 1\nz[t,0] = 2\nz[t,l] = [l > 1]*z[t-1,l-1] + z[t-1,l]\nE = z[2,2]", ""),
    ],
)  # fmt: skip
def test_refusals_by_hand(equations: str, refusal: str) -> None:
    entries = Entries(f"index t = 1..3, l = 1..2\n{equations}", {}, 1)
    if not refusal:
        entries.check()
        return
    with pytest.raises(Refusal) as refused:
        entries.check()
    assert refused.value.kind == refusal


def test_the_texts_are_of_many_kinds() -> None:
    met: Counter[str] = Counter()
    for seed in range(400):
        drawn = program(seed, large=False)
        entries = Entries(drawn.text, drawn.data, drawn.patterns)
        met["open"] += drawn.open
        met["several patterns"] += drawn.patterns > 1
        met["declared patterns"] += "\npatterns p" in drawn.text
        for lines in entries.lines.values():
            fixed = [line for line in lines if line.fixed]
            met["base lines"] += bool(fixed)
            met["several of them"] += len(fixed) > 1
            met["on two places"] += any(len(line.fixed) > 1 for line in fixed)
            met["before the general one"] += bool(lines[0].fixed)
            met["after it"] += bool(lines[-1].fixed)
            general = next(line for line in lines if not line.fixed)
            met["inside the range"] += any(
                all(place in entries.values(str(own)) for own, place in zip(general.places, line.places, strict=True)
                    if isinstance(place, int)) for line in fixed
            )  # fmt: skip
            met["recurrences"] += f"{general.name}[" in str(general.body) or f"'{general.name}'" in str(general.body)
        try:
            entries.check()
        except Refusal as refusal:
            met[refusal.kind] += 1
    scarce = {what: count for what, count in met.items() if count < 5}
    assert not scarce, met
    assert 40 <= met["overlap"] + met["undefined"] + met["cycle"] < 100, met


def test_a_planted_fault_is_found() -> None:
    found = cr.Model(STACKED.replace("h[t,l-1]", "0.2").replace("h[t,0] = 0.2\n", "")).evaluate()
    assert not values(Entries(STACKED.replace("h[t,l-1]", "0.2"), {}, 1), found).startswith("value: the goal")
    assert kind(values(Entries(STACKED.replace("0.1", "0.3"), {}, 1), found)) == "value"
    other = cr.Model("weight u := 0.5\nE = u^2").evaluate()
    assert kind(slopes(Entries("weight u := 0.5\nE = u^3", {}, 1), other, 0)) == "gradient"


def test_a_text_that_fails_is_shrunk() -> None:
    assert shrink(STACKED, lambda text: "·h[t−1" in text) == "index t = 1..1, l = 1..1\nh[t,l] = 1·h[t−1,l]"
