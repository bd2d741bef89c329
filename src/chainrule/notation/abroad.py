"""How Excel, MATLAB, R, Mathematica and Julia write a formula, and how keyboards and web pages spell its signs → the
forms that the other steps of a correction know.

The value stays; what a row cannot be sure of it leaves. All of it is only offered after it was tried.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

from chainrule.notation.bracketed import arguments, closing
from chainrule.notation.familiar import Familiar
from chainrule.notation.known import ELSEWHERE
from chainrule.notation.names import ascii as kept
from chainrule.notation.scripts import STEM

UNSEEN = MappingProxyType(
    {"\u2062": "·", "\u2061": "", "\u2063": ",", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u00ad": ""}
)
"""Characters without a picture that programs put between signs: times, of, comma, and places to break a line."""

_DRAWN = MappingProxyType(
    {
        "∣": "|", "❘": "|", "‒": "-", "―": "-", "﹣": "-", "⁎": "*", "✕": "×", "⨯": "×", "↑": "^", "ˆ": "^", "⇐": "<-",
        "⟸": "<-", "↤": "<-", "⭠": "<-", "≜": "=", "≝": "=", "ℯ": "e", "ⅇ": "e", "ϕ": "φ", "ϑ": "θ", "ϵ": "ε", "ς": "σ",
        "𝟙": "1", "𝟏": "1", "⊤": "⊤", "′": "'", "ǀ": "|", "Ⅰ": "1", "⃗": "",
    }
)  # fmt: skip
_WIDE = re.compile("[\uff01-\uff5e\u3000\U0001d400-\U0001d7ff\u210e]")

NUMBERED = re.compile(r"^\(\d+(?:\.\d+)*[a-z]?\)\s*(?=\S+\s*=)|\s{2,}\(\d+(?:\.\d+)*[a-z]?\)$")
"""What stands before or behind a formula in a book."""

_ROWS = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        (r"^[-*•]\s+(?=\w+\s*=)", ""),
        (r"\s*&\s*=\s*", " = "),
        (r"^@\.\s*|(?<==)\s*@\.\s*", " "),
        (r"%\*%|%o%", " @ "),
        (r"\[\[([^\[\]]*)\]\]", r"[\1]"),
        (r"(Σ|∑)[ᵢⱼₖₗₘₙ]₌[₀-₉]+[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᴺᴹᵐᴰᵈ]+", lambda found: f"{found[0][:2]} "),
        (r"(Σ|∑)_\(([^\W\d_])\s*=\s*-?\w+\)\s*\^\s*\(?\w+\)?\s*", r"\1_\2 "),
        (r"\bsum_\{?([^\W\d_])\s*=\s*\d+\s*\.\.\s*\w+\}?\s*", r"sum_\1 "),
        (r"‖₂", "‖"),
        (r"\bsum over (?:all )?([^\W\d_])(?: of)?\s+", r"sum_\1 "),
        (r"(?<![\w.])(\d+(?:\.\d+)?)f(?=\s*[-+*/·)]|$)", r"\1"),
        (r"(?<![\w.])(\d+)\.0(?![\d\w])(?=\s*$)", r"\1"),
        (r"\bd\s+([^\W\d_])\s*/\s*d\s+([^\W\d_])(?!\w)", r"d\1/d\2"),
        (r"(?<=[\w\])])_(\d)(?=[^\W\d_]_?\d)", r"_\1 "),
        (r"(Σ|∑)\s*(?=\(?[^\W\d_]+[ᵢⱼₖₗₘₙ])", lambda found: found[0].strip()),
        (r"\brange\(len\(\w+\)\)", "range(3)"),
        (r"\.(sum|mean|softmax)\(\s*(?:(?:dim|axis)\s*=\s*)?-?\d\s*\)", r".\1()"),
        (r"(?<![\w.])([^\W\d_]\w*)\.softmax\(\)", r"softmax(\1)"),
        (r"\bifelse\.\s*\(", "ifelse("), (r"\s\.([<>]=?|==)\s", r" \1 "),
        (r"\(([^\W\d_]),\s*:\)", r"[\1]"),
        (r"⟨\s*([^⟨⟩|]+?)\s*\|\s*([^⟨⟩|]+?)\s*⟩", r"⟨\1, \2⟩"),
        (r"(\([^()]*\))\s*(?:⁺|_\+)|\[([^\[\]]*)\]_\+", lambda one: f"max(0, {one[1] or one[2]})"),
        (r"\b(ln|log|exp|sqrt)\s*\|([^|]+)\|", r"\1(abs(\2))"),
        (r"\bheaviside\(([^(),]+),\s*[\d.]+\)", r"heaviside(\1)"),
        (r"\b(?:float|int|bool|N|Boole)\s*[(\[]([^()\[\]]*[<>≤≥][^()\[\]]*)[)\]](?:\.float\(\))?", r"[\1]"),
        (r"\(([^()]+?)\s+if\s+([^()]+?)\s+else\s+([^()]+?)\)", r"if(\2, \1, \3)"),
        (r"\{([^{}]+?)\s+if\s+([^{}]+?),\s*([^{},]+?)\s+(?:otherwise|else)\}", r"if(\2, \1, \3)"),
        (r"\bPiecewise[\[(]\{\{([^{},]+),([^{}]+)\},\s*\{([^{},]+),[^{}]+\}\}[\])]", r"if(\2, \1, \3)"),
        (r"\bif\s+([^{}]+?)\s*\{([^{}]+)\}\s*else\s*\{([^{}]+)\}", r"if(\1, \2, \3)"),
        (r"^if\s+(.+?)\s*:\s*(\w+)\s*=\s*(.+?)\s*[;,]?\s*else\s*:\s*\2\s*=\s*(.+)$", r"\2 = if(\1, \3, \4)"),
        (r"^const(?:ant)?\s+(?:float|double|int|auto|let|var)\s+", "const "),
        (r"(:=|=)\s*'(-?[\d.]+)'", r"\1 \2"),
        (rf"^(weight|const)\s+({STEM})\s*(?::|←|<-|\()\s*(-?\d[\d.]*)\s*\)?$", r"\1 \2 := \3"),
        (rf"^({STEM})\s*=\s*(?:\w+\.)*(?:Parameter|Variable)\((?:(?:\w+\.)*\w+\()?\[?(-?\d[\d.]*)[\])]*$",
         r"weight \1 := \2"),
    )
)
_NAMES = MappingProxyType(
    {
        **ELSEWHERE,
        "UnitStep": "heaviside", "HeavisideTheta": "heaviside", "unitstep": "heaviside", "sqr": "square",
        "sq": "square", "abs2": "square", "Power": "power", "POWER": "power", "Times": "multiply",
        "PRODUCT": "multiply", "Plus": "add", "mul": "multiply", "Dot": "dot", "MMULT": "dot", "SUMPRODUCT": "dot",
        "Total": "sum", "SUM": "sum", "Norm": "norm", "AVERAGE": "mean", "Mean": "mean", "Average": "mean",
        "IIf": "if", "IF": "if", "If": "if", "iif": "if", "Clip": "clip", "SoftMax": "softmax", "matvec": "dot",
        "tensordot": "dot", "Sum": "sum", "Boole": "float", "int": "float", "MSE": "mse", "hardtanh": "clip",
        "length": "len", "addmv": "addmm", "colSums": "sum",
    }
)  # fmt: skip
"""Names of functions in other programs, as Python has them."""

_LIBRARY = re.compile(
    r"\b(?:np|numpy|math|torch|F|nn|tf|jnp|jax|Math)(?:\.\w+)*\.(?=(?:"
    + "|".join([*map(re.escape, _NAMES), "heaviside", "pow"])
    + r")\s*\()"
)
_POWER_OF_E = re.compile(r"(?<![\w.])e\s*\^\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_AVERAGED = re.compile(
    r"\(?1/([nNmM])\)?\s*[·*]?\s*(?:Σ|∑|sum)_\{?([^\W\d_])\s*=\s*1\}?\s*\^\s*\{?\1\}?\s*"
)
_CALLED = re.compile(r"(?<![\w.∂])([^\W\d]\w*)\s*([\[({])")
_PIPE = re.compile(rf"^(.*?=)?\s*([^|=]+?)\s*(?:\|>|//)\s*({STEM})\s*$")
_LAMBDA = re.compile(
    rf"({STEM})\s*(?:=|<-|:=|:)\s*(?:@\s*\(\s*(\w+)\s*\)\s*|function\s*\(\s*(\w+)\s*\)\s*|(\w+)\s*(?:->|→|↦)\s*)(.+)"
)
_DEFINED = re.compile(rf"(?:function\s+)?({STEM})\s*[\[(]\s*(\w+?)_?\s*[\])]\s*:?=\s*(.+)")
_EINSUM = re.compile(r"(?:\b\w+\.)?einsum\s*\(\s*(['\"])([a-zA-Z, ]+)(?:->([a-zA-Z ]*))?\1\s*,\s*([^()]*)\)")
_SUMMED = re.compile(r"\b(?:Sum|sum|add)\s*\(")
_OVER = re.compile(r"\{\s*([^\W\d_])\s*(?:,\s*-?\w+\s*)*\}|([^\W\d_])\s*=\s*-?\w+\s*(?:\.\.|:)\s*\w+")
_COUNT = re.compile(rf"/\s*(?:len|length|size|numel)\s*\(\s*({STEM})\s*\)")


def unseen(text: str, known: Familiar) -> str:
    """Without what has no picture; letters and signs of other widths and styles as plain ones."""
    for one, other in UNSEEN.items():
        text = text.replace(one, other)
    if not any(ord(char) > 127 for char in text):
        return text
    for one, other in _DRAWN.items():
        text = text if known.taken(one) else text.replace(one, other)
    return _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def abroad(text: str, known: Familiar) -> str:
    """The line as Python or this language would have it."""
    text = slopes(NUMBERED.sub("", text), known)
    for pattern, made in _ROWS:
        text = pattern.sub(made, text)
    text = _LIBRARY.sub("", text)
    if not known.taken("e"):
        text = _POWER_OF_E.sub(r"exp(\1)", text)
    text = remark(text, known)
    text = defined(text, known)
    text = _AVERAGED.sub(lambda one: f"mean_{one[2]} " if known.letter(one[2]) else one[0], text)
    if (found := _PIPE.match(text)) and known.function(found[3]):
        text = f"{found[1] or ''} {found[3]}({found[2]})"
    text = _EINSUM.sub(lambda found: contracted(found, known), text)
    text = called(text, known)
    text = summed(text, known)
    text = _COUNT.sub(lambda found: counted(found, known), text)
    return re.sub(r"(?<![\w.])(?:PI|pi)\(\)|(?<![\w.])(?:PI|Pi)(?![\w(])|\bMath\.PI\b", "pi", text)


GOALS = ("E", "J", "L", "C", "loss", "cost", "error")


def slopes(text: str, known: Familiar) -> str:
    """``dEdw``, ``dw``, ``D[E, w]``, ``grads["w"]`` in a step of a weight: the derivative of the goal by it."""
    text = re.sub(rf"^({STEM})\.assign_sub\((.+)\);?$", r"\1 -= \2", text)
    text = re.sub(rf"^({STEM})\.assign_add\((.+)\);?$", r"\1 += \2", text)
    text = re.sub(rf"^({STEM})\.assign\((.+)\);?$", r"\1 = \2", text)
    found = re.match(STEM, text)
    goal = next((one for one in GOALS if known.quantity(one)), None)
    if found is None or goal is None or kept(found[0]) not in known.weights:
        return text
    name = re.escape(found[0])
    text = re.sub(rf"^({name})\s*(?:<=|->|→|↦|⇒)\s*(?=[^=]*{name})", r"\1 <- ", text)
    made = f"∂{goal}/∂{found[0]}"
    for form in (
        rf"\bd{goal}_?d{name}\b", rf"\bgrads?\s*\[\s*['\"]?{name}['\"]?\s*\]", rf"\b{goal}_\{{?{name}\}}?(?!\w)",
        rf"\b(?:diff|D|grad|gradient)\s*[(\[]\s*{goal}\s*,\s*{name}\s*[)\]]", rf"(?<![\w/∂(])d{name}\b(?!\s*/)",
        rf"\b{goal}'\(\s*{name}(?:_\w|_\{{\w\}})?\s*\)",
    ):  # fmt: skip
        free = known.taken(f"d{found[0]}") and form.startswith("(?<!")
        text = text if free else text[: found.end()] + re.sub(form, made, text[found.end() :])
    return text


def remark(text: str, known: Familiar) -> str:
    """Without the words that follow a formula in a sentence, or MATLAB's remark."""
    found = re.search(r"\s+(?:%|,?\s*where)\s+([^\W\d][\w ,.'-]*)$", text)
    words = re.findall(r"\w+", found[1]) if found else []
    named = len(words) < 3 and any(known.taken(word) for word in words)
    return text[: found.start()] if found and words and not named else text


