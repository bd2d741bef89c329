"""The processors of a container: both versions of control groups, nested, unlimited, odd and unreadable."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.engines.native import quota, thread_pool
from chainrule.engines.native.quota import allowed

CASES = [
    ("0::/\n", {"cpu.max": "200000 100000\n"}, 2),
    ("0::/\n", {"cpu.max": "150000 100000\n"}, 1),
    ("0::/\n", {"cpu.max": "50000 100000\n"}, 1),
    ("0::/\n", {"cpu.max": "max 100000\n"}, None),
    ("0::/\n", {}, None),
    ("0::/a/b\n", {"cpu.max": "max 100000", "a/cpu.max": "300000 100000", "a/b/cpu.max": "400000 100000"}, 3),
    ("0::/not/mounted/here\n", {"cpu.max": "400000 100000"}, 4),
    ("0::/../../x\n", {"cpu.max": "100000 100000"}, 1),
    ("3:cpuset:/\n1:cpu,cpuacct:/a\n",
     {"cpu,cpuacct/a/cpu.cfs_quota_us": "250000", "cpu,cpuacct/a/cpu.cfs_period_us": "100000"}, 2),
    ("1:cpu:/\n0::/\n", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
    ("1:cpuacct:/\n", {"cpuacct/cpu.cfs_quota_us": "100000", "cpuacct/cpu.cfs_period_us": "100000"}, None),
    ("0::/\n", {"cpu.max": ""}, None),
    ("0::/\n", {"cpu.max": "100000"}, None),
    ("0::/\n", {"cpu.max": "100000 0"}, None),
    ("0::/\n", {"cpu.max": "\xff"}, None),
    ("what is this\n::\n", {"cpu.max": "100000 100000"}, None),
    ("", {"cpu.max": "100000 100000"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("own", "files", "wanted"), CASES)
def test_what_is_allowed(own: str, files: dict[str, str], wanted: int | None, tmp_path: Path) -> None:
    (tmp_path / "own").write_text(own, "latin-1")
    for name, text in files.items():
        place = tmp_path / "mounted" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "latin-1")
    assert allowed(tmp_path / "mounted", tmp_path / "own") == wanted


def test_without_control_groups_nothing_is_limited(tmp_path: Path) -> None:
    assert allowed(tmp_path / "none", tmp_path / "nothing") is None


def test_threads_follow_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(thread_pool.LIMIT, raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda number: set(range(64)), raising=False)
    for most, wanted in ((None, 64), (2, 2), (1, 1), (100, 64)):
        monkeypatch.setattr(quota, "allowed", lambda most=most: most)
        assert thread_pool.cores() == wanted
    monkeypatch.setenv(thread_pool.LIMIT, "3")
    assert thread_pool.cores() == 3
