"""Wrong beliefs about training, each with a network on which the belief predicts a wrong number.

A file here is a model; the comments it begins with say what is believed, what is asked, and why it is otherwise.
"""

from chainrule.gallery.belief import Misconception, listed, misconception

__all__ = ["Misconception", "listed", "misconception"]
