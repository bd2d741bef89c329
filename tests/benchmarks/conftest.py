"""The benchmarks as modules."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setenv("CHAINRULE_THREADS", "1")  # the benchmarks set it; other tests go on without
    import training

    return training
