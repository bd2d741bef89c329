"""A derivation → for each line three rules to choose from, and what each wrong one would do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chainrule.derive.derivation import Derivation, Step
from chainrule.derive.sentences import label
from chainrule.page.sentences import Strings
from chainrule.typeset.text import labels

OTHERS = ("chain-rule", "product-rule", "power-rule", "sum-rule", "times-zero", "definition")
"""Rules that are offered where a derivation has too few of its own."""

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "total-derivative": "total", "adjoint-sum": "total", "chain-rule": "chain", "adjoint": "chain",
        "local-derivatives": "partial", "adjoint-direct": "partial", "given-data": "given", "times-zero": "zero",
        "definition": "definition", "written-out": "definition", "fold-name": "name", "put-in": "partial",
        "identity": "identity", "itself": "identity", "sum-rule": "sum", "mean-rule": "sum", "product-rule": "product",
        "quotient-rule": "quotient", "power-rule": "power", "exponential-rule": "exponential",
        "constant-factor": "constant", "factor-out": "factor", "common-factor": "factor", "simplify": "simplify",
        "cancel": "simplify", "collect": "simplify", "decide": "simplify", "multiply-out": "simplify",
        "weight-independent": "zero", "independent": "zero", "no-path": "zero",
    }
)  # fmt: skip
"""Which sentence tells what a rule would do: `would.…`."""


def choices(derivation: Derivation, strings: Strings) -> list[dict[str, Any]]:
    """For each line its rule among three, in an order that says nothing, and what a wrong one is answered with."""
    language = strings.derived()
    first = {labels(step.reasons, language): step for step in reversed(derivation.steps)}
    found = []
    for number, step in enumerate(derivation.steps):
        right = labels(step.reasons, language)
        own = [name for name in first if name != right]
        more = [name for rule in OTHERS if (name := label(rule, language)) not in (right, *first)]
        wrong = [*own[number % max(1, len(own)) :], *own[: number % max(1, len(own))], *more][:2]
        offered = sorted([right, *wrong])
        found.append({
            "n": number + 1,
            "rules": offered,
            "right": offered.index(right),
            "would": [None if one == right else would(one, first.get(one), strings) for one in offered],
        })  # fmt: skip
    return found


def would(name: str, step: Step | None, strings: Strings) -> str:
    """What a rule would do instead."""
    language = strings.derived()
    rules = [step.rule] if step is not None else [rule for rule in OTHERS if label(rule, language) == name]
    rule = rules[0] if rules else ""
    if rule.startswith("function:"):
        return strings.say("would.function", f=rule.removeprefix("function:"))
    return strings.say(f"would.{FAMILIES.get(rule, 'other')}", rule=name)
