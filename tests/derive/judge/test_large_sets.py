"""Lines about long recurrences and large sets: entries that a line names are among those that are tried, and no line
is waited for."""

import pytest

import chainrule as cr

SUM = "index i = {low}..{high}\ndata x[i]\ntarget y\nweight w[i] := 0.5\nE = ½(Σ_i w[i]*x[i] - y)^2\n"
BACK = "index t = 1..{n}\nweight u := 0.5, w := 0.1\nh[0] = 1\nh[t] = u*h[t-1] + w\nE = h[{n}]^2\n"
SLOPE = "(Σ_i' w[i']*x[i'] − y)·x[i]"

LINES = (
    (f"∂E/∂w[i] = {SLOPE}·[i < 5]", False), (f"∂E/∂w[i] = {SLOPE}·[i <= 40]", False),
    (f"∂E/∂w[i] = {SLOPE}·[i != 3]", False), (f"∂E/∂w[i] = {SLOPE}·[i > 0]", True),
    (f"∂E/∂w[i] = {SLOPE}·[i == 50]", False), (f"∂E/∂w[i] = {SLOPE} + [i == 17]", False),
    ("∂E/∂w[3] = (Σ_i' w[i']*x[i'] − y)·x[3]", True), ("∂E/∂w[3] = (Σ_i' w[i']*x[i'] − y)·x[4]", False),
    ("∂E/∂w[90] = (Σ_i' w[i']*x[i'] − y)·x[90]", True), ("∂E/∂w[90] = (Σ_i' w[i']*x[i'] − y)·x[1]", False),
    (f"∂E/∂w[i] = 3·{SLOPE}", False), (f"∂E/∂w[i] = 4·{SLOPE}", False), (f"∂E/∂w[i] = {SLOPE}/5", False),
    (f"∂E/∂w[i] = {SLOPE}", True),
)  # fmt: skip


@pytest.mark.parametrize("high", [100, 3_000, 1_000_000])
@pytest.mark.parametrize(("line", "right"), LINES)
def test_entries_that_a_line_names_are_tried(line: str, right: bool, high: int) -> None:
    assert cr.Model(SUM.format(low=1, high=high)).check(line).equal is right


@pytest.mark.parametrize(("bracket", "right"), [("[i < 5]", False), ("[i > -9]", True), ("[i > -8]", False)])
def test_sets_that_begin_elsewhere(bracket: str, right: bool) -> None:
    assert cr.Model(SUM.format(low=-8, high=200)).check(f"∂E/∂w[i] = {SLOPE}·{bracket}").equal is right


@pytest.mark.parametrize("factor", [3, 4, 5])
def test_a_number_is_not_taken_for_the_size_that_a_set_was_given(factor: int) -> None:
    answer = cr.Model(SUM.format(low=1, high=100)).check(f"∂E/∂w[i] = {factor}·{SLOPE}")
    assert "size(i)" not in answer.sentence
    assert f"{factor} times what it should be" in answer.sentence


def test_the_size_itself_is_known() -> None:
    answer = cr.Model(SUM.format(low=1, high=100)).check(f"∂E/∂w[i] = 100·{SLOPE}")
    assert "divide by size(i)" in answer.sentence
    assert cr.Model(SUM.format(low=1, high=100)).check(f"∂E/∂w[i] = size(i)·{SLOPE}/100").equal is True


@pytest.mark.parametrize("n", [10_000, 1_000_000])
@pytest.mark.parametrize("line", ["∂E/∂u = 2·h[{n}]·h[{m}]", "∂E/∂w = 2·h[{n}]·Σ_t u",
                                  "∂E/∂h[t] = [t < {n}]·∂E/∂h[t+1]·u + [t == {n}]·2·h[t]"])  # fmt: skip
def test_what_is_too_long_is_undecided_by_counted_work(n: int, line: str) -> None:
    model = cr.Model(BACK.format(n=n))
    with cr.limits(judging=20_000):
        answer = model.check(line.format(n=n, m=n - 1))
    assert answer.equal is None
    assert "--limit judging=N" in answer.sentence


def test_a_search_that_ends_at_its_limit_says_so() -> None:
    model = cr.Model(BACK.format(n=60))
    with cr.limits(slips=50):
        answer = model.check("∂E/∂w = 2·h[60]·Σ_t u")
    assert answer.equal is False
    assert answer.slip is None
    assert "Its slip was not found with 50 numbers; --limit slips=N" in answer.sentence


@pytest.mark.parametrize("number", [10**5, 10**7, 10**12])
@pytest.mark.parametrize("line", [f"∂E/∂w[i] = {SLOPE}·[i < {{n}}]", "∂E/∂w[{n}] = (Σ_i' w[i']*x[i'] − y)·x[{n}]"])
def test_a_number_of_a_line_takes_no_memory(line: str, number: int) -> None:
    """A set whose size the data say may be as large as the entry that is named: no array is made of it."""
    model = cr.Model("index i\ndata x[i]\ntarget y\nweight w[i] := 0.5\nE = ½(Σ_i w[i]*x[i] - y)^2\n")
    answer = model.check(line.format(n=number))
    assert answer.equal is None
    assert "--limit judging=N" in answer.sentence
