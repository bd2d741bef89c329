"""The answer to a learner's line as a user holds it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from chainrule import data as patterns_of
from chainrule.api import arguments
from chainrule.api.lines import helped
from chainrule.data.reading import HowRead
from chainrule.derive.judge import SLIPS, Data, Equal, judge
from chainrule.errors import DataError, NotationError, picture, pictured
from chainrule.train.prepare import seeded
from chainrule.typeset.json import FORMAT
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.api.model import Model

KINDS: dict[Equal, str] = {True: "equal", "here": "equal here", False: "not equal", None: "undecided"}
"""The verdict in words."""


@pictured
@dataclass(frozen=True)
class Answer:
    """Whether a line is right, and if not, what slipped.

    ``equal`` is True for a line that is right, ``"here"`` for one that is right at these numbers alone (a number, to
    the digits typed; a formula that holds on the data given), False for a wrong one, None where it stays undecided.
    ``slip`` is the id of a row of the table of slips (two joined by ``+`` where two came together), or None where none
    was recognised. ``at`` is a point, name → number, ``yours`` what the line gives there and ``ours`` what it should;
    None where it gives no number. ``sentence`` says it all for a reader.
    """

    equal: Equal
    slip: str | None
    at: Mapping[str, float] = field(default_factory=dict)
    yours: float | None = None
    ours: float | None = None
    sentence: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """The slip in a few words, or both."""
        return tuple(SLIPS[slip].title for slip in self.slip.split("+")) if self.slip else ()

    def json(self) -> dict[str, Any]:
        """``{"format", "kind", "equal", "slip", "at", "yours", "ours"}``; ``equal`` is true, "here", false or null."""
        return {
            "format": FORMAT, "kind": KINDS[self.equal], "equal": self.equal, "slip": self.slip, "at": dict(self.at),
            "yours": self.yours, "ours": self.ours,
        }  # fmt: skip

    def __str__(self) -> str:
        return picture(self.sentence)


def answered(
    model: Model,
    line: str,
    data: object,
    weights: Mapping[str, object] | str | os.PathLike[str] | None,
    consts: Mapping[str, object] | None,
    pattern: int | None,
    seed: int,
    how: HowRead,
) -> Answer:
    """See `Model.check`."""
    line = arguments.text("line", line, 'a line such as "∂E/∂w = (ŷ − y)·x"')
    seed, consts = seeded(seed), arguments.mapping("consts", consts)
    if pattern is not None:
        pattern = arguments.whole("pattern", pattern, 0, 2**31)
    given = None
    try:
        patterns = model._patterns(data, consts, seed, how, allow_missing_targets=True)
        starts = patterns_of.starts(model.network, consts, seed, arguments.starts(weights), ranges=patterns.ranges)
    except DataError:
        if data is not None or weights is not None or consts is not None:
            raise  # without any, a formula can be judged all the same
    else:
        values = {name: value.tolist() for name, value in patterns.values.items()}
        begin = {name: value.tolist() for name, value in starts.weights.items()}
        given = Data(values, patterns.ranges, patterns.patterns, begin)
    try:
        found = judge(model.network, line, given, pattern=pattern, seed=seed)
    except NotationError as error:
        raise helped(error, model, line) from None
    return Answer(found.equal, found.slip, found.at, found.yours, found.ours, found.sentence)