def defined(text: str, known: Familiar) -> str:
    """``f = @(u) u.^2``, ``f <- function(u) u^2``, ``f[u_] := u^2``: a function; of data, a quantity."""
    if (found := _LAMBDA.fullmatch(text)) and not (found[4] and known.taken(found[4])):
        return f"{found[1]}({found[2] or found[3] or found[4]}) = {found[5].rstrip(';')}"
    found = _DEFINED.fullmatch(text)
    if found is None or (known.of(found[1]) is not None and not text.startswith("function ")):
        return text
    if found[0].startswith("function ") or "_]" in text or (":=" in text and not known.letter(found[2])):
        name = found[1] if known.of(found[2]) is not None else f"{found[1]}({found[2]})"
        return f"{name} = {found[3]}"
    return text


def called(text: str, known: Familiar) -> str:
    """``Exp[-x]``, ``tanh{x}``, ``IF(x>0; a; b)``: calls in round brackets, by the names that Python has."""
    for found in reversed(list(_CALLED.finditer(text))):
        name = found[1]
        if known.taken(name) and not (name in ("sum", "max", "min", "mean") and found[2] == "["):
            continue
        new = _NAMES.get(name, name)
        lower = name.lower()
        shouted = len(name) > 1 and name.isascii() and (name.isupper() or (name[0].isupper() and found[2] == "["))
        if new == name and shouted and known.function(lower):
            new = lower
        last = closing(text, found.end() - 1)
        if last < 0 or (new == name and (found[2] == "(" or not known.function(name))):
            continue
        inside = text[found.end() : last]
        if new == "if":
            inside = conditioned(inside)
        if new in ("dot", "norm", "clip") and new != name:
            inside = ", ".join(one for one in arguments(inside.replace(";", ",")) if one not in ("1",))
            inside += ", -1, 1" if new == "clip" and "," not in inside else ""
        text = f"{text[: found.start()]}{new}({inside}){text[last + 1 :]}"
    return shaped(text, known)


