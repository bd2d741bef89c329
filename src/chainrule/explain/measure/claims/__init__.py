"""One file a claim: what is measured of a run, as a finding; the file of the same name in `tell` makes the sentence."""

from typing import get_args

from chainrule.explain.measure.claims import update

__all__ = ["FINDINGS", "update"]

FINDINGS: dict[str, tuple[type, ...]] = {
    "update": get_args(update.Update),
}
"""By claim: what may be found, which says what stands in its JSON."""
