"""Steps that the run did not take → what is said of them: with which rate they were tried, and what they did."""

from __future__ import annotations

from chainrule.explain.measure.trials import Trial
from chainrule.explain.naming import Naming
from chainrule.explain.wording import num, times


def replaced_told(naming: Naming, run_rate: float | None, tried: float) -> tuple[str, ...]:
    """As a condition: that trials were made with another rate than that of the run."""
    with_it = f"{naming.rate} = {num(tried)}"
    if run_rate == tried:
        return ()
    if run_rate is None:
        return (f"the run has no rate, so {with_it} was tried",)
    return (f"the rate of the run is {num(run_rate)}, so {with_it} was tried instead",)


def trial_told(trial: Trial) -> str:
    """What the training does at this rate."""
    if trial.left is not None:
        return f"leaves the finite numbers in step {trial.left}"
    if trial.period is not None:
        return f"repeats itself every {trial.period} steps"
    if trial.growth is not None:
        return f"moves {times(trial.growth)} times as far at each step as at the one before"
    if trial.rose:
        return f"gets worse in {trial.rose} of {trial.steps} steps"
    if trial.idle:
        return "changes nothing"
    return "gets better at every step, then rests" if trial.still else f"gets better at each of {trial.steps} steps"
