"""A model as a user holds it: a text read and checked, and what can be asked of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, overload

from chainrule import model, notation
from chainrule.api import arguments
from chainrule.errors import ChainruleError, DataError, DerivationError, ModelError, Source, UsageError, flag, shown
from chainrule.model.model import Model as Network
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty

if TYPE_CHECKING:  # each method loads what it needs: a derivation needs no engine, an evaluation no story
    from chainrule.api.answer import Answer
    from chainrule.api.derivation import Derivation
    from chainrule.api.figures import Figures
    from chainrule.data import Patterns
    from chainrule.derive import Derivation as Lines
    from chainrule.explain import Story
    from chainrule.train.curvature import Curvature
    from chainrule.train.evaluation import Evaluation
    from chainrule.train.order import Batch
    from chainrule.train.run import Run

    Start = Mapping[str, object] | str | os.PathLike[str]

MOST_DERIVED = 1
"""Derivations that stand in a story: the others are as alike as their weights, and `derive` prints each."""

@dataclass(frozen=True, init=False)
class Model:
    r"""A network written as equations.

    ``text`` is in the notation; ``name`` stands in messages. ``data`` are the patterns that are used when a call gives
    none: a mapping of columns, a sequence of mappings, or a CSV or JSON file.

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

    def __init__(self, text: str, name: str = "<text>", data: object = None) -> None:
        if not isinstance(text, str):
            raise UsageError("E452", "a model is a text", "to read a file: chainrule.load(path)")
        if isinstance(name, os.PathLike):
            name = arguments.path("name", name)
        name = arguments.text("name", name, "a name for messages")
        network = model.build(notation.parse(Source(text, name)))
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
        return tuple(warning.text for warning in self.network.warnings)

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

    def evaluate(
        self,
        weights: Mapping[str, object] | str | os.PathLike[str] | None = None,
        data: object = None,
        consts: Mapping[str, object] | None = None,
        of: str | None = None,
        second: bool = False,
        *,
        seed: int = 0,
    ) -> Evaluation:
        r"""Every value and derivative at given weights, over all patterns and for each.

        Weights that are not given are at their starts. ``data`` is a mapping of columns, a sequence of mappings, or a
        CSV or JSON file; a missing target is allowed, and what depends on it is then absent. ``of`` names a quantity to
        differentiate instead of the goal. ``second`` adds ``.hessian[w][v]``.

        >>> import chainrule as cr
        >>> cr.example("identity").evaluate().patterns[1].gradient["w"]
        -0.08872345867463...
        """
        from chainrule import data as patterns_of
        from chainrule.engines.protocol import Bound
        from chainrule.train.evaluation import evaluate
        from chainrule.train.prepare import seeded

        seed, consts, second = seeded(seed), arguments.named("consts", consts), flag("second", second)
        patterns = self._patterns(data, consts, seed, loose=True)
        starts = patterns_of.starts(self.network, consts, seed, arguments.starts(weights), ranges=patterns.ranges)
        bound = Bound(patterns.values, patterns.ranges, patterns.patterns)
        of = self._quantity(of) if of is not None else None
        found = evaluate(self.network, bound, starts.weights, of=of, second=second)
        return replace(found, notes=(*patterns.notes, *starts.notes))

    def curvature(
        self,
        weights: Mapping[str, object] | str | os.PathLike[str] | None = None,
        data: object = None,
        consts: Mapping[str, object] | None = None,
        along: Mapping[str, object] | None = None,
        *,
        seed: int = 0,
    ) -> Curvature:
        r"""How the goal bends at given weights: the largest and the smallest eigenvalue of its Hessian, no matrix made.

        ``along`` is a direction, an array for each weight that moves (others stay): then ``.slope`` is the derivative
        of the goal along it, and ``.product`` the Hessian times it. ``seed`` chooses random starts
        and where the search begins.

        >>> import chainrule as cr
        >>> bent = cr.Model("weight a := 1, b := 1\nE = a² + 4·b² + a·b").curvature(along={"a": 1})
        >>> round(bent.largest, 6), round(bent.smallest, 6), bent.slope, bent.product
        (8.162278, 1.837722, 3.0, {'a': 2.0, 'b': 1.0})
        """
        from chainrule.api.curvature import curvature

        return curvature(self, weights, data, consts, along, seed)

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
    ) -> Derivation:
        """Back-propagation to one weight, line by line, each line checked numerically before it is shown.

        ``wrt`` may be left out where there is one weight. ``detail`` is "brief", "normal", "full", "substituted" or
        "trace": the equations and their adjoints side by side, with the numbers of one ``pattern`` at the starts.
        ``substitute`` names quantities whose derivatives are put into the last line, and no others ("substituted").
        ``matrix`` adds to each equation its form in matrices, or the reason why it has none.
        ``second`` names a weight by which the derivative is differentiated once more, in a network of plain numbers.

        >>> import chainrule as cr
        >>> print(cr.example("identity").derive("w").result)
        (ŷ − y)·x·(1 − A(w·x))·A(w·x)
        """
        from chainrule import derive
        from chainrule.api.derivation import Derivation

        if wrt is None:
            if len(self.weights) != 1:
                known = ", ".join(map(pretty, self.weights))
                raise UsageError("E453", f"there are {len(self.weights)} weights", f"say which: {known}")
            (wrt,) = self.weights
        of = self._quantity(of) if of is not None else None
        wrt = self._quantity(wrt)
        if second is not None:
            return Derivation(derive.second(self.network, wrt, self._quantity(second), of))
        matrix = flag("matrix", matrix)
        detail = arguments.text("detail", detail, "one of brief, normal, full, substituted, trace")
        put_in = tuple(map(self._quantity, arguments.names("substitute", substitute)))
        pattern = arguments.whole("pattern", pattern, 0, 2**31)
        if put_in and detail not in ("normal", "substituted"):
            raise UsageError("E452", f"nothing is put in with detail={shown(detail)}", 'write detail="substituted"')
        detail = "substituted" if put_in else detail
        if detail == "trace":
            from chainrule import data as patterns_of

            patterns = self._patterns(None, None, 0)
            starts = patterns_of.starts(self.network, None, 0, None, ranges=patterns.ranges)
            values = {**patterns.values, **starts.weights}
            ranges = {self.network.pattern: range(patterns.patterns), **patterns.ranges}
            found = derive.derive(
                self.network, wrt, of=of, detail=detail, values=values, ranges=ranges, pattern=pattern
            )
            return Derivation(found)
        return Derivation(
            derive.derive(self.network, wrt, of=of, detail=detail, substitute=put_in, matrix=matrix)
        )

    def check(
        self,
        line: str,
        data: object = None,
        *,
        weights: Mapping[str, object] | str | os.PathLike[str] | None = None,
        consts: Mapping[str, object] | None = None,
        pattern: int | None = None,
        seed: int = 0,
    ) -> Answer:
        """Whether a line of your own is right, and if not, what slipped.

        A line is a derivative (``∂E/∂w = …``, ``dE/dw = …``, ``δ1 = …``), a weight's next value (``w <- …``) or a
        value, its right side a formula or a number. A number is held against the data at the starts (``weights``), to
        the precision typed: of one ``pattern``, counted from 0, or of any.

        >>> import chainrule as cr
        >>> cr.example("identity").check("∂E/∂w = (ŷ − y)·x").slip
        'missing-slope'
        >>> cr.example("identity").check("∂E/∂w = -0.0887").equal
        True
        """
        from chainrule import data as patterns_of
        from chainrule.api.answer import Answer
        from chainrule.derive.judge import Data, judge
        from chainrule.train.prepare import seeded

        line = arguments.text("line", line, 'a line such as "∂E/∂w = (ŷ − y)·x"')
        seed, consts = seeded(seed), arguments.named("consts", consts)
        given = None
        try:
            patterns = self._patterns(data, consts, seed, loose=True)
            starts = patterns_of.starts(self.network, consts, seed, arguments.starts(weights), ranges=patterns.ranges)
        except DataError:
            if data is not None or weights is not None or consts is not None:
                raise  # without any, a formula can be judged all the same
        else:
            values = {name: value.tolist() for name, value in patterns.values.items()}
            begin = {name: value.tolist() for name, value in starts.weights.items()}
            given = Data(values, patterns.ranges, patterns.patterns, begin)
        if pattern is not None:
            pattern = arguments.whole("pattern", pattern, 0, 2**31)
        found = judge(self.network, line, given, pattern=pattern, seed=seed)
        return Answer(found.equal, found.slip, found.at, found.yours, found.ours, found.sentence)

    @overload
    def train(
        self, data: object = None, rate: float | None = None, steps: int = 1000, batch: Batch = "each",
        update: str | None = None, start: Start | None = None, hold: Iterable[str] = (),
        consts: Mapping[str, object] | None = None, seed: int = 0, record: int = 1, engine: str = "auto",
        numerics: str = "exact", *, progress: Callable[[int, int], object] | None = None,
        save: str | os.PathLike[str] | None = None, memory: int | None = None,
    ) -> Run: ...  # fmt: skip
    @overload
    def train(
        self, data: object = None, rate: Sequence[float] | float | None = None, steps: int = 1000,
        batch: Batch = "each", update: str | None = None, start: Sequence[Start] | Start | None = None,
        hold: Iterable[str] = (), consts: Mapping[str, object] | None = None, seed: Sequence[int] | int = 0,
        record: int = 1, engine: str = "auto", numerics: str = "exact", *,
        progress: Callable[[int, int], object] | None = None, memory: int | None = None,
    ) -> tuple[Run, ...]: ...  # fmt: skip
    def train(
        self,
        data: object = None,
        rate: Sequence[float] | float | None = None,
        steps: int = 1000,
        batch: Batch = "each",
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
        save: str | os.PathLike[str] | None = None,
        memory: int | None = None,
    ) -> Run | tuple[Run, ...]:
        """The learning rule followed for a number of steps. Without rules in the text it is gradient descent: each step
        replaces every weight w by w − α ∂goal/∂w over the patterns it visits.

        ``update`` is another rule: "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "sign" or "gd", or a
        text such as the lines of an ``update`` block; its consts may be set by ``consts``.
        ``batch``: "each" (one pattern a step, in turn), "all", "shuffled", a number of consecutive patterns, or a list
        of patterns (or of lists of them) that is gone through again and again. ``rate`` beats the text's α or η, which
        beats 0.1. ``hold`` are weights that stay as they are. ``record=n`` keeps every n-th step.
        ``progress(done, steps)`` is called about ten times a second. ``save`` is a file; while the training goes on, a
        journal stands beside it.
        ``engine``: "reference" (NumPy), "native" (machine code; needs the extra `native`), or "auto", which takes the
        one that is sooner done. The bits are the same.
        ``numerics``: what the numbers are. "exact" (float64, each operation rounded), "fused" or "fused32" (float64 or
        float32, each sum one chain of fused multiply-adds).
        ``memory`` is how many bytes the record may take, by default 1 GiB.

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

        return trained(
            self.network, self.data if data is None else data, rate, start, consts, seed, steps=steps, batch=batch,
            update=update, hold=hold, record=record, engine=engine, numerics=numerics, progress=progress, save=save,
            memory=memory, quantity=self._quantity,
        )  # fmt: skip

    def explain(self, run: Run | None = None, claims: Sequence[str] | None = None) -> Story:
        """The story of a run, by default of a training with all defaults: every sentence in it was tested.

        >>> import chainrule as cr
        >>> story = cr.example("identity").explain()
        >>> story["dead"].holds
        True
        """
        from chainrule import explain

        run = self.train() if run is None else run
        self.owns(run)
        claims = None if claims is None else arguments.names("claims", claims)
        return explain.explain(run, claims=claims, derivations=self._told() if claims is None else ())

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
        self, data: object, consts: Mapping[str, object] | None, seed: int, *, loose: bool = False
    ) -> Patterns:
        from chainrule import data as patterns_of

        given = self.data if data is None else data
        return patterns_of.bind(self.network, given, consts, seed, allow_missing_targets=loose)

    def _quantity(self, name: str) -> str:
        """A name of the model, typed either way."""
        known = list(self.network.quantities)
        name = arguments.text("a quantity", name, f"one of {', '.join(map(pretty, known))}")
        try:
            found = name if name in known else ascii_name(name)
        except ChainruleError:
            found = str(name)
        if found in known:
            return found
        near = get_close_matches(found, known, n=1)
        hint = f"did you mean {pretty(near[0])}?" if near else f"it has {', '.join(map(pretty, known))}"
        raise UsageError("E456", f"the model has no quantity {name}", hint)

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self.text)}</pre>"
