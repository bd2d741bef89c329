"""A run → sentences that were tested: what a step did, how far one may go, what cannot be learned, where it ends."""

from chainrule.explain.story import CLAIMS, Story, explain
from chainrule.explain.tell.claim import Claim

__all__ = ["CLAIMS", "Claim", "Story", "explain"]
