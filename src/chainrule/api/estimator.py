"""A model → an estimator of scikit-learn: rows in, its predictions out. The one file that imports scikit-learn.

Conventions. Those of scikit-learn: what is given at the making is kept as it is, what is learnt ends in an underscore.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from chainrule.api import arguments
from chainrule.api.columns_of import given, laid
from chainrule.api.model import Model
from chainrule.api.predicting import Predicted, in_numbers, predicted
from chainrule.errors import UsageError, inline, shown
from chainrule.model.constants import constants
from chainrule.tape.bound import Array
from chainrule.train.order import Batch


class ChainruleEstimator(BaseEstimator):  # type: ignore[misc]
    """What a classifier and a regressor share: the arguments of `Model.train`, and the run that they make.

    ``run_`` is the training: ``estimator.model.explain(estimator.run_)`` tells of it.
    """

    def __init__(
        self,
        model: Model,
        *,
        output: str | None = None,
        rate: float | None = None,
        steps: int = 1000,
        batch: Batch | None = None,
        update: str | None = None,
        start: Any = None,
        hold: Iterable[str] = (),
        consts: Mapping[str, object] | None = None,
        seed: int = 0,
        engine: str = "auto",
        numerics: str = "exact",
        standardise: bool = False,
    ) -> None:
        self.model = model
        self.output = output
        self.rate = rate
        self.steps = steps
        self.batch = batch
        self.update = update
        self.start = start
        self.hold = hold
        self.consts = consts
        self.seed = seed
        self.engine = engine
        self.numerics = numerics
        self.standardise = standardise

    def trained(self, X: Array, targets: Array) -> None:
        """Train on rows and targets, both matrices of numbers."""
        network = self.model.network
        known = constants(network, arguments.mapping("consts", self.consts), partial=True).ranges
        self.layout_, known = laid(network, "data", X.shape[1], known)
        in_order(self, self.layout_.names)
        layout, _ = laid(network, "target", targets.shape[1], known)
        self.run_ = self.model.train(
            self.layout_.arrays(X) | layout.arrays(targets), self.rate, self.steps, self.batch, self.update,
            self.start, self.hold, self.consts, self.seed, max(1, self.steps), self.engine, self.numerics,
            standardise=self.standardise,
        )  # fmt: skip
        if self.run_.ended == "interrupted":
            raise KeyboardInterrupt  # a search goes no further either
        self.n_iter_ = self.run_.steps
        if self.run_.ended == "left the finite numbers":
            said = inline(f"{self.run_.sentence} A smaller rate may help.")
            warnings.warn(said, ConvergenceWarning, stacklevel=3)

    def expected_failures(self) -> dict[str, str]:
        """The checks of `sklearn.utils.estimator_checks.check_estimator` that this estimator cannot pass, with the
        reason: those that bring data of other sizes than the text has. None where the sizes come from the data."""
        network = self.model.network
        free = any(group.low is None for one in given(network, "data") for letter in one.letters
                   if (group := network.set_of(letter)))  # fmt: skip
        wide = len(given(network, "data")) == 1 and free
        reason = "the text says how many columns the data has, and the check brings another number"
        return {} if wide else dict.fromkeys(CHECKS, reason)

    def outputs(self, X: Any) -> Array:
        """What the network gives for rows, a column for each output."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        return in_numbers(self.model, self.run_, self.layout_.arrays(rows), self.output)


def in_order(estimator: Any, wanted: tuple[str, ...]) -> None:
    """Nothing, or E407 where the columns of a frame have the names of the data in another order."""
    names = getattr(estimator, "feature_names_in_", None)
    if names is not None and {*map(str, names)} == {*wanted} and tuple(map(str, names)) != wanted:
        order = ", ".join(wanted)
        raise UsageError("E407", "the columns of X have the names of the data in another order", f"order them: {order}")


def several(model: Model) -> bool:
    """Whether the targets are more than one number a pattern."""
    targets = given(model.network, "target")
    return len(targets) > 1 or any(letter != model.network.pattern for letter in targets[0].letters)


