"""What a container is allowed of the processor → how many threads can run at once there.

Linux says it in the files of a control group: ``cpu.max`` holds "quota period" in microseconds (version 2, "max" is no
limit), ``cpu.cfs_quota_us`` and ``cpu.cfs_period_us`` the same (version 1, −1 is no limit). A group is held by the
limits of all groups that it lies in. Inside a container the group's own directory is the root of what is mounted, so
the path that the process is told may not exist there; the root is always looked at.

Source: Linux kernel documentation, admin-guide/cgroup-v2 and scheduler/sched-bwc.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

MOUNTED = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


@cache
def allowed(mounted: Path = MOUNTED, own: Path = OWN) -> int | None:
    """How many threads may run at once, at least 1; None where nothing limits them."""
    found = [share for folder in groups(mounted, own) if (share := share_of(folder)) is not None]
    return max(1, int(min(found))) if found else None


def groups(mounted: Path, own: Path) -> Iterator[Path]:
    """The directories of the groups that this process is in, for the processor."""
    for line in (text_of(own) or "").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, name = rest.partition(":")
        if number == "0" and not controllers:
            tops = [mounted, mounted / "unified"]
        elif "cpu" in controllers.split(","):
            tops = [mounted / controllers, mounted / "cpu"]
        else:
            continue
        inner = PurePosixPath(name.strip()).relative_to("/") if name.startswith("/") else PurePosixPath()
        for top in tops:
            for path in (inner, *inner.parents):
                if ".." not in path.parts:
                    yield top / path


def share_of(folder: Path) -> float | None:
    """The processors that a group may use, where it has a limit."""
    text = text_of(folder / "cpu.max")
    if text is None:
        text = f"{text_of(folder / 'cpu.cfs_quota_us')} {text_of(folder / 'cpu.cfs_period_us')}"
    try:
        quota, period = map(float, text.split())
    except ValueError:  # "max", or no such file
        return None
    return quota / period if quota > 0 and period > 0 else None


def text_of(path: Path) -> str | None:
    """The text of a small file, if it can be read."""
    try:
        return path.read_text("ascii")
    except (OSError, ValueError):
        return None
