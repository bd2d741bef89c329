"""What people type instead of the notation, and what they meant: each gives a code, the problem and the right text."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from chainrule.errors import Span
from chainrule.notation.known import KNOWN, MACROS, closest
from chainrule.notation.names import ACCENTS, GREEK, clip, pretty
from chainrule.notation.runs import CALLED, doubtful, pieces
from chainrule.notation.scope import Scope

if TYPE_CHECKING:
    from chainrule.notation.lexer import Token
    from chainrule.notation.reader import Reader


INSTEAD = MappingProxyType(
    {
        "÷": "/", "∕": "/", "⁄": "/", "∗": "*", "•": "*", "∙": "*", "–": "-", "—": "-", "‐": "-", "‑": "-", "∶": ":",
        "∧": "*", "⩽": "<=", "⩾": ">=", "≪": "<", "≫": ">", "＝": "=", "→": "<-", "⟵": "<-", "≔": ":=", "…": "..",
        "‥": "..", "∼": "~", "“": "names without quotes", "”": "names without quotes", "‘": "'", "ℝ": "reals",
        "ℤ": "integers", "ℓ": "l",
        "√": "sqrt(…)", "∑": "sum_", "∆": "Delta", "∇": "the derivatives one by one, ∂E/∂w", "⟨": "(", "⟩": ")",
        "&": "* between two brackets, [a > 0]*[b > 0]", "!": "!= for unequal, and a factorial as its number: 6 for 3!",
        ";": "a new line for each statement",
        "@": "Σ_i W[j,i]*x[i]", "ᵀ": "Σ_i w[i]*x[i]", "⊙": "w[i]*x[i]", "‖": "sqrt(Σ_i x[i]^2)", "%": "/100",
        "\"": "names without quotes", "`": "names without quotes",
        "?": "if(a > b, c, d)", ":": ":= for a start, 1..3 for a range", "$": "the formula without dollar signs",
        ".": "0.5 for a number, 1..3 for a range, a*b for a product",
    }
)  # fmt: skip
"""Characters that are not of the language, and what to write instead."""

STRANGE = frozenset(["atan2", "arctan2", "erfc", "gamma", "lgamma", "factorial", "floordiv", "sinc"])
"""Functions that the language lacks, and whose names lie near those of others."""

_TWINS = MappingProxyType(
    dict(zip("аеорсухіјѕԁԛԝһкмнтвАЕОРСУХІЈЅКМНТВ", "aeopcyxijsdqwhkmhtbAEOPCYXIJSKMHTB", strict=True))
)
"""Cyrillic letters that look like Latin ones."""


def character(text: str, position: int) -> tuple[str, str, str]:
    """Code, problem and help for a character with which nothing begins."""
    char = text[position]
    point = f"U+{ord(char):04X}"
    title = unicodedata.name(char, "")
    category = unicodedata.category(char)
    if char == "\\":
        return "E007", "this is LaTeX", "write the formula plainly: ŷ or y_hat, a/b, Σ_i"
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"):
        called = title or {"Cc": "a control character", "Cs": "half of a surrogate pair"}.get(category, "no character")
        return "E003", f"{point} ({called}) cannot be seen and may hide something", "delete it"
    if char == "." and text[position + 1 : position + 2].isdigit() and text[position + 1].isascii():
        digits = text[position + 1 : position + 40]
        digits = digits[: len(digits) - len(digits.lstrip("0123456789"))]
        return "E004", f".{digits} is not a number", f"write 0.{digits}"
    if char in INSTEAD:
        return "E001", f"{char} ({title}) is not of the language", f"write {INSTEAD[char]}"
    if char in _TWINS:
        return "E002", f"{point} is {title}, which looks like {_TWINS[char]}", f"type the Latin letter {_TWINS[char]}"
    plain = unicodedata.normalize("NFKC", char)
    if unicodedata.decomposition(char).startswith("<super>") and plain.isalpha():
        return "E001", f"{char} ({title}) is not of the language", f"write ^{plain}"
    if plain != char and len(plain) == 1 and (plain.isascii() or plain in GREEK):
        return "E002", f"{point} is {title}, which looks like {plain}", f"type {plain}"
    if category in ("Nd", "Nl", "No"):
        return "E002", f"{point} is {title}, not one of the digits 0 to 9", "type the digits 0 to 9"
    if category in ("Mn", "Mc", "Me"):
        if char in ACCENTS:
            return "E001", f"the accent {title} stands on nothing", "put it after a letter of a name, as in ŷ"
        return "E001", f"names cannot have the accent {title}", "the accents are hat, bar, dot and tilde: ŷ x̄ ẋ x̃"
    if category.startswith("L"):
        parts = unicodedata.normalize("NFD", char)
        if parts[0].isascii():
            return (
                "E001",
                f"{char} ({title}) cannot be in a name",
                f"write {parts[0]}; the accents are hat, bar, dot, tilde",
            )
        return "E001", f"{char} ({title}) cannot be in a name", "names have Latin and Greek letters, digits and _"
    return (
        "E001",
        f"{char} ({title or point}) is not of the language",
        "delete it, or write it in words of the language",
    )


# -------------------------------------------------------------------- in expressions


def name(reader: Reader, scope: Scope, token: Token) -> None:
    """A name that nothing declares: what it was meant to be, where that can be told; else it is left to the model."""
    after = reader.peek()
    text = token.text
    if text in ("and", "or", "not"):
        reader.fail("E012", f"{text} is not of the language", "write * between two brackets, [a > 0]*[b > 0]")
    if text == "e" and (after.text == "^" or after.kind == "superscript"):
        exponential(reader, token, after)
    if text[:1] == "d" and after.text == "/" and reader.peek(2).text[:1] == "d" and reader.peek(2).kind == "name":
        above, below = text[1:].lstrip("_"), reader.peek(2).text[1:].lstrip("_")
        if scope.quantity(above) and scope.quantity(below):
            meant = f"∂{pretty(above)}/∂{pretty(below)}"
            stop = reader.peek(2).stop
            line = reader.edited((token.start, stop, meant))
            reader.fail(
                "E035",
                "a derivative is written with ∂",
                f"write {meant}, or d({above})/d({below}): {line}",
                None,
                reader.at + 2,
            )
    underscored(reader, scope, token)
    together(reader, scope, token)
    if after.text == "(" or after.kind == "prime":
        known = [*scope.functions, *KNOWN, *MACROS, *scope.quantities]
        near = closest(text, known) or closest(text.lower(), known) or ("softmax_k" if text == "softmax" else None)
        near = None if text in STRANGE else near
        help = (
            f"did you mean {pretty(near)}?"
            if near
            else "define it, `f(u) = …`, or take one of " + ", ".join(sorted(KNOWN))
        )
        reader.fail("E030", f"{clip(pretty(text))} is neither a function nor a quantity", help)


def together(reader: Reader, scope: Scope, token: Token) -> None:
    """``Wji``, ``Ax``, ``sinx``: what letters written together mean, where they are no product, or may not be."""
    first, *rest = pieces(token.text) or [""]
    parts = split(token.text, scope)
    other = doubtful(token.text, scope, reader.peek().text == "(")
    called = other in CALLED and scope.quantity(token.text[len(other) :])
    first_known = rest and (scope.function(first) or (scope.quantity(first) and all(map(scope.letter, rest))))
    if not parts and not first_known and not called:
        return
    meant: list[str] = []
    if rest and scope.quantity(first) and all(map(scope.letter, rest)):
        meant.append(f"{pretty(first)}[{','.join(map(pretty, rest))}]")
    if len(rest) == 1 and scope.function(first) and (scope.quantity(rest[0]) or scope.letter(rest[0])):
        meant.append(f"{pretty(first)}({pretty(rest[0])})")
    if other in CALLED and (after := token.text[len(other) :]) and scope.quantity(after):
        meant.append(f"{other}({pretty(after)})")
    elif other and other != token.text:
        meant.append(pretty(other))
    if parts:
        meant.append("·".join(pretty(part) for part in parts))
    if parts or called or (meant and not other):
        line = reader.edited((token.start, token.stop, meant[0]))
        problem = f"{clip(pretty(token.text))} is one name, and nothing has it"
        reader.fail("E032", problem, f"write {' or '.join(dict.fromkeys(meant))}: {line}")


def exponential(reader: Reader, token: Token, after: Token) -> NoReturn:
    """``e^(-u)`` where nothing is called e."""
    number = reader.at + (1 if after.kind == "superscript" else 2)
    stop, inside = after.stop, after.text
    if after.kind != "superscript":
        stop = reader.end_of_power(number)
        inside = reader.typed(reader.tokens[number].start, stop)
        closing = reader.closing.get(number)
        if closing is not None and reader.tokens[closing].stop == stop:
            inside = inside[1:-1]
    meant = f"write exp({inside})"
    following = next((one for one in reader.tokens if one.start >= stop), after)
    if following.kind == "name" and following.start == stop:
        meant += f"*{following.text} or exp({inside}*{following.text})"
    else:
        meant += ": " + reader.edited((token.start, stop, f"exp({inside})"))
    reader.fail_at("E034", "e is not a number of the language", meant, Span(token.start, stop))


def absolute(reader: Reader) -> NoReturn:
    """``|x|``."""
    begin = reader.at
    last = next((n for n in range(begin + 1, len(reader.tokens)) if reader.tokens[n].text == "|"), None)
    if last is None:
        reader.fail("E026", "| is only for tables", "an absolute value is written abs(x)")
    first, final = reader.tokens[begin], reader.tokens[last]
    inside = reader.typed(first.stop, final.start)
    if not inside:
        reader.fail("E026", "there is no sign for a norm", "write sqrt(Σ_i x[i]^2)", begin, last)
    before = reader.source.text[first.start - 1 : first.start]
    times = "·" if before.isalnum() or (before in (")", "]") and before) else ""
    line = reader.edited((first.start, final.stop, f"{times}abs({inside})"))
    reader.fail("E026", "an absolute value is written abs(…)", f"write abs({inside}): {line}", begin, last)


def underscored(reader: Reader, scope: Scope, token: Token) -> None:
    """``x_i`` and ``W_ji`` where x, W are quantities and i, j letters."""
    stem, _, suffix = token.text.rpartition("_")
    if not stem or not scope.quantity(stem) or not suffix:
        return
    letters = [suffix] if scope.letter(suffix) else list(suffix)
    if all(scope.letter(letter) for letter in letters):
        meant = f"{pretty(stem)}[{','.join(pretty(letter) for letter in letters)}]"
        line = reader.edited((token.start, token.stop, meant))
        reader.fail(
            "E033",
            f"{clip(reader.found())} is one name, and nothing has it",
            f"an index stands in square brackets, {meant}: {line}",
        )


def braces(reader: Reader, token: Token) -> NoReturn:
    """``W_{ji}``: a subscript as LaTeX writes it."""
    first = reader.at
    last = reader.closing[first]
    inside = [one for one in reader.tokens[first + 1 : last] if one.text != ","]
    letters = ",".join(clip(one.text) if len(one.text) > 3 else ",".join(one.text) for one in inside[:6])
    if any(one.kind == "operator" for one in inside):
        letters = clip("".join(one.text for one in reader.tokens[first + 1 : last]))
    meant = f"{pretty(token.text.rstrip('_'))}[{letters}]"
    line = reader.edited((token.start, reader.tokens[last].stop, meant))
    reader.fail("E033", "an index stands in square brackets", f"write {meant}: {line}", first - 1, last)


def split(text: str, scope: Scope) -> list[str]:
    """The declared names of which a name is made, or nothing."""
    if not 2 <= len(text) <= 40:
        return []
    reach: list[list[str] | None] = [[]] + [None] * len(text)
    for begin in range(len(text)):
        before = reach[begin]
        if before is None:
            continue
        for end in range(begin + 1, len(text) + 1):
            part = text[begin:end].strip("_")
            if (scope.quantity(part) or scope.letter(part)) and reach[end] is None and not part.isdigit():
                reach[end] = [*before, part]
    found = reach[-1]
    return found if found and len(found) > 1 else []


def reduction(reader: Reader, scope: Scope, token: Token, stem: str, suffix: str) -> None:
    """``sum_q …`` where q is no letter and ``sum_q`` no name."""
    after = reader.peek()
    if scope.open or not (after.kind in ("name", "number", "fraction", "sum") or after.text in ("(", "[")):
        return
    if len(suffix) > 1 and all(scope.letter(letter) for letter in suffix):
        meant = f"{stem}_{{{','.join(suffix)}}}"
        reader.fail("E033", f"{suffix} is not a letter", f"several letters stand in braces: write {meant}")
    near = closest(suffix, scope.letters | scope.heads)
    if len(suffix) > 2 and suffix not in GREEK.values() and not near:
        return  # a name like mean_error
    help = (
        f"did you mean {stem}_{near}?"
        if near
        else f"declare it: `index {suffix} = 1..3`, or `index {suffix}` with the size from the data"
    )
    if not near and (scope.quantity(suffix) or suffix == "theta"):
        help = f"over all weights a reduction goes in a block: update {pretty(suffix)}, g; elsewhere over letters alone"
    reader.fail("E038", f"{clip(pretty(suffix))} is not a letter", help)


def taken(reader: Reader, head: str) -> NoReturn:
    """``sum_θ`` in a block for θ, where a quantity or a function is called so."""
    shown = reader.found()
    problem = f"{shown} is a name of its own, and in this block it would be a reduction over {pretty(head)}"
    reader.fail("E036", problem, f"choose another name for one of them: {shown} or {pretty(head)}")


def comparison(reader: Reader) -> NoReturn:
    """``=`` inside brackets, ``=<``, ``<>``."""
    before, here, after = reader.tokens[reader.at - 1].text, reader.token.text, reader.peek().text
    known = {"=<": "<=", "=>": ">=", "<>": "!=", "><": "!=", "===": "==", "<==": "<=", ">==": ">="}
    meant = known.get(here + after) or known.get(before + here)
    if meant:
        reader.fail("E025", f"{reader.found()} cannot stand here", f"write {meant}")
    reader.fail("E025", "= inside brackets", "equality is compared with ==: [i == j]")


def strict(reader: Reader, start: int, token: Token, number: int) -> NoReturn:
    """``prod_i x[i]/120``."""
    whole = reader.typed(start, token.start).rstrip()
    stop = reader.end_of_term(number)
    rest = reader.typed(token.start, stop)
    head = whole.partition(" ")[0] if " " in whole else whole
    body = whole[len(head) :].strip()
    joined = "" if rest[:1] in "*/·×⋅" else "*"
    reader.fail(
        "E024", f"whether {clip(reader.found())} is inside of {head} or outside matters here",
        f"write ({whole}){joined}{rest} or {head} ({body}{'' if joined == '' else ' '}{rest})",
    )  # fmt: skip


def division(reader: Reader, start: int, below: int, stop: int, token: Token) -> NoReturn:
    """``a/b c``."""
    above = reader.typed(start, below).rstrip().rstrip("/").rstrip()
    under = reader.typed(below, stop)
    stop = reader.end_of_power(reader.at)
    rest = reader.typed(token.start, stop)
    bracket = token.text == "(" or token.kind == "sum"
    number = above.isdigit() and under.isdigit() and bracket  # 1/2(a - b) is nearly always half of a - b
    line = f": {reader.edited((start, stop, f'({above}/{under})*{rest}'))}" if number else ""
    reader.fail(
        "E020", f"{clip(above)}/{clip(under)} {clip(rest)} could mean two things",
        f"write ({above}/{under})*{rest} or {above}/({under}*{rest}){line}",
    )  # fmt: skip


def exponent(reader: Reader, base: int, start: int, stop: int, token: Token) -> NoReturn:
    """``2^2x``."""
    raised = reader.typed(base, start)
    power = reader.typed(start, stop)
    rest = reader.typed(token.start, reader.end_of_power(reader.at))
    whole, apart = f"{raised}({power}*{rest})", f"{raised}{power}*{rest}"
    help = f"write {whole} or {apart}"
    if token.start > stop or (power.isdigit() and not raised[:1].isdigit()):  # w^2 x is nearly always w² x
        help = f"write {apart} or {whole}: {reader.edited((base, reader.end_of_power(reader.at), apart))}"
    reader.fail("E021", f"{clip(raised + power + rest)} could mean two things", help)


def comma(reader: Reader) -> NoReturn:
    """A comma where none can stand: often a decimal comma."""
    before, after = reader.tokens[reader.at - 1] if reader.at else reader.token, reader.peek()
    if before.kind == after.kind == "number":
        meant = f"{before.text}.{after.text}"
        reader.fail("E004", "a number is written with a point", f"write {clip(meant)}", reader.at - 1, reader.at + 1)
    reader.fail("E012", "a comma cannot stand here", "commas separate the arguments of a function, and indices")
