"""Texts made to exhaust: each is read or refused in bounded time, without recursion."""

import sys
import threading
import time
from collections.abc import Callable

import pytest

from chainrule.errors import ChainruleError
from chainrule.notation import parse, parse_expression, show

MANY, SOME = 100_000, 10_000
SLOWEST = 20.0  # seconds of processor time; about half a second is usual, quadratic work would take minutes

TEXTS = {
    "brackets": ("(" * MANY + "x" + ")" * MANY, "E006"),
    "open brackets": ("(" * MANY, "E006"),
    "some open brackets": ("(" * 300, "E010"),
    "closing brackets": (")" * MANY, "E011"),
    "minus signs": ("-" * MANY + "x", "E023"),
    "bracketed minus signs": ("(-" * MANY + "x" + ")" * MANY, "E006"),
    "a sum": ("+".join(["x"] * MANY), None),
    "a product": ("*".join(["x"] * SOME), None),
    "a product without signs": (" ".join(["x"] * SOME), None),
    "quotients": ("/".join(["x"] * SOME), "E006"),
    "powers": ("^".join(["x"] * SOME), "E006"),
    "negative powers": ("^-".join(["x"] * SOME), "E006"),
    "superscripts": ("x" + "²" * SOME, "E006"),
    "calls": ("exp(" * SOME + "x" + ")" * SOME, "E006"),
    "arguments": ("f(" + ",".join(["x"] * SOME) + ")", None),
    "reductions": ("Σ_i " * SOME + "x", "E006"),
    "maxima": ("max_i " * SOME + "x", "E006"),
    "square brackets": ("[x > " * SOME + "0" + "]" * SOME, "E006"),
    "conditions": ("if(x > 0, " * SOME + "x" + ", 0)" * SOME, "E006"),
    "derivatives": ("d(" * SOME + "x" + ")/d(w)" * SOME, "E006"),
    "signs of derivatives": ("∂" * SOME, "E027"),
    "bars": ("|" * SOME, "E026"),
    "shifts": ("x[" + "i+" * SOME + "i]", None),
    "indices": ("x[" + "i," * SOME + "i]", None),
    "subscripts": ("x" + "ᵢ" * SOME, None),
    "accents": ("x" + "\u0302" * SOME, None),
    "a long name": ("x" * SOME, None),
    "underscores": ("x" + "_" * SOME, None),
    "a long number": ("1" * SOME, "E006"),
    "an exponent": ("1e" + "9" * 60, "E005"),
    "fractions": ("½" * SOME, "E022"),
    "comparisons": ("<" * SOME, "E012"),
    "LaTeX": ("\\frac{" * SOME, "E007"),
    "points": ("." * SOME, "E012"),
}


def in_a_small_stack(work: Callable[[], object]) -> object:
    """The result of a call with a recursion limit of 150 in a stack of 512 KiB."""
    results: list[object] = []

    def limited() -> None:
        sys.setrecursionlimit(150)
        try:
            results.append(work())
        except ChainruleError as error:
            results.append(error)

    old_size, old_limit = threading.stack_size(512 * 1024), sys.getrecursionlimit()
    try:
        thread = threading.Thread(target=limited)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old_size)
        sys.setrecursionlimit(old_limit)
    (result,) = results
    return result


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_exhausts_the_parser(name: str) -> None:
    text, code = TEXTS[name]
    start = time.process_time()
    result = in_a_small_stack(lambda: show(parse_expression(text)))
    assert time.process_time() - start < SLOWEST
    assert getattr(result, "code", None) == code
    assert isinstance(result, ChainruleError | str)
    if code is None:
        assert str(result).count("x") == text.count("x") or "x̂" in str(result) or "hat" in str(result)


def test_a_tree_as_deep_as_the_limit_is_read_and_printed() -> None:
    text = "exp(" * 199 + "x" + ")" * 199
    assert in_a_small_stack(lambda: show(parse_expression(text))) == text
    deeper = in_a_small_stack(lambda: parse_expression(f"exp({text})"))
    assert getattr(deeper, "code", None) == "E006"


def test_reading_is_linear_in_the_lines() -> None:
    def calls(lines: int) -> int:
        """How many functions are called, Python's own included: a count, since seconds depend on who else is busy."""
        model = "index i = 1..2\nweight w[i]\n" + "".join(
            f"h{n} = tanh(0.5·h{n - 1} + Σ_i w[i]·x{n}) − ½(h{n - 1} − 3)²/2\n" for n in range(1, lines)
        )
        count, before = 0, sys.getprofile()

        def counted(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            parse(model)
        finally:
            sys.setprofile(before)
        return count

    assert calls(800) < 1.2 * 4 * calls(200)  # linear is 4; a quadratic part would make it 16
