"""Every published number of the networks with letters, those after many steps too.

    python3 dev.py campaign cases

Prints what differs by more than its tolerance; 1 if anything does.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.cases.test_indexed import CASES, numbers


def main() -> int:
    found = [(case["id"], check, value) for case in CASES for check, value in numbers(case, 10**6)]
    wrong = [one for one in found if abs(one[2] - one[1]["value"]) > one[1]["tolerance"]]
    for name, check, value in wrong:
        print(f"{name}: {check['what']} is {value!r}, published {check['value']!r}")
    print(f"{len(found)} numbers, {len(wrong)} differ")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