def conditioned(inside: str) -> str:
    """The arguments of a condition; Excel has semicolons between them where commas are in numbers."""
    return inside.replace(";", ",")


_SHAPED = MappingProxyType(
    {
        "t": (1, "{0}⊤"), "drop": (1, "({0})"), "SUMSQ": (1, "sum(({0})^2)"), "SUMXMY2": (2, "sum(({0} - {1})^2)"),
        "addmm": (3, "{1} @ {2} + {0}"), "N": (1, "({0})"),
    }
)  # fmt: skip


def shaped(text: str, known: Familiar) -> str:
    """Functions of R and Excel that turn, square or add up what they are given."""
    text = re.sub(r"\bsum\s*\(\s*(?:abs2|square)\s*,\s*", "SUMSQ(", text)
    text = re.sub(rf"\bcrossprod\s*\(\s*({STEM})\s*\)", r"SUMSQ(\1)", text)
    text = re.sub(rf"\bcrossprod\s*\(\s*({STEM})\s*,\s*({STEM})\s*\)", r"(\1 @ \2)", text)
    for found in reversed(list(re.finditer(r"(?<![\w.])(t|drop|SUMSQ|SUMXMY2|addmm|N)\s*\(", text))):
        count, form = _SHAPED[found[1]]
        last = closing(text, found.end() - 1)
        given = arguments(text[found.end() : last].replace(";", ",")) if last > 0 else []
        if len(given) != count or known.taken(found[1]):
            continue
        made = form.replace("{0}", given[0])
        made = made.replace("{1}", given[1]) if count > 1 else made
        made = made.replace("{2}", given[2]) if count > 2 else made
        text = text[: found.start()] + made + text[last + 1 :]
    return text


