"""How mathematics is typed elsewhere → how it is typed here: signs, names of Python libraries, functions, conditions.

Each step keeps the value; what a step cannot be sure of it leaves. All of it is only offered after it was tried.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

from chainrule.notation.bracketed import arguments, brackets, closing, operand_before, unwrapped
from chainrule.notation.familiar import Familiar
from chainrule.notation.known import ELSEWHERE
from chainrule.notation.names import ascii as kept
from chainrule.notation.runs import pieces

SIGNS = MappingProxyType(
    {
        "÷": "/", "∕": "/", "⁄": "/", "∗": "*", "•": "*", "∙": "*", "⋆": "*", "–": "-", "—": "-", "‐": "-", "‑": "-",
        "⩽": "<=", "⩾": ">=", "＝": "=", "⟵": "<-", "≔": ":=", "‘": "'", "ℓ": "l", "∑": "Σ", "∆": "Δ", "“": "", "”": "",
        '"': "", "`": "", "∥": "‖", "⊗": "⊙", "∘": "⊙", "&&": "&", "⋅": "·", "ᵗ": "⊤", "ᵀ": "⊤",
    }
)  # fmt: skip
_PREFIX = re.compile(
    r"\b(?:np|numpy|math|cmath|torch|F|nn|tf|jnp|jax|K|keras|sp|sympy|scipy|special|functional|linalg|Math)"
    r"(?:\.(?:nn|functional|math|special|linalg|numpy|random|K|backend|F))*\.(?=[A-Za-z])"
)
_SAME = MappingProxyType(
    {
        **ELSEWHERE,
        "GELU": "gelu", "GeLU": "gelu", "ELU": "elu", "SiLU": "swish", "silu": "swish", "Swish": "swish",
        "LeakyReLU": "leaky_relu", "leakyrelu": "leaky_relu", "lrelu": "leaky_relu", "LReLU": "leaky_relu",
        "tg": "tan", "Heaviside": "heaviside", "step": "heaviside", "where": "if", "ifelse": "if",
        "Softmax": "softmax", "Sum": "sum", "Mean": "mean", "average": "mean", "avg": "mean", "reduce_sum": "sum",
        "reduce_mean": "mean", "LN": "ln", "Ln": "ln",
    }
)  # fmt: skip
"""Other names of functions of one meaning."""

_MADE: MappingProxyType[str, tuple[int, str]] = MappingProxyType(
    {
        "log2": (1, "(log({0})/log(2))"), "log10": (1, "(log({0})/log(10))"), "log1p": (1, "log(1 + {0})"),
        "expm1": (1, "(exp({0}) - 1)"), "square": (1, "({0})^2"), "pow": (2, "({0})^({1})"),
        "power": (2, "({0})^({1})"), "tan": (1, "(sin({0})/cos({0}))"), "heaviside": (1, "[{0} > 0]"),
        "erfc": (1, "(1 - erf({0}))"),
        "cbrt": (1, "({0})^(1/3)"), "round": (1, "floor({0} + 1/2)"),
        "exp2": (1, "2^({0})"), "reciprocal": (1, "(1/({0}))"),
        "multiply": (2, "(({0})*({1}))"), "divide": (2, "(({0})/({1}))"), "add": (2, "(({0}) + ({1}))"),
        "subtract": (2, "(({0}) - ({1}))"), "negative": (1, "(-({0}))"), "neg": (1, "(-({0}))"),
        "dot": (2, "{0} @ {1}"), "matmul": (2, "{0} @ {1}"), "inner": (2, "{0} @ {1}"), "mm": (2, "{0} @ {1}"),
        "mv": (2, "{0} @ {1}"), "norm": (1, "‖{0}‖"), "logit": (1, "log(({0})/(1 - ({0})))"),
        **dict.fromkeys(["mse", "MSE", "mse_loss", "MSELoss", "mean_squared_error"], (2, "(mean(({0} - {1})^2))")),
        **dict.fromkeys(["float", "array", "asarray", "tensor"], (1, "({0})")), "vdot": (2, "{0} @ {1}"),
        "logaddexp": (2, "log(exp({0}) + exp({1}))"), "hypot": (2, "sqrt(({0})^2 + ({1})^2)"),
        "linear": (3, "{1} @ {0} + {2}"),
        **dict.fromkeys(
            ["bce", "BCE", "binary_cross_entropy", "BCELoss"],
            (2, "(mean (-({1})*log({0}) - (1 - ({1}))*log(1 - ({0}))))"),
        ),
        **dict.fromkeys(["asin", "arcsin"], (1, "arctan({0}/sqrt(1 - ({0})^2))")),
        **dict.fromkeys(["acos", "arccos"], (1, "(π/2 - arctan({0}/sqrt(1 - ({0})^2)))")),
        **dict.fromkeys(["atanh", "arctanh", "artanh"], (1, "(log((1 + {0})/(1 - ({0})))/2)")),
        **dict.fromkeys(["acosh", "arccosh", "arcosh"], (1, "log({0} + sqrt(({0})^2 - 1))")),
        **dict.fromkeys(["ceil", "ceiling"], (1, "(-floor(-({0})))")), "mod": (2, "({0} - {1}*floor({0}/({1})))"),
        "trunc": (1, "(sign({0})*floor(abs({0})))"), "cot": (1, "(cos({0})/sin({0}))"), "sec": (1, "(1/cos({0}))"),
        "csc": (1, "(1/sin({0}))"), "coth": (1, "(1/tanh({0}))"), "sech": (1, "(1/cosh({0}))"),
        "H": (1, "[{0} > 0]"), "Θ": (1, "[{0} > 0]"), "softsign": (1, "(({0})/(1 + abs({0})))"),
    }
)  # fmt: skip
"""Functions that are written out, with how many arguments they take."""

WORDED = re.compile(r'(?:\bin|∈)\s*\{\s*"')
"""Where a list of words begins, in which every sign stays."""

_HOLE = re.compile(r"\{([0-2])\}")
_METHOD = re.compile(r"(?<=[\w\])])\.(sum|mean|exp|log|sqrt|abs|tanh|sigmoid|relu|square|sin|cos)\(\)")
_BRACES = re.compile(r"(?:\bin\b|∈|[_^])\s*\{|^\w+\s*:?=\s*\{")
_SQUARE = re.compile(r"(?<![\w\]⟦])\[([^\[\]<>=!≤≥≠,∈]*[-+*/· ][^\[\]<>=!≤≥≠,∈]*)\]")
_CHAIN = re.compile(r"(?:\s*\^\s*(?:-?\w+|\{[^{}]*\}|\([^()]*\))|[²³])+")
_POINTS = (*range(0x2B0, 0x300), *range(0x1D2C, 0x1DC0), *range(0x2070, 0x20A0))
_HIGH = "".join(chr(one) for one in _POINTS if unicodedata.decomposition(chr(one)).startswith("<super>")) + "²³¹"
_RAISED = re.compile(rf"[{_HIGH}]*[^\W0-9⁰¹²³⁴-⁹](?<=[{_HIGH}])[{_HIGH}]*")
_NESTED = re.compile(r"(?<![\w∂])([A-Za-z]\w*)\s+([^\W\d]\w*)\s*\(")
_NAMED = re.compile(r"(?<![\w.])[A-Za-z]\w*(?=\s*\()")
_CALL = re.compile(r"(?<![\w.])([A-Za-z_Θ]\w*)\s*\(")
_FUNCTION = re.compile(r"(?<![\w∂])(\w+?)(?:\^(?:\{?(\d)\}?)(?!\d)|([²³]))\s*")


def signs(text: str, known: Familiar) -> str:
    """Signs and letters that only look otherwise."""
    if WORDED.search(text):
        return text
    text = text.replace("−", "-").replace("**", "^")
    for one, other in SIGNS.items():
        text = text.replace(one, other)
    text = re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)
    if not known.taken("T"):
        text = re.sub(r"(?<=\w)\s*\^\s*(?:\{T\}|\(T\)|T(?!\w)|T(?=\s*[a-zα-ωA-Z]\b))", "⊤", text)
    text = re.sub(r"(\d)_(?=\d)", r"\1", text) if not re.search(r"[^\W\d]\w*\d_\d", text) else text
    text = pointed(text)
    text = _RAISED.sub(lambda found: f"^({unicodedata.normalize('NFKC', found[0]).replace('−', '-')})", text)
    text = re.sub(r"√\s*(\w+)", r"sqrt(\1)", text)
    text = re.sub(r"√\s*\(", "sqrt(", text)
    text = re.sub(r"(\d+(?:\.\d+)?)\s*%(?!\s*[\w(])", r"(\1/100)", text)
    text = "".join(twin(char) for char in text).strip().rstrip(";,").strip().strip("$").strip()
    text = re.sub(r"(?<=[\w)\]])\s*\.$", "", text) if not text[-2:-1].isdigit() else text
    text = re.sub(r"^([^\W\d_])\^\s*(?=\([\w, ]*\)\s*=|=)", "\\1\u0302", text)
    text = re.sub(r"(?<!\w)([^\W\d_])\^(?=\s*(?:[-+*/)=,]|$))", lambda found: hatted(found, known), text)
    text = _SQUARE.sub(r"(\1)", text) if "=" in text and ":=" not in text and " in " not in text else text
    text = re.sub(r"(?<![\w∂])(\w+)\[([^\[\]]*)\]", lambda found: multiplied(found, known), text)
    text = re.sub(r"(?<!\w)([^\W\d_])\^(?=\()", lambda found: hatted(found, known), text)
    text = re.sub(r"(\([^()]*\)|\w+)_\{?\+\}?", r"max(0, \1)", text)
    return re.sub(r"(?<=[-=+*/(])\s*\{([^{}]*)\}", r" (\1)", text) if not _BRACES.search(text) else text


def multiplied(found: re.Match[str], known: Familiar) -> str:
    """``w[x + b(1 − x)]`` of a number w is a product."""
    names = re.findall(r"[^\W\d_][\w\u0302]*", found[2])
    number = known.of(found[1]) == () and names and all(known.quantity(one) or known.function(one) for one in names)
    return f"{found[1]}({found[2]})" if number else found[0]


def pointed(text: str) -> str:
    """Decimal commas outside of brackets, where no comma separates anything."""
    depth, out = 0, ""
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        number = text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()
        out += "." if char == "," and not depth and number else char
    return out


def hatted(found: re.Match[str], known: Familiar) -> str:
    """``T^(x)`` and ``y^ − y`` where the text has T̂ and ŷ."""
    return f"{found[1]}\u0302" if known.taken(f"{found[1]}_hat") and not known.function(found[1]) else found[0]


def twin(char: str) -> str:
    """A letter in another style, as the plain one."""
    if char.isascii() or unicodedata.category(char)[0] != "L" or "SUBSCRIPT" in unicodedata.name(char, ""):
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() else char


def python(text: str, known: Familiar) -> str:
    """Names of libraries, methods, and functions under other names."""
    text = _PREFIX.sub("", text)
    while found := _METHOD.search(text):
        begin = operand_before(text, found.start())
        body = text[begin : found.start()]
        inside = body[1:-1] if body[:1] == "(" and closing(body, 0) == len(body) - 1 else body
        made = f"{found[1]}({inside})"
        made = f"({made})" if re.match(r"\s*\^", text[found.end() :]) and found[1] in ("sum", "mean") else made
        text = text[:begin] + made + text[found.end() :]
    text = re.sub(r"(?<=\w)\.T\b", "⊤", text)
    text = re.sub(r"(?<=\w)\(\)(?=\()", "", text)
    text = re.sub(r"(?<=[^\W\d]|⊤)\.(?:dot|matmul|mm|mv)\(([^()]*)\)", r" @ \1", text)
    text = re.sub(r"(?<=[^\W\d])\.(?=[^\W\d])", "·", text) if "'" not in text else text
    text = re.sub(r",\s*(?:axis|dim|keepdims|keepdim|ord|reduction)\s*=\s*-?\w+", "", text)
    text = re.sub(r"\blog_?\{?(2|10)\}?\s*(?=\()", r"log\1", text.replace("log₂", "log2").replace("log₁₀", "log10"))
    text = _NAMED.sub(lambda found: found[0] if known.taken(found[0]) else _SAME.get(found[0], found[0]), text)
    return written_out(text, known)


def written_out(text: str, known: Familiar) -> str:
    """Functions that have no name here, by what they are; from the inside out."""
    for _ in range(20):
        for found in reversed(list(_CALL.finditer(text))):
            made = _MADE.get(found[1])
            last = closing(text, found.end() - 1)
            if made is None or known.taken(found[1]) or last < 0:
                continue
            given = arguments(text[found.end() : last])
            if len(given) != made[0]:
                continue
            form = _HOLE.sub(lambda hole, given=given, whole=made[1]: put(hole, given, whole), made[1])  # type: ignore[misc]
            text = text[: found.start()] + form + text[last + 1 :]
            break
        else:
            return text
    return text


def put(hole: re.Match[str], given: list[str], form: str) -> str:
    """An argument in its place in a form: a sum in brackets, unless brackets stand around it there."""
    argument = given[int(hole[1])]
    inside = form[: hole.start()][-1:] in "([" and form[hole.end() :][:1] in (")", "]", ",")
    return argument if inside or not summed(argument) else f"({argument})"


def summed(text: str) -> bool:
    """Whether a sum or difference stands outside of all brackets."""
    depth = 0
    for place, char in enumerate(text.strip()):
        depth += (char in "([{") - (char in ")]}")
        if place and not depth and char in "+-−":
            return True
    return False


def functions(text: str, known: Familiar) -> str:
    """``sin²(x)``, ``sin x``, ``e^{-x}``."""
    text = raised(text, known)
    text = re.sub(r"(?<![\w.])e\s*\^\s*\{([^{}]*)\}", r"exp(\1)", text) if not known.taken("e") else text
    if not known.taken("e"):
        while (found := re.search(r"(?<![\w.])e\s*\^\s*(-?)\s*(\(|\w+)", text)) is not None:
            stop = closing(text, found.end() - 1) + 1 if found[2] == "(" else found.end()
            if stop <= 0 or re.fullmatch(r"\d+[^\W\d]\w*", found[2]):
                break
            inside = text[found.end() : stop - 1] if found[2] == "(" else found[2]
            chain = _CHAIN.match(text, stop)
            if chain is not None:  # e^x^2 is the exponential of x²
                inside = (f"({inside})" if found[2] == "(" else inside) + chain[0]
                stop = chain.end()
            inside = f"-({inside})" if found[1] and found[2] == "(" else found[1] + inside
            text = f"{text[: found.start()]}exp({inside}){text[stop:]}"
    text = re.sub(r"\^\s*\{(\w+)\}\s*(?=[\w(])", r"^\1·", text)
    text = re.sub(r"\^\s*\{(\w+)\}", r"^\1", text)
    text = re.sub(r"\^\s*\{([^{}]*)\}", r"^(\1)", text)

    for found in reversed(list(_NESTED.finditer(text))):
        last = closing(text, found.end() - 1)
        if last > 0 and known.function(found[1]) and known.function(found[2]):
            text = f"{text[: found.start()]}{found[1]}({text[found.start(2) : last + 1]}){text[last + 1 :]}"

    def called(found: re.Match[str]) -> str:
        return f"{found[1]}({found[2]})" if known.function(found[1]) else found[0]

    for _ in range(3):
        before, text = text, _BESIDE.sub(called, text)
        if text == before:
            break
    return text


_BESIDE = re.compile(r"(?<![\w∂])([A-Za-zσ]\w*) +(\w+(?:\[[^\[\]]*\])?)(?=\s*(?:$|[-+)=,]|[A-Za-zσ]\w*\())")
"""A function with its argument beside it: what follows ends it, or is a call of its own."""


def raised(text: str, known: Familiar) -> str:
    """``sin^2(x)`` is the square of sin x."""
    for found in reversed(list(_FUNCTION.finditer(text))):
        if not known.function(found[1]):
            continue
        power = found[2] or ("2" if found[3] == "²" else "3")
        if text[found.end() : found.end() + 1] == "(" and (last := closing(text, found.end())) > 0:
            text = f"{text[: found.start()]}{found[1]}{text[found.end() : last + 1]}^{power}{text[last + 1 :]}"
        elif word := re.compile(r"\w+").match(text, found.end()):
            text = f"{text[: found.start()]}{found[1]}({word[0]})^{power}{text[word.end() :]}"
    return text


def conditions(text: str, known: Familiar) -> str:
    """``a if c else b``, ``c ? a : b``, ``if c then a else b``; conditions joined by and."""
    head, mark, body = text.partition("=") if re.match(r"[^=<>!]*=(?!=)", text) else ("", "", text)
    body = body.strip()
    lead = f"{head}{mark} " if mark else ""
    for form, order in (
        (r"if\s+(.+?)\s*(?:then|:)\s*(.+?)\s*(?:;\s*)?(?:else|otherwise)\s*:?\s*(.+)", (1, 2, 3)),
        (r"(.+?)\s+if\s+(.+?)\s+(?:else|otherwise)\s+(.+)", (2, 1, 3)),
        (r"(.+?)\s*\?\s*(.+?)\s*:\s*(.+)", (1, 2, 3)),
        (r"(.+?),?\s+(?:if|for|when|where)\s+(.+?)\s*[,;]\s*(.+?),?\s*(?:otherwise|else|elsewhere)\.?", (2, 1, 3)),
    ):
        if (found := re.fullmatch(form, body)) is None:
            continue
        parts = [found[number].strip() for number in order]
        if all(map(balanced, parts)):
            test, yes, no = unwrapped(parts[0]), *parts[1:]
            test = test if re.search("[<>=≤≥≠]", test) else f"{test} != 0"  # what is not 0 counts as true
            return f"{lead}if({test}, {yes}, {no})"
    return text


def balanced(text: str) -> bool:
    """Whether each round bracket of a piece is closed in it."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def norms(text: str, known: Familiar) -> str:
    """``‖w‖²`` by the entries of the names in it; ``||w||_2^2`` too."""
    text = re.sub(r"\|\|\s*([^|]+?)\s*\|\|", r"‖\1‖", text)
    text = re.sub(r"(?<![\w|])\|(\w+)\|(?!\|)", lambda one: f"‖{one[1]}‖" if known.of(one[1]) else one[0], text)
    if not text.startswith("table"):
        text = re.sub(r"(?<![\w)\]|])\|\s*([^|]+?)\s*\|(?![\w|])", r"abs(\1)", text)
        text = re.sub(r"(?<=[\w)\]])\|\s*([^|]+?)\s*\|", r"·abs(\1)", text)
        text = re.sub(r"\|\s*([^|]+?)\s*\|", r"abs(\1)", text)

    def one(found: re.Match[str]) -> str:
        inside = found[1].strip()
        letters = {known.of(name) for name in re.findall(r"[^\W\d_][\w\u0302]*", inside)} - {(), None}
        if len(letters) > 1:
            return found[0]
        own = next(iter(letters), ()) or ()
        for name in set(re.findall(r"[^\W\d_][\w\u0302]*(?![\w\u0302\[])", inside)):
            if known.of(name):
                inside = re.sub(rf"(?<!\w){name}(?![\w\[])", f"{name}[{','.join(own)}]", inside)
        under = f"_{own[0]} " if len(own) == 1 else f"_{{{','.join(own)}}} "
        if found[3]:
            return f"(Σ{under}abs({inside}))" if own else f"abs({inside})"
        squared = f"{inside}^2" if re.fullmatch(r"\w+(\[[^\[\]]*\])?", inside) else f"({inside})^2"
        total = f"Σ{under}{squared}" if own else squared
        return f"({total})" if found[2] else f"sqrt({total})"

    return re.sub(r"‖([^‖]+)‖(?:_\{?[2F]\}?)?\s*(\^\{?2\}?|²)?(_\{?1\}?)?", one, text)


