"""A story that a learner finishes: its size for every example and for networks with letters, and its language."""

from __future__ import annotations

from functools import cache

import pytest

import chainrule as cr
from chainrule.api import listed
from chainrule.cli.output import LOW, WIDE
from chainrule.errors import width as columns
from chainrule.explain import CLAIMS, Story
from chainrule.views.terminal import draw

LINES, WORDS = 130, 1100
"""The most that a story has; that of `identity`, which is read first, has FIRST of them."""
FIRST = (110, 900)
SENTENCE = 45
"""Words of one sentence; a place with many numbers takes some of them."""
ANSWER = 75
"""Words of one answer."""

LETTERS = {
    "layers": (
        "index i = 1..2, k = 1..3\ndata x[i]\ntarget y\ntable x[1] x[2] | y\n 0 0 | 0\n 0 1 | 1\n 1 0 | 1\n 1 1 | 0\n"
        "weight W[k,i], b[k], V[k], c\nconst α := 0.2\nh[k] = tanh(Σ_i W[k,i]·x[i] + b[k])\nŷ = Σ_k V[k]·h[k] + c\n"
        "E = ½(ŷ − y)²"
    ),
    "softmax": (
        "index i = 1..2, k = 1..3\ndata x[i]\ntarget t[k]\ntable x[1] x[2] | t[1] t[2] t[3]\n 1 0 | 1 0 0\n"
        " 0 1 | 0 1 0\n 1 1 | 0 0 1\nweight W[k,i], b[k]\nconst α := 0.5\nz[k] = Σ_i W[k,i]·x[i] + b[k]\n"
        "p[k] = softmax_k(z[k])\nE = −Σ_k t[k]·log(p[k])"
    ),
    "convolution": (
        "index p = 1..3, u = 1..2, i = 1..4\ndata x[i]\ntarget t[p]\ntable x[1] x[2] x[3] x[4] | t[1] t[2] t[3]\n"
        " 1 0 2 3 | 0 1 1\nweight k[u] := [0.5, −0.2]\nconst α := 0.05\nz[p] = Σ_u k[u]·x[p+u-1]\n"
        "E = ½Σ_p (z[p] − t[p])²"
    ),
    "recurrence": (
        "index t = 1..3\ndata x[t]\ntarget y\ntable x[1] x[2] x[3] | y\n 1 0 1 | 0.5\n 0 1 0 | −0.5\n"
        "weight a := 0.5, b := 0.8, c := 1\nconst α := 0.1\nh[0] = 0\nh[t] = tanh(a·h[t-1] + b·x[t])\nŷ = c·h[3]\n"
        "E = ½(ŷ − y)²"
    ),
}
FAULTS = {
    "a kink": "weight w := 0\nconst η := 0.1\nE = (w − 1)² + abs(w)",
    "a step": "table x | y\n 1 | 1\n 2 | 0\nweight w := −1\nE = ½([w·x >= 0] − y)²",
    "overshooting": "weight w := 1\nconst α := 2\nE = w²",
    "a repelling minimum": "weight x := 0.3\nconst η := 1.35\nE = ¼(x²−1)²",
    "an inflection": "weight x := 2\nconst η := 0.1\nE = x³ − 3x² + 3x",
    "a maximum": "weight w := 0, v := 1\nconst α := 0.1\nf = 1 − (w − 2)² − v²\nmaximise f",
    "a dead unit": (
        "table x | y\n 1 | 1\n 2 | 2\nweight w := −1, v := 1, b := 0\nconst α := 0.1\nh = relu(w·x)\nŷ = v·h + b\n"
        "E = ½(ŷ − y)²"
    ),
    "no finite number": (
        "weight z := 40\nconst y := 0\np = sigmoid(z)\nE = −y·log(p) − (1−y)·log(1−p)"
    ),
    "no bound": "weight w := 1\nconst α := 1\nE = exp(−w)",
    "a rate of 0": "weight w := 1\nconst α := 0\nE = w²",
    "a negative rate": "weight w := 1\nconst α := −0.1\nE = w²",
    "equal patterns": "table x | y\n 0 | 1\n 0 | 1\nweight w := 1\nŷ = w·x\nE = ½(ŷ − y)²",
}
TEXTS = LETTERS | FAULTS


@cache
def story_of(name: str) -> Story:
    model = cr.Model(TEXTS[name]) if name in TEXTS else cr.example(name)
    return model.explain(model.train(steps=1000 if name not in LETTERS else 100))


def text_of(story: Story, **how: bool) -> str:
    """The story as the command line prints it into a pipe."""
    drawn = draw(story.curve, width=78, height=LOW) if story.curve is not None else ""
    return story.text(width=WIDE, drawn=drawn, **how)


