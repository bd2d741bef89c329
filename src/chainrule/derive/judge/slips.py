"""The slips that learners make: a stable id, a sentence for a reader, and an example of each.

Conventions. Ids are never renamed: courses grade by them. In a sentence, braces name what was found: ``{factor}``,
``{function}`` and ``{argument}`` of a call, ``{slope}`` its derivative, ``{yours}`` and ``{ours}`` what stands in your
line and what belongs there, ``{name}`` a quantity, ``{letter}`` an index and ``{count}`` how many values it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip: what it is called, and what a learner is told."""

    id: str
    title: str
    sentence: str


_ROWS = (
    ("sign", "wrong sign", "the sign is wrong: everything else is right"),
    ("swapped-difference", "target and output swapped",
     "you wrote {yours} where {ours} belongs: target and output are swapped, and that turns the sign"),
    ("missing-half", "a factor ½ dropped", "you dropped a factor ½: your line is twice what it should be"),
    ("missing-two", "a factor 2 dropped", "you dropped a factor 2: your line is half of what it should be"),
    ("sum-not-mean", "summed instead of averaged",
     "you added where the error averages: divide by {count}, the number of values of {letter}"),
    ("mean-not-sum", "averaged instead of summed",
     "you divided by {count}, the number of values of {letter}, and nothing here averages over {letter}"),
    ("missing-slope", "the slope of a function forgotten",
     "you dropped {slope}: the slope of {function} itself"),
    ("missing-factor", "a factor dropped", "you dropped the factor {factor}"),
    ("extra-factor", "a factor too many", "there is a factor {factor} too many"),
    ("divided", "divided instead of multiplied", "you divided by {factor}: it multiplies"),
    ("factor-twice", "a factor written twice", "the factor {factor} stands there twice"),
    ("half-slope", "half of a slope", "of the slope {slope} you wrote only {yours}"),
    ("slope-argument", "a slope at the wrong place",
     "you took {yours}: the slope {slope} is taken at {argument}, what goes into {function}, not at what comes out"),
    ("slope-form", "the form for values used on the argument",
     "you wrote {yours}, the form for the value, with the argument {argument} in it: the slope is {slope}"),
    ("slope-function", "the slope of another function",
     "you took the derivative of {yours}: here stands {function}, and its slope is {slope}"),
    ("slope-sign", "a sign inside a slope", "inside the slope a sign is wrong: you have {yours}, and it is {slope}"),
    ("slope-value", "a function not differentiated",
     "you kept {function}({argument}) itself where its derivative belongs: {slope}"),
    ("power-exponent", "an exponent not lowered",
     "the power rule takes the exponent down by one: {yours} should be {slope}"),
    ("power-factor", "the exponent not brought down", "the power rule brings the exponent down as a factor: {slope}"),
    ("power-rule-on-exp", "power rule used on an exponential",
     "exp(u) is no power of u: its derivative is exp(u) again, and not {yours}"),
    ("quotient-sign", "quotient rule: the sign", "the derivative of 1/u is −1/u²: you dropped the minus"),
    ("quotient-square", "quotient rule: the square", "the derivative of 1/u is −1/u²: you forgot the square"),
    ("path-forgotten", "one of several paths forgotten",
     "{name} acts in more than one place, and you dropped {factor}: the contributions are added"),
    ("held-constant", "a quantity held constant that depends on it",
     "you held {yours} constant, but what you held moves with {name}: to {ours} add {factor}"),
    ("truncated", "back through some of the steps alone",
     "this goes back {count} of the steps and stops, but the steps before depend on {name} too: "
     "to {ours} belongs what comes back from the step after it, {factor}"),
    ("term-sign", "the sign of one term", "one term has the wrong sign: {factor}"),
    ("inner-derivative", "the inner derivative forgotten",
     "you differentiated the outer function and stopped: multiply by the inner derivative, {factor}"),
    ("upstream-missing", "only the last link of the chain",
     "this is only the last link of the chain: multiply by {factor}, what the error makes of it"),
    ("chain-stopped", "the chain stopped early",
     "this is {yours}: the chain goes on to {name}, and its last links are missing"),
    ("other-quantity", "the derivative by another quantity", "this is {yours}, the derivative by another quantity"),
    ("other-result", "the derivative of another quantity", "this is {yours}: asked is the derivative of {ours}"),
    ("not-differentiated", "not differentiated", "this is {yours} itself: nothing has been differentiated"),
    ("wrong-factor", "another quantity in its place", "you have {yours} where {ours} belongs"),
    ("transposed-index", "indices transposed", "the indices are transposed: you wrote {yours}, and it is {ours}"),
    ("sum-missing", "a sum missing",
     "the letter {letter} stands on the right and not on the left: add Σ_{letter} in front of what carries it"),
    ("sum-letter", "summed over the wrong letter", "you summed over {yours}, and it is {ours}"),
    ("wrong-function", "another function in its place", "you wrote {yours} where {ours} belongs"),
    ("number", "a number that is off", "the number {yours} is wrong: with {ours} the line holds"),
    ("extra-term", "a term too many", "there is a term too many: for {yours} it should be {ours}"),
    ("missing-term", "a term dropped", "a term is missing: for {yours} it should be {ours}"),
    ("brackets", "a bracket in the wrong place",
     "a bracket stands in the wrong place: for {yours} it should be {ours}"),
    ("reciprocal", "upside down", "this is upside down: for {yours} it should be {ours}"),
    ("operator", "plus and times exchanged", "plus and times are exchanged: for {yours} it should be {ours}"),
    ("condition", "a condition the wrong way round",
     "the condition is the wrong way round: for {yours} it should be {ours}"),
    ("sum-dropped", "a sum left out", "a sum is missing: for {yours} it should be {ours}"),
    ("extra-sum", "a sum too many", "nothing has to be added here: for {yours} it should be {ours}"),
    ("mean-dropped", "a mean or sum over the patterns left out",
     "one value for each pattern stands where all of them belong: for {yours} it should be {ours}"),
    ("wrong-index", "a wrong index", "the index is wrong: you wrote {yours}, and it is {ours}"),
    ("line-sign", "a sign inside the line", "a sign inside your line is wrong: with {ours} for {yours} it holds"),
    ("updated-weights", "weights already updated used in the backward pass",
     "you used weights that were already updated: every derivative of a step is taken at the old weights"),
    ("added", "the update added", "you added the step: to go down, subtract α times the derivative"),
    ("no-rate", "the rate forgotten", "you forgot the rate {rate}: the step is {rate} times the derivative"),
    ("rate-twice", "the rate applied twice", "the rate {rate} is in there twice"),
    ("only-change", "the change instead of the new value", "this is only the change: add it to the old {name}"),
    ("only-gradient", "the derivative instead of the new value",
     "this is the derivative: the new value is {name} − {rate}·(the derivative)"),
    ("old-value", "the old value", "this is the old value: no step has been taken"),
    ("scaled", "the weight multiplied by the step", "you multiplied {name} by the step instead of subtracting it"),
    ("error-step", "a step along the error", "you subtracted {rate}·{yours}: the step takes the derivative of it"),
    ("not-the-goal", "the error alone where the goal is asked",
     "this lowers {yours} alone: a step takes the derivative of what is minimised, {ours}"),
    ("not-the-error", "the goal where the error is asked",
     "this is the derivative of what is minimised, {yours}: asked is that of {ours} alone"),
    ("box-forgotten", "the box of the weight forgotten",
     "this is where the step leads, but {name} has a box and is put back into it"),
    ("other-pattern", "of another pattern", "this belongs to another pattern: it is right for {yours}"),
    ("mean-for-pattern", "the mean instead of one pattern", "this is the mean over all patterns, not that of one"),
    ("pattern-for-mean", "one pattern instead of all",
     "this is the derivative of {yours}, for one pattern: asked is that of {ours}, over all of them"),
    ("sum-for-mean", "the sum over the patterns", "this is the sum over all patterns: the mean divides by {count}"),
    ("decimal-point", "the decimal point", "the digits are right and the decimal point is not: {ours}"),
    ("rounding", "rounded on the way", "this is near: most likely numbers were rounded on the way, keep more digits"),
    ("off-diagonal", "only the entry itself",
     "{name} moves every entry of {yours}, and you took only the entry of its own: sum {factor} over all {letter}"),
    ("own-entry", "the case of the other entries forgotten",
     "it is right only where {yours} and {ours} are the same: what does the derivative give where they differ?"),
    ("other-entries", "the case of the entry itself forgotten",
     "it is right only where {yours} and {ours} differ: where they are the same, one more term is there"),
    ("needs-fact", "a fact that the text does not say",
     "it holds only with {ours}: where that is so, write this line into the text"),
    ("no-path", "a derivative that is zero", "{name} does not reach what is differentiated: the derivative is 0"),
    ("constant", "off by a constant factor", "your line is {factor} times what it should be, at every point"),
    ("no-number", "no number", "your line has no value there: look at its indices, its divisors, log and sqrt"),
)  # fmt: skip

SLIPS: Mapping[str, Slip] = MappingProxyType({row[0]: Slip(*row) for row in _ROWS})
"""Every slip by its id."""
