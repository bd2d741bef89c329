"""The nine machine operations in WGSL, each with one bit pattern for its result, whatever a compiler may assume.

WGSL lets a compiler fuse and reorder operations, take infinite numbers and NaN for absent, and divide and take roots
nearly. So the result of each operation passes a wall: its bits are combined with a zero that is known at run time
alone; and operands whose place in an operation could be seen through pass one of another zero. Comparisons look at
bits; so do the parts of a number. A quotient and a root can be had in whole numbers, where those of a device are not
rounded as IEEE 754 says.
"""

from __future__ import annotations

from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Modes:
    """How the operations are written: with walls or without (which is for tests), and whether quotients and roots are
    the device's own or made in whole numbers."""

    walls: bool = True
    own_quotient: bool = True
    own_root: bool = True


OWN = Modes()

ALWAYS = """\
var<private> zero: u32;  // 0, which no compiler knows
var<private> second: u32;  // another one: with one and the same twice a wall would be none
var<private> nought: f32;
var<private> minus_nought: f32;
fn begin_numbers() {
  zero = zeros[0];
  second = zeros[1];
  nought = bitcast<f32>(zero);
  minus_nought = pattern(0x80000000u);
}
fn pattern(bits: u32) -> f32 { return bitcast<f32>(bits ^ zero); }
fn bits_of(x: f32) -> u32 { return bitcast<u32>(x) ^ second; }
fn odd(x: f32) -> bool { return (bits_of(x) & 0x7f800000u) == 0x7f800000u; }  // infinite or NaN
fn given_number(x: f32) -> bool { return (bits_of(x) & 0x7fffffffu) <= 0x7f800000u; }  // anything but NaN
fn differs(x: f32, y: f32) -> bool { return bits_of(x) != bits_of(y); }
fn place(x: f32) -> i32 { let i = bitcast<i32>(bits_of(x)); return select(i, -(i & 0x7fffffff), i < 0); }
fn less(x: f32, y: f32) -> bool { return given_number(x) & given_number(y) & (place(x) < place(y)); }
fn at_most(x: f32, y: f32) -> bool { return given_number(x) & given_number(y) & (place(x) <= place(y)); }
fn equal(x: f32, y: f32) -> bool { return given_number(x) & given_number(y) & (place(x) == place(y)); }
fn unequal(x: f32, y: f32) -> bool { return !equal(x, y); }
fn negative(x: f32) -> f32 { return bitcast<f32>(bits_of(x) ^ 0x80000000u); }
fn whole_below(x: f32) -> f32 { return wall(floor(x)); }
fn scaled(x: f32, n: f32) -> f32 { return product(x, pattern(u32(i32(n) + 127) << 23u)); }
fn plain_number(a: u32) -> bool { return (a != 0u) & (a < 0x7f800000u); }
fn shift_of(a: u32) -> u32 { return select(0u, countLeadingZeros(a) - 8u, a < 0x800000u); }
fn fraction(x: f32) -> f32 {  // of x = fraction * 2^exponent, 1/2 <= |fraction| < 1
  let i = bits_of(x);
  let a = i & 0x7fffffffu;
  if (!plain_number(a)) { return x; }
  return pattern((i & 0x80000000u) | 0x3f000000u | ((a << shift_of(a)) & 0x7fffffu));
}
fn exponent(x: f32) -> f32 {
  let a = bits_of(x) & 0x7fffffffu;
  if (!plain_number(a)) { return nought; }
  return f32(select(i32(a >> 23u), 1 - i32(shift_of(a)), a < 0x800000u) - 126);
}
"""

WALLS = """\
fn wall(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ zero); }
fn apart(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ second); }
"""

NO_WALLS = """\
fn wall(x: f32) -> f32 { return x; }
fn apart(x: f32) -> f32 { return x; }
"""

SUMS = """\
fn sum(x: f32, y: f32) -> f32 { return wall(x + y); }
fn difference(x: f32, y: f32) -> f32 { return wall(x - apart(y)); }
fn product(x: f32, y: f32) -> f32 { return wall(x * y); }
"""

OWN_QUOTIENT = """\
fn quotient(x: f32, y: f32) -> f32 { return wall(x / apart(y)); }
"""

OWN_ROOT = """\
fn root(x: f32) -> f32 { return select(wall(sqrt(x)), pattern(0x7fc00000u), less(x, nought)); }
"""

WHOLE_QUOTIENT = """\
fn quotient(x: f32, y: f32) -> f32 {  // digit by digit, rounded to nearest, ties to even
  let sign = (bits_of(x) ^ bits_of(y)) & 0x80000000u;
  let a = bits_of(x) & 0x7fffffffu;
  let b = bits_of(y) & 0x7fffffffu;
  if ((a > 0x7f800000u) | (b > 0x7f800000u) | ((a == 0u) & (b == 0u)) | ((a == 0x7f800000u) & (b == 0x7f800000u))) {
    return pattern(0x7fc00000u);
  }
  if ((a == 0x7f800000u) | (b == 0u)) { return pattern(sign | 0x7f800000u); }
  if ((a == 0u) | (b == 0x7f800000u)) { return pattern(sign); }
  var rest = ((a << shift_of(a)) & 0x7fffffu) | 0x800000u;
  let by = ((b << shift_of(b)) & 0x7fffffu) | 0x800000u;
  var power = i32(exponent(x)) - i32(exponent(y)) + 127;
  if (rest < by) { rest = rest << 1u; power = power - 1; }
  var digits = 0u;
  for (var k = 0; k < 25; k++) {
    digits = digits << 1u;
    if (rest >= by) { rest = rest - by; digits = digits | 1u; }
    rest = rest << 1u;
  }
  let normal = max(power, 1);
  let lost = u32(min(normal - power, 29)) + 1u;
  let kept = digits >> lost;
  let left = digits & ((1u << lost) - 1u);
  let half = 1u << (lost - 1u);
  let up = (left > half) | ((left == half) & ((rest != 0u) | ((kept & 1u) == 1u)));
  if (power > 254) { return pattern(sign | 0x7f800000u); }
  return pattern(sign | (((u32(normal) - 1u) << 23u) + kept + select(0u, 1u, up)));
}
"""

WHOLE_ROOT = """\
fn root(x: f32) -> f32 {  // digit by digit; no root lies in the middle of two numbers
  let i = bits_of(x);
  let a = i & 0x7fffffffu;
  if ((a == 0u) | (i == 0x7f800000u)) { return x; }
  if ((i != a) | (a > 0x7f800000u)) { return pattern(0x7fc00000u); }
  var power = i32(exponent(x)) - 1;
  var digits = (((a << shift_of(a)) & 0x7fffffu) | 0x800000u) << 1u;
  if ((power & 1) != 0) { digits = digits << 1u; power = power - 1; }
  var rest = 0u;
  var found = 0u;
  for (var k = 0; k < 25; k++) {
    rest = rest << 2u;
    if (k < 13) { rest = rest | ((digits >> u32(24 - 2 * k)) & 3u); }
    let tried = (found << 2u) | 1u;
    found = found << 1u;
    if (rest >= tried) { rest = rest - tried; found = found | 1u; }
  }
  return pattern((u32(power / 2 + 126) << 23u) + (found >> 1u) + (found & 1u));
}
"""


def arithmetic(modes: Modes) -> str:
    """The text of the operations."""
    return "".join((
        ALWAYS, WALLS if modes.walls else NO_WALLS, SUMS,
        OWN_QUOTIENT if modes.own_quotient else WHOLE_QUOTIENT, OWN_ROOT if modes.own_root else WHOLE_ROOT,
    ))  # fmt: skip