@pytest.mark.parametrize("name", [*listed(), *TEXTS])
def test_a_story_is_no_longer_than_a_learner_reads(name: str) -> None:
    text = text_of(story_of(name))
    lines, words = FIRST if name == "identity" else (LINES, WORDS)
    assert len(text.splitlines()) <= lines
    assert len(text.split()) <= words
    assert [line for line in text.splitlines() if columns(line) > WIDE] == []


@pytest.mark.parametrize("name", [*listed(), *TEXTS])
def test_an_answer_is_short_and_in_words_a_learner_knows(name: str) -> None:
    story = story_of(name)
    for question, answer in story.questions:
        assert answer.endswith("."), question
        assert answer[0].isupper() or answer[0] == "∂", answer
        assert len(answer.split()) <= ANSWER, (question, answer)
        for sentence in answer.split(". "):
            assert len(sentence.split()) <= SENTENCE, (question, sentence)
        for word in ("starve", "looks so", "it looks so that", "  ", " ,", "..", "{", "None", "nan"):
            assert word not in answer, (question, answer)


def test_the_tests_are_shown_when_they_are_asked_for() -> None:
    story = story_of("identity")
    short, whole = text_of(story), text_of(story, tests=True)
    assert "The tests behind the answers" not in short
    assert short.rstrip().splitlines()[-1].endswith(
        "To see how: --tests, or --claim step for one; in Python .text(tests=True)"
    )
    for id in CLAIMS:
        assert f"✓ {id}: " in whole or f"! {id}: " in whole
        assert f"✓ {id}: " not in short
    for answer in (answer for _, answer in story.questions):
        assert " ".join(answer.split()) in " ".join(whole.split())


def test_claims_that_are_chosen_stand_with_their_tests() -> None:
    model = cr.example("identity")
    text = model.explain(claims=["step"]).text()
    assert "✓ step: How far may a step go?" in text
    assert "--tests" not in text


@pytest.mark.parametrize(("name", "question", "answer"), [
    ("identity", "What cannot be learned at all?", "Pattern 0 (x = 0, y = 0): its gradient is 0 for every w"),
    ("identity", "Where does it end?", "It ends on the edge of the box, w = 1"),
    ("mazur", "Is there a vanishing gradient?", "Yes: only 0.0902 % of ∂E/∂o₁ reaches w₁"),
    ("growth", "Where does it end?", "It ends in a circle: after every pass of 9 steps the weights are back."),
    ("xor", "Where does it end?", "It has not settled after 1000 steps."),
    ("a dead unit", "What cannot be learned at all?", "Dead unit: at the end h fires on no pattern"),
    ("overshooting", "How does this number train the network?", "the step is too long (overshooting)."),
    ("overshooting", "Where does it end?", "It needs a smaller rate: with α = 0.9 (tried) no step"),
    ("a repelling minimum", "Where does it end?", "above 2, so it needs a smaller rate to rest there."),
    ("an inflection", "Where does it end?", "an inflection point"),
    ("a maximum", "How do we know that adding leads to a maximum?", "This run did end at a maximum."),
    ("a kink", "How does this number train the network?", "has a kink"),
    ("no bound", "Where does it end?", "Proved: E falls as long as w grows."),
    ("a rate of 0", "Where does it end?", "It never moved from w = 1: α is 0, so no step changes anything."),
    ("a negative rate", "Where does it end?", "(the rate is negative)"),
    ("a step", "How does this number train the network?", "and a step passes no gradient on."),
    ("a step", "Where does it end?", "That is no sign of a minimum."),
    ("no finite number", "Where does it end?", "It was made by log(1 − p), of 1 − p = 0"),
    ("layers", "How does this number train the network?", "In step 1 this changes 7 of 13 weights"),
    ("recurrence", "Is there a vanishing gradient?", "gets 14.3 % of ∂E/∂ŷ by the strongest of its paths"),
    ("softmax", "Why backwards, and why are contributions added?", "Backwards is cheaper:"),
    ("convolution", "Why backwards, and why are contributions added?", "k is read once for each p"),
    ("equal patterns", "What cannot be learned at all?", "Patterns 0 and 1: their gradient is 0 for every w"),
])  # fmt: skip
def test_what_is_answered(name: str, question: str, answer: str) -> None:
    assert answer in dict(story_of(name).questions)[question]


def test_a_long_derivation_is_shortened_and_says_how_to_see_the_rest() -> None:
    layers = "\n".join(f"h{k} = tanh(w{k}·h{k - 1} + v{k}·x)" for k in range(1, 9))
    weights = ", ".join(f"w{k} := 0.5, v{k} := 0.3" for k in range(1, 9))
    model = cr.Model(f"table x | y\n 1 | 0.5\nweight {weights}\nh0 = x\n{layers}\nE = ½(h8 − y)²")
    text = model.explain(model.train(steps=3)).text()
    assert "lines are left out: chainrule derive shows all" in text
    assert 'The other 15 weights in the same way: model.derive("v1")' in text
    assert len(text.splitlines()) <= LINES
