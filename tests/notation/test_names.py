"""Names as typed and as kept, and the words that come near them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.notation.known import closest, distance
from chainrule.notation.names import GREEK, accented, clip, pretty
from chainrule.notation.names import ascii as kept_form


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ŷ", "y_hat"),
        ("y\u0302", "y_hat"),
        ("x̄", "x_bar"),
        ("x\u0305", "x_bar"),
        ("ẋ", "x_dot"),
        ("x̃", "x_tilde"),
        ("T̂", "T_hat"),
        ("α̂", "alpha_hat"),
        ("ᾱ", "alpha_bar"),
        ("x̂̄", "x_hat_bar"),
        ("W₁", "W1"),
        ("x_1", "x1"),
        ("x1", "x1"),
        ("b1_2", "b1_2"),
        ("y_hat_1", "y_hat1"),
        ("ŷ₁", "y_hat1"),
        ("Δw", "Delta_w"),
        ("wα", "w_alpha"),
        ("αβ", "alpha_beta"),
        ("η0", "eta0"),
        ("σ", "sigma"),
        ("ς", "sigma"),
        ("ϵ", "epsilon"),
        ("ϑ", "theta"),
        ("µ", "mu"),
        ("\u2126", "Omega"),
        ("ŷb", "y_hat_b"),
        ("mean_error", "mean_error"),
        ("a__b_", "a__b_"),
    ],
)
def test_a_typed_name_is_kept_in_kept_form(typed: str, kept: str) -> None:
    assert kept_form(typed) == kept
    assert kept_form(unicodedata.normalize("NFD", typed)) == kept
    assert kept_form(kept) == kept


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("y_hat", "ŷ"),
        ("T_hat", "T̂"),
        ("alpha_hat", "α̂"),
        ("W1", "W₁"),
        ("W12", "W₁₂"),
        ("y_hat1", "ŷ₁"),
        ("Delta_w", "Δw"),
        ("w_alpha", "wα"),
        ("alpha_beta", "αβ"),
        ("alphabet", "alphabet"),
        ("Sigma", "Sigma"),
        ("Alpha", "Alpha"),
        ("omicron", "omicron"),
        ("mean_error", "mean_error"),
        ("x1_hat", "x₁_hat"),
        ("that_hat", "that_hat"),
        ("hat", "hat"),
        ("a__b", "a__b"),
        ("a_", "a_"),
    ],
)
def test_a_kept_name_is_shown(kept: str, shown: str) -> None:
    assert pretty(kept) == shown


words = st.lists(
    st.sampled_from(["a", "b", "W", "alpha", "beta", "Delta", "hat", "bar", "x1", "2", "", "mean", "Pi"]),
    min_size=1,
    max_size=5,
)


@given(words.map("_".join).filter(lambda name: name[:1].isalpha()).map(kept_form))
def test_a_shown_name_is_the_kept_one(kept: str) -> None:
    assert kept_form(pretty(kept)) == kept
    assert kept_form(unicodedata.normalize("NFD", pretty(kept))) == kept


@given(st.text(st.sampled_from([*"abXY_12₁", *GREEK, "ŷ", "ẋ", "\u0302", "\u0304"]), min_size=1))
def test_keeping_a_name_twice_changes_nothing(typed: str) -> None:
    kept = kept_form(typed)
    assert kept.isascii()
    assert kept_form(kept) == kept


def test_letters_of_names_are_latin_and_greek_with_four_accents() -> None:
    assert all(map(accented, "aZαΩŷẋñā"))
    assert not any(map(accented, "éßяøħ中1_"))


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("sigmiod", "sigmoid"),
        ("tahn", "tanh"),
        ("ex", "exp"),
        ("exq", "exp"),
        ("foo", None),
        ("rleu", "relu"),
        ("x", None),
    ],
)
def test_the_closest_word_is_found(word: str, meant: str | None) -> None:
    assert closest(word, ["exp", "tanh", "sigmoid", "relu", "a", "y"]) == meant


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_one(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


def test_the_closest_of_very_many_or_very_long_words_is_not_searched_for_ever() -> None:
    assert closest("a" * 100_000, ["b" * 100_000]) is None
    assert closest("word", (f"name{number}" for number in range(10**9))) is None


def test_a_long_name_is_clipped_in_messages() -> None:
    assert clip("a" * 100) == "a" * 39 + "…"
    assert clip("short") == "short"
