"""The face: a model, an evaluation, a run and a story as a user holds them. Each method is one call into a room."""

from chainrule.api.model import Model, example, listed, load
from chainrule.explain.story import Story
from chainrule.train.evaluation import Evaluation, PatternEvaluation
from chainrule.train.files import load_run
from chainrule.train.run import Run

__all__ = ["Evaluation", "Model", "PatternEvaluation", "Run", "Story", "example", "listed", "load", "load_run"]
