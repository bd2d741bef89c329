"""The constants of the elementary functions, as exact hexadecimal floats: generated, do not edit.

Made by ``python scripts/elementary.py coefficients``, which says how; the errors they lead to are in
docs/reference/elementary.md.
"""

from math import inf

from chainrule.numbers.constants import Constants

hexadecimal = float.fromhex

DOUBLE = Constants(
    # 1/log 2
    log2_e=hexadecimal("0x1.71547652b82fep+0"),
    # beside it a sum is an integer
    ones=6755399441055744.0,
    # log 2, its first 32 bits
    ln2_high=hexadecimal("0x1.62e42feep-1"),
    # log 2, the rest
    ln2_low=hexadecimal("0x1.a39ef35793c76p-33"),
    # √½
    sqrt_half=hexadecimal("0x1.6a09e667f3bcdp-1"),
    # ⅔, its first 53 bits
    two_thirds_high=hexadecimal("0x1.5555555555555p-1"),
    # those bits in two halves
    two_thirds_halves=(
        hexadecimal("0x1.5555554p-1"),
        hexadecimal("0x1.555555p-29"),
    ),
    # ⅔, the rest
    two_thirds_low=hexadecimal("0x1.5555555555555p-55"),
    # 2/π
    two_over_pi=hexadecimal("0x1.45f306dc9c883p-1"),
    # ½π in words of 26, 26, 26 and 53 bits
    half_pi_words=(
        hexadecimal("0x1.921fb5p+0"),
        hexadecimal("0x1.110b46p-26"),
        hexadecimal("0x1.1a6263p-54"),
        hexadecimal("0x1.8a2e03707344ap-81"),
    ),
    # sin and cos keep their error up to this size
    trigonometric_range=100000000.0,
    # r after the turn is at most
    reach=hexadecimal("0x1.921ff2e48e8a7p-1"),
    # from this size of x on: c, and arctan c in two words
    arctan_bases=(
        (0.4, 0.5, hexadecimal("0x1.dac670561bb4fp-2"), hexadecimal("0x1.a2b7f222f65e2p-56")),
        (0.7, 1.0, hexadecimal("0x1.921fb54442d18p-1"), hexadecimal("0x1.1a62633145c07p-55")),
        (1.4, 2.0, hexadecimal("0x1.1b6e192ebbe44p+0"), hexadecimal("0x1.b1b466a88828ep-54")),
        (2.5, inf, hexadecimal("0x1.921fb54442d18p+0"), hexadecimal("0x1.1a62633145c07p-54")),
    ),
    # above it eˣ and eˣ/2 are ∞
    exp_highest=710.5,
    # below it eˣ and eˣ/2 are 0
    exp_lowest=-747.0,
    # times this, less that product: half the bits
    splitter=134217729.0,
    # (eʳ − 1 − r)/r² in r, |r| ≤ 0.3467
    exp_tail=(
        0.5,
        hexadecimal("0x1.5555555555557p-3"),
        hexadecimal("0x1.5555555555556p-5"),
        hexadecimal("0x1.11111111100d3p-7"),
        hexadecimal("0x1.6c16c16c162cfp-10"),
        hexadecimal("0x1.a01a01abeccc3p-13"),
        hexadecimal("0x1.a01a01a6db488p-16"),
        hexadecimal("0x1.71de02225a2f3p-19"),
        hexadecimal("0x1.27e4db5bb725ap-22"),
        hexadecimal("0x1.af4e092e1705bp-26"),
        hexadecimal("0x1.1f7315649f2d7p-29"),
    ),
    # (sinh x − x)/x³ in x², |x| ≤ 1
    sinh_tail=(
        hexadecimal("0x1.5555555555555p-3"),
        hexadecimal("0x1.1111111111111p-7"),
        hexadecimal("0x1.a01a01a01a001p-13"),
        hexadecimal("0x1.71de3a556f96cp-19"),
        hexadecimal("0x1.ae6456792a77fp-26"),
        hexadecimal("0x1.612467ccb226p-33"),
        hexadecimal("0x1.ae777c36fd5b6p-41"),
        hexadecimal("0x1.99f0806c2628dp-49"),
    ),
    # 2(artanh s − s)/s³ in s², s ≤ 3 − 2√2
    log_tail=(
        hexadecimal("0x1.5555555555555p-1"),
        hexadecimal("0x1.9999999999a38p-2"),
        hexadecimal("0x1.2492492476cccp-2"),
        hexadecimal("0x1.c71c720159177p-3"),
        hexadecimal("0x1.745cf9048dd95p-3"),
        hexadecimal("0x1.3b1c355a8f7a2p-3"),
        hexadecimal("0x1.0fbe95d71602p-3"),
        hexadecimal("0x1.0c039c49989c6p-3"),
    ),
    # 2(artanh s − s − s³/3)/s⁵ in s²
    log_long_tail=(
        0.4,
        hexadecimal("0x1.2492492492491p-2"),
        hexadecimal("0x1.c71c71c71cfd7p-3"),
        hexadecimal("0x1.745d17451376fp-3"),
        hexadecimal("0x1.3b13b1bc64d9dp-3"),
        hexadecimal("0x1.1110dfb2433c1p-3"),
        hexadecimal("0x1.e1f7f8b33879dp-4"),
        hexadecimal("0x1.ac4ab12e9f86p-4"),
        hexadecimal("0x1.b8d2ce0baf5e8p-4"),
    ),
    # (sin r − r)/r³ in r², |r| ≤ 0.7854
    sin_tail=(
        hexadecimal("-0x1.5555555555555p-3"),
        hexadecimal("0x1.111111111111p-7"),
        hexadecimal("-0x1.a01a01a019938p-13"),
        hexadecimal("0x1.71de3a5460946p-19"),
        hexadecimal("-0x1.ae645412c3273p-26"),
        hexadecimal("0x1.61217f09bcb04p-33"),
        hexadecimal("-0x1.ab17d2facc8bdp-41"),
    ),
    # (cos r − 1 + r²/2)/r⁴ in r², |r| ≤ 0.7854
    cos_tail=(
        hexadecimal("0x1.5555555555555p-5"),
        hexadecimal("-0x1.6c16c16c16967p-10"),
        hexadecimal("0x1.a01a019f4eaf1p-16"),
        hexadecimal("-0x1.27e4fa17d8c71p-22"),
        hexadecimal("0x1.1eeb68e7eb073p-29"),
        hexadecimal("-0x1.907da2754caa9p-37"),
    ),
    # (arctan u − u)/u³ in u², |u| ≤ 0.4
    arctan_tail=(
        hexadecimal("-0x1.5555555555555p-2"),
        hexadecimal("0x1.9999999999977p-3"),
        hexadecimal("-0x1.249249248fbf5p-3"),
        hexadecimal("0x1.c71c71c4c9a96p-4"),
        hexadecimal("-0x1.745d16b8d58bcp-4"),
        hexadecimal("0x1.3b139d734233dp-4"),
        hexadecimal("-0x1.110f4cb1417b4p-4"),
        hexadecimal("0x1.e1ac54fdd98e7p-5"),
        hexadecimal("-0x1.ad059247eb842p-5"),
        hexadecimal("0x1.776d8dad625d5p-5"),
        hexadecimal("-0x1.22048199f005ep-5"),
        hexadecimal("0x1.1a76226815803p-6"),
    ),
    # erf x/x − 1 in x², |x| ≤ 0.875
    erf_near=(
        hexadecimal("0x1.06eba8214db68p-3"),
        hexadecimal("-0x1.812746b037966p-2"),
        hexadecimal("0x1.ce2f21a03c275p-4"),
        hexadecimal("-0x1.b82ce3106eadcp-6"),
        hexadecimal("0x1.565bccb64b8bap-8"),
        hexadecimal("-0x1.c02da3224f9dep-11"),
        hexadecimal("0x1.f9a12281911acp-14"),
        hexadecimal("-0x1.f4aa8a6184fap-17"),
        hexadecimal("0x1.b7eaa813ec74ap-20"),
        hexadecimal("-0x1.4f865e506e095p-23"),
        hexadecimal("0x1.67b8b33b0ca13p-27"),
    ),
    # e^(x²)·erfc x in (x − 3)/(x + 3), 0.875 ≤ x ≤ 6
    erf_far=(
        hexadecimal("0x1.6e9827d229d2dp-3"),
        hexadecimal("-0x1.4e102b9cf850dp-2"),
        hexadecimal("0x1.f6ff204105a4dp-3"),
        hexadecimal("-0x1.336ffbef09539p-3"),
        hexadecimal("0x1.258b13b00a7d8p-4"),
        hexadecimal("-0x1.8fa58eb4b80dap-6"),
        hexadecimal("0x1.17c83916ece3p-8"),
        hexadecimal("0x1.73101b6e711bbp-11"),
        hexadecimal("-0x1.39086ab14684dp-11"),
        hexadecimal("0x1.7ba21635ca7dep-15"),
        hexadecimal("0x1.0cb7f1770cd59p-14"),
        hexadecimal("-0x1.af49c32fd15a2p-17"),
        hexadecimal("-0x1.0ddcb78faac97p-17"),
        hexadecimal("0x1.0e9ffea5256cp-19"),
        hexadecimal("0x1.6e56538e58a8fp-20"),
        hexadecimal("0x1.476da749f7f2dp-24"),
    ),
)

