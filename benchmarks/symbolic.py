"""How long reading and differentiating takes: records of seconds, best of several, beside SymPy where it has a peer.

    python3 dev.py bench symbolic

Each function whose name begins with ``time_`` is measured; a record is a line of JSON. The growth rows say how the time
of a model grows with its equations: a ratio near the ratio of the sizes is linear.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from chainrule.derive import derive
from chainrule.gradient.reverse import reverse
from chainrule.model import build
from chainrule.notation import parse

EXAMPLES = resources.files("chainrule.examples")
PROGRAMS = Path(__file__).parent.parent / "tests" / "programs"


def text_of(name: str) -> str:
    return (EXAMPLES / f"{name}.eq").read_text(encoding="utf-8")


def chain(equations: int) -> str:
    """A model of that many equations, each reading the one before and a weight of its own."""
    lines = ["data x in {1}", "weight " + ", ".join(f"w{k} := 0.5" for k in range(equations)), "h0 = tanh(w0·x)"]
    lines += [f"h{k} = tanh(w{k}·h{k - 1})" for k in range(1, equations)]
    return "\n".join([*lines, f"E = ½(h{equations - 1} − 1)²"])


def differentiate(text: str) -> int:
    """Parse, build, and take the whole reverse pass; the number of adjoint equations."""
    model = build(parse(text))
    wanted = {quantity.name: quantity.letters for quantity in model.named("weight")}
    return len(reverse(model.equations, model.goal.each or model.goal.name, wanted, model.functions, model.sets))


def time_identity() -> None:
    differentiate(text_of("identity"))


def time_digits() -> None:
    differentiate(text_of("digits"))


def time_chain_40() -> None:
    differentiate(chain(40))


def time_chain_250() -> None:
    differentiate(chain(250))


def time_chain_500() -> None:
    differentiate(chain(500))


def time_chain_1000() -> None:
    differentiate(chain(1000))


def time_derivation_identity() -> None:
    derive(build(parse(text_of("identity"))), "w")


def time_derivation_two_three_one() -> None:
    derive(build(parse((PROGRAMS / "05-two-three-one.eq").read_text(encoding="utf-8"))), "W1")


def time_sympy_chain_40() -> None:
    """The peer: a chain in SymPy, differentiated by the weights of the unfolded expression's last three layers.

    SymPy has no reverse pass over named equations, so more weights than that are not waited for, and a chain of 250
    ends in its recursion limit. SymPy keeps what it has found, so a second measurement would only look it up.
    """
    import sympy
    from sympy.core.cache import clear_cache

    clear_cache()
    value = sympy.Integer(1)
    weights = sympy.symbols("w0:40")
    for weight in weights:
        value = sympy.tanh(weight * value)
    error = (value - 1) ** 2 / 2
    for weight in weights[-3:]:
        sympy.diff(error, weight)


def best(work: Callable[[], None], repeats: int = 5) -> float:
    """The least of several measurements, in seconds: the machine's other work only ever adds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    found: dict[str, float] = {}
    for name, work in list(globals().items()):
        if not name.startswith("time_"):
            continue
        try:
            found[name] = best(work)
        except ImportError as missing:
            print(json.dumps({"what": name, "missing": str(missing)}))
            continue
        record = {"what": name, "best_s": round(found[name], 6), "repeats": 5}
        print(json.dumps(record | {"machine": platform.machine(), "python": platform.python_version()}))
    growth = found["time_chain_1000"] / found["time_chain_250"]
    print(f"4 times as many equations take {growth:.1f} times as long")
    if "time_sympy_chain_40" in found:
        ratio = found["time_sympy_chain_40"] / found["time_chain_40"]
        print(f"SymPy, three of 40 derivatives: {ratio:.1f} times our time for all of them")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
