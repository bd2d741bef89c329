"""Two ways to one gradient: brackets that collapse sums, and equations solved for their letters."""

from pathlib import Path

import pytest
from tests.laws.indexed import network as random_text

from chainrule.derive.check import Checker
from chainrule.derive.derive import goal_of, needed
from chainrule.derive.index.ground import POINTS, facts, ground
from chainrule.derive.index.network import Network, network
from chainrule.derive.index.route import Route
from chainrule.errors import DerivationError
from chainrule.expr.nodes import Derivative
from chainrule.model import build
from chainrule.notation import parse

ROOT = Path(__file__).parents[3]
PROGRAMS = sorted((ROOT / "tests" / "programs").glob("*.eq"))
LETTERED = [*PROGRAMS, ROOT / "src" / "chainrule" / "examples" / "digits.eq"]


def network_of(source: str) -> Network:
    model = build(parse(source))
    of = goal_of(model, None)
    return network(model, needed(model, of), of)


def routes(source: str) -> tuple[Checker, list[Route]]:
    net = network_of(source)
    return Checker(ground(net)), [Route(net, weight.name) for weight in net.model.named("weight")]


def compared(source: str) -> tuple[int, int]:
    """How many adjoints both routes give in one form, and how many in two forms of one value."""
    checker, found = routes(source)
    same, equal, seen = 0, 0, set()
    for route in found:
        for adjoint in route.adjoints:
            assert isinstance(adjoint.target, Derivative)
            if adjoint.target in seen:
                continue
            seen.add(adjoint.target)
            by_brackets = route.kronecker(adjoint)
            if by_brackets == adjoint.body:
                same += 1
            else:
                assert checker.line(adjoint.body, by_brackets).ok
                equal += 1
    return same, equal


def test_both_routes_agree_on_every_program() -> None:
    counts = [compared(path.read_text("utf-8")) for path in LETTERED]
    assert (sum(same for same, _ in counts), sum(equal for _, equal in counts)) == (163, 14)


@pytest.mark.parametrize("seed", range(8))
def test_both_routes_agree_on_random_networks(seed: int) -> None:
    source, _ = random_text(seed)
    source = source.partition("minimise")[0]
    net_goal = "minimise mean_p E[p]" if "patterns p" in source else "minimise mean E"
    same, equal = compared(source + net_goal)
    assert same + equal > 0


# ── what a check has to catch ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def checker() -> Checker:
    return routes((ROOT / "tests" / "programs" / "05-two-three-one.eq").read_text("utf-8"))[0]


DELTA = "d(E)/d(z1[p,j])"
TRUE = "(Σ_k d(E)/d(z2[p,k])·W2[k,j])·(1 − h[p,j]²)"


def test_a_true_line_passes(checker: Checker) -> None:
    assert checker.text(DELTA, TRUE).points == POINTS
    assert checker.text("d(E)/d(W1[j,i])", "Σ_{p,j'} d(E)/d(z1[p,j'])·[j' == j]·x[p,i]").ok


@pytest.mark.parametrize(
    "left, slip",
    [
        (DELTA, "(Σ_k d(E)/d(z2[p,k])·W2[k,j])·(1 + h[p,j]²)"),
        (DELTA, "(Σ_k d(E)/d(z2[p,k])·W2[k,j])·(1 − h[p,j])²"),
        (DELTA, "(Σ_k d(E)/d(z2[p,k])·W2[k,j])"),
        (DELTA, "(Σ_k d(E)/d(y_hat[p,k])·W2[k,j])·(1 − h[p,j]²)"),
        (DELTA, "(Σ_{k,j'} d(E)/d(z2[p,k])·W2[k,j'])·(1 − h[p,j]²)"),
        (DELTA, "Σ_k d(E)/d(z2[p,k])·W2[k,j]·1 − h[p,j]²"),
        (DELTA, "(Σ_k 1.001·d(E)/d(z2[p,k])·W2[k,j])·(1 − h[p,j]²)"),
        ("d(E)/d(W1[j,i])", "d(E)/d(z1[1,j])·x[1,i]"),
        ("d(E)/d(W1[j,i])", "Σ_{p,j'} d(E)/d(z1[p,j'])·x[p,i]"),
        ("d(E)/d(b1[j])", "mean_p d(E)/d(z1[p,j])"),
        ("partial(z2[p,k])/partial(h[p',j])", "W2[k,j]"),
        ("partial(z1[p,j'])/partial(W1[j,i])", "x[p,i]"),
    ],
)
def test_a_slip_is_caught(checker: Checker, left: str, slip: str) -> None:
    with pytest.raises(DerivationError) as caught:
        checker.text(left, slip)
    assert caught.value.code == "E253"
    assert left in caught.value.problem


def test_letters_of_different_sets_have_different_sizes(checker: Checker) -> None:
    sizes = [len(span) for span in checker.ground.setting.ranges.values()]
    assert len(sizes) == len(set(sizes)) == 4
    assert min(sizes) > 1


def test_sizes_that_hang_together_stay() -> None:
    conv = routes((ROOT / "tests" / "programs" / "09-two-convolutions.eq").read_text("utf-8"))[0]
    assert conv.ground.setting.ranges["n"] == range(7)
    assert conv.ground.setting.ranges["p"] == range(5)


def test_facts_hold_at_the_points() -> None:
    softmax = network_of((ROOT / "tests" / "programs" / "07-softmax-classifier.eq").read_text("utf-8"))
    checker = Checker(ground(softmax))
    assert checker.text("sum_k t[p,k]", "1").ok
    assert len(facts(softmax, checker.ground)) == 1
