"""How far a store is → lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.errors import inline

if TYPE_CHECKING:
    from chainrule.maps.status import Progress


def lines(found: Progress) -> list[str]:
    """How far a store is, in lines."""
    out = [f"{inline(found.store)}: {found.done} of {counted(found.tiles, 'tile')}"]
    named = {"not_run": "not run", "steps": "all steps made", "converged": "converged",
             "left": "left the finite numbers", "failed": "failed"}  # fmt: skip
    out += [f"  {count} {named[name]}" for name, count in found.cells.items() if count]
    if found.filled is not None:
        from chainrule.maps.filling import said

        out.append(f"  {said(*found.filled)}")
    if found.workers:
        rate = "" if found.rate is None else f", {found.rate:.3g} cells in a second"
        out.append(f"{counted(len(found.workers), 'process', 'processes')} at it{rate}")
    if found.left is not None:
        out.append(f"about {span(found.left)} left")
    for tile, cause in list(found.aside.items())[:3]:
        out.append(f"set aside: tile {'-'.join(map(str, tile))}: {inline(cause)}; to try again: --again")
    for what, number in (("records", found.damaged), ("tiles", len(found.bad))):
        if number:
            out.append(f"{number} {what} are not as they were written; what they hold is computed again")
    if found.disagreeing:
        tiles = counted(len(found.disagreeing), "tile")
        out.append(f"{tiles} of which two machines gave different numbers: one of the machines is not sound")
    return out


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def span(seconds: float) -> str:
    """A stretch of time as people say it.

    >>> span(40), span(90), span(9000), span(200000)
    ('40 s', '2 min', '2.5 h', '2.3 days')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 86400 else f"{seconds / 86400:.1f} days"
