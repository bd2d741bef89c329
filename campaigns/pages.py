"""Random actions on pages of every kind: after each the page has to be the one that its link opens, to the last point.

    python3 dev.py campaign pages --count 500
    python3 dev.py campaign pages --count 500 --shard 1/2 --out pages-1.jsonl    (goes on where it was cut short)

Prints what was stale, with what was done before, and how often each action was taken; 1 if anything was stale.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from _kept import Kept, asked
from tests.page.browser import Browser
from tests.page.stale import LARGE, WAIT, acted, difference, models

ROW = 10
"""Actions on one page, each of them looked at."""


class Pages:
    """A browser, and pages made once each."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.browser, self.kinds = folder, Browser(), models()

    def path(self, name: str) -> Path:
        model, how = self.kinds[name]
        file = self.folder / f"{list(self.kinds).index(name)}.html"
        return file if file.exists() else model.page(file, questions=False, **how)

    def row(self, seed: int) -> dict[str, Any]:
        """Some actions on a page: which, and what was stale after which of them."""
        name, draw = list(self.kinds)[seed % len(self.kinds)], random.Random(seed)
        path, done, wrong = self.path(name), list[str](), list[str]()
        page, fresh = self.browser.page(path), self.browser.page(path)
        try:
            page.until("document.body.classList.contains('ready')")
            for _ in range(ROW):
                page.front()
                done += acted(page, draw, 1)
                fragment, found = difference(page, fresh, path, LARGE if name == "digits" else WAIT)
                wrong += [f"after {', '.join(done)}: {one} ({fragment})" for one in found]
            wrong += page.faults() + fresh.faults()
        except Exception:
            wrong.append(f"after {', '.join(done)}: {traceback.format_exc(limit=-3)}")
        page.close()
        fresh.close()
        return {"name": name, "done": done, "wrong": wrong}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=500, help="actions")
    options.add_argument("--first", type=int, default=0)
    asked(options)
    chosen = options.parse_args()
    kept = Kept(chosen.out)
    seeds = range(chosen.first, chosen.first + -(-chosen.count // ROW))
    with tempfile.TemporaryDirectory() as folder:
        pages = Pages(Path(folder))
        for seed in kept.left([str(seed) for seed in seeds], chosen.shard):
            line = pages.row(int(seed))
            kept.add(seed, line)
            print(f"{seed} {line['name']}: {len(line['wrong'])} stale", file=sys.stderr, flush=True)
        pages.browser.close()
    wrong = [f"{seed} {line['name']} {one}" for seed, line in kept.found.items() for one in line["wrong"]]
    print("\n".join(wrong))
    counts = Counter(action for line in kept.found.values() for action in line["done"])
    print(", ".join(f"{action} {many}" for action, many in counts.most_common()))
    print(f"{sum(counts.values())} actions on {len(kept.found)} pages, {len(wrong)} stale")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
