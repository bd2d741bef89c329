"""A model → a map of its trainings: one call that plans it, computes its tiles and holds their arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack, cast

from chainrule.errors import UsageError, shown
from chainrule.expr.limits import limited, most, over

if TYPE_CHECKING:
    import os

    from chainrule.api.map import Map
    from chainrule.api.model import Model, Start
    from chainrule.data.reading import HowRead
    from chainrule.maps.plan import Plan
    from chainrule.train.order import Batch


class Mapped:
    """The part of a model that trains it on a grid."""

    @limited
    def map(
        self,
        axes: object,
        steps: int = 500,
        data: object = None,
        rate: float | None = None,
        batch: Batch | None = None,
        update: str | None = None,
        start: Start | None = None,
        hold: Iterable[str] = (),
        consts: Mapping[str, object] | None = None,
        seed: int = 0,
        numerics: str | None = None,
        *,
        measures: str | Sequence[str] = (),
        chosen: str | Sequence[str] = (),
        threads: int | None = None,
        progress: Callable[[float], object] | None = None,
        store: str | os.PathLike[str] | None = None,
        on: str = "threads",
        workers: int | None = None,
        tile: int | Sequence[int] | None = None,
        again: bool = False,
        device: str = "cpu",
        status_only: bool = False,
        limits: Mapping[str, int] | None = None,
        **how: Unpack[HowRead],
    ) -> Map:
        r"""Trainings on a grid, side by side: what came of each.

        ``axes`` says what varies, one axis or more, as a text, a list of texts, or a mapping: ``"α=geometric(1e-3, 1e6,
        512)"``, ``{"w": "linear(0, 1, 512)", "β": [0, 0.5, 0.9]}``. What may vary is a const, the rate among them; the
        start of a weight, ``w``, or of one entry, ``W[1,2]``; a number added to a whole start, ``W+``, or one that it
        is multiplied by, ``W*``; and ``seed``. ``measures`` are "reach(0.01)" (steps until the error is at most so
        much), "largest" (the largest error), "trained" (below 0 where it trains; the larger, the slower), "period" and
        "sharpness" (the greatest curvature at the end times the rate). ``chosen`` are weights and quantities kept as
        they are at the end. The other arguments are those of `train`; each cell is the same training, to the bit.
        ``progress(part)`` is called as the work goes on, with 1 at the end.

        ``store`` is a folder or ``s3://BUCKET/NAME`` in which it is kept, tile by tile: whatever interrupts it, the
        same call goes on with what is there, and `load_map` opens it at any time. It is computed ``on`` "threads" of
        this process, on "processes" that are watched, on "dask", or on the Dask scheduler at an address, by so many
        ``workers``; ``tile`` is how many cells a tile has along each axis; with ``again`` tiles that were set aside are
        tried once more.

        ``device`` is "cpu", "gpu" (a graphics card through Vulkan, Metal or Direct3D 12, in plain32 numbers) or
        "opencl"; ``numerics`` is by default what it keeps, on the processor "exact". Some cells are then trained again
        on the processor to see that their bits are equal, and `Map.made` says of how many they are. What the device
        cannot do, or does no longer, the processor does, in the same numbers.

        With ``status_only`` nothing is asked of a cell but what came of it, and regions of a map of two axes whose
        border is of one status are filled with it; ``m["filled"]`` says which cells were: 0 computed, 1 filled, 2
        filled and computed as a check, one in a hundred. An island that no border and no check meets is missed.

        Errors: E600 to E616 about stores, E602 where another map is there; E681 and E687 about devices; E640 to E657
        about maps; MissingExtra E313 without llvmlite.

        >>> import chainrule as cr
        >>> model = cr.Model("data x in {1}\nweight w := 0\nE = (w·x − 1)²")
        >>> found = model.map("α=[0.25, 0.5, 1.5]", steps=100, measures="reach(0.01)")
        >>> found["reach"].tolist(), found.status.tolist()
        ([4, 1, -1], [2, 2, 1])
        """
        from chainrule.api.map import Map
        from chainrule.api.planned import planned
        from chainrule.api.stored import filled, without
        from chainrule.maps.whole import whole

        plan = planned(
            cast("Model", self), axes, steps=steps, data=data, rate=rate, batch=batch, update=update, start=start,
            hold=hold, consts=consts, seed=seed, numerics=numerics, measures=measures, chosen=chosen,
            tile=tile, device=device, status_only=status_only, how=how,
        )  # fmt: skip
        fits(plan)
        if store is not None:
            return filled(plan, store, on, workers, threads, again, told(progress))
        without(on, workers, again)
        return Map.of(plan, whole(plan, counted(threads), told(progress)))


def fits(plan: Plan) -> None:
    """Nothing, or the error that the arrays would be too large to be held."""
    size = sum(spec.dtype.itemsize * int(cells(spec.shape)) for spec in plan.layout.arrays)
    if size > most("memory"):
        raise over("E642", "memory", f"the map would take {size:,} bytes", "take fewer cells", size)


def told(progress: Any) -> Any:
    """A function that is told how far it is, or nothing."""
    if progress is None or callable(progress):
        return progress
    raise UsageError("E452", f"progress is {shown(progress)}, not a function", "give progress(part)")


def cells(shape: Sequence[int]) -> int:
    total = 1
    for one in shape:
        total *= one
    return total


def counted(threads: Any) -> int | None:
    """A number of threads, or all cores."""
    from chainrule.api.arguments import whole

    return None if threads is None else whole("threads", threads, 1, 1024)