SINGLE = Constants(
    # 1/log 2
    log2_e=hexadecimal("0x1.715476p+0"),
    # beside it a sum is an integer
    ones=12582912.0,
    # log 2, its first 16 bits
    ln2_high=hexadecimal("0x1.62e4p-1"),
    # log 2, the rest
    ln2_low=hexadecimal("0x1.7f7d1cp-20"),
    # √½
    sqrt_half=hexadecimal("0x1.6a09e6p-1"),
    # ⅔, its first 24 bits
    two_thirds_high=hexadecimal("0x1.555554p-1"),
    # those bits in two halves
    two_thirds_halves=(
        hexadecimal("0x1.554p-1"),
        hexadecimal("0x1.554p-13"),
    ),
    # ⅔, the rest
    two_thirds_low=hexadecimal("0x1.555556p-25"),
    # 2/π
    two_over_pi=hexadecimal("0x1.45f306p-1"),
    # ½π in words of 11, 11, 11, 11 and 24 bits
    half_pi_words=(
        hexadecimal("0x1.92p+0"),
        hexadecimal("0x1.fb4p-12"),
        hexadecimal("0x1.444p-24"),
        hexadecimal("0x1.68cp-39"),
        hexadecimal("0x1.1a6264p-54"),
    ),
    # sin and cos keep their error up to this size
    trigonometric_range=10000.0,
    # r after the turn is at most
    reach=hexadecimal("0x1.92ca58p-1"),
    # from this size of x on: c, and arctan c in two words
    arctan_bases=(
        (hexadecimal("0x1.99999ap-2"), 0.5, hexadecimal("0x1.dac67p-2"), hexadecimal("0x1.586ed4p-28")),
        (hexadecimal("0x1.666666p-1"), 1.0, hexadecimal("0x1.921fb4p-1"), hexadecimal("0x1.4442d2p-25")),
        (hexadecimal("0x1.666666p+0"), 2.0, hexadecimal("0x1.1b6e18p+0"), hexadecimal("0x1.2ebbe4p-24")),
        (2.5, inf, hexadecimal("0x1.921fb4p+0"), hexadecimal("0x1.4442d2p-24")),
    ),
    # above it eˣ and eˣ/2 are ∞
    exp_highest=89.5,
    # below it eˣ and eˣ/2 are 0
    exp_lowest=-105.0,
    # times this, less that product: half the bits
    splitter=4097.0,
    # (eʳ − 1 − r)/r² in r, |r| ≤ 0.3467
    exp_tail=(
        0.5,
        hexadecimal("0x1.5554dcp-3"),
        hexadecimal("0x1.55551ap-5"),
        hexadecimal("0x1.120b9p-7"),
        hexadecimal("0x1.6d112cp-10"),
    ),
    # (sinh x − x)/x³ in x², |x| ≤ 1
    sinh_tail=(
        hexadecimal("0x1.555556p-3"),
        hexadecimal("0x1.11111ep-7"),
        hexadecimal("0x1.a009p-13"),
        hexadecimal("0x1.78a70ep-19"),
    ),
    # 2(artanh s − s)/s³ in s², s ≤ 3 − 2√2
    log_tail=(
        hexadecimal("0x1.555556p-1"),
        hexadecimal("0x1.9999ecp-2"),
        hexadecimal("0x1.245c44p-2"),
        hexadecimal("0x1.ddced8p-3"),
    ),
    # 2(artanh s − s − s³/3)/s⁵ in s²
    log_long_tail=(
        hexadecimal("0x1.99999ap-2"),
        hexadecimal("0x1.249248p-2"),
        hexadecimal("0x1.c71deep-3"),
        hexadecimal("0x1.73d0e8p-3"),
        hexadecimal("0x1.500d52p-3"),
    ),
    # (sin r − r)/r³ in r², |r| ≤ 0.7867
    sin_tail=(
        hexadecimal("-0x1.555556p-3"),
        hexadecimal("0x1.11110ep-7"),
        hexadecimal("-0x1.a0139cp-13"),
        hexadecimal("0x1.6dba8cp-19"),
    ),
    # (cos r − 1 + r²/2)/r⁴ in r², |r| ≤ 0.7867
    cos_tail=(
        hexadecimal("0x1.555554p-5"),
        hexadecimal("-0x1.6c12ccp-10"),
        hexadecimal("0x1.9bd504p-16"),
    ),
    # (arctan u − u)/u³ in u², |u| ≤ 0.4
    arctan_tail=(
        hexadecimal("-0x1.555556p-2"),
        hexadecimal("0x1.999984p-3"),
        hexadecimal("-0x1.248be8p-3"),
        hexadecimal("0x1.c5c148p-4"),
        hexadecimal("-0x1.635d48p-4"),
        hexadecimal("0x1.a8bf36p-5"),
    ),
    # erf x/x − 1 in x², |x| ≤ 0.875
    erf_near=(
        hexadecimal("0x1.06eba6p-3"),
        hexadecimal("-0x1.81270ep-2"),
        hexadecimal("0x1.ce2186p-4"),
        hexadecimal("-0x1.b6f95ap-6"),
        hexadecimal("0x1.49ebf4p-8"),
        hexadecimal("-0x1.45c5fp-11"),
    ),
    # e^(x²)·erfc x in (x − 3)/(x + 3), 0.875 ≤ x ≤ 6
    erf_far=(
        hexadecimal("0x1.6e9828p-3"),
        hexadecimal("-0x1.4e1034p-2"),
        hexadecimal("0x1.f6ff56p-3"),
        hexadecimal("-0x1.336c7cp-3"),
        hexadecimal("0x1.25849cp-4"),
        hexadecimal("-0x1.9162bp-6"),
        hexadecimal("0x1.152e96p-8"),
        hexadecimal("0x1.3f7168p-10"),
    ),
)
