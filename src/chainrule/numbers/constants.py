"""What the elementary functions know of a floating-point format: their coefficients, and where a format ends.

The programs are the same for every format; only these numbers differ. `numbers.coefficients` has them for float64
(``DOUBLE``) and float32 (``SINGLE``).
"""

from chainrule.values import dataclass

Polynomial = tuple[float, ...]
"""c₀, c₁, … of c₀ + c₁x + c₂x² + …"""


@dataclass(frozen=True, slots=True)
class Constants:
    """The constants of one format. Each is a number of that format."""

    log2_e: float
    ones: float
    ln2_high: float
    ln2_low: float
    sqrt_half: float
    two_thirds_high: float
    two_thirds_halves: tuple[float, float]
    two_thirds_low: float
    two_over_pi: float
    half_pi_words: Polynomial
    trigonometric_range: float
    reach: float
    arctan_bases: tuple[tuple[float, float, float, float], ...]
    exp_highest: float
    exp_lowest: float
    splitter: float
    exp_tail: Polynomial
    sinh_tail: Polynomial
    log_tail: Polynomial
    log_long_tail: Polynomial
    sin_tail: Polynomial
    cos_tail: Polynomial
    arctan_tail: Polynomial
    erf_near: Polynomial
    erf_far: Polynomial
