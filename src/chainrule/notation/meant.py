"""Lines of other forms → the statement that was meant: steps of learning, declarations, goals, functions."""

from __future__ import annotations

import re

from chainrule.notation.bracketed import unwrapped
from chainrule.notation.familiar import Familiar
from chainrule.notation.known import WORDS, WORDS_MEANT, closest
from chainrule.notation.names import ascii as kept
from chainrule.notation.scripts import STEM

_WHEN = r"(?:new|old|neu|alt|next|prev|[tnkτ](?:\s*[-+]\s*1)?)"
_MARK = (
    rf"(?:\s*(?:_\{{[^{{}}]*\}}|_[^\W_]+|\^\{{\(?{_WHEN}\)?\}}|\^\({_WHEN}\)|\^{_WHEN}(?!\w)|\[[^\[\]]*\]"
    rf"|\({_WHEN}\)|'|⁺|\^\+|\^\{{\+\}}))"
)
_STEP = re.compile(
    rf"(?:update\s+)?(?P<name>{STEM})(?P<marks>{_MARK}*)\s*(?P<sign>:=|<-|←|[-+*/]=|=(?!=))\s*(?P<rest>.+)"
)
_CHANGE = re.compile(
    rf"(?:Δ\s*|Delta[_ ]?|d(?=[^\W\d_]))(?P<name>{STEM})(?P<marks>{_MARK}*)\s*(?:=|:=|<-|←)\s*(?P<rest>.+)"
)
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|½|¼)(?:\s*/\s*\d+)?")
_RANGE = re.compile(
    r"(?:index\s+|for\s+(?:all\s+)?|letter\s+|∀\s*)?(?P<letter>[^\W\d_])\s*(?:=|in|∈|from|:)\s*(?:range\s*\(\s*)?"
    r"\{?\s*(?P<low>-?\d+)\s*(?:\.{2,3}|…|:|to|,\s*(?:\.\.\.|…|\.\.)\s*,?|,\s*\d+\s*,\s*(?:\.\.\.|…)\s*,)"
    r"\s*(?P<high>\w+)\s*\}?\)?:?"
)
_LEFT = re.compile(rf"(?:{STEM}|[\w ]+)(?:[\[_^(].*)?\s*")
OTHERWISE = {"mean": "average", "sum": "total", "max": "largest", "min": "smallest", "prod": "product"}


def step(text: str, known: Familiar) -> str:
    """``w_new = w_old − …``, ``w -= …``, ``w := w − …``, ``Δw = …``: a step of learning."""
    if found := _CHANGE.fullmatch(text):
        name, sloping = found["name"], "∂" in found["rest"] or re.search(r"\bd\w+\s*/\s*d", found["rest"])
        free = not known.quantity("Δ" + name) and not known.quantity("d" + name)
        if kept(name) in known.weights and free and (sloping or not text.startswith("d")):
            return f"update {name} <- {name} {added(bare(found['rest'], name))}"
    found = _STEP.fullmatch(text)
    if found is None or kept(found["name"]) not in known.weights:
        return text
    name, rest, sign = found["name"], found["rest"].strip(), found["sign"]
    if sign in ("-=", "+=", "*=", "/="):
        body = bare(rest, name)
        whole = body if re.fullmatch(r"[^-+]*", body) and sign != "/=" else f"({body})"
        return f"update {name} <- {name} {sign[0]} {whole}"
    if not re.search(rf"(?<![\w∂]){re.escape(name)}(?!\w)", rest) and f"{name}_" not in rest:
        return text
    return f"update {name} <- {bare(rest, name)}"


GOALS = ("E", "J", "L", "C", "loss", "cost", "error", "Loss", "Cost", "MSE")
_SLOPE = re.compile(
    rf"∇\s*(?:_\{{?\w+\}}?)?\s*({STEM})(?:\s*\(\s*(?:{STEM})\s*(?:_\{{?\w\}}?|\^\{{?\(?\w\)?\}}?)?\s*\))?"
)
_GRAD = re.compile(rf"\b(?:(?:{STEM})\.grad|grad\([^()]*\)|grad(?:ient)?)(?![\w.(])")


def sloped(text: str, known: Familiar) -> str:
    """``∇E``, ``w.grad``, ``gradient`` in a step of a weight: the derivative of the goal by it."""
    found = re.match(rf"(?:update\s+)?(?:Δ\s*|Delta[_ ]?)?({STEM})", text)
    goal = next((one for one in GOALS if known.quantity(one)), None)
    if found is None or kept(found[1]) not in known.weights or "=" not in text.replace("<-", "=").replace("←", "="):
        return text
    text = _SLOPE.sub(lambda one: f"∂{one[1]}/∂{found[1]}" if known.quantity(one[1]) else one[0], text)
    text = re.sub(r"(∂\w+)\((?:[nkt])\)", r"\1", text)
    if goal is not None and not known.taken("grad") and not known.taken("gradient"):
        text = _GRAD.sub(f"∂{goal}/∂{found[1]}", text)
    return text


