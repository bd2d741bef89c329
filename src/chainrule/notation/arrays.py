"""Arrays without their indices → the sums they mean: ``z = W x + b`` is ``z[j] = Σ_i W[j,i]·x[i] + b[j]``.

What the declarations say of the letters decides: a product of two arrays with one letter in common is summed over it,
one of two with the same letters, under ``⊙``, is entry by entry.
"""

from __future__ import annotations

import re

from chainrule.notation.bracketed import arguments, closing
from chainrule.notation.familiar import Familiar
from chainrule.notation.foreign import together
from chainrule.notation.known import REDUCTIONS
from chainrule.notation.names import ascii as kept
from chainrule.notation.names import pretty

GOALS = ("E", "J", "L", "C", "loss", "cost", "error", "Loss", "Cost")
"""What is to be made small is one number, and gets no letters."""

CONSTANTS = ("pi", "π", "Σ")
MOST = 3
"""So many letters of its own a left side gets at most: with more, the line was not understood."""

_NAME = r"[^\W\d_²³¹½¼¾⅓⅔](?:(?![²³¹⁰-⁹])[\w\u0302\u0304\u0307\u0303])*"
_TWO = re.compile(rf"(?<![\w∂.])({_NAME})(⊤?)\s*(@|·|\*|×|\s|⊙)\s*({_NAME})⊤?(?!\w|\s*[\[(])")
_BARE = re.compile(rf"(?<![\w∂/_.])({_NAME})(?![\w\[(\u0302])")
_UNDER = re.compile(r"(?:Σ|sum|mean|prod|max|min|logsumexp|softmax)_\{?([\w,']+)")
_NEXT = re.compile(rf"\s*[·*@ ]\s*({_NAME})")
_BEFORE = re.compile(rf"({_NAME})\s*[·*@ ]\s*$")
_REDUCED = re.compile(r"(?<!\w)(sum|mean|prod|Σ|max|min)\s*\(")


def arrays(text: str, known: Familiar) -> str:
    """The line with an index on every array; the line itself where that is not clear."""
    text = re.sub(rf"({_NAME})⊤\s*·?\s*(?=\w+\(|\()", lambda found: inner(found, known), text)
    text = re.sub(r"⊤\s*(?=[\w(])", "⊤·", text)
    if not any(known.letters_of.values()) or not re.match(r"[^=]*=(?!=)", text):
        return text.replace("⊤", "").replace("⊙", "·").replace("@", "·") if not any(known.letters_of.values()) else text
    left, _, right = text.partition("=")
    right = re.sub(rf"({_NAME})⊤", lambda found: found[1] if len(known.of(found[1]) or ()) < 2 else found[0], right)
    right = apart(right, known)
    before, right = right, softmaxed(right, known)
    right = reduced(right, known)
    right = unlettered(left, right, known)
    names = [name for name in _BARE.findall(right) if name.partition("_")[0] not in (*REDUCTIONS, *CONSTANTS)]
    if not all(known.taken(name) and kept(name) not in known.unclear for name in names):
        return text.replace("⊤", "").replace("⊙", "·")  # what an unknown name has, nobody knows
    right = paired(right, known)
    right = _BARE.sub(lambda found: entry(found[1], known), right)
    name = left.strip()
    free = free_letters(right, known)
    plain = re.fullmatch(_NAME, name) is not None and known.of(name) in (None, ())
    if plain and name not in GOALS and right != before and 0 < len(free) <= MOST:
        left = f"{name}[{','.join(free)}] "
    return f"{left.rstrip()} = {right.strip()}".replace("⊙", "·")


def inner(found: re.Match[str], known: Familiar) -> str:
    """``v⊤ max(0, W x)``: the inner product with what a call or a bracket gives."""
    own, last = known.of(found[1]) or (), closing(found.string, found.string.index("(", found.end()))
    names = _BARE.findall(found.string[found.end() : last])
    shared = len(own) == 1 and any(own[0] in (known.of(name) or ()) for name in names)
    return f"Σ_{own[0]} {found[1]}[{own[0]}]·" if shared else found[0]


def apart(text: str, known: Familiar) -> str:
    """``Wx`` in two names."""
    def two(found: re.Match[str]) -> str:
        made = together(found[1], known) if not known.taken(found[1]) else []
        return " ".join(map(pretty, made)) if any(known.of(one) for one in made) else found[0]

    return re.sub(rf"(?<![\w∂.])({_NAME})(?![\w\[(])", two, text)


