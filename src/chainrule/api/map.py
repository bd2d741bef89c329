"""A map as a user holds it: its arrays, any cell as a run, pictures, the dimension of its boundary, files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule.api import arguments
from chainrule.api.mapped import counted, fits, told
from chainrule.errors import UsageError, flag, inline, pictured, shown
from chainrule.expr.limits import limited
from chainrule.maps import boundary, boxes, places
from chainrule.maps.field import sides, usual
from chainrule.maps.layout import SAID
from chainrule.maps.made import Made, looked_at, made
from chainrule.maps.whole import whole
from chainrule.train.device import CPU
from chainrule.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from chainrule.api.model import Model
    from chainrule.explain import Story
    from chainrule.maps.boundary import Comparison
    from chainrule.maps.boxes import Dimension
    from chainrule.maps.plan import Plan
    from chainrule.maps.transect import Transect
    from chainrule.train.run import Run
    from chainrule.views.figure import Figure

PALETTES = ("safe", "spectral")
SCALES = ("equalised", "plain")


@pictured
@dataclass(frozen=True, eq=False)
class Map:
    """What came of trainings on a grid. ``plan`` is all that decides its numbers, ``arrays`` are by name, the axes
    first: ``status`` (0 not run, 1 all steps made, 2 converged, 3 left the finite numbers, 4 could not be begun),
    ``departure`` (the step in which a cell left the finite numbers, −1 where it did not), ``error`` (the goal over all
    patterns at the end), one for each measure, and ``end_NAME`` for each chosen quantity.

    >>> import chainrule as cr
    >>> model = cr.Model("data x in {1}\\nweight w := 0\\nE = (w·x − 1)²")
    >>> model.map({"α": "linear(0.25, 1.5, 6)", "w": "linear(-1, 1, 3)"}, steps=200)
    <Map of 6 × 3 cells, α and w: 6 all steps made, 12 converged>
    """

    plan: Plan
    arrays: Mapping[str, NDArray[np.generic]] = field(repr=False)
    made: Made | None = field(default=None, repr=False)
    """By what it was made, and on how many cells that was checked; None of the processor alone."""

    @classmethod
    def of(cls, plan: Plan, arrays: Mapping[str, NDArray[np.generic]], threads: int | None = None) -> Map:
        """The map of a plan whose trainings were made in this process, checked where a device made them."""
        if plan.device == CPU:
            return cls(plan, arrays)

        def window(cuts: tuple[slice, ...]) -> Mapping[str, NDArray[np.generic]]:
            return {name: values[cuts] for name, values in arrays.items()}

        return cls(plan, arrays, looked_at(plan, made(plan, plan.ground.maker), window, threads))

    def __repr__(self) -> str:
        size = " × ".join(map(str, self.plan.cells))
        labels = " and ".join(inline(axis.label) for axis in self.plan.axes)
        said = ", ".join(f"{number} {words}" for words, number in self.counts.items())
        if "filled" in self.arrays:
            said += f"; {int(self.arrays['filled'].astype(bool).sum())} of these filled from borders"
        how = f"; {inline(self.made.said)}" if self.made is not None and self.made.said else ""
        return f"<Map of {size} cells, {labels}: {said}{how}>"

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        return self.arrays[self._named(name)]

    @property
    def status(self) -> NDArray[np.generic]:
        """What came of each cell."""
        return self.arrays["status"]

    @property
    def error(self) -> NDArray[np.generic]:
        """The goal over all patterns at the end."""
        return self.arrays["error"]

    @property
    def counts(self) -> dict[str, int]:
        """How many cells there are of each status, in words."""
        found = {words: int((self.status == code).sum()) for code, words in SAID.items()}
        return {words: number for words, number in found.items() if number}

    @property
    def model(self) -> Model:
        """The model that it is of."""
        from chainrule.api.model import Model

        return Model(self.plan.text, self.plan.source, None if self.plan.data is None else dict(self.plan.data))

    # --- a cell

    def cell(self, at: Mapping[str, object] | None = None, **where: object) -> dict[str, Any]:
        """Everything that is known of the cell whose numbers are nearest, its own numbers first.

        Errors: E652 for a place that is not on the map.
        """
        place = self._place(at, where)
        found: dict[str, Any] = {axis.label: axis.values[k] for axis, k in zip(self.plan.axes, place, strict=True)}
        for name, values in self.arrays.items():
            one = values[place]
            found[name] = one.item() if not one.ndim else one
        found["status"] = SAID[found["status"]]
        return found

    @limited
    def run_at(
        self,
        at: Mapping[str, object] | None = None,
        *,
        record: int = 1,
        limits: Mapping[str, int] | None = None,
        **where: object,
    ) -> Run:
        """The training of the cell whose numbers are nearest, as a full run: its error is the cell's, to the bit.

        Errors: E652 for a place that is not on the map; what kept a cell from being begun.
        """
        from chainrule.api.cell import trained

        return trained(self.plan, self._place(at, where), record)

    @limited
    def explain_at(
        self, at: Mapping[str, object] | None = None, *, limits: Mapping[str, int] | None = None, **where: object
    ) -> Story:
        """The story of the training of a cell."""
        from chainrule.api.cell import trained

        return self.model.explain(trained(self.plan, self._place(at, where)))

    # --- pictures

    @limited
    def figure(
        self,
        of: str | None = None,
        *,
        scale: str = "equalised",
        colours: str = "safe",
        bounds: bool = True,
        limits: Mapping[str, int] | None = None,
    ) -> Figure:
        """A map of two axes as a picture, of one as points.

        ``of`` is an array: "trained", "reach", "error", "end_w" …, or "status"; by default "trained" where it was
        measured, and "status" where regions were filled. ``scale`` is "equalised" (by rank: each colour has as many
        cells) or "plain". ``colours`` is "safe", which the colour-blind tell apart, or "spectral", as in the paper.
        ``bounds`` draws what `explain` says of the
        rate: up to where each step is guaranteed to lower the error for the training of the first cell, or, where
        nothing is proved, two over the greatest curvature that was met.

        Errors: E653 for a map of more than two axes, or an array with sides of its own.
        """
        from chainrule.views.figures.map import figure

        name = self._drawn(of, scale, colours)
        lines = self._bounds() if flag("bounds", bounds) else ()
        return figure(self.plan, self.arrays, name, scale, colours, lines, made=self.made)

    def save_png(
        self, path: str | os.PathLike[str], of: str | None = None, *, scale: str = "equalised", colours: str = "safe"
    ) -> Path:
        """Write a picture with one pixel for each cell, the first axis to the right, the second upwards."""
        from chainrule.train.disk import write_all
        from chainrule.views.figure import target
        from chainrule.views.figures.map import picture
        from chainrule.views.png import png

        name = self._drawn(of, scale, colours)
        place = target(path, (".png",))
        about = {"Title": f"{name} over {' and '.join(axis.text for axis in self.plan.axes)}", "Plan": self.plan.digest}
        write_all({place: png(picture(self.arrays, name, scale, colours), about)})
        return place

    # --- what one does with it

    @limited
    def zoom(
        self,
        window: Mapping[str, object] | None = None,
        *,
        cells: int | Sequence[int] | None = None,
        threads: int | None = None,
        progress: Callable[[float], object] | None = None,
        limits: Mapping[str, int] | None = None,
        **where: object,
    ) -> Map:
        """The map of a window, ``m.zoom(α=(0.1, 1), w=(0.2, 0.3))``, with as many cells along each axis or ``cells``.

        Errors: E652 for a window that is none.
        """
        given = {**(arguments.mapping("window", window) or {}), **where}
        counts = list(self.plan.cells)
        if cells is not None:
            listed = [cells] * len(counts) if isinstance(cells, int) else arguments_of(cells)
            counts = [arguments.whole("cells", one, 1, 10**7) for one in listed]
            if len(counts) != len(self.plan.axes):
                raise UsageError("E452", f"cells has {len(counts)} numbers", "give one for each axis, or one for all")
        axes = places.window(self.plan.axes, given, counts)
        plan = replace(self.plan, axes=axes, tile=())
        fits(plan)
        return Map.of(plan, whole(plan, counted(threads), told(progress)))

    def dimension(self) -> Dimension:
        """How the number of boxes that meet the boundary grows as they get smaller: about 1 for a curve, 2 for noise.

        Errors: E653 unless the map has two axes.
        """
        if len(self.plan.axes) != 2:
            raise UsageError("E653", f"the map has {len(self.plan.axes)} axes", "a dimension is of a map of two")
        return boxes.dimension(sides(self.arrays))

    def boundary(self) -> NDArray[np.float64]:
        """Points between neighbours of which one trains and the other does not: a row each, in the axes' numbers."""
        return boundary.points(sides(self.arrays), self.plan.axes)

    def compare(self, other: Map) -> Comparison:
        """In which cells two maps over the same axes differ.

        Errors: E653 for maps over different axes.
        """
        if not isinstance(other, Map):
            raise UsageError("E452", f"other is {shown(other)}, not a map", "give what map returned")
        if [axis.values for axis in self.plan.axes] != [axis.values for axis in other.plan.axes]:
            raise UsageError("E653", "the two maps have different cells", "compare maps over the same axes")
        common = [name for name in self.arrays if name in other.arrays]
        same = all(self.arrays[name].tobytes() == other.arrays[name].tobytes() for name in common)
        return boundary.compare(sides(self.arrays), sides(other.arrays), same)

    @limited
    def transect(
        self,
        axis: str,
        of: str,
        at: Mapping[str, object] | None = None,
        *,
        last: int = 64,
        threads: int | None = None,
        limits: Mapping[str, int] | None = None,
        **where: object,
    ) -> Transect:
        """What a quantity does in the last passes of each cell along an axis, at a place on the others: where it has
        one value it settled, where it has two it goes to and fro, and so on.

        ``of`` is a weight or quantity of one number, or an entry, ``W[1,2]``. `bifurcation` draws it.
        """
        from chainrule.api.cell import entry
        from chainrule.maps.transect import transect

        (place,) = places.known(self.plan.axes, {arguments.text("axis", axis, "the name of an axis"): None})
        given = {self.plan.axes[place].label: self.plan.axes[place].low}
        cell = self._place({**(arguments.mapping("at", at) or {}), **given}, where)
        name, index = entry(self.plan, arguments.text("of", of, "a weight or a quantity"))
        passes = arguments.whole("last", last, 1, 10**6)
        return transect(self.plan, place, cell, name, index, passes, counted(threads))

    @limited
    def bifurcation(
        self,
        axis: str,
        of: str,
        at: Mapping[str, object] | None = None,
        *,
        limits: Mapping[str, int] | None = None,
        **where: object,
    ) -> Figure:
        """The picture of a `transect`: each of its values a point, over the numbers of the axis."""
        from chainrule.views.figures.map import bifurcation

        found = self.transect(axis, of, at, **where)  # type: ignore[arg-type]
        return bifurcation(found.label, found.scale, found.along, str(of), found.values, found.at)

    # --- files

    def to_xarray(self) -> Any:
        """The arrays as an `xarray.Dataset`: axes are coordinates, typed names and scales are attributes.

        Errors: MissingExtra E654 without xarray.
        """
        from chainrule.maps.exported import dataset

        return dataset(self.plan, self.arrays)

    def save(self, path: str | os.PathLike[str], of: str | None = None) -> Path:
        """Write the map to a file that ends in .csv or .parquet (a row for each cell), .nc (NetCDF) or .png, a picture
        of the array ``of``.

        Errors: E465 for another ending; MissingExtra E654, E245 where what it needs is not installed.
        """
        from chainrule.maps.exported import content
        from chainrule.train.disk import write_all
        from chainrule.views.figure import target

        place = target(path, (".csv", ".parquet", ".nc", ".png"))
        if of is not None:
            self._named(of)
        if place.suffix.lower() == ".png":
            return self.save_png(place, of)
        write_all({place: content(self.plan, self.arrays, place.suffix.lower())})
        return place

    # --- inside

    def _named(self, name: object) -> str:
        found = arguments.text("an array", name, f"one of {', '.join(self.arrays)}")
        if found not in self.arrays:
            raise UsageError("E653", f"the map has no array {shown(found)}", f"it has {', '.join(self.arrays)}")
        return found

    def _place(self, at: object, where: Mapping[str, object]) -> tuple[int, ...]:
        return places.cell(self.plan.axes, {**(arguments.mapping("at", at) or {}), **where})

    def _drawn(self, of: object, scale: object, colours: object) -> str:
        if len(self.plan.axes) > 2:
            help = "take a map of one or two axes: leave the others at one value each"
            raise UsageError("E653", f"a map of {len(self.plan.axes)} axes is no picture", help)
        for what, value, known in (("scale", scale, SCALES), ("colours", colours, PALETTES)):
            if shown(value) not in map(repr, known):
                raise UsageError("E452", f"{what} cannot be {shown(value)}", f"write one of {', '.join(known)}")
        name = self._named(of) if of is not None else usual(self.arrays)
        if self.arrays[name].ndim != len(self.plan.axes):
            raise UsageError("E653", f"{name} has more than one number in a cell", "choose one entry of it")
        return name

    def _bounds(self) -> Sequence[Any]:
        from chainrule.api.cell import bounds

        return bounds(self)


def arguments_of(value: object) -> list[object]:
    """A list of what was given as one."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    raise UsageError("E452", f"cells cannot be {shown(value)}", "give one number, or one for each axis")