def bare(rest: str, name: str) -> str:
    """A rule works entry by entry: the weight stands in it without index and without old or new."""
    return re.sub(rf"(?<!\w)({re.escape(name)}){_MARK}+", r"\1", rest)


def added(body: str) -> str:
    """What is added to a weight, with its sign before it."""
    body = body.strip()
    if not body.startswith("-"):
        return f"+ {body}" if "-" not in body and "+" not in body else f"+ ({body})"
    inside = body[1:].strip()
    return f"- {inside}" if not re.search(r"[-+](?![^(]*\))", inside) else f"+ ({body})"


def worded(text: str, known: Familiar) -> str:
    """``data c in {'red', 'green'}``, ``in {red, green}``: the words of a column of text."""
    found = _LISTED.fullmatch(text)
    if found is None:
        return text
    words = [one.strip() for one in found[3].split(",")]
    bare = [one.strip("'\"“”‘’„`").strip() for one in words]
    known_ = any(_NUMBER.fullmatch(one) or known.taken(one) or not _WORD.fullmatch(one) for one in bare)
    if known_ or not (len(bare) > 1 or bare != words):
        return text
    return f"{found[1]}{found[2]}{{{', '.join(f'{chr(34)}{one}{chr(34)}' for one in bare)}}}"


_LISTED = re.compile(rf"((?:data|target)\s+{STEM}(?:\[[^\[\]]*\])?\s*)((?:in|∈)\s*)[\[({{](.+)[\])}}]")
_WORD = re.compile(r"[^\W\d][\w .-]*")


def declared(text: str, known: Familiar) -> str:
    """Declarations and goals in other words."""
    if (found := _RANGE.fullmatch(text)) and not known.quantity(found["letter"]):
        return f"index {found['letter']} = {found['low']}..{found['high']}"
    text = re.sub(r"^for\s+(?:all\s+|each\s+|every\s+)?\w+(?:\s*(?:in|=|∈)[^:]*)?:\s*", "", text)
    text = re.sub(r"\s*,?\s*(?:for|∀)\s*(?:all|each|every)?\s*\w+(?:\s*(?:in|=|∈)\s*[\w.…,{} ]+)?$", "", text)
    if found := re.fullmatch(r"(mean|sum|max|min|prod)\s*=\s*(.*\b\1\b.*)", text):
        return f"{OTHERWISE[found[1]]} = {found[2]}"
    if text.startswith("∂") and "=" not in text:
        return f"{next(one for one in ('g', 'slope', 'gradient_shown') if not known.taken(one))} = {text}"
    text = re.sub(r"^(?:let|Let|set|define|def|where|with)\s+(?=\S+.*=)", "", text)
    if found := re.fullmatch(r"(\w+)\s*=\s*lambda\s+([\w, ]+):\s*(.+)", text):
        return f"{found[1]}({found[2].strip()}) = {found[3]}"
    if found := re.fullmatch(r"(?:def\s+)?(\w+\([\w, ]+\)):\s*return\s+(.+)", text):
        return f"{found[1]} = {found[2]}"
    if found := re.fullmatch(r"(\w+)\s*:\s*(\w+)\s*(?:->|→|\|->|↦)\s*(.+)", text):
        return f"{found[1]}({found[2]}) = {found[3]}"
    if found := re.fullmatch(
        r"(?:arg)?(min|max)(?:imi[sz]e)?(?:_\{?[^\W_]+(?:,\s*\w+)*\}?|\s+over\s+\w+)?\s*:?\s+(.+)|"
        r"(?:arg)?(min|max)(?:imi[sz]e)?(?:_\{?[^\W_]+\}?)?\s*\((.+)\)", text
    ):  # fmt: skip
        return f"{found[1] or found[3]}imise {found[2] or found[4]}"
    if (found := re.fullmatch(rf"([^=<>:]+)=\s*({STEM})", text)) and not _LEFT.fullmatch(found[1]) and not (
        re.match(r"\s*(?:∂|d\w+\s*/\s*d)", found[1])
    ):
        text = f"{found[2]} = {found[1].strip()}"  # the other way round
    first, _, rest = text.partition(" ")
    word = first.rstrip(":")
    if first not in WORDS and not known.taken(first) and rest and not rest.startswith(("=", ":=", "<-")):
        near = WORDS_MEANT.get(word.lower()) or (word.lower() if word.lower() in WORDS else "")
        if not near and len(word) > 4 and re.match(rf"{STEM}(?:\[[^\[\]]*\])?\s*(?::=|~|in\b|∈|,|=|$)", rest):
            near = closest(word.lower(), WORDS) or ""  # a slip of a letter or two
        if near:
            text = f"{near} {rest}"
    elif word in WORDS and first != word:
        text = f"{word} {rest}"
    return started(text, known)


