"""Where brackets close in a text, and what stands between their commas: for lines that no parser can read yet."""

from __future__ import annotations


def brackets(text: str) -> str:
    """Brackets that are missing at the end, or too many there."""
    opened: list[str] = []
    pairs = {"(": ")", "[": "]", "{": "}"}
    for place, char in enumerate(text):
        if char in pairs:
            opened.append(pairs[char])
        elif char in ")]}" and (not opened or opened.pop() != char):
            return text[:place].rstrip() if not text[place:].strip(")]} ") and not opened else text
    return text + "".join(reversed(opened))


def closing(text: str, begin: int) -> int:
    """Where the bracket closes that opens at a place; -1 where it does not."""
    depth = 0
    for place in range(begin, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return place
    return -1


def arguments(inside: str) -> list[str]:
    """What stands between the commas of a call."""
    found, depth = [""], 0
    for char in inside:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            found.append("")
        else:
            found[-1] += char
    return [one.strip() for one in found]


def operand_before(text: str, stop: int) -> int:
    """Where the name, call or bracket begins that ends at a place."""
    place = stop
    if text[place - 1] in ")]":
        depth = 0
        while place:
            place -= 1
            depth += (text[place] in ")]}") - (text[place] in "([{")
            if depth == 0:
                break
    while place and (text[place - 1].isalnum() or text[place - 1] in "_̂"):
        place -= 1
    return place


def unwrapped(text: str) -> str:
    return text[1:-1].strip() if text[:1] in "([" and closing(text, 0) == len(text) - 1 else text
