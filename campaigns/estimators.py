"""The checks of scikit-learn for estimators, on more models than the suite has: softmax, hidden layers, one output.

    python3 dev.py campaign estimators
"""

from __future__ import annotations

import sys
import warnings

import chainrule as cr

MODELS = {
    "softmax": (cr.mlp(None, None, output="classes"), 1.0),
    "softmax over a hidden layer": (cr.mlp(None, 4, None, output="classes"), 1.0),
    "one output, binary": (cr.mlp(None, 1, output="binary"), 1.0),
    "squares over two hidden layers": (cr.mlp(None, 4, 3, None), 0.1),
    "one output, squares": (cr.mlp(None, 3, 1), 0.1),
}


def main() -> int:
    from sklearn.utils.estimator_checks import check_estimator

    wrong = 0
    for name, (model, rate) in MODELS.items():
        estimator = model.as_estimator(rate=rate, steps=200, batch="all", standardise=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = check_estimator(estimator, on_fail=None, on_skip=None)
        failed = [f"{one['check_name']}: {one['exception']}" for one in found if one["status"] == "failed"]
        passed = sum(one["status"] == "passed" for one in found)
        print(f"{name}: {passed} of {len(found)} passed", *failed, sep="\n  ", flush=True)
        wrong += len(failed)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