def started(text: str, known: Familiar) -> str:
    """The sign and the value that begin what is declared."""
    if found := re.fullmatch(r"(index|patterns)\s+(\w+)\s*(?::|in|∈|from)\s*(.+)", text):
        text = f"{found[1]} {found[2]} = {found[3]}"
    if text.startswith(("index ", "patterns ")):
        return re.sub(r"(\d+|\w)\s*(?:\.\.\.|…|:|\bto\b)\s*(\w+)", r"\1..\2", text)
    if found := re.fullmatch(r"(weight|const)\s+(.+)", text):
        return f"{found[1]} {re.sub(r'(?<![:=<>])=(?!=)', ':=', drawn(found[2]))}"
    if found := re.fullmatch(r"data\s+(\w+)\s*:?=\s*[\[{]([^\[\]{}]*)[\]}]", text):
        return f"data {found[1]} in {{{found[2].strip()}}}"
    if found := re.fullmatch(rf"({STEM}(?:\[[^\[\]]*\])?)\s*(~.+)", text):
        return f"weight {found[1]} {drawn(found[2])}"
    if found := re.fullmatch(rf"({STEM})\s*(?:in|∈)\s*(\{{.*\}}|\[.*\])", text):
        return f"data {found[1]} in {found[2]}" if not known.taken(found[1]) else text
    if found := re.fullmatch(rf"({STEM}(?:_\w+)?)\s*(?::=|=|:)\s*({_NUMBER.pattern})", text):
        return f"const {found[1]} := {found[2]}" if kept(found[1]) not in known.weights else text
    if found := re.fullmatch(rf"({STEM}(?:\[[^\[\]]*\])?(?:_\w+)?)\s*(?::=|==|<-|←|≡)\s*(.+)", text):
        return f"{found[1]} = {found[2]}"
    return text


def drawn(text: str) -> str:
    """Random starts: ``~ N(0, 1)``, ``= random()``."""
    text = re.sub(r"~\s*(?:N|𝒩|Normal|gauss|Gauss|gaussian|randn)\s*(?=\()", "~ normal", text)
    text = re.sub(r"~\s*(?:U|Uniform|rand|Unif|unif)\s*(?=\()", "~ uniform", text)
    return re.sub(r"\s*(?::?=|~)\s*(?:random|randn|normal|rand)(?:\.\w+)?\s*(?:\(\s*\))?$", " ~ normal(0, 1)", text)


_OPERAND = r"(?:\w+(?:\[[^\[\]]*\])?|\([^()]*\))"
_WHOLE = re.compile(rf"({_OPERAND}(?:\s*[*·]\s*{_OPERAND})*)\s*(%|//|\bmod\b)\s*({_OPERAND})(?=\s*(?:$|[-+),]))")


def whole_numbers(text: str, known: Familiar) -> str:
    """``u % 2``, ``u mod 2``, ``u // 2``, ``⌊u⌋``, ``⌈u⌉``; a word that names nothing begins a remark."""

    def made(found: re.Match[str]) -> str:
        whole, below = found[1], found[3]
        if below[:1].isalpha() and not known.taken(below.partition("[")[0]):
            return found[0]
        above = f"({whole})" if not whole.isalnum() and whole[:1] != "(" else whole
        return f"floor({whole}/{below})" if found[2] == "//" else f"({whole} - {below}*floor({above}/{below}))"

    text = re.sub(r"\bsqrt\[(\d+)\]\s*(\([^()]*\))", r"\2^(1/\1)", text)
    text = re.sub(r"⌊([^⌊⌋]*)⌋", r"floor(\1)", text)
    text = re.sub(r"⌈([^⌈⌉]*)⌉", r"(-floor(-(\1)))", text)
    return _WHOLE.sub(made, text)


_COMPARED = {"=<": "<=", "=>": ">=", "<>": "!=", "><": "!=", "===": "==", "!==": "!="}


def conditions_joined(text: str, known: Familiar) -> str:
    """``[0 < x < 1]``, ``[a > 0 and b > 0]``, ``1{x > 0}``, ``[a = b]``."""

    def both(found: re.Match[str]) -> str:
        return f"[{unwrapped(found[1].strip())}]*[{unwrapped(found[2].strip())}]"

    text = re.sub(r"(?<!\w)[1𝟙I]\s*_?\s*\{([^{}]*[<>=][^{}]*)\}", r"[\1]", text)
    text = re.sub(r"\[([^\[\]]+?)\s*(?:\band\b|&|∧)\s*([^\[\]]+)\]", both, text)
    text = re.sub(r"\]\s*(?:\band\b|&&?)\s*\[", "]*[", text)
    text = re.sub(r"(\[[^\[\]]+\])\s*\bor\b\s*(\[[^\[\]]+\])", r"max(\1, \2)", text)
    text = re.sub(r"\bnot\s*(\[[^\[\]]+\])", r"(1 - \1)", text)
    text = re.sub(r"\[([^\[\]<>]+?)\s*(<=?)\s*([^\[\]<>]+?)\s*(<=?)([^\[\]<>]+)\]", r"[\1 \2 \3]*[\3 \4\5]", text)
    text = re.sub(r"(?<=[\w\]) ])(=<|=>|<>|><|===|!==)(?=[\w\[( ])", lambda found: _COMPARED[found[1]], text)
    return re.sub(r"\[([^\[\]=<>!]+)=([^\[\]=<>!]+)\]", r"[\1==\2]", text)
