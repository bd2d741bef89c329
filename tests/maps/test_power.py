"""What a loss of power leaves of a map can be gone on with, and what was said to survive is there."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.maps.power import Disk, losses

from chainrule.maps.store import folder


def test_a_loss_of_power_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    found = losses(tmp_path / "m", random.Random(0), 40)
    assert set(found) == {"begun anew", "gone on with"}, "and nothing that is left is in the way"
    assert min(found.values()) > 2


@pytest.mark.parametrize("never", ["folders", "files"])
def test_what_is_never_flushed_is_lost(never: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if never == "folders":
        monkeypatch.setattr(folder, "flushed", lambda path: None)
    else:
        monkeypatch.setattr(Disk, "fsync", flush_of_folders)
    with pytest.raises(AssertionError, match="safe"):
        losses(tmp_path / "m", random.Random(1), 200)


def flush_of_folders(seen: Disk, handle: int) -> None:
    """A flush that forgets files."""
    key = seen.handles[handle]
    if (seen.root / key).is_dir():
        seen.note("flush", key)
