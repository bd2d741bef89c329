"""What leaves a model for other programs: a text in another language, a page for the browser or for a notebook."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

from chainrule.api import arguments
from chainrule.api.mapped import Mapped
from chainrule.errors import absent, flag
from chainrule.expr.limits import limited

if TYPE_CHECKING:
    from pathlib import Path

    from chainrule.api.model import Model
    from chainrule.train.run import Run


class Leaving(Mapped):
    """The part of a model that writes such texts."""

    @limited
    def code(self, language: str = "javascript", *, exact: bool = False, **how: Any) -> Any:
        """A training as a program in another language: one file to be read, that trains and prints each weight.

        ``language`` is "numpy", "torch", "jax", "c", "javascript", "spreadsheet" (the bytes of an xlsx file), "latex"
        (a document) or "notebook" (the story, for Jupyter). The names are those of the text, and a comment at each line
        says its equation. The backward pass is the derived one; in PyTorch and JAX autograd differentiates, and the
        file stops if that is not the derived gradient. What is trained is said by the arguments of `train`, such as
        ``steps``, ``batch`` and ``update``. Functions such as exp are the language's own, so that last digits may
        differ; with ``exact`` (NumPy, C, JavaScript) they are chainrule's, and each number has the bits of `train`.
        With ``record=n`` the goal of every n-th step is printed too.

        Errors: E061 for what a language cannot say, E062 without openpyxl.

        >>> import chainrule as cr
        >>> text = cr.example("identity").code("numpy", steps=2)
        >>> [line.strip() for line in text.splitlines() if "dE_dw =" in line][0].split("  #")[0].strip()
        'dE_dw = dE_dy_hat*x*(1 - y_hat)*y_hat'
        """
        from chainrule.api.printed import printed

        return printed(cast("Model", self), language, flag("exact", exact), how)

    @limited
    def page(
        self,
        path: str | os.PathLike[str],
        run: Run | None = None,
        *,
        data: object = None,
        questions: bool | None = None,
        options: str | os.PathLike[str] | None = None,
        strings: str | os.PathLike[str] | None = None,
        exercise: bool = False,
        axes: str | Sequence[str] = (),
        limits: Mapping[str, int] | None = None,
        **how: Any,
    ) -> Path:
        """One HTML file that trains the network in the browser, with the derivation beside it: for a learner to play
        with, or for reading on paper.

        Nothing is loaded by it and nothing leaves it; its numbers are those of Python, to the last bit. It opens at the
        first step that moves a weight. ``run`` is a training of this model with every step recorded; else ``data`` and
        the arguments of `train` say which is shown. ``questions`` puts the answers of the story in; without it they
        are there for networks of up to 100 weights. ``options`` is a teacher's file (TOML), ``strings`` a language
        ("de", "es") or a file of sentences; ``exercise`` hides the last line of each derivation to be filled in and
        handed in (`grade`). ``axes`` are those of its map of rates and starts, "α=geometric(0.01, 100, 96)" and
        "w=linear(0, 1, 64)"; without them it finds them. Returns the path of the file.

        Errors: E403 for a run that a page cannot show; E052 to E057 for options and sentences, E656 for axes.

        >>> import chainrule as cr, pathlib, tempfile
        >>> path = cr.example("identity").page(pathlib.Path(tempfile.mkdtemp(), "identity.html"), steps=50)
        >>> "One neuron, one weight" in path.read_text("utf-8")
        True
        """
        from chainrule.api.paged import paged

        lesson = {"options": options, "strings": strings, "exercise": exercise, "axes": axes}
        return paged(cast("Model", self), path, run, data, questions, lesson, how)

    @limited
    def widget(
        self,
        run: Run | None = None,
        *,
        data: object = None,
        height: int = 720,
        plain: bool = False,
        questions: bool | None = None,
        options: str | os.PathLike[str] | None = None,
        strings: str | os.PathLike[str] | None = None,
        exercise: bool = False,
        limits: Mapping[str, int] | None = None,
        **how: Any,
    ) -> Any:
        """The page of `page` in a notebook, ``height`` pixels high: `Widget`, of which ``rate``, ``start`` and
        ``position`` are those of the page, both ways. Of a run it is also ``run.widget()``.

        It needs anywidget (``pip install "chainrule[notebook]"``). Without it, and where ``plain`` is wanted, the page
        stands in a frame that needs nothing, and only shows (`EmbeddedPage`). The other arguments are those of `page`.

        Errors: E403 for a run that a page cannot show, E406 for what a frame has not; E052 to E057 for options.

        >>> import chainrule as cr
        >>> shown = cr.example("identity").widget(steps=50, plain=True)
        >>> "allow-scripts allow-downloads" in shown._repr_html_()
        True
        """
        from chainrule.api.notebook import shown

        lesson = {"options": options, "strings": strings, "exercise": exercise}
        return shown(cast("Model", self), run, data, height, plain, questions, lesson, how)

    def as_estimator(self, *, kind: str | None = None, output: str | None = None, **how: Any) -> Any:
        """The model as an estimator of scikit-learn, for pipelines, searches and cross-validation.

        The columns of ``X`` are the data of the text in order, ``x[1], x[2], …`` where there are letters; those of
        ``y`` the targets. A letter without a range takes its size from them. ``kind`` is "classifier" or "regressor";
        unsaid, it is a classifier where the error of a pattern is −log of the probability of its class, and then it has
        ``predict_proba``. The classes may be words. ``output`` names what is predicted, by default what the error
        compares with the targets. Other arguments are those of `train`: ``rate``, ``steps``, ``batch``, ``update``,
        ``start``, ``hold``, ``consts``, ``seed``, ``engine``, ``numerics``, ``standardise``. After ``fit`` the training
        is ``run_``.

        It needs scikit-learn (``pip install "chainrule[sklearn]"``).

        Errors: E062 without scikit-learn, E407 for data that no matrix gives, E408 for classes that the model has not.

        >>> import chainrule as cr
        >>> model = cr.mlp(2, 1, output="binary").as_estimator(steps=200, batch="all", rate=1)
        >>> model.fit([[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "yes"]).predict([[1, 0], [0, 0]]).tolist()
        ['yes', 'no']
        """
        try:
            from chainrule.api.estimator import estimator
        except ImportError:
            raise absent("an estimator", "scikit-learn", "sklearn") from None
        return estimator(cast("Model", self), kind, how | {"output": output})

    @limited
    def to_sympy(self, *names: str, limits: Mapping[str, int] | None = None) -> tuple[Any, ...]:
        r"""The equations of the text as equations of SymPy, in order: all, or those of the quantities that are named.

        Names are real symbols, called as they are written (``ŷ``), arrays ``IndexedBase``, letters integer symbols; a
        sum has its ends, where the data say how many ``n_i``. Functions of the text are opened; σ, relu and softplus
        are what they are; a bracket is a ``Piecewise``. What is said with `from_sympy` comes back.

        Errors: E412 for what SymPy has no node for, such as a maximum over a letter; E062 without SymPy
        (``pip install "chainrule[sympy]"``).

        >>> import chainrule as cr
        >>> cr.Model("data x, y\nweight w := 0.5\nE = ½(w·x − y)²").to_sympy()[0]
        Eq(E, (w*x - y)**2/2)
        """
        try:
            from chainrule.api.symbolic.outward import equations
        except ImportError:
            raise absent("an expression of SymPy", "sympy", "sympy") from None
        network = cast("Model", self).network
        return equations(network, tuple(arguments.quantity(network, name) for name in names))

    def __deepcopy__(self, memo: dict[int, Any]) -> Model:  # a text does not change: what was made for it is kept
        model = cast("Model", self)
        return model if model.data is None else type(model)(model.text, model.name, deepcopy(model.data, memo))
