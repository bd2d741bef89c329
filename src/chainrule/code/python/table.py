"""The spelling of Python with the numbers of NumPy, doubles both.

The functions of NumPy are not used, but those that are exact: their bits differ from machine to machine.
"""

from __future__ import annotations

from chainrule.code.handout.entries import RESERVED
from chainrule.code.handout.files import literal
from chainrule.code.spelling import ATOM, LOOSE, PRODUCT, SUM, Form, Spelling, compared, infix

HELPERS = {
    "divide": '''\
def divide(a, b):
    """a/b, infinite or NaN where b is 0."""
    return a / b if b else np.float64(a) / b''',
    "scale": '''\
def scale(a, n):
    """a·2^n"""
    return a * math.ldexp(1.0, int(n)) if n == n else n''',
    "fraction": '''\
def fraction(a):
    """The fraction f of a = f·2^e, with 1/2 <= |f| < 1."""
    return np.frexp(a)[0]''',
    "exponent": '''\
def exponent(a):
    """The exponent e of a = f·2^e."""
    return float(np.frexp(a)[1]) if math.isfinite(a) else 0.0''',
}
"""What operations need that Python has no sign for."""

OWN = """
state consts visited after put step left told unchanged turn np math sys scale fraction exponent divide train main
numbers permutation ROWS float int print range reversed len text one k order
"""

PYTHON = Spelling(
    name="Python",
    number=literal,
    operations={
        "add": infix("+", SUM),
        "subtract": infix("-", SUM),
        "multiply": infix("*", PRODUCT),
        "divide": Form("divide({0}, {1})"),
        "negative": Form("-{0}", PRODUCT, (ATOM,)),
        "sqrt": Form("np.sqrt({0})"),
        "floor": Form("np.floor({0})"),
        "scale": Form("scale({0}, {1})"),
        "fraction": Form("fraction({0})"),
        "exponent": Form("exponent({0})"),
    },
    comparisons={sign: compared(sign) for sign in ("<", "<=", ">", ">=", "==", "!=")},
    choose=Form("{1} if {0} else {2}", LOOSE, (SUM, SUM, SUM)),
    differ=Form("({0}).hex() != ({1}).hex()", LOOSE),
    both=" and ",
    either=" or ",
    prelude="",
    reserved=RESERVED | frozenset(OWN.split()),
    comment="# {text}",
    constant="{name} = {value}",
    variable="{name} = {value}",
    whole="{name} = {value}",
    counter="{name} = {value}",
    assign="{name} = {value}",
    read="{array}[{index}]",
    write="{array}[{index}] = {value}",
    numbers="{name} = np.zeros({count})",
    table="{name} = np.array([{values}])",
    function="def {name}({arguments}):",
    argument={"number": "{name}", "numbers": "", "wholes": "", "whole": "{name}"},
    give="return {value}",
    up="for {letter} in range({count}):",
    down="for {letter} in reversed(range({count})):",
    when="if {test}:",
    again="while {test}:",
    leave="break",
    end="",
    indent="    ",
    own="own_{name}",
    real=Form("np.float64({0})"),
    odd=Form("not math.isfinite({0})"),
)
