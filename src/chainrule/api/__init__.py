"""The face: a model, an evaluation, a run and a story as a user holds them. Each method is one call into a room."""

from chainrule.api.model import Model
from chainrule.api.texts import decoded, example, listed, load, text_of

__all__ = ["Model", "decoded", "example", "listed", "load", "text_of"]
