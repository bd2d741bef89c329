"""Texts that grow, the stages that they go through, and how many calls of Python each stage takes: the same everywhere.

Calls are counted, not seconds, so that a busy machine gives the same answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import chainrule as cr
from chainrule.gradient.reverse import reverse
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import lower

DATA = "data x in {0.5, 1}\n"

Stage = Callable[[str], Callable[[], object]]
"""From a text to the work that is counted; what goes before it is done when it is made."""


class Exhausted(BaseException):
    """A stage made more calls than it may; no handler of the package's own errors sees it."""


@dataclass(slots=True)
class Calls:
    """How many calls of Python were made."""

    made: int = 0


@contextmanager
def counted(most: int = sys.maxsize) -> Iterator[Calls]:
    """Counts the calls of Python made inside; Exhausted where there are more than ``most``."""
    calls = Calls()

    def hook(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            calls.made += 1
            if calls.made > most:
                sys.setprofile(None)
                raise Exhausted

    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def nested(inner: str, outer: Callable[[str], str], times: int) -> str:
    """A text put into another so many times."""
    for _ in range(times):
        inner = outer(inner)
    return inner


def scalars(n: int, start: str = "0.1") -> str:
    """So many weights in lines of their own."""
    return "".join(f"weight w{k} := {start}\n" for k in range(n))


def chained(n: int, line: Callable[[int], str], goal: Callable[[int], str]) -> str:
    """A weight, so many definitions, each of the last, and a goal."""
    return DATA + "weight w := 0.3\nh0 = w*x\n" + "".join(f"h{k} = {line(k)}\n" for k in range(1, n)) + goal(n - 1)


def called(n: int) -> str:
    """Functions of functions, each calling the last twice."""
    lines = "".join(f"f{k}(u) = tanh(f{k - 1}(u))\n" for k in range(1, n))
    return f"{DATA}weight w := 0.3\nf0(u) = u^2 + 1\n{lines}E = f{n - 1}(w*x)\n"


def letters(n: int) -> str:
    """A weight of many letters."""
    names = [f"i{k}" for k in range(n)]
    index = "".join(f"index {name} = 1..2\n" for name in names)
    inside = ",".join(names)
    return f"{DATA}{index}weight w[{inside}] := 0.1\nE = (sum_{{{inside}}} w[{inside}]*x)^2\n"


W = DATA + "weight w := 0.3\n"

FAMILIES: Mapping[str, tuple[tuple[int, int, int], Callable[[int], str]]] = {
    "tree": ((20, 40, 80), lambda n: f"{W}E = {nested('x', lambda t: f'(w*{t} + x)', n)}\n"),
    "squares": ((3, 4, 5), lambda n: f"{W}E = {nested('(w*w+x)', lambda t: f'({t}*{t}+x)', n)}\n"),
    "factors": ((12, 25, 50), lambda n: f"{W}E = {'*'.join(f'(w+{k})' for k in range(n))}\n"),
    "sum-squared": ((12, 25, 50), lambda n: f"{DATA}{scalars(n)}E = ({' + '.join(f'w{k}' for k in range(n))})^2\n"),
    "towers": ((45, 90, 180), lambda n: f"{W}E = {nested('w*x', lambda t: f'tanh({t})', n)}\n"),
    "means": ((5, 10, 20),
              lambda n: f"{W}E = {nested('w*x', lambda t: f'mean ({t} + w)', n)}\n"),
    "maxima": ((10, 20, 40), lambda n: f"{W}E = {nested('w*x', lambda t: f'max({t}, w)', n)}\n"),
    "reduced-maxima": ((3, 6, 12),
                       lambda n: f"{DATA}index i = 1..3, j = 1..3\nweight w[i] := 0.3\n"
                       f"E = max_i {nested('w[i]*x', lambda t: f'({t} + max_j w[j])', n)}\n"),
    "recurrence": ((250, 500, 1000),
                   lambda n: f"index t = 1..{n}\n{W}h[0] = x\nh[t] = tanh(w*h[t-1])\nE = h[{n}]^2\n"),
    "recurrence-summed": ((250, 500, 1000),
                          lambda n: f"index t = 1..{n}\n{W}h[0] = x\nh[t] = tanh(w*h[t-1])\nE = sum_t h[t]^2\n"),
    "letters": ((4, 8, 12), letters),
    "definitions": ((25, 50, 100), lambda n: chained(n, lambda k: f"h{k - 1}*h{k - 1}", lambda k: f"E = h{k}\n")),
    "definitions-added": ((25, 50, 100),
                          lambda n: chained(n, lambda k: f"h{k - 1} + h{k - 1}", lambda k: f"E = h{k}")),
    "layers": ((25, 50, 100), lambda n: chained(n, lambda k: f"tanh(h{k - 1}) + w", lambda k: f"E = h{k}^2\n")),
    "skips": ((25, 50, 100),
              lambda n: chained(n, lambda k: f"tanh(h{k - 1}) + h{max(k - 2, 0)}*w", lambda k: f"E = h{k}^2\n")),
    "wide": ((25, 50, 100),
             lambda n: f"{DATA}{scalars(n)}" + "".join(f"h{k} = tanh(w{k}*x)\n" for k in range(n))
             + f"E = ({' + '.join(f'h{k}' for k in range(n))})^2\n"),
    "weights": ((100, 200, 400), lambda n: f"{DATA}{scalars(n)}E = {' + '.join(f'w{k}^2*x' for k in range(n))}\n"),
    "indexed-layer": ((100, 1000, 10000),
                      lambda n: f"index i = 1..{n}\n{DATA}weight w[i] := 0.1, v[i] := 0.1\nh[i] = tanh(w[i]*x)\n"
                      f"E = (sum_i v[i]*h[i] - 1)^2\n"),
    "patterns": ((1000, 2000, 4000),
                 lambda n: f"data x in {{{', '.join(map(str, range(n)))}}}\nweight w := 0.3\nE = (w*x - 1)^2\n"),
    "rows": ((1000, 2000, 4000),
             lambda n: "table x | y\n" + "".join(f"  {k} | {2 * k}\n" for k in range(n))
             + "weight w := 0.3\nE = (w*x/1000 - y)^2\n"),
    "long-names": ((1000, 2000, 4000), lambda n: f"{DATA}weight {'w' * n} := 0.3\nE = ({'w' * n}*x - 1)^2\n"),
    "brackets": ((45, 90, 180), lambda n: f"{W}E = {'(' * n}w*x{')' * n}^2\n"),
    "ifs": ((10, 20, 40), lambda n: f"{W}E = {nested('w*x', lambda t: f'if(w > x, {t}, w^2)', n)}\n"),
    "ifs-tested": ((10, 20, 40), lambda n: f"{W}E = {nested('w*x', lambda t: f'if({t} > 0, w, x)', n)}\n"),
    "powers": ((8, 16, 32), lambda n: f"{W}E = {nested('(w*x)', lambda t: f'({t}^1.1 + 1)', n)}\n"),
    "powers-up": ((5, 10, 20), lambda n: f"{W}E = {nested('w', lambda t: f'(x+1)^(0.1*{t})', n)}\n"),
    "products-of-sums": ((5, 10, 20),
                         lambda n: f"{DATA}{scalars(n)}E = {'*'.join(f'(w{k} + x + {k})' for k in range(n))}\n"),
    "quotients": ((10, 20, 40), lambda n: f"{W}E = {nested('w*x', lambda t: f'(1/(1 + {t}))', n)}\n"),
    "quotients-both": ((10, 20, 40), lambda n: f"{W}E = {nested('w*x', lambda t: f'((w + x)/(1 + {t}))', n)}\n"),
    "functions": ((10, 20, 40),
                  lambda n: f"{W}A(u) = u^2/(1 + u)\nE = {nested('w*x', lambda t: f'A({t})', n)}\n"),
    "defined-functions": ((10, 20, 40), called),
    "terms": ((100, 200, 400), lambda n: f"{W}E = {' + '.join(f'{k + 1}*w^2*x' for k in range(n))}\n"),
    "polynomial": ((10, 20, 40), lambda n: f"{W}E = {' + '.join(f'w^{k + 1}' for k in range(n))}\n"),
    "differences-squared": ((10, 20, 40),
                            lambda n: f"{W}E = {' + '.join(f'(w*x - {k})^2' for k in range(n))}\n"),
    "reduction": ((100, 200, 400),
                  lambda n: f"index i = 1..{n}, j = 1..{n}\n{W}E = sum_{{i,j}} (w - i*j/1000)^2 + x\n"),
}  # fmt: skip


def read(text: str) -> Callable[[], object]:
    return lambda: parse(text)


def built(text: str) -> Callable[[], object]:
    found = parse(text)
    return lambda: build(found)


def differentiated(text: str) -> Callable[[], object]:
    network = cr.Model(text).network
    wanted = {weight.name: weight.letters for weight in network.named("weight")}
    goal = network.goal.each or network.goal.name
    return lambda: reverse(network.equations, goal, wanted, network.functions, network.sets)


def lowered(text: str) -> Callable[[], object]:
    network = cr.Model(text).network
    return lambda: lower(network)


def derived(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    return lambda: model.derive(model.weights[0])


def printed(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    found = model.derive(model.weights[0])
    return lambda: str(found)


def briefed(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    return lambda: model.derive(model.weights[0], detail="brief")


def checked(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    try:
        line = model.derive(model.weights[0], detail="brief").last(ascii=True)
    except cr.ChainruleError:
        line = f"∂E/∂{model.weights[0]} = 1"
    return lambda: model.check(line)


def evaluated(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    return model.evaluate


def trained(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    return lambda: model.train(steps=3, engine="reference", rate=0.001)


def drawn(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    return lambda: model.figure.graph().svg()


def explained(text: str) -> Callable[[], object]:
    model = cr.Model(text)
    run = model.train(steps=3, engine="reference", rate=0.001)
    return lambda: model.explain(run)


STAGES: Mapping[str, Stage] = {
    "read": read,
    "build": built,
    "differentiate": differentiated,
    "program": lowered,
    "derive": derived,
    "print": printed,
    "brief": briefed,
    "check": checked,
    "evaluate": evaluated,
    "train": trained,
    "graph": drawn,
    "explain": explained,
}
