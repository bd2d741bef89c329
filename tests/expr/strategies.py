"""Random expressions of every kind of node, as a text can say them, and the names in them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
)

QUANTITIES = (
    "a",
    "x",
    "w",
    "E",
    "y_hat",
    "W1",
    "alpha",
    "Delta_w",
    "sum_x",
    "b1_2",
    "theta_bar",
    "x_hat_bar",
    "e1",
    "d",
)
LETTERS = ("i", "j", "n", "beta")
FUNCTIONS = {"A": 1, "T_hat": 1, "phi": 2}
KNOWN = {"exp": 1, "log": 1, "sigmoid": 1, "relu": 1, "max": 2, "min": 2, "gelu": 1, "softmax_i": 1}
NAMES = {"letters": LETTERS, "functions": tuple(FUNCTIONS), "quantities": QUANTITIES}
"""What `parse_expression` needs to know to read these expressions."""

letters = st.builds(lambda letter, primes: letter + "'" * primes, st.sampled_from(LETTERS), st.integers(0, 2))


@st.composite
def indices(draw: st.DrawFn) -> Index:
    names = draw(st.lists(letters, max_size=3, unique=True))
    size = st.integers(-3, 3).filter(bool)
    return Index(tuple((name, draw(size)) for name in names), draw(st.integers(-5, 5)))


refs = st.builds(Ref, st.sampled_from(QUANTITIES), st.lists(indices(), max_size=2).map(tuple))

typed = st.sampled_from(["0.5", "0.10", "1e-3", "5e-05", "2.50", "1E3", "007", "1/2", "2/4", "10/5"])
numbers = st.one_of(
    st.builds(Number, st.fractions(min_value=0, max_value=1000)),
    st.builds(Number, st.integers(0, 10**20).map(Fraction)),
    st.sampled_from([Number(Fraction(1, 2)), Number(Fraction(1, 2), "½"), Number(Fraction(3, 4), "¾")]),
    typed.map(lambda text: Number(Fraction(text), text)),
    typed.map(lambda text: Number(Fraction(text) + 1, text)),  # the text of another number
)

leaves: st.SearchStrategy[Expr] = st.one_of(
    numbers,
    refs,
    letters.map(lambda letter: At(Index(((letter, 1),)))),
    letters.map(Size),
    st.just(Constant("pi")),
    st.builds(InRange, indices(), letters),
)


def _larger(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    comparisons = st.builds(Bracket, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner)
    calls = [
        st.builds(
            Call, st.just(name), st.tuples(*[inner] * arity), st.integers(0, 2 if arity == 1 and "_" not in name else 0)
        )
        for name, arity in (FUNCTIONS | KNOWN).items()
    ]
    reductions = st.one_of(
        st.builds(
            Reduce,
            st.sampled_from(["sum", "mean", "max", "min", "prod", "logsumexp"]),
            st.lists(letters, min_size=1, max_size=2, unique=True).map(tuple),
            inner,
        ),
        st.builds(Reduce, st.sampled_from(["sum", "mean", "max", "min"]), st.just(()), inner),
    )
    return st.one_of(
        st.builds(Add, several),
        st.builds(Mul, several),
        st.builds(Neg, inner),
        st.builds(Div, inner, inner),
        st.builds(Pow, inner, inner),
        st.one_of(calls),
        reductions,
        comparisons,
        st.builds(Cond, st.one_of(comparisons, st.builds(InRange, indices(), letters)), inner, inner),
        st.builds(
            Derivative, inner, st.lists(refs, min_size=1, max_size=2).map(tuple), st.sampled_from(["total", "partial"])
        ),
    )


expressions: st.SearchStrategy[Expr] = st.recursive(leaves, _larger, max_leaves=25)
