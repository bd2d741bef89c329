"""Random texts, small and strange, through reading, derivations, values, training, the story and every figure.

    python3 dev.py campaign stages --count 5000 --first 0 --out stages.jsonl    (goes on where it was cut short)

In turn texts of plain numbers and letters with wild constants, texts of the whole grammar, networks of the fuzz, and
examples changed at random. An audit hook hears whatever a text must not bring about: compiling, running, importing,
opening, connecting. Prints each text that meets a fault on its way, and how it is going; 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from _kept import Kept, asked

sys.path.insert(0, str(Path(__file__).parents[1]))

import fuzz
from tests.laws import grammar
from tests.laws.stages import Guard, text_of, through

KNOWN = fuzz.examples()


def text(seed: int) -> str:
    """The text of a seed, of the kind whose turn it is."""
    match seed % 6:
        case 0 | 1 | 2:
            return text_of(seed)
        case 3:
            return grammar.sample(seed, large=False).text
        case 4:
            return fuzz.Maker(seed).network(2)
    maker = fuzz.Maker(seed)
    return maker.mutate(maker.random.choice(KNOWN))


def went(seed: int, guard: Guard) -> dict[str, Any]:
    """What came out of one seed."""
    began = time.process_time()
    try:
        way = through(text(seed), guard, whole=seed % 10 == 0)
        found: dict[str, Any] = {"codes": way.codes, "faults": way.faults}
    except Exception:
        found = {"codes": {}, "faults": [traceback.format_exc(limit=-4)]}
    return found | {"seconds": round(time.process_time() - began, 2)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=5000)
    options.add_argument("--first", type=int, default=0)
    asked(options)
    chosen = options.parse_args()
    kept, guard = Kept(chosen.out), Guard()
    keys = [str(seed) for seed in range(chosen.first, chosen.first + chosen.count)]
    for number, key in enumerate(kept.left(keys, chosen.shard), 1):
        kept.add(key, went(int(key), guard))
        if kept.found[key]["faults"]:
            faults = "\n".join(f"  {one}" for one in kept.found[key]["faults"])
            print(f"text {key}:\n{text(int(key))}\n{faults}", flush=True)
        if number % 100 == 0:
            print(f"{number} texts, {sum(bool(one['faults']) for one in kept.found.values())} with a fault", flush=True)
    return told(kept)


def told(kept: Kept) -> int:
    """The sums; 1 if there was a fault."""
    lines = list(kept.found.values())
    wrong = [line for line in lines if line["faults"]]
    read = sum("read" not in line["codes"] for line in lines)
    codes = Counter(f"{stage} {code}" for line in lines for stage, code in line["codes"].items() if stage != "read")
    print(f"{len(lines)} texts, {read} of them read; {len(wrong)} with a fault: {[line['key'] for line in wrong]}")
    print("refused later: " + ", ".join(f"{one} {count}" for one, count in codes.most_common()))
    slowest = max(lines, key=lambda line: float(line["seconds"]), default={})
    print(f"the slowest took {slowest.get('seconds')} s of the processor, {slowest.get('key')}")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
