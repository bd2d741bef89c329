"""Modules of JavaScript → one program with short names, without what nothing of it uses.

Every module's own names are changed, those that others see to one that no other module has; what a browser gives,
properties and methods keep theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chainrule.page.minify import KEYWORDS, LINE, NAME, NUMBER, REGEX, SIGN, STRING, Token, joined_tokens, tokens
from chainrule.values import dataclass

IMPORT = re.compile(r'^import \{ ([^}]*) \} from "\./([a-z_]+)\.js";$', re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|let|class) )", re.M)

WINDOW = """
Array ArrayBuffer BigInt Blob Boolean CSS DataView DecompressionStream Error Event FileReader Float32Array Float64Array
Image Infinity Int32Array Int8Array JSON Map Math NaN Node Number Object Promise RangeError Response Set String
TextDecoder TextEncoder
TypeError URL Uint32Array Uint8Array XMLSerializer addEventListener atob btoa cancelAnimationFrame clearTimeout
clearInterval console decodeURIComponent document encodeURIComponent getComputedStyle globalThis history innerHeight
innerWidth isSecureContext location matchMedia module navigator parent performance postMessage removeEventListener
RegExp requestAnimationFrame require self setInterval setTimeout structuredClone window
"""
GLOBALS = frozenset(WINDOW.split())
"""What a browser gives. A test holds that no module uses another name that it does not make."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its tokens without imports and the word export, what it imports (own name → module and name there), and
    the names that are made at its top."""

    name: str
    found: list[Token]
    given: Mapping[str, tuple[str, str]]
    tops: tuple[str, ...]


def module(name: str, text: str) -> Module:
    """A text as a module."""
    given = dict[str, tuple[str, str]]()
    for one in IMPORT.finditer(text):
        for pair in one[1].split(","):
            there, _, here = pair.strip().partition(" as ")
            given[here or there] = one[2], there
    found = tokens(EXPORT.sub("", IMPORT.sub("", text)))
    return Module(name, found, given, tuple(top(found)))


def bundle(modules: Sequence[Module]) -> str:
    """The program of modules, each of which stands behind those that it imports.

    >>> two = module("a", "export const size = 2;\\nexport function spare() { return size; }")
    >>> bundle([two, module("b", 'import { size } from "./a.js";\\nconsole.log({ size });')])
    'const $=2;console.log({size:$});'
    """
    seen = Counter[tuple[str, str]]()
    for one in modules:
        for name, count in own(one.found).items():
            if name in one.tops or name in one.given:
                seen[one.given.get(name, (one.name, name))] += count
    shared = dict(zip([pair for pair, _ in seen.most_common()], letters(set(), FIRST), strict=False))
    taken, out = set(shared.values()), list[Token]()
    for one in modules:
        names = {name: shared[pair] for name, pair in one.given.items() if pair in shared}
        names |= {name: shared[one.name, name] for name in one.tops if (one.name, name) in shared}
        rest = [name for name, _ in own(one.found).most_common() if name not in names]
        names |= dict(zip(rest, letters(taken, SECOND), strict=False))
        out += [*renamed(one.found, names), Token(LINE, "\n")]
    return joined_tokens(used(out))


# ---- what is used


def used(found: Sequence[Token]) -> list[Token]:
    """The tokens without functions and plain values at the top that nothing names."""
    every = list(statements(found))
    makes = [made(one) for one in every]
    asked = [{token.text for token in one if token.kind == NAME and token.role != "key"} for one in every]
    keep = {place for place, name in enumerate(makes) if name is None}
    todo = list(keep)
    where = {name: place for place, name in enumerate(makes) if name is not None}
    while todo:
        for name in asked[todo.pop()]:
            place = where.get(name)
            if place is not None and place not in keep:
                keep.add(place)
                todo.append(place)
    return [token for place, one in enumerate(every) if place in keep for token in one]


def statements(found: Sequence[Token]) -> Iterator[list[Token]]:
    """The statements at the top."""
    one = list[Token]()
    for token in found:
        one.append(token)
        first = next((each.text for each in one if each.kind != LINE), "")
        ends = ";" if first not in ("function", "class", "for", "if", "while", "async") else "}"
        if token.depth == 0 and token.text == ends and token.kind == SIGN:
            yield one
            one = []
    yield one


def made(statement: Sequence[Token]) -> str | None:
    """The name that a statement makes and nothing else: of a function, or of a plain value."""
    known = [one for one in statement if one.kind != LINE]
    if len(known) < 2:
        return None
    if known[0].text in ("function", "class"):
        return known[2 if known[1].text == "*" else 1].text
    if known[0].text != "const" or known[1].kind != NAME or len(known) < 5 or known[2].text != "=":
        return None
    value = known[3:-1]
    plain = len(value) == 1 and value[0].kind in (NUMBER, STRING, REGEX)
    arrow = value[1].text == "=>" if value[0].kind == NAME and len(value) > 1 else value[0].text == "("
    if not plain and not arrow:
        return None
    if value[0].text == "(":
        close = next(place for place, one in enumerate(value) if one.text == ")" and one.depth == 0)
        if close + 1 >= len(value) or value[close + 1].text != "=>":
            return None
    level = [one.text for one in value if one.depth == 0]
    return None if "," in level and "=>" not in level[: level.index(",")] else known[1].text


# ---- names

FIRST = "$ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""First letters of names that modules share; the others are the modules' own."""
SECOND = "abcdefghijklmnopqrstuvwxyz_"
MORE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def letters(taken: set[str], first: str) -> Iterator[str]:
    """Short names, the shortest first.

    >>> from itertools import islice
    >>> list(islice(letters({"b"}, "ab"), 4))
    ['a', 'aa', 'ba', 'ab']
    """
    size = 1
    while True:
        for place in range(len(first) * len(MORE) ** (size - 1)):
            name, rest = first[place % len(first)], place // len(first)
            for _ in range(size - 1):
                name, rest = name + MORE[rest % len(MORE)], rest // len(MORE)
            if name not in taken and name not in KEYWORDS and name not in GLOBALS:
                yield name
        size += 1


