"""A run → sentences that were tested: what a step did, how far one may go, what cannot be learned, where it ends."""

from chainrule.explain.claim import Claim
from chainrule.explain.story import CLAIMS, Story, explain

__all__ = ["CLAIMS", "Claim", "Story", "explain"]
