"""How many steps a second printed JavaScript makes in Node, beside JavaScript by hand: a table and a record.

    python3 dev.py bench javascript [--rounds N] [--json]

Both are measured in turns, in one process, a chunk of steps each time; of each the quickest chunk counts. The one by
hand is first held to the weights after a thousand steps, which differ in their last digits, because it takes the
engine's own exp. Convergence ends no chunk: a step is timed, whether or not it still moves a weight.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from _record import keep

import chainrule as cr
from chainrule.code.javascript.module import Training, module

WORKS = {"identity": 200_000, "xor": 100_000}
"""Steps of a chunk: about five milliseconds, so that what else the machine does misses some of them."""

CHUNKS = 20
"""Of each in a round."""

TOLERANCE = 1e-9
"""Weights after a thousand steps: exp differs in its last place, and xor contracts."""

TIMER = """
import * as hand from "./by_hand.mjs";
import { begin, STEPS, visits } from "./NAME.mjs";
const own = (steps) => {
  const run = begin(), { rows, width } = visits(run.order, run.seed, 0, steps);
  STEPS[width](run.state, run.consts, rows, rows.length, run.control, steps, 2 ** 30, 0, null, null);
  return Array.from(run.state);
};
const peers = { own, hand: hand.NAME }, chunk = CHUNK, found = { own: [], hand: [], weights: {} };
for (const [name, peer] of Object.entries(peers)) found.weights[name] = peer(1000);
for (let round = 0; round < ROUNDS + 1; round++) {
  for (const [name, peer] of Object.entries(peers)) {
    let best = Infinity;
    for (let k = 0; k < CHUNKS; k++) {
      const start = performance.now();
      peer(chunk);
      best = Math.min(best, performance.now() - start);
    }
    if (round) found[name].push(chunk / best * 1000);
  }
}
console.log(JSON.stringify(found));
"""


def printed(name: str) -> str:
    """A module with what is timed."""
    run = cr.example(name).train(steps=1)
    start = {weight: values[0] for weight, values in run.trace.record.weights.items()}
    return module(run.program, run.recipe.bound, Training(start, "each")) + "\nexport { begin, STEPS, visits };\n"


def timed(name: str, chunk: int, rounds: int, node: str) -> dict[str, Any]:
    """Steps a second in each round."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / f"{name}.mjs").write_text(printed(name), "utf-8")
        shutil.copy(Path(__file__).with_name("peers") / "by_hand.mjs", here)
        text = TIMER.replace("NAME", name).replace("CHUNKS", str(CHUNKS)).replace("CHUNK", str(chunk))
        (here / "time.mjs").write_text(text.replace("ROUNDS", str(rounds)), "utf-8")
        done = subprocess.run([node, "time.mjs"], cwd=here, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    far = max(abs(a - b) for a, b in zip(found["weights"]["own"], found["weights"]["hand"], strict=True))
    if far > TOLERANCE:
        raise SystemExit(f"by hand {name} is another training: weights differ by {far:.1g}")
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--json", action="store_true", help="print the record too")
    chosen = asked.parse_args()
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        print("node is not installed: apt-get install nodejs")
        return 1
    rows = {}
    print(f"{'':<12}{'printed':>22}{'by hand, Math.exp':>22}{'printed to by hand':>28}")
    for name, chunk in WORKS.items():
        found = timed(name, chunk, chosen.rounds, node)
        ratios = sorted(own / hand for own, hand in zip(found["own"], found["hand"], strict=True))
        own, hand = max(found["own"]) / 1e6, max(found["hand"]) / 1e6
        rows[name] = {"printed": own, "by hand": hand, "ratio": own / hand, "ratios": ratios}
        span = f"{own / hand:.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"
        print(f"{name:<12}{own:>12.1f} M steps/s{hand:>12.1f} M steps/s{span:>28}")
    path = keep("javascript", {"rounds": chosen.rounds, "rows": rows})
    print(f"kept in {path.relative_to(Path(__file__).parents[1])}")
    if chosen.json:
        print(path.read_text("utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
