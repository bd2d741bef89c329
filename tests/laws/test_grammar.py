"""Random texts of the whole language that mean something: none is answered by a fault of the package.

`python3 dev.py campaign grammar` takes each of them through everything and shrinks what it finds.
"""

from collections import Counter

import pytest
from tests.laws.faults import fault
from tests.laws.grammar import sample

from chainrule.notation import parse, show_text

EACH = 100
RUN = 12  # every so many texts is evaluated and trained too: that takes ten times as long as to build it
REFUSED = 0.05
"""So many texts may be refused: forms that read each other in an order that leads nowhere, powers that overflow."""


@pytest.mark.parametrize("first", range(0, 1200, EACH))
def test_no_text_meets_a_fault(first: int) -> None:
    refused: Counter[str] = Counter()
    for seed in range(first, first + EACH):
        drawn = sample(seed, large=False)
        code, found = fault(drawn, run=seed % RUN == 0)
        assert not found, f"{found}\n{drawn}"
        refused[code] += bool(code)
    assert refused.total() <= REFUSED * EACH, refused


def test_the_texts_use_the_whole_language() -> None:
    texts = [sample(seed).text for seed in range(400)]
    words = [
        "patterns", "table", "target", "in {", "in [", "reals", "inf", "∞", ":= [", "~ normal", "~ uniform",
        "~ glorot", "~ zeros", "const κ[", "'(", "''(", "update θ", "<- w", "∂E/∂", "d(E)/d(", "∂²E", "minimise",
        "maximise", "softmax_", "gelu(", "elu(", "if(", "[", "size(", "prod_", "logsumexp_", "max_", "min_", "mean_",
        "Σ_", "(mean (", "max(", "π", "½", "⅓", "**", "·", "# ", "1e-1", "A'(u) =", "fact", "index", "const N",
    ]  # fmt: skip
    counts = {word: sum(word in text for text in texts) for word in words}
    assert min(counts.values()) >= 4, counts


def test_printing_gives_the_same_texts() -> None:
    for seed in range(100):
        read = parse(sample(seed).text)
        assert parse(show_text(read)) == read
