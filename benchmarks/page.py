"""How large pages are, how long Python makes them, and how soon a browser shows and redraws them: a table and a record.

    python3 dev.py bench page [--rounds N] [--json]

Making is timed without the answers to the questions, whose time is that of the story. In Chromium, from a file: the
first paint, when the page can be used, and a place of the slider with everything drawn, the median of many.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from _record import keep

import chainrule as cr

sys.path.append(str(Path(__file__).resolve().parent.parent))
from tests.page.browser import Browser  # the browser that the tests use

EXAMPLES = ("identity", "xor", "mazur", "digits")

PLACES = 60
"""Places of the slider that are gone to."""

BUDGET = {"kB": 400, "made s": 1.0, "paint ms": 100, "usable ms": 200, "scrub ms": 16}

SCRUB = f"""(() => {{
  const slider = document.querySelector("#scrub"), most = Number(slider.max), found = [];
  for (let k = 0; k < {PLACES}; k++) {{
    slider.value = Math.round(most * k / {PLACES});
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    found.push(performance.now() - start);
  }}
  return found;
}})()"""

PAINT = """[performance.getEntriesByName("first-contentful-paint")[0].startTime,
  performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd]"""


def measured(browser: Browser, name: str, folder: Path) -> dict[str, float]:
    """One page, made, opened and used."""
    model, start = cr.example(name), perf_counter()
    path = model.page(folder / f"{name}.html", questions=False)
    made = perf_counter() - start
    page = browser.page(path)
    page.until("document.body.classList.contains('ready')")
    page.until("performance.getEntriesByName('first-contentful-paint').length > 0")
    paint, usable = page.run(PAINT)
    scrub = statistics.median(page.run(SCRUB))
    page.close()
    return {"kB": path.stat().st_size / 1e3, "made s": made, "paint ms": paint, "usable ms": usable, "scrub ms": scrub}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    browser, found = Browser(), dict[str, dict[str, Any]]()
    with tempfile.TemporaryDirectory() as folder:
        for name in EXAMPLES:
            rounds = [measured(browser, name, Path(folder)) for _ in range(given.rounds)]
            found[name] = {key: min(one[key] for one in rounds) for key in rounds[0]}
    browser.close()
    path = keep("page", {"best": found, "budget": BUDGET, "rounds": given.rounds})
    if given.json:
        print(json.dumps({"best": found, "budget": BUDGET}))
        return
    print("".ljust(10), *(key.rjust(10) for key in BUDGET))
    for name, values in {**found, "budget": BUDGET}.items():
        print(name.ljust(10), *(f"{value:10.3g}" if value < 1000 else f"{value:10.0f}" for value in values.values()))
    print(f"the record is in {path}")


if __name__ == "__main__":
    main()
