"""Lines as programs and pages write them: dW for a derivative, numbers of the text for names, the goal's own name."""

import pytest

from chainrule import ChainruleError, Model

from .conftest import model

RIGHT = (
    ("mean", "a = 0.5 − 0.1·2(f − t)·x", "here", "0.5 stands for a, 0.1 stands for η"),
    ("mean", "a_new = 0.5 − η·2(f − t)·x", "here", "0.5 stands for a"),
    ("mean", "b = 0.25 − 0.1·2·mean((f − t)·y)", "here", "0.25 stands for b"),
    ("mean", "c = 0 − 0.1·2(f − t)", "here", "0 stands for c"),
    ("mean", "∂(mean E)/∂a = mean(2(f − t)·x)", True, "Equal."),
    ("mean", "∂(mean E)/∂a = −2", "here", "Equal: -2"),
    ("mean", "da = 2(f − t)·x", True, "with da = ∂E/∂a"),
    ("ridge", "∂(mean E + ½λ·w²)/∂w = mean((w·x − y)·x) + λ·w", True, "Equal."),
    ("one", "∂E/∂w = (ŷ − 0.75)·2.5·ŷ·(1 − ŷ)", "here", "0.75 stands for y, 2.5 stands for x"),
    ("no rate", "∂E/∂w = (ŷ − 1)·1·0.5", "here", "1 stands for y, 1 stands for x, 0.5 stands for v"),
    ("mazur", "net_h1 = 0.3775", "here", "Equal: 0.3775"),
    ("mazur", "net_o1 = w5·h1 + w6·h2 + b2", True, "Equal."),
    ("mazur", "∂o1/∂net_o1 = 0.186815602", "here", "Equal"),
    ("mazur", "∂E/∂w5 = ∂E/∂o1·∂o1/∂net_o1·∂net_o1/∂w5", True, "Equal."),
    ("mazur", "∂E/∂net_h1 = (δ_o1·w5 + δ_o2·w7)·h1·(1 − h1)", True, "Equal."),
    ("bce", "net_q = z2", True, "Equal."),
    ("identity", "w_new = w_old − α·∂E/∂w", True, "Equal, in a step on one pattern"),
    ("mazur", "w5 = w5_old − α·∂E/∂w5", True, "Equal"),
    ("bce", "W2[1] = 0.5 − α·(q − y)·a1[1]", "here", "0.5 stands for W₂[1]"),
    ("bce", "∂L/∂W1[1,1] = (q − 1)·0.5·a1[1]·(1 − a1[1])·x[1]", "here", "0.5 stands for W₂[1]"),
    ("bce", "∂L/∂z1[2] = (q − y)·0.6·a1[2]·(1 − a1[2])", "here", "0.6 stands for W₂[2]"),
    ("bce", "dW2[j] = (q − y)·a1[j]", True, "with dW₂ = ∂L/∂W₂"),
    ("bce", "dW1[j,i] = dz1[j]·x[i]", True, "dW₁ = ∂L/∂W₁"),
    ("bce", "dz1[j] = dz2·W2[j]·a1[j]·(1 − a1[j])", True, "dz₂ = ∂L/∂z₂"),
    ("bce", "δ = q − y", True, "with δ = ∂L/∂z₂"),
    ("bce", "δ[j] = (q − y)·W2[j]·a1[j]·(1 − a1[j])", True, ""),
)


@pytest.mark.parametrize(("name", "line", "equal", "said"), RIGHT)
def test_a_right_line_is_read_as_it_is_written(name: str, line: str, equal: object, said: str) -> None:
    answer = model(name).check(line)
    assert answer.equal == equal, answer
    assert said.replace("−", "-") in answer.sentence.replace("−", "-")


WRONG = (
    ("mazur", "net_o1 = w5·h1 + w6·h2 + b1", "wrong-factor"),
    ("mazur", "∂net_o1/∂w5 = o1", None),
    ("mazur", "w5_new = w5_old + α·∂E/∂w5", "added"),
    ("mazur", "∂E/∂w1 = (∂E/∂o1·w5 + ∂E/∂o2·w7)·h1·(1 − h1)·i1", "missing-slope"),  # of both outputs
    ("mean", "a = 0.4 − 0.1·2(f − t)·x", None),  # 0.4 is no number of the text
    ("mean", "a = 0.5 − 0.1·2(f − t)·y", "other-quantity"),
    ("mean", "a = 0.5 + 0.1·2(f − t)·x", "added"),
    ("mean", "∂E/∂a = 2(f − t)·1", "missing-factor"),  # right for one of the patterns alone
    ("one", "∂E/∂w = (ŷ − 0.75)·2.5", "missing-slope"),
    ("bce", "dW2[j] = (q − y)·z1[j]", "wrong-factor"),
    ("bce", "∂L/∂z1[2] = (q − y)·0.5·a1[2]·(1 − a1[2])", None),  # the other entry
    ("penalty", "∂L/∂w = 2(w·x + b − y)·x + 2λ·w", "other-result"),
    ("penalty", "∂J/∂w = 2(w·x + b − y)·x", "other-result"),
    ("penalty", "w <- w − α·2(w·x + b − y)·x", "not-the-goal"),
    ("bce", "dz2 = a1[1] − y", None),
)


@pytest.mark.parametrize(("name", "line", "slip"), WRONG)
def test_a_wrong_line_stays_wrong(name: str, line: str, slip: str | None) -> None:
    answer = model(name).check(line)
    assert answer.equal is False, answer
    assert slip is None or answer.slip == slip, answer


def test_a_delta_that_is_right_in_no_reading_is_asked_for() -> None:
    with pytest.raises(ChainruleError, match="could be several") as caught:
        model("bce").check("δ = q + y")
    assert caught.value.code == "E273"


def test_another_expression_on_the_left_is_to_be_named() -> None:
    with pytest.raises(ChainruleError, match="differentiates an expression") as caught:
        model("mean").check("∂(2E)/∂a = 4(f − t)·x")
    assert caught.value.code == "E274"


def test_few_digits_that_fit_a_slip_are_not_told_to_be_one() -> None:
    answer = model("mazur").check("∂E/∂w5 = 0.346")  # 0.0821670 without a factor, to three digits
    assert answer.equal is False
    assert answer.slip is None or "To the digits typed it fits this slip" in answer.sentence
    answer = model("mazur").check("∂E/∂w5 = -0.082167041")
    assert answer.slip == "sign"
    assert "To the digits typed" not in answer.sentence


KINKED = (
    "data x\ntarget y\ntable x | y\n2 | 1\n1 | 1\n3 | -1\nweight w := 4, b := 1, v := -0.5, u := {u}\n"
    "q = v·tanh(w·x + b)\no = relu(q) + u\nE = ½(o − y)²"
)


@pytest.mark.parametrize("u", [0, 1])
@pytest.mark.parametrize("test", ["[o > 0]", "[0 < o]", "if(o > 0, 1, 0)", "[o >= 0]", "[o > 1]"])
def test_the_number_of_a_comparison_is_none_of_the_text(u: int, test: str) -> None:
    """With u = 0 ``[o > 0]`` would be ``[o > u]``, which is ``[q > 0]``: what was meant is another quantity."""
    answer = Model(KINKED.format(u=u)).check(f"∂E/∂b = {test}·(o − y)·v·(1 − tanh(w·x + b)²)")
    assert answer.equal is not True
    assert "stands for" not in answer.sentence
