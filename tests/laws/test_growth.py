"""Short texts take a bounded number of calls in every stage, or meet a limit that says what to write."""

import pytest
from tests.laws.growth import FAMILIES, STAGES, Exhausted, counted, nested

import chainrule as cr

CALLS = 3_000_000
"""Calls of Python that a stage may make: about a second of an idle machine."""

SHORT = [
    ("tree", "derive", 40),
    ("tree", "program", 20),
    ("factors", "program", 25),
    ("sum-squared", "derive", 50),
    ("means", "derive", 12),
    ("maxima", "program", 40),
    ("layers", "derive", 20),
    ("towers", "derive", 60),
    ("definitions", "derive", 50),
    ("reduction", "derive", 400),
]


@pytest.mark.parametrize(("family", "stage", "size"), SHORT)
def test_a_short_text_does_not_exhaust_the_machine(family: str, stage: str, size: int) -> None:
    work = STAGES[stage](FAMILIES[family][1](size))
    met: list[cr.LimitError] = []
    with counted(CALLS) as calls:
        try:
            work()
        except cr.LimitError as error:
            met.append(error)
    assert calls.made
    for error in met:
        assert "raise the limit" in error.help, "a limit says how it is raised"
        assert error.place is not None, "and where it is met"


EXPLAINED = [("recurrence", 60), ("layers", 25), ("definitions", 12)]
"""Texts of which every claim is tested: one line that bends in many places, and a recurrence."""


@pytest.mark.parametrize(("family", "size"), EXPLAINED)
def test_a_short_text_is_explained(family: str, size: int) -> None:
    work = STAGES["explain"](FAMILIES[family][1](size))
    with counted(3 * CALLS):
        story = work()
    assert isinstance(story, cr.Story)
    assert len(story.claims) > 10


def test_what_was_not_looked_for_is_said() -> None:
    model = cr.Model(FAMILIES["layers"][1](6))
    run = model.train(steps=3, rate=0.001)
    whole, cut = (model.explain(run, claims=["step"], limits={"proofs": most}) for most in (10**9, 1))
    assert "not looked for" in str(cut)
    assert "--limit proofs=N" in str(cut)
    assert "not looked for" not in str(whole)


def test_a_count_ends_what_goes_on() -> None:
    with pytest.raises(Exhausted), counted(10_000):
        STAGES["derive"](FAMILIES["layers"][1](50))()


def test_a_derivative_of_too_many_parts_has_a_place_and_a_cure_that_works() -> None:
    deep = nested("w*x", lambda inner: f"max({inner}, w)", 60)
    text = "data x in {1, 2}\nweight w := 0.5\n"
    with pytest.raises(cr.LimitError) as caught:
        cr.Model(f"{text}E = {deep}").derive("w")
    assert caught.value.code == "E263"
    assert caught.value.place == (3, 1)
    named = "h0 = w*x\n" + "".join(f"h{k} = max(h{k - 1}, w)\n" for k in range(1, 61))
    assert cr.Model(f"{text}{named}E = h60").derive("w").steps.steps
    for whole in (f"{text}{named}E = h60", f"{text}E = {deep}"):  # a program names parts by itself
        assert cr.Model(whole).evaluate().gradient["w"] == pytest.approx(1.5, rel=1e-12)


def test_means_in_means_are_computed_once() -> None:
    text = f"data x in {{1, 2}}\nweight w := 0.5\nE = {nested('w*x', lambda inner: f'mean ({inner})', 40)}"
    with counted(CALLS):
        found = cr.Model(text).derive("w")
    assert all(step.check.ok for step in found.steps.steps)
