"""What an end is → a value for each kind, with what was measured of it. The first test that applies makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from chainrule.explain.measure.ends.neighbours import Neighbourhood
from chainrule.explain.measure.ends.not_a_number import Lost
from chainrule.explain.measure.ends.recomputed_steps import Recomputed
from chainrule.explain.measure.ends.ways import Edge, Moving
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.kinks import Uneven
from chainrule.explain.naming import Pattern
from chainrule.values import dataclass

Shape = Literal["minimum", "valley", "saddle", "degenerate saddle", "inflection", "maximum", "plateau"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misled:
    """The slope at the end is not that of the equations: along a direction it is given as one, and is another."""

    given: float = aside()
    true: float = aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strayed:
    """A step of the run went elsewhere than its rule sends it."""

    wrong_step: int
    """the step that went wrong"""
    went: float
    """how far it moved a weight"""
    wanted: float
    """and how far the rule moves it"""
    seen: Recomputed = aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftNumbers:
    """The run left the finite numbers."""

    step: int
    """the step that left the finite numbers"""
    equation: str
    """what was no longer a number"""
    pattern: int | None
    """for which pattern"""
    growth: float
    """by which factor each move was longer than the one before"""
    seen: Pattern | None = aside()
    made: Lost | None = aside()
    """the operation that made the first number that is none"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeating:
    """The weights repeat after some passes."""

    period: int
    """of a cycle, in steps or passes; of a circle, the steps of a pass"""
    unit: Literal["step", "pass"]
    """`step` or `pass`"""
    points: tuple[tuple[float, ...], ...]
    """the weights of a cycle"""
    errors: tuple[float, ...]
    """the goal at each"""
    reached: bool
    """whether the run was in the cycle when it ended"""
    widest: tuple[int, float, float] = aside()
    """the weight that moves most for its size, its least and its greatest value"""
    least: float = aside()
    greatest: float = aside()
    level: bool = aside()
    """whether the goal is the same at each"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circling:
    """The weights are back after every pass, and move within it."""

    period: int
    """of a cycle, in steps or passes; of a circle, the steps of a pass"""
    spread: tuple[float, ...]
    """how far each weight moves within a pass"""
    gradient: tuple[float, ...]
    """the gradient at the end, or at the place where it rests"""
    target: tuple[float, ...] | None
    """the point to which it goes, or which a circle surrounds"""
    error_at_end_of_pass: float
    """the goal where a pass ends"""
    reached: bool
    """whether the run was in the cycle when it ended"""
    steps_too_long: int
    """steps of a pass that made their own patterns worse"""
    least: float = aside()
    greatest: float = aside()
    target_error: float = aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverMoved:
    """The rate is 0."""

    gradient: tuple[float, ...]
    """the gradient at the end, or at the place where it rests"""
    norm: float = aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """The place at which the run rests."""

    gradient: tuple[float, ...]
    """the gradient at the end, or at the place where it rests"""
    at_bound: tuple[str, ...]
    """weights that a bound holds"""
    multipliers: Mapping[str, float]
    """how hard each is pushed against it"""
    eigenvalues: tuple[float, ...]
    """of the Hessian, for the free weights; of many both ends"""
    distance: float
    """how far the end is from it, or from where it goes"""
    rest: tuple[float, ...]
    """the place where it rests, followed on"""
    edge: Edge = aside()
    goal: float = aside()
    norm: float = aside()
    """the length of the slope there, of the weights that no bound holds"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edged(Resting):
    """Every weight stands on its bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stalled(Resting):
    """The steps of the order move nothing, though the slope over all patterns is not 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen(Resting):
    """The rule takes a slope of 0 where the goal gets better to a side: of which weight, to which side, how fast."""

    place: int = aside()
    side: Literal["right", "left"] = aside()
    rate: float = aside()
    uneven: Uneven | None = aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner(Resting):
    """A kink at which no weight alone has a better side."""

    slopes_beside: tuple[float, ...]
    """at a kink the slopes on both sides"""
    neighbours_tested: int
    """points tried around it"""
    neighbours_better: int
    """those that are better"""
    place: int = aside()
    far: float = aside()
    """the distance of the furthest of them"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Resting):
    """A place with points tried around it."""

    neighbours_tested: int
    """points tried around it"""
    neighbours_worse: int
    """those that are worse"""
    neighbours_better: int
    """those that are better"""
    shape: Shape
    """what the points around it, or around its target, say it is"""
    falls_by: float
    """by how much the goal is better near by"""
    at_distance: float
    """and how far"""
    down: int = aside()
    """directions in which the curve bends the other way"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradicted(Tried):
    """Curvature says that the goal gets better in a direction, and no point around it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Tried):
    """What the place is, by slope, box, curvature and the points around it."""

    sides: tuple[float, ...] | None = sometimes()
    """the goal there, and on both sides of it"""
    lower_at: tuple[float, ...] | None = sometimes()
    """the point, ``at_distance`` away, at which the goal is lower by ``falls_by``"""
    stays: bool | None = sometimes()
    """whether the rule holds it there, pushed a little aside"""
    seen: Neighbourhood = aside()
    away: bool = aside()
    """whether the end of the run is only close to it"""
    told_norm: float = aside()
    told_goal: float = aside()
    """the length of the slope and the goal that are told: where the run is there, those of its own end"""
    end_norm: float = aside()
    """the length of the slope where the run ended"""
    bent: int = aside()
    """directions in which the curve bends the right way"""
    hidden: int = aside()
    """directions in which a kink at the place, or rounding, hides whether it bends"""
    never: bool = aside()
    """whether no step moved a weight"""
    size: float = aside()
    """of the weights there, 1 at least"""
    lost: bool = aside()
    """whether the slope is more than rounding, though no step moves the weights any more"""
    below: bool = aside()
    """whether a step along it is lost in the last places of the weights"""
    rate_times_curvature: float | None = aside()
    """where the rule does not hold it: the rate times the largest curvature, if that is above 2"""
    remembered: int | None = aside()
    """for how many steps another rule than gradient descent was followed and stayed"""
    remembers: bool = aside()
    """whether that rule keeps anything from step to step"""

    @property
    def name(self) -> str:
        """The kind of the place."""
        match self.shape:
            case "minimum":
                return "bound" if self.edge.places else "minimum"
            case "valley":
                return "valley"
            case "plateau":
                return "bound" if self.edge.places else "asleep" if self.never else "plateau"
        return "plateau" if self.lost and self.shape != "saddle" else self.shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Curved:
    """Both ends of the curvature at the last weights, of more weights than a matrix is made for."""

    gradient_norm: float
    """its length where no bound holds a weight"""
    eigenvalues: tuple[float, ...]
    """of the Hessian, for the free weights; of many both ends"""
    both_ends_only: bool
    """whether these are only the largest and the smallest"""
    products: int
    """products with the Hessian that were needed"""
    found: bool
    """whether they were enough"""
    at_bound: tuple[str, ...]
    """weights that a bound holds"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyResting(Curved):
    """What the place is at which a run with many weights rests."""

    neighbours_tested: int | None = sometimes()
    """points tried around it"""
    neighbours_worse: int | None = sometimes()
    """those that are worse"""
    name: Literal["saddle", "maximum", "plateau", "valley", "bound", "minimum"] = aside()
    goal: float = aside()
    edge: Edge = aside()
    least: float = aside()
    """the least curvature, of what is made smaller"""
    greatest: float = aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class AllHeld:
    """Of many weights every one stands on its bound."""

    edge: Edge = aside()
    goal: float = aside()