def paired(text: str, known: Familiar) -> str:
    """Products of two arrays, summed over the letter that they share."""
    def product(found: re.Match[str]) -> str:
        one, transposed, sign, other = found.groups()
        third = _NEXT.match(found.string, found.end()), _BEFORE.search(found.string[: found.start()])
        if any(match and known.of(match[1]) for match in third):
            return found[0]
        mine, theirs = known.of(one), known.of(other)
        if not mine or not theirs:
            return found[0]
        if sign == "⊙":
            return f"{entry(one, known)}·{entry(other, known)}" if mine == theirs else found[0]
        shared = [letter for letter in mine if letter in theirs]
        if len(shared) != 1 or (len(mine) == 2 and not transposed and mine[1] != shared[0]):
            return found[0]
        return f"Σ_{shared[0]} {entry(one, known)}·{entry(other, known)}"

    return _TWO.sub(product, text)


def reduced(text: str, known: Familiar) -> str:
    """``sum(w*x)`` and ``mean((y - t)^2)`` over the letters of the arrays in them."""
    for found in reversed(list(_REDUCED.finditer(text))):
        last = closing(text, found.end() - 1)
        if last < 0:
            continue
        given = arguments(text[found.end() : last])
        body = re.sub(r"\s+for\s+\w+\s+in\s+.*$", "", given[0])
        letters = {own for name in _BARE.findall(body) if (own := known.of(name))}
        asked = [one for one in given[1:] if known.letter(one)]
        if len(given) > 1 + len(asked):
            continue
        own = tuple(asked) or (next(iter(letters)) if len(letters) == 1 else ())
        if not own and (spelled := free_letters(body, known)) and "for" in given[0]:
            own = tuple(spelled)
        if own:
            inside = _BARE.sub(lambda name: entry(name[1], known), body or "")
            if len(own) == 1 and outside(own[0], text[: found.start()] + text[last + 1 :], known):
                inside = re.sub(rf"(?<=[\[,]){own[0]}(?=[\],])", f"{own[0]}'", inside)
                own = (f"{own[0]}'",)
            under = f"_{own[0]}" if len(own) == 1 else f"_{{{','.join(own)}}}"
            word = found[1] if found[1] != "Σ" else "sum"
            whole = f"({word}{under} ({inside}))"
            text = text[: found.start()] + whole + text[last + 1 :]
    return text


def outside(letter: str, rest: str, known: Familiar) -> bool:
    """Whether what stands around a reduction over a letter has it too."""
    arrays_ = any(letter in (known.of(name) or ()) for name in _BARE.findall(rest))
    return arrays_ or re.search(rf"[\[,]{letter}[\],]", rest) is not None


def unlettered(left: str, right: str, known: Familiar) -> str:
    """``Σ w[i]·x[i]`` over the letters that nothing else binds."""
    def lettered(found: re.Match[str]) -> str:
        outer = set(re.findall(r"[^\W\d_]", "".join(re.findall(r"\[([^\[\]]*)\]", left))))
        body = found[2]
        own = [letter for letter in free_letters(body, known) if letter not in outer]
        if not own:
            body = _BARE.sub(lambda name: entry(name[1], known), body)
            own = [letter for letter in free_letters(body, known) if letter not in outer]
            body, own = (body, own) if len(own) == 1 else (found[2], [])
        under = f"_{own[0]}" if len(own) == 1 else f"_{{{','.join(own)}}}"
        return f"{found[1]}{under} {body.strip()}" if own else found[0]

    return re.sub(r"(Σ|(?<!\w)sum)(?!\w|_)\s*([^-+=]+)", lettered, right)


def softmaxed(text: str, known: Familiar) -> str:
    """``softmax(z)`` and ``softmax(z[j])``."""
    def one(found: re.Match[str]) -> str:
        letters = [found[3]] if found[3] else list(known.of(found[2]) or ())
        return f"softmax_{letters[-1]}({found[2]}[{','.join(letters)}])" if len(letters) == 1 else found[0]

    return re.sub(rf"(?<!\w)([Ss]oftmax)\(\s*({_NAME})(?:\[(\w)\])?\s*\)(?:\[\w\]|_\{{?\w\}}?)?", one, text)


def entry(name: str, known: Familiar) -> str:
    own = known.of(name)
    return f"{name}[{','.join(own)}]" if own else name


def free_letters(text: str, known: Familiar) -> list[str]:
    """The letters in square brackets that no reduction of the line binds, in order."""
    letter = r"[^\W\d_]'*"
    bound = set(re.findall(letter, ",".join(_UNDER.findall(text))))
    found = [one for inside in re.findall(r"\[([^\[\]<>=]*)\]", text) for one in re.findall(letter, inside)]
    softmax = set(re.findall(r"softmax_(\w)", text))
    return list(dict.fromkeys(one for one in found if known.letter(one) and (one not in bound or one in softmax)))