def summed(text: str, known: Familiar) -> str:
    """``Sum(body, {i, 1, 3})`` and ``sum(body, i=1..3)``: a reduction over the letter."""
    for found in reversed(list(_SUMMED.finditer(text))):
        last = closing(text, found.end() - 1)
        given = arguments(text[found.end() : last]) if last > 0 else []
        if len(given) != 2:
            continue
        over = _OVER.fullmatch(given[1])
        if over:
            text = f"{text[: found.start()]}(sum_{over[1] or over[2]} ({given[0]})){text[last + 1 :]}"
    return re.sub(r"(\bfor\s+[^\W\d_])\s*(?:=|in)\s*(\w+)\s*:\s*(\w+)", r"\1 in range(\3)", text)


def contracted(found: re.Match[str], known: Familiar) -> str:
    """``einsum('ij,j->i', W, x)`` as a sum over the letters that the arrays have."""
    specs, names = [one.strip() for one in found[2].split(",")], [one.strip() for one in found[4].split(",")]
    own = [known.of(name) or () for name in names]
    if len(specs) != len(names) or any(len(spec) != len(one) for spec, one in zip(specs, own, strict=True)):
        return found[0]
    meant: dict[str, str] = {}
    for spec, letters in zip(specs, own, strict=True):
        for letter, one in zip(spec, letters, strict=True):
            if meant.setdefault(letter, one) != one:
                return found[0]
    whole = "".join(specs)
    stays = found[3].strip() if found[3] is not None else "".join(one for one in whole if whole.count(one) == 1)
    if len(set(meant.values())) != len(meant) or any(one not in meant for one in stays):
        return found[0]
    summed_ = [meant[one] for one in dict.fromkeys(whole) if one not in stays]
    placed = zip(names, own, strict=True)
    body = "·".join(f"{name}[{','.join(letters)}]" if letters else name for name, letters in placed)
    under = f"Σ_{summed_[0]} " if len(summed_) == 1 else f"Σ_{{{','.join(summed_)}}} "
    return f"({under}{body})" if summed_ else f"({body})"


