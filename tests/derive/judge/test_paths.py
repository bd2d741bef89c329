"""Lines with some of the paths of the chain rule: each is told what to add, and where; and the whole line is right."""

import pytest

from .conftest import model

SAID = (
    ("back", "∂E/∂w = (ŷ − y)·v·(1 − h[3]²)·h[2]",
     "goes back 1 of the steps and stops", "to ∂E/∂h[t]", "∂E/∂h[t+1]·w·tanh′(w·h[t] + u·x[t+1])"),
    ("back", "∂E/∂u = (ŷ − y)·v·(1 − h[3]²)·(x[3] + w·(1 − h[2]²)·x[2])",
     "goes back 2 of the steps and stops", "to ∂E/∂h[t]", "∂E/∂h[t+1]·w·tanh′(w·h[t] + u·x[t+1])"),
    ("gru", "∂E/∂h[2] = (ŷ − y)·v·((1 − z[3]) + z[3]·(1 − c[3]²)·uc)",
     "h[t] acts in more than one place", "∂E/∂z[t+1]·uz·σ′(wz·x[t+1] + uz·h[t])"),
    ("gru", "∂E/∂h[2] = (ŷ − y)·v·(1 − z[3])", "held z, c constant, but what you held moves with h[t]"),
    ("batch norm", "∂E/∂z[p] = ∂E/∂n[p]/sqrt(s + ε)",
     "held μ, s constant", "to ∂E/∂z[p] add ∂E/∂μ/size(p), ∂E/∂s·2·(z[p] − μ)/size(p)"),
    ("batch norm", "∂E/∂w = mean_p (ŷ[p] − y[p])·γ·(x[p] − mean_p' x[p'])/sqrt(s + ε)",
     "dropped ∂E/∂s·2·(z[p] − μ)/size(p)"),
    ("residual", "∂E/∂h = (ŷ − y)·v", "dropped ∂E/∂g·b·tanh′(b·h)"),
    ("residual", "∂E/∂a = (ŷ − y)·v·(1 − tanh(b·h)²)·b·(1 − h²)·x", "dropped ∂E/∂g:"),
    ("attention", "∂E/∂V[s] = (o[s] − y[s])·a[s,s]", "V[s] moves every entry of o", "sum ∂E/∂o[s']·∂o[s']/∂V[s]"),
    ("attention", "∂E/∂q[i] = Σ_t Σ_s (o[t] − y[t])·V[s]·a[t,s]·(1 − a[t,s])·K[s]·x[t,i]",
     "Q[t]·K[s] moves every entry of a", "sum ∂E/∂a[t,s']·∂a[t,s']/∂(Q[t]·K[s]) over all s'"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "line", "said"), [(name, line, said) for name, line, *said in SAID])
def test_what_to_add_is_told_with_its_place(name: str, line: str, said: list[str]) -> None:
    answer = model(name).check(line)
    assert answer.equal is False
    for words in said:
        assert words in answer.sentence, answer.sentence


WHOLE = (
    ("back", "∂E/∂w = (ŷ − y)·v·(1 − h[3]²)·(h[2] + w·(1 − h[2]²)·(h[1] + w·(1 − h[1]²)·h[0]))"),
    ("gru", "∂E/∂h[2] = (ŷ − y)·v·((1 − z[3]) + z[3]·(1 − c[3]²)·uc + (c[3] − h[2])·z[3]·(1 − z[3])·uz)"),
    ("batch norm", "∂E/∂z[p] = (∂E/∂n[p] − Σ_p' ∂E/∂n[p']/4 − n[p]·(Σ_p' ∂E/∂n[p']·n[p'])/4)/sqrt(s + ε)"),
    ("residual", "∂E/∂h = (ŷ − y)·v·(1 + b·(1 − tanh(b·h)²))"),
    ("attention", "∂E/∂V[s] = Σ_t (o[t] − y[t])·a[t,s]"),
)


@pytest.mark.parametrize(("name", "line"), WHOLE)
def test_with_every_path_the_line_is_right(name: str, line: str) -> None:
    assert model(name).check(line).equal is True


NEARLY = (
    ("attention", "∂a[t,s]/∂a[t',s'] = 0·a[t,s]", False),
    ("softmax without data", "∂p[c]/∂z[c'] = −p[c]·p[c']", False),
    ("softmax without data", "∂p[c]/∂z[c'] = p[c]·(1 − p[c])", False),
    ("softmax without data", "∂p[c]/∂w[c'] = −p[c]·p[c']·x", False),
    ("softmax without data", "∂p[c]/∂z[c'] = p[c]·([c == c'] − p[c'])", True),
    ("gru", "∂E/∂h[t] = ∂E/∂h[t]·[t < 3] + [t == 3]·(ŷ − y)·v", True),
    ("sixteen", "∂E/∂h[t] = (h[t] − y[t])·[t < 16]", False),
    ("sixteen", "∂E/∂h[t] = (h[t] − y[t])·[t > 1]", False),
    ("sixteen", "∂E/∂h[t] = h[t] − y[t]", True),
    ("nine", "∂h[t,s]/∂z[t',s'] = [t == t']·(1 − h[t,s]²)", False),
    ("nine", "∂h[t,s]/∂z[t',s'] = [t == t']·[s == s']·(1 − h[t,s]²)", True),
    ("nine", "∂h[t,s]/∂z[t',s'] = 0·z[t,s]", False),
    ("sixteen", "∂E/∂h[t] = h[t] − y[t] + [t == 9]", False),
    ("sixteen", "∂E/∂h[16] = h[16] − y[16]", True),
    ("sixteen", "∂E/∂h[16] = h[16] − y[15]", False),
    ("sixteen", "∂E/∂h[t] = (h[t] − y[t])·size(t)/16", True),
    ("sixteen", "∂E/∂w = 16·mean_t (h[t] − y[t])·x[t]", True),
    ("sixteen", "∂E/∂w = 8·mean_t (h[t] − y[t])·x[t]", False),
    ("sixteen", "∂E/∂w = 3·mean_t (h[t] − y[t])·x[t]", False),
    ("sixteen", "∂E/∂w = Σ_t (h[t] − y[t])·x[t]·[t < 16]", False),
)


@pytest.mark.parametrize(("name", "line", "right"), NEARLY)
def test_a_line_is_held_at_entries_that_are_the_same_and_at_the_ends(name: str, line: str, right: bool) -> None:
    """Without data no pattern of the text shows them: places drawn at random may miss each of these entries."""
    assert model(name).check(line).equal is right