def derivatives(text: str, known: Familiar) -> str:
    """``dE/dw``, ``∂ E / ∂ w``, ``∂/∂w E``."""
    text = re.sub(r"∂\s+", "∂", text)
    text = re.sub(r"∂\s*\^\s*[({]?2[)}]?", "∂²", text)
    text = re.sub(r"(∂²[^\W_]+\s*/\s*∂[^\W_]+)\s*\^\s*[({]?2[)}]?", r"\1²", text)
    text = re.sub(r"\(\s*(∂[^\W_]+)\s*/\s*(∂[^\W_]+)\s*\)", r"\1/\2", text)
    text = re.sub(r"(∂[^\W_]+(?:\[[^\[\]]*\])?)\s*/\s*(?=∂)", r"\1/", text)
    text = re.sub(r"∂\s*/\s*∂(\w+)\s*(\w+)", r"∂\2/∂\1", text)

    def total(found: re.Match[str]) -> str:
        return f"∂{found[1]}/∂{found[2]}" if known.quantity(found[1]) and known.quantity(found[2]) else found[0]

    return re.sub(r"(?<![\w∂])d_?([^\W\d_]\w*)\s*/\s*d_?([^\W\d_]\w*)", total, text)


def braced(text: str, known: Familiar) -> str:
    """Braces that group, as brackets; one name in them after another may be an index."""
    if re.search(r"(?:\bin|∈)\s*\{", text):
        return text
    text = re.sub(r"(?<![_^\w])(?<!\w )\{(\w+)\}", r"(\1)", text)
    return re.sub(r"(?<![_^])\{([^{}]*[-+*/·][^{}]*)\}", r"(\1)", text)


def closed(text: str, known: Familiar) -> str:
    """Brackets that are missing at the end, or too many there."""
    return brackets(text)


def together(name: str, known: Familiar) -> list[str]:
    """The quantities of which a run of letters is made, arrays too."""
    found = pieces(kept(name))
    return found if len(found) > 1 and all(known.scope.quantity(one) for one in found) else []