def counted(found: re.Match[str], known: Familiar) -> str:
    """``/len(w)``: how many values the letter has."""
    own = known.of(found[1]) or ()
    return f"/size({own[0]})" if len(own) == 1 else found[0]


def latex(text: str) -> str:
    r"""Commands of TeX that take what stands around them: ``{a \over b}``, ``\tanh{u}``, ``\mathrel{-}=``."""
    text = re.sub(r"\{([^{}]*)\\over(?![A-Za-z])((?:[^{}]|\{[^{}]*\})*)\}", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\(?:nicefrac|sfrac|cfrac)(?![A-Za-z])", r"\\frac", text)
    text = re.sub(r"\\mathrel\{(.)\}", r"\1", re.sub(r"\\no(?:limits|indent)(?![A-Za-z])", "", text))
    text = re.sub(r"\\(exp|log|ln|tanh|sin|cos|max|min)\s*\\?\{([^{}]*)\\?\}", r"\\\1(\2)", text)
    return re.sub(r"\\mapsto(?![A-Za-z])", r"\\leftarrow", text) if ":" not in text else text


def summed_over(text: str, known: Familiar) -> str:
    """``z[j] = W[j,i]·x[i] + b[j]``: a letter that stands twice in a term and not on the left is summed over."""
    head, equals, body = text.partition("=")
    left = re.fullmatch(rf"\s*{STEM}(?:\[([^\[\]]*)\])?\s*", head)
    if not equals or left is None or re.search(r"Σ|sum|mean|[<>=]", body):
        return text
    own = set((left[1] or "").replace(" ", "").split(","))
    depth, cuts = 0, [0]
    for place, char in enumerate(body):
        depth += (char in "([") - (char in ")]")
        if char in "+-" and not depth and body[:place].strip():
            cuts.append(place)
    terms = [body[begin:end] for begin, end in zip(cuts, [*cuts[1:], len(body)], strict=True)]
    for number, term in enumerate(terms):
        inside = [one.strip() for part in re.findall(r"\[([^\[\]]*)\]", term) for one in part.split(",")]
        twice = [one for one in dict.fromkeys(inside) if inside.count(one) == 2 and one not in own]
        twice = [one for one in twice if known.letter(one)]
        if len(twice) == 1:
            sign = re.match(r"\s*[-+]?\s*", term)
            lead = sign[0] if sign else ""
            terms[number] = f"{lead}Σ_{twice[0]} {term[len(lead):]}"
    return f"{head}={''.join(terms)}"


def from_zero(text: str, known: Familiar) -> str:
    """``w[0]·x[0] + w[1]·x[1]`` of arrays whose letters begin with 1: every whole number in their brackets one more."""
    zeros, ones = (
        [name for name in re.findall(rf"({STEM})\[(?:[^\[\]]*,)?\s*{one}\s*(?:,[^\[\]]*)?\]", text) if known.of(name)]
        for one in (0, 1)
    )
    if not zeros or {*zeros} - {*ones}:  # an array of which the first and the second entry are read
        return text

    def higher(found: re.Match[str]) -> str:
        if not known.of(found[1]):
            return found[0]
        parts = [str(int(one) + 1) if one.strip().isdigit() else one for one in found[2].split(",")]
        return f"{found[1]}[{','.join(parts)}]"

    return re.sub(rf"({STEM})\[([^\[\]]*)\]", higher, text)

