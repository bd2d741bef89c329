"""A learner's own line → right or not, and if not, the slip."""

from chainrule.derive.judge.judge import judge
from chainrule.derive.judge.slips import SLIPS, Slip
from chainrule.derive.judge.test_points import Data
from chainrule.derive.judge.verdict import Equal, Verdict

__all__ = ["SLIPS", "Data", "Equal", "Slip", "Verdict", "judge"]
