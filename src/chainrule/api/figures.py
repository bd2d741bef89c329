"""A model → figures of its trainings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainrule.api import arguments
from chainrule.errors import UsageError, flag, shown
from chainrule.expr.limits import limited
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.api.model import Model
    from chainrule.explain.measure.context import Context
    from chainrule.explain.tell.report import Picture
    from chainrule.train.run import Run
    from chainrule.views.animation import Animation
    from chainrule.views.figure import Figure
    from chainrule.views.scene import Scene


FILMS: dict[str, tuple[str, ...]] = {
    "error": ("weight",),
    "landscape": ("axes", "normalise", "seed"),
    "patterns": (),
    "gradients": (),
    "fit": ("of",),
    "network": ("pattern",),
}
"""The figures that follow a run, each with its options."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What `model.figure` is: each method makes one figure. Without a run it trains with all defaults.

    ``limits={"elements": 10**9}`` of each accepts more of something than is accepted unasked; see `chainrule.limits`.

    >>> import chainrule as cr
    >>> figure = cr.example("identity").figure.error()
    >>> figure.title
    'mean E over w'
    """

    model: Model

    @limited
    def error(
        self, run: Run | None = None, *, weight: str | None = None, limits: Mapping[str, int] | None = None
    ) -> Figure:
        """The error over one weight, with the tangent and the step where the run first moved it, and its whole path.

        ``weight`` is the entry, such as "w" or "W[2,1]"; without it the one that moved furthest. The others are held as
        they were at the end of the run, and as they were at its start.

        Errors: UsageError E456 for an entry that is not trained.
        """
        from chainrule.explain.figures.section import section
        from chainrule.views.figures import error

        return error.figure(section(self._context(run), weight))

    @limited
    def landscape(
        self,
        run: Run | None = None,
        *,
        axes: str | Sequence[str] | None = None,
        normalise: bool | None = None,
        seed: int = 0,
        limits: Mapping[str, int] | None = None,
    ) -> Figure:
        r"""The error over a plane through the end of the run, seen from above, with the path of the run.

        ``axes`` are the names of two weights (or entries), or "path": the principal components of the path, or
        "curvature": the eigenvectors of the Hessian with the greatest and the least eigenvalue, or "random": two
        random directions, by ``seed``. Without it, the weights where there are two, else "path".
        ``normalise`` makes each filter of a direction as long as the weights' own; that is so for "random" unless
        it is False.

        Errors: UsageError E466 with fewer than two weights, E456 for a name that is none.

        >>> import chainrule as cr
        >>> model = cr.Model("weight a := 1, b := 1\nE = a² + 4·b² + a·b")
        >>> model.figure.landscape(model.train(steps=50)).title
        'E over a and b'
        """
        from chainrule.explain.figures.plane import plane
        from chainrule.train.prepare import seeded
        from chainrule.views.figures import landscape

        normalise = None if normalise is None else flag("normalise", normalise)
        return landscape.figure(plane(self._context(run), axes, normalise, seeded(seed)))

    @limited
    def patterns(self, run: Run | None = None, *, limits: Mapping[str, int] | None = None) -> Figure:
        """The error of each pattern over the steps; of more than twelve the worst, the median and the best.

        Errors: UsageError E466 where the goal has no error of each pattern.

        >>> import chainrule as cr
        >>> cr.example("identity").figure.patterns().title
        'E of each pattern'
        """
        from chainrule.explain.figures.over_steps import patterns as course
        from chainrule.views.figures import patterns

        context = self._context(run)
        found, of = course(context), context.run
        held = None
        if of.recipe.held is not None:
            held = of.held_errors(found.steps.tolist())
        return patterns.figure(found, context.goal_name, held)

    @limited
    def gradients(self, run: Run | None = None, *, limits: Mapping[str, int] | None = None) -> Figure:
        """The size of the gradient and of the update of each weight over the steps, and their signs.

        >>> import chainrule as cr
        >>> cr.example("identity").figure.gradients().title
        'Gradient and update of each weight'
        """
        from chainrule.explain.figures.over_steps import moves
        from chainrule.views.figures import gradients

        context = self._context(run)
        return gradients.figure(moves(context), context.goal_name)

    @limited
    def fit(
        self, run: Run | None = None, *, of: str | None = None, limits: Mapping[str, int] | None = None
    ) -> Figure:
        """What the network gives over its data: of one column a function, of two a map with the boundary; the patterns
        with it. ``of`` names a quantity to show instead of the one that the error compares with a target.

        Errors: UsageError E466 where it depends on more than two columns of data, E456 for a name that is none.

        >>> import chainrule as cr
        >>> cr.example("line").figure.fit().title
        'ŷ over x'
        """
        from chainrule.explain.figures.fitted import fitted
        from chainrule.views.figures import fit

        return fit.figure(fitted(self._context(run), of))

    @limited
    def predictions(
        self, run: Run | None = None, *, of: str | None = None, limits: Mapping[str, int] | None = None
    ) -> Figure:
        """Predictions against targets: of up to 24 patterns each beside its target, of more one over the other, of
        classes how often each was taken for each.

        Errors: UsageError E466 where the error compares nothing with a target.

        >>> import chainrule as cr
        >>> cr.example("identity").figure.predictions().title
        'ŷ and y, pattern by pattern'
        """
        from chainrule.explain.figures.outputs import outputs
        from chainrule.views.figures import predictions

        return predictions.figure(outputs(self._context(run), of))

    @limited
    def compare(
        self, runs: Mapping[str, Run] | Sequence[Run], *, limits: Mapping[str, int] | None = None
    ) -> Figure:
        """The errors of several runs of this model over their steps: a mapping from labels to runs, or a list.

        >>> import chainrule as cr
        >>> model = cr.example("identity")
        >>> model.figure.compare([model.train(rate=0.1), model.train(rate=1)]).title
        'mean E of 2 runs'
        """
        from chainrule.api.runs import labelled
        from chainrule.explain.figures.over_steps import errors
        from chainrule.views.figures import compare

        named = labelled(runs)
        courses = [errors(self._context(run)) for run in named.values()]
        return compare.figure(courses, list(named), [run.sentence for run in named.values()])

    @limited
    def graph(
        self,
        weights: Run | Mapping[str, object] | str | os.PathLike[str] | None = None,
        pattern: int = 0,
        *,
        detail: str | None = None,
        data: object = None,
        consts: Mapping[str, object] | None = None,
        seed: int = 0,
        limits: Mapping[str, int] | None = None,
    ) -> Figure:
        """The computation graph at one pattern: values and adjoints in the boxes, at each line what that use adds.

        ``weights`` are a run (at its end), or given as in `evaluate`; those that are not given are at their starts.
        ``detail``: "operations" (each operation a box), "entries" (each number of a quantity) or "names" (each name,
        folded by index); without it the finest that can be read, and the figure says which.

        Errors: UsageError E452 for a detail that is none, E470 for a pattern that is none.

        >>> import chainrule as cr
        >>> graph = cr.example("identity").figure.graph(pattern=1)
        >>> "ŷ = A(w·x) (from w·x) is 0.6225; ∂E/∂ is −0.3775." in graph.description
        True
        """
        from chainrule.api.point import point
        from chainrule.explain.figures.flow.choose import flow_of
        from chainrule.views.figure import Figure
        from chainrule.views.graph.graph import scene

        known = ("operations", "entries", "names")
        detail = arguments.optional("detail", detail, f"one of {', '.join(known)}")
        if detail is not None and detail not in known:
            raise UsageError("E452", f"detail cannot be {shown(detail)}", f"write one of {', '.join(known)}")
        at = point(self.model, weights, data, consts, seed)
        bound, values = at.bound, at.weights
        row = arguments.pattern(pattern, bound.patterns)
        return Figure(scene(flow_of(self.model.network, bound, values, row, detail)))

    @limited
    def map(self, run: Run | None = None, *, limits: Mapping[str, int] | None = None) -> Figure:
        """After how many steps the training of a run has learned: over the rate, and over the start of a weight of one
        number where there is one. The run's own rate and start are marked.

        Errors: UsageError E655 where no such map can be made.

        >>> import chainrule as cr
        >>> cr.example("identity").figure.map().title
        'Steps to learn over α and the start of w'
        """
        from chainrule.explain.measure.claims.map import measure
        from chainrule.views.figures.learning import figure

        return figure(self._context(run).once(measure))

    @limited
    def pictures(
        self, run: Run | None = None, *, map: bool = False, limits: Mapping[str, int] | None = None
    ) -> tuple[Picture, ...]:
        """The figures that stand in the page of a story, those that this network has: for `Story.html`; with ``map``
        that of the rates too.

        >>> import chainrule as cr
        >>> model = cr.example("identity")
        >>> run = model.train()
        >>> page = model.explain(run).html(model.figure.pictures(run))
        >>> page.count("<figure>")
        6
        """
        from chainrule.views.pictures import pictures

        return pictures(self._context(run), flag("map", map))

    @limited
    def animate(
        self, figure: str = "error", run: Run | None = None, *, pictures: int = 60, seconds: float = 0.1,
        limits: Mapping[str, int] | None = None, **options: Any,
    ) -> Animation:
        """A training as a film: one of the figures above, with what had been so far after each of some steps.

        The steps are chosen so that about the same happens between two pictures. ``options`` are those of the figure.

        Errors: UsageError E452 for a figure that does not follow a run, an option it has not got, a number of pictures
        or a time out of range.

        >>> import chainrule as cr
        >>> film = cr.example("identity").figure.animate("error", pictures=5)
        >>> len(film.scenes), film.moments[0]
        (5, 0)
        """
        from chainrule.explain.figures.film_steps import chosen
        from chainrule.views.animation import film
        from chainrule.views.until import until

        follow: dict[str, Callable[..., Figure]] = {
            "error": self.error, "landscape": self.landscape, "patterns": self.patterns, "gradients": self.gradients,
        }  # fmt: skip
        if arguments.text("figure", figure, f"one of {', '.join(FILMS)}") not in FILMS:
            raise UsageError("E452", f"there is no film of {shown(figure)}", f"write one of {', '.join(FILMS)}")
        for name in options:
            if name not in FILMS[figure]:
                known = f"it takes {', '.join(FILMS[figure])}" if FILMS[figure] else "it takes none"
                raise UsageError("E452", f"a film of {figure} has no option {shown(name)}", known)
        most = arguments.whole("pictures", pictures, 2, 600)
        time = arguments.number("seconds", seconds, 0.02, 10)
        run = self.model.train() if run is None else run
        context = self._context(run)
        steps = chosen(context, most).tolist()
        if figure == "fit":
            return film(self._fits(context, steps, **options), steps, time)
        if figure == "network":
            return film(self._networks(run, steps, **options), steps, time)
        scene = follow[figure](run, **options).scene
        return film([until(scene, step) for step in steps], steps, time)

    def _fits(self, context: Context, steps: Sequence[int], of: str | None = None) -> list[Scene]:
        """What the network gives over its data after each step."""
        from chainrule.explain.figures.fitted import after, fitted
        from chainrule.views.figures.fit import frames

        whole = fitted(context, of)
        return frames([after(context, whole, step) for step in steps])

    def _networks(self, run: Run, steps: Sequence[int], pattern: int = 0) -> list[Scene]:
        """The units and weights after each step."""
        from chainrule.explain.figures.units.net import net_of
        from chainrule.views.graph.network import frames

        bound = run.recipe.bound
        row = arguments.pattern(pattern, bound.patterns)
        nets = [net_of(self.model.network, bound, run.at(step), row) for step in steps]
        if not nets[0].weighted:
            problem = "no weight of this model leads from one quantity to another"
            raise UsageError("E466", problem, "take a film of its error, landscape or fit")
        return frames(nets)

    @limited
    def network(
        self,
        weights: Run | Mapping[str, object] | str | os.PathLike[str] | None = None,
        pattern: int = 0,
        *,
        data: object = None,
        consts: Mapping[str, object] | None = None,
        seed: int = 0,
        limits: Mapping[str, int] | None = None,
    ) -> Figure:
        """The units of the network in columns, and the weights between them, at one pattern.

        What is a unit, and which weight leads from where to where, is read from the equations. A model without a weight
        between two quantities is drawn by its names, and the figure says so. ``weights`` are given as in `graph`.

        Errors: UsageError E470 for a pattern that is none.

        >>> import chainrule as cr
        >>> figure = cr.example("xor").figure.network(pattern=1)
        >>> figure.title, "Column 2: h₁ = 0.3543" in figure.description
        ('Network of ŷ, pattern 1', True)
        """
        from chainrule.api.point import point
        from chainrule.explain.figures.flow.choose import flow_of
        from chainrule.explain.figures.units.net import net_of
        from chainrule.views.figure import Figure
        from chainrule.views.graph import graph, network

        at = point(self.model, weights, data, consts, seed)
        bound, values = at.bound, at.weights
        row = arguments.pattern(pattern, bound.patterns)
        net = net_of(self.model.network, bound, values, row)
        if net.weighted:
            return Figure(network.scene(net))
        flow = flow_of(self.model.network, bound, values, row, "names")
        return Figure(graph.scene(flow, network.NONE))

    def _context(self, run: Run | None) -> Context:
        """What is known of a run of this model."""
        from chainrule.explain.measure.context import Context

        run = self.model.train() if run is None else run
        self.model.owns(run)
        return Context(run)
