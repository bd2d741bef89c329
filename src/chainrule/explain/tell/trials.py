"""Steps that the run did not take → what is said of them: with which rate they were tried, and what they did."""

from __future__ import annotations

from chainrule.explain.measure.context import Context
from chainrule.explain.naming import Naming
from chainrule.explain.wording import num


def replaced_told(naming: Naming, run_rate: float | None, tried: float) -> tuple[str, ...]:
    """As a condition: that trials were made with another rate than that of the run."""
    with_it = f"{naming.rate} = {num(tried)}"
    if run_rate == tried:
        return ()
    if run_rate is None:
        return (f"the run has no rate, so {with_it} was tried",)
    return (f"the rate of the run is {num(run_rate)}, so {with_it} was tried instead",)


def replaced(context: Context) -> tuple[str, ...]:
    return replaced_told(context.naming, context.run.rate, context.trial_rate)