def own(found: Sequence[Token]) -> Counter[str]:
    """How often each name of the text itself stands in it."""
    return Counter(
        one.text for one in found
        if one.kind == NAME and one.role != "key" and one.text not in KEYWORDS and one.text not in GLOBALS
    )  # fmt: skip


def top(found: Sequence[Token]) -> list[str]:
    """The names that are made at the top of the text, in their order."""
    made, place = list[str](), 0
    while place < len(found):
        one = found[place]
        place += 1
        if one.depth or one.kind != NAME or one.role:
            continue
        if one.text in ("function", "class"):
            made.append(found[place + (found[place].text == "*")].text)
        elif one.text in ("const", "let"):
            place = bound(found, place, made)
    return made


def bound(found: Sequence[Token], place: int, made: list[str]) -> int:
    """Adds the names that a declaration at the top makes; where it ends."""
    naming = True
    while place < len(found) and not (found[place].depth == 0 and found[place].text == ";"):
        one = found[place]
        if one.depth == 0 and one.text == ",":
            naming = True
        elif one.depth == 0 and one.text == "=":
            naming = False
        elif naming and one.kind == NAME and one.role != "key":
            made.append(one.text)
        place += 1
    return place


def renamed(found: Sequence[Token], names: Mapping[str, str]) -> list[Token]:
    """The same with other names inside."""
    out = list[Token]()
    for one in found:
        new = names.get(one.text) if one.kind == NAME and one.role != "key" else None
        if new is None or new == one.text:
            out.append(one)
        elif one.role == "short":
            out += [Token(NAME, one.text, "key"), Token(SIGN, ":"), Token(NAME, new)]
        else:
            out.append(Token(NAME, new, one.role, one.depth))
    return out
