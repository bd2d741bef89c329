"""What may stand at the end of a line, and what may not."""

from __future__ import annotations

from chainrule.notation import corrections
from chainrule.notation.names import clip
from chainrule.notation.reader import COMPARISONS, Reader


def finished(reader: Reader) -> None:
    """The line must end here."""
    token = reader.token
    if token.kind == "end":
        return
    if token.text in COMPARISONS:
        reader.fail(
            "E025",
            f"{reader.found()} stands outside of square brackets",
            "a comparison is written [a > b]; it is 1 or 0; equations have one =",
        )
    if token.text == ",":
        before, after = reader.tokens[max(reader.at - 1, 0)], reader.peek()
        if before.kind == after.kind == "number":
            meant = clip(f"{before.text}.{after.text}")
            reader.fail("E004", "a number is written with a point", f"write {meant}", reader.at - 1, reader.at + 1)
    if token.text == "|":
        corrections.absolute(reader)
    if token.text in (":=", ",") and reader.tokens[0].text == "state":
        help = "a state needs no declaration: in a block update θ, g a line such as v := 0 says where it begins"
        reader.fail("E015", "states are named in a block of learning", help, 0)
    if token.text == "=":
        reader.fail("E015", "an equation has one =", "equality is compared in square brackets: [a == b]")
    if token.text == "{":
        reader.fail("E015", "braces are only for listed values and letters", "write round brackets ( )")
    reader.fail(
        "E015",
        f"{reader.found()} is too much in this line",
        "one statement a line; a product of brackets needs no sign, all else an operator",
    )
