"""Random lines about random networks with kinks, right and wrong ones, before the judge.

    python3 dev.py campaign check --right 2000 --wrong 5000 --first 0 --out graded.jsonl

Each graded line is added to the file as a line of JSON. Prints the wrong verdicts with their seeds, how many lines
stayed undecided, and how many slips were named; 1 if a verdict is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.judged import case, verdict


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--right", type=int, default=2000)
    options.add_argument("--wrong", type=int, default=5000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--out", type=Path, help="a file to which each graded line is added")
    chosen = options.parse_args()
    faults = 0
    for right, count in ((True, chosen.right), (False, chosen.wrong)):
        seed, done, undecided, here, named, single, told = chosen.first, 0, 0, 0, 0, 0, 0
        while done < count:
            one = case(seed, right)
            seed += 1
            if one is None:
                continue
            fair, answer = verdict(one)
            done += 1
            if chosen.out is not None:
                row = {"seed": seed - 1, "right": right, "fair": fair, "equal": answer.equal, "slip": answer.slip,
                       "change": one.change, "line": one.line}  # fmt: skip
                with chosen.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
            undecided += answer.equal is None
            here += answer.equal == "here"
            named += answer.equal is False and answer.slip is not None
            if answer.equal is False and "+" not in one.change:
                single += 1
                told += answer.slip is not None
            if not fair:
                faults += 1
                print(f"seed {seed - 1}, {'right' if right else 'wrong'}: {one.line}\n{one.network}\n{answer}\n")
            if done % 100 == 0:
                kind = "right" if right else "wrong"
                print(f"{done} {kind}, {faults} wrong verdicts, {undecided} undecided, {here} right on the data alone, "
                      f"{named} named ({told} of {single} with one thing changed)", flush=True)  # fmt: skip
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main())
