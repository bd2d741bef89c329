"""What the numbers of a training are: their format, and how a sum is added up.

``exact``
    float64. Each operation is rounded once; a sum goes from left to right, each product rounded before it is added.

``fused`` and ``fused32``
    float64 or float32. A sum is **one chain of fused multiply-adds in written order**: it begins with its first term,
    and each further term is added to the total; a term that is *written as a product* is multiplied and added in one
    operation, with one rounding: total ← fma(p, q, total), where q is its last factor and p the product of those
    before. So

    * ``a + b·c − d·e·f`` is fma(−(d·e), f, fma(b, c, a)), and ``a·b + c`` is the rounded a·b, plus c;
    * ``Σᵢ wᵢ·xᵢ`` is fma(wₙ, xₙ, … fma(w₂, x₂, w₁·x₁)), in the order in which letters run in `exact`.

    A power with a written integer exponent from 2 on is a product (its last multiplication is fused), and so is a
    product after a minus. What has a name of its own is no product, whatever it is made of: it is rounded where it is
    computed; nor is a quotient, a function, or a product with a bracket that guards it. The
    elementary functions are the programs of `numbers.elementary` with the format's own constants; where they say
    ``multiply_add``, in their polynomials above all, that is one operation. Nothing else is fused: a mean is the sum
    divided by the count.

``plain32``
    The rules of ``exact`` in float32: each operation rounded once, each product before it is added. What a device
    whose multiply-add is not one rounding can keep.

In float32 each number that is given (data, consts, starts, the numbers of the text) is rounded once from its float64.
"""

from collections.abc import Mapping
from types import MappingProxyType

from chainrule.numbers.coefficients import DOUBLE, SINGLE
from chainrule.numbers.constants import Constants
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Numerics:
    """A meaning of numbers: its name, the bits of a number, whether sums are fused, the functions' constants."""

    name: str
    bits: int
    fused: bool
    constants: Constants


EXACT = Numerics("exact", 64, False, DOUBLE)
FUSED = Numerics("fused", 64, True, DOUBLE)
FUSED32 = Numerics("fused32", 32, True, SINGLE)
PLAIN32 = Numerics("plain32", 32, False, SINGLE)

NUMERICS: Mapping[str, Numerics] = MappingProxyType({one.name: one for one in (EXACT, FUSED, FUSED32, PLAIN32)})
"""Name → what it means.

>>> list(NUMERICS)
['exact', 'fused', 'fused32', 'plain32']
"""
