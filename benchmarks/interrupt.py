"""How soon Ctrl-C ends a training by machine code: from the signal to the run that is kept; a table and a record.

    python3 dev.py bench interrupt [--rounds N]

The steps of one training take microseconds, those of the other about a second: there the code is left inside a step.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import subprocess
import sys
import time

from _record import keep

HEAD = """
import sys, time
import numpy as np
import chainrule as cr
from chainrule.train import train as room


def error(*arguments):  # the error of the weights that are kept is no part of ending the code
    print(time.monotonic(), flush=True)
    return 0.0


room.error = error
draw = np.random.default_rng(0)
"""

SHORT = """
cr.example("mazur").train(
    steps=10**9, rate=1e-9, record=10**8, engine="native", progress=lambda done, steps: print(0, flush=True)
)
"""

LONG = """
text = "index i = 1..1000, j = 1..1000\\ndata x[i]\\nweight W[j,i] := 1/1000, v[j] := 1/1000\\n"
text += "h[j] = tanh(sum_i W[j,i]*x[i])\\nE = (sum_j v[j]*h[j])^2\\nconst α := 1e-9"
data = {"x": draw.normal(size=(2000, 1000))}
cr.Model(text).train(data, steps=10**6, batch="all", record=10**6, engine="native",
                     progress=lambda done, steps: print(0, flush=True))
"""

TRAININGS = {"steps of microseconds": SHORT, "steps of about a second": LONG}


def latency(text: str, wait: float) -> float:
    """Seconds from the signal, so long after the first step, to when the training had ended."""
    with subprocess.Popen([sys.executable, "-c", HEAD + text], stdout=subprocess.PIPE, text=True) as child:
        told = iter(child.stdout or ())
        next(told)
        time.sleep(wait)
        sent = time.monotonic()
        child.send_signal(signal.SIGINT)
        *_, ended = told
    return float(ended) - sent


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rounds", type=int, default=10)
    count = asked.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in TRAININGS}
    for place in range(count):
        for name, text in TRAININGS.items():
            times[name].append(latency(text, 0.1 + 0.5 * place / count))
    print(f"from Ctrl-C to the end of the code, median of {count} (least-most), milliseconds")
    for name, taken in times.items():
        print(f"{name:30}{statistics.median(taken) * 1e3:8.1f}  ({min(taken) * 1e3:.1f}-{max(taken) * 1e3:.1f})")
    keep("interrupt", {"rounds": count, "seconds": times})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