Outcome = (
    Misled | Strayed | LeftNumbers | Repeating | Circling | NeverMoved | Edged | Stalled | Unseen | Corner
    | Contradicted | Standing | ManyResting | AllHeld | Moving
)  # fmt: skip


def name_of(outcome: Outcome) -> str:
    """The kind of an end, where what is best is a minimum, whatever its name."""
    match outcome:
        case Misled():
            return "misled"
        case Strayed():
            return "strayed"
        case LeftNumbers():
            return "left the finite numbers"
        case Repeating():
            return "cycle"
        case Circling():
            return "cycle inside a pass"
        case NeverMoved():
            return "asleep"
        case Edged() | AllHeld():
            return "bound"
        case Stalled() | Unseen():
            return "stuck"
        case Corner():
            return "kink"
        case Contradicted():
            return "contradicted"
        case Standing() | ManyResting() | Moving():
            return outcome.name


def settled(outcome: Outcome) -> bool:
    """Whether the run has come to rest at a minimum, inside its box or on its edge."""
    match outcome:
        case Edged() | AllHeld():
            return True
        case Corner():
            return not outcome.neighbours_better
        case Standing():
            return outcome.name in ("minimum", "bound", "valley") and outcome.stays is not False
        case ManyResting(name="valley"):
            return True
        case ManyResting(name="minimum" | "bound"):
            return outcome.neighbours_worse == outcome.neighbours_tested
    return False
