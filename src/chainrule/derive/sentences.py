"""Rules of a derivation → what they are called and what they say, in two registers: a label and a full sentence.

Conventions. An id is stable: it is the key of a translation and is never renamed. In a sentence, ``{u}`` stands for the
part of the mathematics that the reason of a line names ``u``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType

from chainrule.derive.derivation import Equality, Param, Reason
from chainrule.derive.index.sentences import ROWS
from chainrule.expr.nodes import Expr
from chainrule.gradient import rules
from chainrule.gradient.simplify import REWRITES
from chainrule.notation.names import pretty
from chainrule.values import dataclass

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "total-derivative": (
            "total derivative",
            "{u} depends on {names}: the total derivative adds one product for each",
        ),
        "chain-rule": ("chain rule", "{u} changes with {w} by way of {names}"),
        "unchanged": ("unchanged", "{names} {verb} not change with {w}"),
        "local-derivatives": ("partial derivatives", "{values}"),
        "given-data": ("given", "{v} is {what}: given by the data, so {zero} = 0"),
        "weight-independent": ("another weight", "{v} is another weight, so {zero} = 0"),
        "independent": ("independent", "{v} does not depend on {w}, so {zero} = 0"),
        "times-zero": ("times zero", "a product with 0 is 0, and adds nothing"),
        "definition": ("definition", "{values}"),
        "identity": ("identity", "{v} changes with itself at rate 1"),
        "held-fixed": ("held fixed", "{names} {verb} held fixed while {w} changes"),
        "sum-rule": ("sum rule", "a sum is differentiated term by term"),
        "constant-factor": ("constant factor", "what does not change with {w} stays as a factor"),
        "product-rule": ("product rule", "(f·g)′ = f′·g + f·g′: one factor changes at a time"),
        "quotient-rule": ("quotient rule", "(f/g)′ = (f′·g − f·g′)/g²"),
        "power-rule": ("power rule", "(fⁿ)′ = n·fⁿ⁻¹·f′ with n = {n}"),
        "exponential-rule": ("exponential rule", "(fᵍ)′ = fᵍ·(g′·log f + g·f′/f)"),
        "mean-rule": ("sum rule", "the derivative of a {what} over the patterns is the {what} of the derivatives"),
        "case-by-case": ("case by case", "each case is differentiated by itself; the border between them is left out"),
        "constant-bracket": ("bracket", "{v} stays 0 or 1 while {w} changes a little"),
        "rule-of-the-text": ("rule of the text", "the text gives {rule}, which was compared with the definition"),
        "simplify": ("simplify", "written shorter"),
        "cross-entropy": (
            "cross-entropy and sigmoid",
            "the slope of the cross-entropy divides by {s} and by 1 − {s}, that of the sigmoid multiplies by both",
        ),
        "factor-out": ("common factor", "what both terms have stands outside the bracket"),
        "written-out": ("written out", "{values}, so its slope is written with its value"),
        "trains": ("what trains", "a step lowers this: {goal}"),
        "lowers": (
            "what trains",
            "a step lowers {goal} and not {u} alone: the derivative of that trains, and of=goal shows it",
        ),
        "common-factor": ("common factor", "terms that wait for the same derivative are taken together"),
        "no-path": ("no path", "{u} does not depend on {w} at all"),
        "itself": ("identity", "a quantity changes with itself at rate 1"),
        "adjoint": ("chain rule", "{v} acts on {u} through {names}"),
        "adjoint-sum": ("total derivative", "{v} acts on {u} through {names}: one product for each"),
        "adjoint-direct": ("partial derivative", "{v} stands in the equation of {u} itself"),
        "unchecked": (
            "not checked",
            "{lines}: the limit checks, {most} numbers, was reached; --limit checks=N allows more",
        ),
        "valueless": (
            "not checked",
            "{lines}: no point was found at which it is a finite number, as something in the model divides by 0 or is "
            "too large everywhere",
        ),
        "kink": ("kink", "{function}: {text}"),
        "second-derivative": (
            "second derivative",
            "the derivative of {u} by {w} is differentiated once more, by {v}, and every derivative put in",
        ),
        "rumelhart": (
            "sign of δ",
            "δ is −∂E/∂z here, as in Rumelhart, Hinton and Williams (1986): a step adds what it would else subtract",
        ),
        "stands-for": ("notation", "{u} is written for {d}"),
        "long": (
            "adjoints",
            "written out in full this would be too long to read: the derivative of {u} by each quantity on the way "
            "has a line of its own; --limit lines=N allows more",
        ),
    }
    | dict(ROWS)
    | {f"function:{name}": (f"derivative of {name}", f"{{alias}}{rule.reason}") for name, rule in rules.RULES.items()}
    | {rewrite.id: (rewrite.id.replace("-", " "), rewrite.sentence) for rewrite in REWRITES}
)
"""Rule id → its label and its sentence."""

PLACE = re.compile(r"\{(\w+)\}")
ALIAS = re.compile(r"(\S+) is (\S+) under another name: ")


@dataclass(frozen=True, slots=True)
class Language:
    """How one language says the rules: label and sentence by id, how names are joined, the verbs of sentences about one
    name and about several, and words that sentences are given."""

    sentences: Mapping[str, tuple[str, str]]
    both: str = "{before} and {last}"
    verbs: Mapping[str, tuple[str, str]] = field(
        default_factory=lambda: {"unchanged": ("does", "do"), "held-fixed": ("is", "are")}
    )
    words: Mapping[str, str] = field(default_factory=dict)
    alias: str = "{name} is {same} under another name: "


ENGLISH = Language(SENTENCES)

Shown = Callable[[Expr], str]


def label(rule: str, language: Language = ENGLISH) -> str:
    """The short name of a rule."""
    return language.sentences[rule][0]


def sentence(reason: Reason, show: Shown, language: Language = ENGLISH) -> str:
    """The sentence of a reason with the mathematics filled in, printed by ``show``.

    >>> from chainrule.expr.nodes import Ref
    >>> from chainrule.notation import show
    >>> sentence(Reason("identity", {"v": Ref("w")}), show)
    'w changes with itself at rate 1'
    """
    parts = {name: shown(param, show, language) for name, param in reason.params.items()}
    several = isinstance(names := reason.params.get("names"), tuple) and len(names) > 1
    parts["verb"] = language.verbs.get(reason.rule, ("", ""))[several]
    if alias := ALIAS.fullmatch(parts.get("alias", "")):
        parts["alias"] = filled(language.alias, {"name": alias[1], "same": alias[2]})
    if "what" in parts:
        parts["what"] = language.words.get(parts["what"], parts["what"])
    return filled(language.sentences[reason.rule][1], parts)


def filled(text: str, parts: Mapping[str, str]) -> str:
    """A sentence with its places filled in: by name alone, since the text may be a stranger's."""
    return PLACE.sub(lambda found: parts[found[1]], text)


def shown(param: Param, show: Shown, language: Language = ENGLISH) -> str:
    """What a sentence speaks of, as text; names in a list are joined as in speech."""
    match param:
        case str():
            return pretty(param) if param.isidentifier() and param.isascii() else param
        case Equality(left, right):
            return f"{show(left)} = {show(right)}"
        case tuple():
            texts = [shown(part, show, language) for part in param]
            if any(isinstance(part, Equality) for part in param):
                return "; ".join(texts)
            before, last = ", ".join(texts[:-1]), "".join(texts[-1:])
            return filled(language.both, {"before": before, "last": last}) if before else last
        case _:
            return show(param)
