"""A model as a user holds it: a text read and checked, and what can be asked of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Unpack, overload

from chainrule import model
from chainrule.api import arguments
from chainrule.api.leaving import Leaving
from chainrule.errors import (
    DerivationError,
    ModelError,
    Source,
    UsageError,
    flag,
    inline,
    markup,
    pictured,
    shown,
)
from chainrule.expr.limits import limited
from chainrule.model.model import Model as Network
from chainrule.values import dataclass

if TYPE_CHECKING:  # each method loads what it needs: a derivation needs no engine, an evaluation no story
    from chainrule.api.answer import Answer
    from chainrule.api.derivation import Derivation
    from chainrule.api.figures import Figures
    from chainrule.data import Patterns
    from chainrule.data.reading import HowRead
    from chainrule.derive import Derivation as Lines
    from chainrule.explain import Story
    from chainrule.train.curvature import Curvature
    from chainrule.train.evaluation import Evaluation
    from chainrule.train.order import Batch
    from chainrule.train.run import Run
    from chainrule.train.telling import Callback

    Start = Run | Mapping[str, object] | str | os.PathLike[str]

MOST_DERIVED = 1
"""Derivations that stand in a story: the others are as alike as their weights, and `derive` prints each."""

@pictured
@dataclass(frozen=True, init=False)
class Model(Leaving):
    r"""A network written as equations.

    ``text`` is in the notation; ``name`` stands in messages. ``data`` are the patterns that are used when a call gives
    none: a mapping of columns, a sequence of mappings, a data frame or a file. ``limits``, here and in every method
    that has them, accept more of something than is accepted unasked: ``limits={"depth": 300}``, see `chainrule.limits`.

    Errors: NotationError if the text cannot be read, ModelError if its lines do not fit together; both show the place.

    >>> model = Model("data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = ½(w·x − y)²")
    >>> model.weights
    ('w',)
    >>> model.evaluate().gradient["w"]
    -0.25
    """

    text: str
    name: str = "<text>"
    data: object = field(default=None, repr=False, compare=False)
    network: Network = field(init=False, repr=False, compare=False)

    @limited
    def __init__(
        self, text: str, name: str = "<text>", data: object = None, *, limits: Mapping[str, int] | None = None
    ) -> None:
        if not isinstance(text, str):
            raise UsageError("E452", "a model is a text", "to read a file: chainrule.load(path)")
        if isinstance(name, os.PathLike):
            name = arguments.path("name", name)
        name = arguments.text("name", name, "a name for messages")
        network = model.read(Source(text, name))
        arguments.columns(data)
        for key, value in {"text": text, "name": name, "data": data, "network": network}.items():
            object.__setattr__(self, key, value)

    @property
    def weights(self) -> tuple[str, ...]:
        """The names of the weights, in order of declaration."""
        return tuple(quantity.name for quantity in self.network.named("weight"))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is true of the text that its author may not know."""
        return tuple(inline(warning.text) for warning in self.network.warnings)

    @property
    def figure(self) -> Figures:
        """The figures of this model's trainings: ``model.figure.error(run)``; see `Figures`.

        >>> import chainrule as cr
        >>> model = cr.example("identity")
        >>> model.figure.error(model.train(steps=100)).svg().startswith("<svg")
        True
        """
        from chainrule.api.figures import Figures

        return Figures(self)

    @limited
    def evaluate(
        self,
        weights: Run | Mapping[str, object] | str | os.PathLike[str] | None = None,
        data: object = None,
        consts: Mapping[str, object] | None = None,
        of: str | None = None,
        second: bool = False,
        *,
        seed: int = 0,
        limits: Mapping[str, int] | None = None,
        **how: Unpack[HowRead],
    ) -> Evaluation:
        r"""Every value and derivative at given weights, over all patterns and for each.

        Weights that are not given are at their starts; of a run they are those of its end, with its patterns and consts
        unless others are given. ``data`` is a mapping of columns, a sequence of mappings, a data frame or a file; a
        missing target is allowed, and what depends on it is then absent. ``of`` names a quantity to differentiate
        instead of the ``"goal"``, ``"q"``, an entry of an array, ``"q[1]"``, or a derivative, ``"∂f/∂x[1]"``; of a
        whole array every derivative has the axes of the array first: it is a Jacobian. ``second`` adds
        ``.hessian[w][v]``. How data is read is said as for `train`; ``standardise=run.scales`` does to it what was done
        to that of a run.

        >>> import chainrule as cr
        >>> cr.example("identity").evaluate().patterns[1].gradient["w"]
        -0.08872345867463...
        """
        from chainrule.api.point import point
        from chainrule.api.watched import watched
        from chainrule.train.column import entry_of
        from chainrule.train.evaluation import evaluate
        from chainrule.train.lost_numbers import finite, losses

        second, at = flag("second", second), point(self, weights, data, consts, seed, how, loose=True)
        network, entry = self.network, tuple[int, ...]()
        of = None if isinstance(of, str) and of == "goal" and "goal" not in self.network.quantities else of
        if isinstance(of, str) and (made := watched(self, of)) is not None:
            network, of = made
        elif isinstance(of, str):
            of, entry = entry_of(of)
        of = arguments.quantity(network, of) if of is not None else None
        found = evaluate(network, at.bound, at.weights, of=of, entry=entry, second=second)
        broken = found.error is not None and not isfinite(found.error)
        steep = of is None and not broken and not finite(found.gradient.values())
        lost = losses(self.network, at.bound, at.weights, broken, steep)
        return replace(found, notes=(*at.notes, *lost))

    @limited
    def curvature(
        self,
        weights: Run | Mapping[str, object] | str | os.PathLike[str] | None = None,
        data: object = None,
        consts: Mapping[str, object] | None = None,
        along: Mapping[str, object] | None = None,
        *,
        seed: int = 0,
        limits: Mapping[str, int] | None = None,
        **how: Unpack[HowRead],
    ) -> Curvature:
        r"""How the goal bends at given weights, or where a run ended: the largest and the smallest eigenvalue of its
        Hessian, no matrix made.

        ``along`` is a direction, an array for each weight that moves (others stay): then ``.slope`` is the derivative
        of the goal along it, and ``.product`` the Hessian times it. ``seed`` chooses random starts
        and where the search begins.

        >>> import chainrule as cr
        >>> bent = cr.Model("weight a := 1, b := 1\nE = a² + 4·b² + a·b").curvature(along={"a": 1})
        >>> round(bent.largest, 6), round(bent.smallest, 6), bent.slope, bent.product
        (8.162278, 1.837722, 3.0, {'a': 2.0, 'b': 1.0})
        """
        from chainrule.api.curvature import curvature
        return curvature(self, weights, data, consts, along, seed, how)

    @limited
    def formatted(self, ascii: bool = False, *, limits: Mapping[str, int] | None = None) -> str:
        r"""The text in its canonical form, with its comments; ``ascii`` writes it without Unicode (comments stay).

        >>> import chainrule as cr
        >>> cr.Model("weight w:=1/2 # start\nE=w^2").formatted()
        'weight w := ½  # start\nE = w²\n'
        """
        from chainrule.notation.formatted import formatted
        return formatted(self.network.source, ascii=flag("ascii", ascii))

    @limited
    def derive(
        self,
        wrt: str | None = None,
        detail: str = "normal",
        of: str | None = None,
        *,
        pattern: int = 0,
        substitute: Iterable[str] = (),
        matrix: bool = False,
        second: str | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> Derivation:
        """Back-propagation to one weight, line by line, each line checked numerically before it is shown.

        ``wrt`` may be an entry, ``W[1,2]``, and left out where there is one weight. ``detail`` is "brief", "normal",
        "full", "substituted" or "trace": equations and adjoints with the numbers of a ``pattern`` at the starts.
        ``substitute`` names quantities whose derivatives are put into the last line, and no others ("substituted").
        ``matrix`` adds to each equation its form in matrices, or the reason why it has none.
        ``second`` names a weight by which the derivative is differentiated once more, in a network of plain numbers.

        >>> import chainrule as cr
        >>> print(cr.example("identity").derive("w").result)
        (ŷ − y)·x·(1 − A(w·x))·A(w·x)
        """
        from chainrule.api.derivation import derived

        return derived(self, wrt, detail, of, pattern, substitute, matrix, second)

    @limited
    def check(
        self,
        line: str,
        data: object = None,
        *,
        weights: Mapping[str, object] | str | os.PathLike[str] | None = None,
        consts: Mapping[str, object] | None = None,
        pattern: int | None = None,
        seed: int = 0,
        limits: Mapping[str, int] | None = None,
        **how: Unpack[HowRead],
    ) -> Answer:
        """Whether a line of your own is right, and if not, what slipped.

        A line is a derivative (``∂E/∂w = …``, ``dE/dw = …``, ``δ1 = …``), a weight's next value (``w <- …``) or a
        value, its right side a formula or a number. A number is held against the data at the starts (``weights``), to
        the precision typed: of one ``pattern``, counted from 0, or of any. ``equal`` is True, "here" (right at these
        numbers alone), False, or None where it stays undecided.

        >>> import chainrule as cr
        >>> cr.example("identity").check("∂E/∂w = (ŷ − y)·x").slip
        'missing-slope'
        >>> cr.example("identity").check("∂E/∂w = -0.0887").equal
        'here'
        """
        from chainrule.api.answer import answered

        return answered(self, line, data, weights, consts, pattern, seed, how)

    @overload
    def train(
        self, data: object = None, rate: float | None = None, steps: int = 1000, batch: Batch | None = None,
        update: str | None = None, start: Start | None = None, hold: Iterable[str] = (),
        consts: Mapping[str, object] | None = None, seed: int = 0, record: int = 1, engine: str = "auto",
        numerics: str = "exact", *, progress: Callable[[int, int], object] | None = None,
        callback: Callback | None = None, save: str | os.PathLike[str] | None = None, memory: int | None = None,
        validation: object = None, limits: Mapping[str, int] | None = None, **how: Unpack[HowRead],
    ) -> Run: ...  # fmt: skip
    @overload
    def train(
        self, data: object = None, rate: Sequence[float] | float | None = None, steps: int = 1000,
        batch: Batch | None = None, update: str | None = None, start: Sequence[Start] | Start | None = None,
        hold: Iterable[str] = (), consts: Mapping[str, object] | None = None, seed: Sequence[int] | int = 0,
        record: int = 1, engine: str = "auto", numerics: str = "exact", *,
        progress: Callable[[int, int], object] | None = None, callback: None = None, memory: int | None = None,
        validation: object = None, limits: Mapping[str, int] | None = None, **how: Unpack[HowRead],
    ) -> tuple[Run, ...]: ...  # fmt: skip
    @limited
    def train(
        self,
        data: object = None,
        rate: Sequence[float] | float | None = None,
        steps: int = 1000,
        batch: Batch | None = None,
        update: str | None = None,
        start: Sequence[Start] | Start | None = None,
        hold: Iterable[str] = (),
        consts: Mapping[str, object] | None = None,
        seed: Sequence[int] | int = 0,
        record: int = 1,
        engine: str = "auto",
        numerics: str = "exact",
        *,
        progress: Callable[[int, int], object] | None = None,
        callback: Callback | None = None,
        save: str | os.PathLike[str] | None = None,
        memory: int | None = None,
        validation: object = None,
        limits: Mapping[str, int] | None = None,
        **how: Unpack[HowRead],
    ) -> Run | tuple[Run, ...]:
        """The learning rule followed for a number of steps. Without rules in the text it is gradient descent: each step
        replaces every weight w by w − α ∂goal/∂w over the patterns it visits.

        ``update`` is another rule: "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "clip", "normalised",
        "sign" or "gd", or a text such as the lines of an ``update`` block; its consts may be set by ``consts``.
        ``batch``: "each" (one pattern a step, in turn), "all", "shuffled", a number of consecutive patterns, or a list
        of patterns (or of lists of them) that is gone through again and again. By default it is "each" if the goal is a
        sum or mean over the patterns of a number of each alone, "all" if it is more, and the run says so. ``rate``
        beats the text's α or η, which beats 0.1. ``hold`` are weights that stay as they are. ``record=n`` keeps every
        n-th step.
        ``progress(done, steps)`` is called about ten times a second, ``callback(step, values)`` after each recorded
        step; True from it ends the training. ``save`` is a file; meanwhile a journal stands beside it.
        ``engine``: "reference" (NumPy), "native" (machine code; needs the extra `native`), or "auto", which takes the
        one that is sooner done. The bits are the same.
        ``numerics``: what the numbers are. "exact" (float64, each operation rounded), "fused" or "fused32" (float64 or
        float32, each sum one chain of fused multiply-adds), or "plain32" (the rules of exact in float32).
        ``memory`` is how many bytes the record may take, by default 1 GiB.

        How data is read: ``columns={"sl": "sepal length (cm)"}`` says which column a name is; ``classes={"label":
        ["setosa", "versicolor"]}`` makes words 0, 1, …; ``drop_missing`` leaves out rows in which a used column has no
        value; ``standardise`` (True for all data, or names) takes away each column's mean and divides by its spread.
        The notes of the run say what was done, ``run.scales`` has the numbers. ``validation`` is a part of the rows,
        0.2, or other data: no step visits it, and ``run.validation`` has the goal over it.

        ``rate``, ``seed``, ``start`` and values of ``consts`` may be lists, all of one length: then there is a run for
        each entry, the same as trained alone, and the native engine makes their steps side by side.

        >>> import chainrule as cr
        >>> run = cr.example("identity").train(steps=100)
        >>> run.ended, round(float(run.weights["w"]), 4)
        ('converged', 1.0)
        >>> [run.steps for run in cr.example("identity").train(rate=[0.25, 1, 4], steps=100)]
        [60, 18, 6]
        """
        from chainrule.api.training import trained
        from chainrule.data import reading

        return trained(
            self.network, self.data if data is None else data, rate, start, consts, seed, steps=steps, batch=batch,
            update=update, hold=hold, record=record, engine=engine, numerics=numerics, progress=progress, save=save,
            callback=callback, memory=memory, reading=reading(**how), validation=validation,
        )  # fmt: skip

    @limited
    def explain(
        self,
        run: Run | None = None,
        claims: Sequence[str] | None = None,
        *,
        map: bool = False,
        data: object = None,
        limits: Mapping[str, int] | None = None,
        **how: Unpack[HowRead],
    ) -> Story:
        """The story of a run, by default of a training with all defaults: every sentence in it was tested.

        ``map`` adds which rates learn, and how soon. ``data`` and how it is read are for that training, as for `train`.

        >>> import chainrule as cr
        >>> story = cr.example("identity").explain()
        >>> story["dead"].holds
        True
        """
        from chainrule import explain
        if run is not None and (data is not None or how):
            problem = f"{['data', *how][data is None]} is for a training, and a run is given"
            raise UsageError("E452", problem, "leave one of them out")
        run = self.train(data, **how) if run is None else run
        self.owns(run)
        chosen = None if claims is None else arguments.names("claims", claims)
        return explain.explain(run, claims=chosen, map=map, derivations=self._told if chosen is None else ())

    def _told(self) -> tuple[Lines, ...]:
        """The derivations of the story; none where they cannot be printed, which is for `derive` to say."""
        try:
            return tuple(self.derive(name).steps for name in self.weights[:MOST_DERIVED])
        except (DerivationError, ModelError, UsageError):
            return ()

    def owns(self, run: Run) -> None:
        """Nothing if the run was trained from this model's text, else the error E455."""
        from chainrule.train.run import Run

        if not isinstance(run, Run):
            raise UsageError("E452", f"run is {shown(run)}, not a run", "give what train or load_run returned")
        if run.recipe.text != self.text:
            problem = f"the run is of another model than {self.name}: of {run.recipe.source}"
            raise UsageError("E455", problem, "give the text it was trained from, to the letter")

    def _patterns(
        self, data: object, consts: Mapping[str, object] | None, seed: int, how: HowRead | None = None, **more: Any
    ) -> Patterns:
        from chainrule import data as patterns_of

        given = self.data if data is None else data
        return patterns_of.bind(self.network, given, consts, seed, reading=patterns_of.reading(**(how or {})), **more)

    def _quantity(self, name: str) -> str:
        """A name of the model, typed either way."""
        return arguments.quantity(self.network, name)

    def _repr_html_(self) -> str:
        return f"<pre>{markup(self.text)}</pre>"