class ChainruleRegressor(RegressorMixin, ChainruleEstimator):  # type: ignore[misc]
    """A model that predicts numbers. See `Model.as_estimator`."""

    def fit(self, X: Any, y: Any) -> ChainruleRegressor:
        """Train the model on rows ``X`` and what they should give: ``y`` has a number a row, or a column a target."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=several(self.model), y_numeric=True)
        self.flat_ = y.ndim == 1
        self.trained(X, y.reshape(len(X), -1).astype(np.float64))
        return self

    def predict(self, X: Any) -> Array:
        """What the network gives for each row, in the form that ``y`` had."""
        found = self.outputs(X)
        return found[:, 0] if self.flat_ and found.shape[1] == 1 else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = several(self.model)
        return tags


class ChainruleClassifier(ClassifierMixin, ChainruleEstimator):  # type: ignore[misc]
    """A model that predicts classes, which may be words or numbers. See `Model.as_estimator`."""

    def fit(self, X: Any, y: Any) -> ChainruleClassifier:
        """Train the model on rows ``X`` and their classes ``y``."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, places = np.unique(y, return_inverse=True)
        how, many = self.how(), len(self.classes_)
        if how.form == "binary" and many > 2:
            raise ValueError(f"Only binary classification is supported by this model: y has {many} classes.")
        if how.classes and many > how.classes:
            problem = f"y has {many} classes, and the model {how.classes}"
            raise UsageError("E408", problem, "give the letter of the classes more values, or leave them to the data")
        one_hot = np.eye(max(many, how.classes))[places]
        self.trained(X, one_hot if how.form == "one-hot" else (places + how.first).astype(np.float64)[:, None])
        return self

    def how(self) -> Predicted:
        """How the model writes classes."""
        return predicted(self.model, self.output)

    def shares(self, X: Any) -> Array:
        """What the network gives for each class that was seen."""
        found = self.outputs(X)
        every = np.concatenate([1 - found, found], axis=1) if self.how().form == "binary" else found
        seen: Array = every[:, : len(self.classes_)]
        return seen

    def predict(self, X: Any) -> Any:
        """The class with the largest output, for each row; where there is one output, the second class from ½ on."""
        best = np.argmax(self.shares(X), axis=1)
        return self.classes_[best]

    @available_if(lambda self: self.how().probable)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, in the order of ``classes_``. Of a model of more classes than were seen it is
        that among these."""
        found = self.shares(X)
        among: Array = found / found.sum(axis=1, keepdims=True)
        return among

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = self.how().form != "binary"
        return tags


def estimator(model: Model, kind: object, how: dict[str, Any]) -> ChainruleEstimator:
    """What `Model.as_estimator` gives; see there."""
    chosen = arguments.optional("kind", kind, '"classifier" or "regressor"')
    if chosen not in (None, "classifier", "regressor"):
        raise UsageError("E452", f"no estimator is a {shown(chosen)}", 'write kind="classifier" or "regressor"')
    for role in ("data", "target"):
        given(model.network, role)
    for name in how:
        if name not in ChainruleEstimator._get_param_names():
            raise TypeError(f"as_estimator() got an unexpected keyword argument {name!r}")
    if how["output"] is not None:
        how["output"] = arguments.quantity(model.network, how["output"])
    found = predicted(model, how["output"])
    if chosen == "classifier" and found.form == "none":
        raise UsageError("E408", "the model does not say which class is right", FORMS)
    classes = chosen == "classifier" or (chosen is None and found.probable)
    return (ChainruleClassifier if classes else ChainruleRegressor)(model, **how)


FORMS = (
    "a classifier has one target: t[k], which is 1 for the class that is right; or y, which is 0 or 1 beside one "
    "output, and the number of the class beside an output with a letter"
)

CHECKS = (
    "check_classifiers_one_label", "check_dict_unchanged", "check_dont_overwrite_parameters", "check_dtype_object",
    "check_estimators_dtypes", "check_estimators_nan_inf", "check_estimators_pickle",
    "check_f_contiguous_array_estimator",
    "check_fit2d_1feature", "check_fit2d_1sample", "check_fit2d_predict1d", "check_fit_score_takes_y",
    "check_methods_sample_order_invariance", "check_methods_subset_invariance", "check_n_features_in_after_fitting",
    "check_pipeline_consistency", "check_positive_only_tag_during_fit", "check_regressor_data_not_an_array",
    "check_regressors_int", "check_regressors_no_decision_function", "check_regressors_train", "check_supervised_y_2d",
    "check_classifiers_train", "check_classifiers_classes", "check_classifiers_regression_target",
)  # fmt: skip
"""Checks of scikit-learn that bring matrices of many widths, and classes of many numbers."""
