"""An index equation → its matrix form, checked in numbers, or the reason why it has none."""

from __future__ import annotations

from chainrule.derive.matrix.check import checked
from chainrule.derive.matrix.form import Layout, MatrixForm, NoMatrixForm, letters_of
from chainrule.derive.matrix.read import MatrixReader, name_of
from chainrule.derive.matrix.reason import No
from chainrule.derive.matrix.show import pattern_letter
from chainrule.derive.matrix.tree import Tree
from chainrule.expr.nodes import Derivative, Equation, Reduce, Ref, key, places
from chainrule.expr.walk import fold, nodes, references
from chainrule.model.letters import base, every
from chainrule.model.model import HIDDEN, Model
from chainrule.notation.show import show

DEEPEST = 40
"""More deeply nested expressions are not read as matrices: no one could read what came out."""

LETTERS = 8
"""With more letters an equation is not checked, as the work doubles with each, and so not printed as matrices."""


def matrix_form(equation: Equation, model: Model, layout: Layout = "rows") -> MatrixForm | NoMatrixForm:
    """The matrix form of an equation of a model, of its gradient or of its program.

    What is returned as a form was computed as matrices and in its index form on generic values, letters of different
    sets having different sizes, and agreed to 10⁻¹² of the largest entry. Raises DerivationError E291 if it did not,
    which would be a fault of chainrule.

    >>> from chainrule.derive.matrix.show import show
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> model = build(parse("patterns p\\nindex i = 1..2, j = 1..3\\ndata x[p,i]\\nweight W[j,i], b[j]\\n"
    ...                     "z[p,j] = sum_i W[j,i]*x[p,i] + b[j]\\nE = sum_{p,j} z[p,j]^2"))
    >>> form = matrix_form(model.equations[0], model)
    >>> print(show(form), form.shape)
    z = x Wᵀ + 𝟏 bᵀ ('p', 'j')
    >>> print(show(matrix_form(model.equations[0], model, layout="single")))
    z = W x + b
    """
    dropped = model.pattern if layout == "single" else None
    try:
        tree = recognised(equation, dropped)
    except No as no:
        return NoMatrixForm(equation, f"{no}.".replace(HIDDEN, pattern_letter(equation.body)))
    form = MatrixForm(equation, tree, layout, dropped)
    if not checked(form, model):
        return NoMatrixForm(equation, f"{name_of(equation.target)} is no number wherever it was checked.")
    return form


def recognised(equation: Equation, dropped: str | None) -> Tree:
    """The tree of the right-hand side. Raises No with the reason."""
    name, body = name_of(equation.target), equation.body
    if fold(body, lambda _, inside: 1 + max(inside, default=0)) > DEEPEST:
        raise No(f"{name} is nested more than {DEEPEST} deep")
    if elsewhere(equation):
        raise No(f"{name} is made of itself at another place: a recurrence is run slice by slice")
    if len(every(body)) > LETTERS:
        raise No(f"{name} has more than {LETTERS} letters")
    for node in nodes(body):
        if isinstance(node, Reduce) and not node.letters:
            raise No(f"{show(node)} runs over patterns that have no letter")
    if any(index.letter is None for index in places(equation.target)):
        raise No(f"{name} is defined at a fixed place")
    letters = [letter for letter in letters_of(equation) if letter != dropped]
    if len(letters) > 2:
        raise No(f"{name} has {len(letters)} letters, a matrix two")
    if dropped is not None and any(letter != dropped and base(letter) == dropped for letter in every(body)):
        raise No(f"two patterns meet in the equation of {name}, so it cannot be written for one")
    rows, columns = (*letters, None, None)[:2]
    return MatrixReader(dropped).matrix(body, (rows, columns))


def elsewhere(equation: Equation) -> bool:
    """Whether a left side reads itself at other indices; the new value of a weight reads the old one at its own."""
    read: list[Ref | Derivative] = [
        *references(equation.body),
        *(node for node in nodes(equation.body) if isinstance(node, Derivative)),
    ]
    own = key(equation.target)
    return any(
        target != equation.target and key(target) == own
        for target in read
        if not isinstance(target, Derivative) or isinstance(target.of, Ref)
    )
