"""Random networks with kinks, right and wrong lines about them, and the truth by brute force: NumPy at 200 points.

A line is a nested tuple of its own here: `text` writes it in the notation, `number` computes it on arrays, `slope` is
the school's rules. A right line is written in random other spellings; a wrong one is a right one with one or two things
changed, or one that a wrong rule gives (tanh′ = 1 − tanh, a path or an inner derivative forgotten), and counts only if
it differs from the right one at one of the points, which lie on both sides of every kink.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import chainrule as cr

POINTS, MORE = 200, 4000
"""Points of the truth, and those among which the sides of a kink are sought that these do not reach."""
APART, ALIKE = 1e-6, 1e-10
"""Of the larger side: beyond the first a line is wrong, within the second it is right, between them it is not used."""

Node = tuple[Any, ...]
Env = Mapping[str, Any]

ONE: Node = ("num", "1")
HALF: Node = ("num", "½")
VALUES = {"½": 0.5, "¼": 0.25}


def ref(name: str, *letters: str) -> Node:
    return ("ref", name, letters)


def mul(*args: Node) -> Node:
    rest = [arg for arg in args if arg != ONE]
    return rest[0] if len(rest) == 1 else ("mul", *rest) if rest else ONE


def text(node: Node) -> str:
    """The notation of a node, with brackets wherever they might be needed."""
    match node:
        case ("num", written):
            return str(written)
        case ("ref", name, letters):
            return f"{name}[{','.join(letters)}]" if letters else str(name)
        case ("add", *args):
            return "(" + " + ".join(map(text, args)) + ")"
        case ("neg", arg):
            return f"(−{text(arg)})"
        case ("mul", *args):
            return "·".join(map(text, args))
        case ("div", above, below):
            return f"({text(above)}/({text(below)}))"
        case ("pow", base, n):
            return f"({text(base)})^{n}"
        case ("call", function, *args):
            return f"{function}({', '.join(map(text, args))})"
        case ("if", test, then, other):
            return f"if({text(test)} > 0, {text(then)}, {text(other)})"
        case ("bracket", test):
            return f"[{text(test)} > 0]"
        case ("sum", letter, body):
            return f"(Σ_{letter} {text(body)})"
    raise AssertionError(node)


CALLS = {
    "relu": lambda u: np.maximum(u, 0.0), "abs": np.abs, "sign": np.sign, "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
    "exp": np.exp, "σ": lambda u: 1 / (1 + np.exp(-u)), "max": np.maximum, "min": np.minimum, "cosh": np.cosh,
    "softplus": lambda u: np.logaddexp(0.0, u),
}  # fmt: skip


def number(node: Node, env: Env, at: Mapping[str, int]) -> Any:
    """What a node gives at every point; ``env`` has the arrays, points first."""
    match node:
        case ("num", written):
            return VALUES.get(written) or float(written)
        case ("ref", name, letters):
            return env[name][(slice(None), *(at[letter] for letter in letters))]
        case ("add", *args):
            return sum(number(arg, env, at) for arg in args)
        case ("neg", arg):
            return -number(arg, env, at)
        case ("mul", *args):
            return np.prod([np.broadcast_to(number(arg, env, at), shape(env)) for arg in args], axis=0)
        case ("div", above, below):
            return number(above, env, at) / number(below, env, at)
        case ("pow", base, n):
            return number(base, env, at) ** n
        case ("call", function, *args):
            return CALLS[function](*(number(arg, env, at) for arg in args))
        case ("if", test, then, other):
            return np.where(number(test, env, at) > 0, number(then, env, at), number(other, env, at))
        case ("bracket", test):
            return (number(test, env, at) > 0) * 1.0
        case ("sum", letter, body):
            size = env["size"][letter]
            return sum(number(body, env, {**at, letter: one}) for one in range(size))
    raise AssertionError(node)


def shape(env: Env) -> Any:
    """The shape of the points."""
    return env["y"].shape[:1]


def slope(node: Node, by: Node, wrong: str = "") -> Node:
    """The derivative of a node by a reference in it, by the rules of school; nothing is made shorter but 0 and 1.

    ``wrong`` is the rule that a learner gets wrong: a row of `WRONG`, or a word of `BELIEFS`.
    """
    zero: Node = ("num", "0")
    whole = slope
    slope_ = lambda one, by: whole(one, by, wrong)  # noqa: E731
    match node:
        case _ if node == by:
            return ONE
        case ("add", *args):
            parts = [one for one in (slope_(arg, by) for arg in args) if one != zero]
            return parts[0] if len(parts) == 1 else ("add", *parts) if parts else zero
        case ("neg", arg):
            return ("neg", slope_(arg, by)) if slope_(arg, by) != zero else zero
        case ("mul", *args):
            parts = [mul(*args[:n], one, *args[n + 1 :]) for n, arg in enumerate(args)
                     if (one := slope_(arg, by)) != zero]  # fmt: skip
            parts = parts[:1] if wrong == "one term of a product" else parts
            return parts[0] if len(parts) == 1 else ("add", *parts) if parts else zero
        case ("pow", base, n):
            less = base if n == 2 else ("pow", base, n - 1)
            less = node if wrong == "power not lowered" else less
            inner = ONE if wrong == "inner derivative" and slope_(base, by) != zero else slope_(base, by)
            front = [] if wrong == "power not brought down" else [("num", str(n))]
            return mul(*front, less, inner) if inner != zero else zero
        case ("if", test, then, other):
            return ("if", test, slope_(then, by), slope_(other, by))
        case ("call", "max" | "min" as function, left, right):
            first, other = slope_(left, by), slope_(right, by)
            gap: Node = ("add", left, ("neg", right)) if function == "max" else ("add", right, ("neg", left))
            turned: Node = ("neg", gap)
            parts = [mul(("bracket", side), one) for side, one in ((gap, first), (turned, other)) if one != zero]
            return parts[0] if len(parts) == 1 else ("add", *parts) if parts else zero
        case ("call", function, arg):
            inner = slope_(arg, by)
            rule = WRONG[wrong][1] if wrong in WRONG and WRONG[wrong][0] == function else RULES[function]
            outer = ONE if wrong == "inner derivative" and inner != zero else inner
            return mul(outer, rule(arg, node)) if inner != zero else zero
        case _:
            return zero


RULES = {
    "relu": lambda u, s: ("bracket", u), "abs": lambda u, s: ("call", "sign", u), "exp": lambda u, s: s,
    "tanh": lambda u, s: ("add", ONE, ("neg", ("pow", s, 2))), "sin": lambda u, s: ("call", "cos", u),
    "σ": lambda u, s: mul(s, ("add", ONE, ("neg", s))), "softplus": lambda u, s: ("call", "σ", u),
}  # fmt: skip


WRONG = {
    "σ′ = σ": ("σ", lambda u, s: s), "σ′ = 1 − σ": ("σ", lambda u, s: ("add", ONE, ("neg", s))),
    "σ′ = u(1 − u)": ("σ", lambda u, s: mul(u, ("add", ONE, ("neg", u)))), "σ′ = 1": ("σ", lambda u, s: ONE),
    "tanh′ = 1 − tanh": ("tanh", lambda u, s: ("add", ONE, ("neg", s))), "tanh′ = 1": ("tanh", lambda u, s: ONE),
    "tanh′ = tanh(1 − tanh)": ("tanh", lambda u, s: mul(s, ("add", ONE, ("neg", s)))),
    "tanh′ = 1 − u²": ("tanh", lambda u, s: ("add", ONE, ("neg", ("pow", u, 2)))),
    "tanh′ = 1 + tanh²": ("tanh", lambda u, s: ("add", ONE, ("pow", s, 2))),
    "relu′ = 1": ("relu", lambda u, s: ONE), "relu′ = relu": ("relu", lambda u, s: s),
    "relu′ = [u < 0]": ("relu", lambda u, s: ("bracket", ("neg", u))),
    "abs′ = 1": ("abs", lambda u, s: ONE), "abs′ = abs": ("abs", lambda u, s: s),
    "abs′ = −sign": ("abs", lambda u, s: ("neg", ("call", "sign", u))),
    "sin′ = −cos": ("sin", lambda u, s: ("neg", ("call", "cos", u))), "sin′ = sin": ("sin", lambda u, s: s),
    "softplus′ = 1": ("softplus", lambda u, s: ONE), "softplus′ = softplus": ("softplus", lambda u, s: s),
    "softplus′ = exp": ("softplus", lambda u, s: ("call", "exp", u)),
}  # fmt: skip
"""What learners take for the slope of a function."""

BELIEFS = (*WRONG, "one term of a product", "power not lowered", "power not brought down", "inner derivative")
PATHS = ("path forgotten", "path turned", "link forgotten")
"""Rules that are got wrong everywhere; and what happens once, at one quantity on the way back."""


@dataclass
class Network:
    """Equations in order (name, letters, body), what is given, the letters' sizes, a start, and the data."""

    equations: list[tuple[str, tuple[str, ...], Node]]
    given: dict[str, tuple[str, ...]]
    weights: list[str]
    sizes: dict[str, int]
    starts: dict[str, Any]
    rows: list[list[float]]
    env: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        letters_ = ", ".join(f"{letter} = 1..{size}" for letter, size in self.sizes.items())
        lines = [f"index {letters_}"] if letters_ else []
        columns: list[str] = []
        for name, letters in self.given.items():
            if name not in self.weights:
                lines.append(f"{'target' if name == 'y' else 'data'} {text(ref(name, *letters))}")
                columns += [f"{name}[{n + 1}]" for n in range(self.sizes[letters[0]])] if letters else [name]
        last = self.sizes[self.given["y"][0]] if self.given["y"] else 1
        lines.append(f"table {' '.join(columns[:-last])} | {' '.join(columns[-last:])}")
        lines += [" | ".join(" ".join(f"{one:g}" for one in part) for part in (row[:-last], row[-last:]))
                  for row in self.rows]  # fmt: skip
        lines += [f"weight {text(ref(name, *self.given[name]))} := {self.starts[name]}" for name in self.weights]
        lines += [f"{text(ref(name, *letters))} = {text(body)}" for name, letters, body in self.equations]
        return "\n".join(lines)

    def arrays(self, points: int, scale: float, draw: np.random.Generator) -> dict[str, Any]:
        """Values of everything at random points of many sizes."""
        env: dict[str, Any] = {"size": self.sizes}
        for name, letters in self.given.items():
            size = (points, *(self.sizes[letter] for letter in letters))
            env[name] = draw.choice([-1.0, 1.0], size) * np.exp(draw.uniform(-2.0, 1.5, size)) * scale
        for name, letters, body in self.equations:
            env[name] = self.whole(body, letters, env)
        return env

    def whole(self, body: Node, letters: tuple[str, ...], env: Env) -> Any:
        """A body for every entry of its letters."""
        sizes = tuple(self.sizes[letter] for letter in letters)
        found = np.empty((*shape(env), *sizes))
        for place in np.ndindex(*sizes):
            found[(slice(None), *place)] = number(body, env, dict(zip(letters, place, strict=True)))
        return found

    def truth(self, seed: int) -> None:
        """The points: 200, and some on each side of a kink that these do not reach."""
        draw = np.random.default_rng(seed)
        self.env = self.arrays(POINTS, 1.0, draw)
        for margin, letters in self.margins():
            sides = self.whole(margin, letters, self.env)
            for sign in (-1, 1):
                if not (sides * sign > 0).any():
                    other = self.arrays(MORE, 4.0, draw)
                    found = np.nonzero((self.whole(margin, letters, other) * sign > 0).reshape(MORE, -1).any(1))[0][:20]
                    self.env |= {name: np.concatenate([one, other[name][found]]) for name, one in self.env.items()
                                 if name != "size"}  # fmt: skip

    def margins(self) -> Iterator[tuple[Node, tuple[str, ...]]]:
        for _, letters, body in self.equations:
            for node in inside(body):
                letters = (*letters, node[1]) if node[0] == "sum" and node[1] not in letters else letters
                match node:
                    case ("call", "relu" | "abs", arg) | ("if", arg, _, _):
                        yield arg, letters
                    case ("call", "max" | "min", left, right):
                        yield ("add", left, ("neg", right)), letters


def inside(node: Node) -> Iterator[Node]:
    yield node
    for child in node:
        if isinstance(child, tuple) and child and isinstance(child[0], str) and node[0] != "ref":
            yield from inside(child)


def activation(draw: random.Random, z: Node) -> Node:
    return draw.choice([
        ("call", "relu", z), ("call", "relu", z), ("call", "abs", z), ("call", "max", ("num", "0"), z),
        ("call", "max", z, ("mul", HALF, z)), ("call", "min", z, ("num", "1")), ("if", z, z, mul(("num", "0.1"), z)),
        ("call", "tanh", z), ("call", "σ", z), ("call", "sin", z), ("call", "softplus", z),
    ])  # fmt: skip


def loss(draw: random.Random) -> Node:
    off: Node = ("add", ref("o"), ("neg", ref("y")))
    return draw.choice([
        mul(HALF, ("pow", off, 2)), mul(HALF, ("pow", off, 2)), ("pow", off, 2), ("call", "abs", off),
        ("call", "max", ("num", "0"), ("add", ONE, ("neg", mul(ref("y"), ref("o"))))),
        ("call", "softplus", ("neg", mul(ref("y"), ref("o")))),
    ])  # fmt: skip


def scalar(draw: random.Random) -> Network:
    """A network of plain numbers with two activations in a row or side by side."""
    shift = draw.choice(["0.5", "1", "2", "3"])
    z = draw.choice([
        ("add", mul(ref("w"), ref("x")), ref("b")), mul(ref("w"), ref("x")),
        ("add", mul(HALF, ref("w"), ref("x")), ("neg", ("num", shift))),
        ("add", mul(ref("w"), ("pow", ref("x"), 2)), ref("b")),
    ])  # fmt: skip
    h = activation(draw, ref("z"))
    q = draw.choice([("add", mul(ref("v"), ref("h")), ("neg", ("num", shift))), mul(ref("v"), ref("h")),
                     ("add", mul(ref("v"), ref("h")), mul(ref("b"), ref("x")))])  # fmt: skip
    o = draw.choice([mul(ref("u"), ref("g")), ("add", mul(ref("u"), ref("g")), ref("h")), ("add", ref("g"), ref("u")),
                     mul(ref("u"), ref("g"), ref("h"))])  # fmt: skip
    equations = [("z", (), z), ("h", (), h), ("q", (), q), ("g", (), activation(draw, ref("q"))), ("o", (), o),
                 ("E", (), loss(draw))]  # fmt: skip
    used = {node[1] for _, _, body in equations for node in inside(body) if node[0] == "ref"}
    weights = [name for name in "wbvu" if name in used]
    given: dict[str, tuple[str, ...]] = {"x": (), "y": (), **dict.fromkeys(weights, ())}
    starts = {name: draw.choice([0, 0.5, -0.5, 1, 1.5, -1, 2, 4]) for name in weights}
    rows = [[draw.choice([0, 1, 2, -1, 3]), draw.choice([0, 1, -1, 2])] for _ in range(draw.randint(1, 3))]
    return Network(equations, given, weights, {}, starts, rows)


def lettered(draw: random.Random) -> Network:
    """A hidden layer written with letters."""
    sizes = {"j": draw.randint(2, 3), "i": 2}
    z: Node = ("sum", "i", mul(ref("W", "j", "i"), ref("x", "i")))
    if biased := draw.random() < 0.6:
        z = ("add", z, ref("b", "j"))
    o: Node = ("sum", "j", mul(ref("v", "j"), ref("h", "j")))
    equations = [("z", ("j",), z), ("h", ("j",), activation(draw, ref("z", "j"))), ("o", (), o), ("E", (), loss(draw))]
    weights = ["W", *(["b"] * biased), "v"]
    given = {"x": ("i",), "y": (), "W": ("j", "i"), **({"b": ("j",)} if biased else {}), "v": ("j",)}

    starts = {name: draw.choice(["0", str(values(draw, sizes, *given[name]))]) for name in weights}
    rows = [[draw.choice([0, 1, 2, -1, 0.5]) for _ in range(3)] for _ in range(draw.randint(1, 3))]
    return Network(equations, given, weights, sizes, starts, rows)


def values(draw: random.Random, sizes: Mapping[str, int], *letters: str) -> Any:
    """A start as nested lists."""
    if not letters:
        return draw.choice([0, 0.5, -0.5, 1, -1, 0.3, -0.4, 2])
    return [values(draw, sizes, *letters[1:]) for _ in range(sizes[letters[0]])]


def outputs(draw: random.Random) -> Network:
    """A hidden layer and several outputs, with letters."""
    sizes = {"k": 2, "j": 3, "i": 2}
    z: Node = ("add", ("sum", "i", mul(ref("W", "j", "i"), ref("x", "i"))), ref("b", "j"))
    q: Node = ("sum", "j", mul(ref("V", "k", "j"), ref("h", "j")))
    q = ("add", q, ref("c", "k")) if draw.random() < 0.5 else q
    off: Node = ("add", ref("o", "k"), ("neg", ref("y", "k")))
    error = draw.choice([mul(HALF, ("pow", off, 2)), ("pow", off, 2), ("call", "abs", off)])
    o = draw.choice([ref("q", "k"), activation(draw, ref("q", "k"))])
    equations = [("z", ("j",), z), ("h", ("j",), activation(draw, ref("z", "j"))), ("q", ("k",), q), ("o", ("k",), o),
                 ("E", (), ("sum", "k", error))]  # fmt: skip
    weights = ["W", "b", "V", *(["c"] if q[0] == "add" else [])]
    given = {"x": ("i",), "y": ("k",), "W": ("j", "i"), "b": ("j",), "V": ("k", "j"), "c": ("k",)}
    given = {name: letters for name, letters in given.items() if name in ("x", "y", *weights)}
    rows = [[draw.choice([0, 1, 2, -1, 0.5]) for _ in range(4)] for _ in range(draw.randint(1, 3))]
    starts = {name: str(values(draw, sizes, *given[name])) for name in weights}
    return Network(equations, given, weights, sizes, starts, rows)


def derivatives(net: Network, wrong: str = "", name_of: str = "", number: int = 0) -> dict[str, Node]:
    """∂E/∂w of every weight in names, from the adjoints of all quantities, last first.

    ``wrong`` is what a learner gets wrong: a belief, or at the quantity of a name what is one of `PATHS`.
    """
    adjoint: dict[str, Node] = {"E": ONE}
    targets = [(name, letters) for name, letters, _ in reversed(net.equations[:-1])]
    targets += [(name, net.given[name]) for name in net.weights]
    for name, letters in targets:
        own = ref(name, *letters)
        parts = []
        for user, _, body in net.equations:
            if user not in adjoint or adjoint[user] == ("num", "0"):
                continue
            while body[0] == "sum" and not body_has(body, own):  # another letter
                break
            one = slope(peeled(body, own), own, wrong)
            if one != ("num", "0"):
                if wrong == "link forgotten" and name == name_of and adjoint[user] != ONE:
                    one = ONE
                whole = mul(adjoint[user], one)
                own_letters = next(letters for other, letters, _ in net.equations if other == user)
                for letter in own_letters:
                    whole = whole if letter in own[2] else ("sum", letter, whole)
                parts.append(whole)
        if name == name_of and len(parts) > 1 and wrong in PATHS[:2]:
            at = number % len(parts)
            parts = parts[:at] + ([("neg", parts[at])] if wrong == "path turned" else []) + parts[at + 1 :]
        adjoint[name] = parts[0] if len(parts) == 1 else ("add", *parts) if parts else ("num", "0")
    return {name: adjoint[name] for name in net.weights}


def body_has(body: Node, own: Node) -> bool:
    return any(node == own for node in inside(body))


def peeled(body: Node, own: Node) -> Node:
    """A body with sums opened over the letters of what is differentiated: one term of them moves with it."""
    match body:
        case ("sum", letter, inner) if letter in own[2]:
            return inner
        case ("add", *args):
            return ("add", *(peeled(arg, own) for arg in args))
        case _:
            return body


def respelled(node: Node, draw: random.Random, net: Network, depth: int = 0) -> Node:
    """The same value written otherwise."""
    bodies = {name: (letters, body) for name, letters, body in net.equations}
    if node[0] == "ref":
        letters, body = bodies.get(node[1], ((), None))
        return body if body is not None and letters == node[2] and body[0] != "sum" and draw.random() < 0.15 else node
    new = tuple(respelled(one, draw, net, depth + 1) if isinstance(one, tuple) and one and isinstance(one[0], str)
                else one for one in node)  # fmt: skip
    match new:
        case ("add" | "mul" as kind, *args):
            draw.shuffle(args)
            new = (kind, *args)
    chance = draw.random()
    if new[0] == "add" and chance < 0.1:
        return ("neg", ("add", *(("neg", arg) for arg in new[1:])))
    if chance < 0.04:
        return ("div", mul(("num", "2"), new), ("num", "2"))
    if chance < 0.07:
        return ("neg", ("neg", new))
    if new[0] == "bracket" and chance < 0.4:
        return ("if", new[1], ONE, ("num", "0"))
    if new[0] == "pow" and new[2] == 2 and chance < 0.4:
        return mul(new[1], new[1])
    if new[0] == "mul" and len(new) == 3 and new[2][0] == "add" and chance < 0.3:
        return ("add", *(mul(new[1], term) for term in new[2][1:]))
    return new


def slipped(node: Node, draw: random.Random, net: Network) -> tuple[str, Node]:
    """A line with one thing changed, and the name of the change."""
    if draw.random() < 0.12:
        return draw.choice([("sign", ("neg", node)), ("twice", mul(("num", "2"), node)), ("half", mul(HALF, node))])
    places = list(inside(node))
    for _ in range(200):
        one = draw.choice(places)
        changes: list[tuple[str, Node]] = []
        match one:
            case ("bracket", arg):
                changes = [("slope dropped", ONE), ("slope turned", ("bracket", ("neg", arg))), ("slope kept", arg)]
            case ("call", "sign", _):
                changes = [("slope dropped", ONE)]
            case ("call", function, arg) if function in ("relu", "tanh", "σ", "abs", "cos", "sin"):
                changes = [("function", ("call", draw.choice(["tanh", "σ", "sin", "relu"]), arg)), ("function", arg)]
            case ("mul", *args) if len(args) > 1:
                gone = draw.randrange(len(args))
                rest = [arg for n, arg in enumerate(args) if n != gone]
                changes = [("factor dropped", mul(*rest)), ("factor twice", ("mul", *args, args[gone]))]
            case ("add", *args) if len(args) > 1:
                gone = draw.randrange(len(args))
                rest = [arg for n, arg in enumerate(args) if n != gone]
                turned = [("neg", arg) if n == gone else arg for n, arg in enumerate(args)]
                fewer = rest[0] if len(rest) == 1 else ("add", *rest)
                changes = [("term dropped", fewer), ("term turned", ("add", *turned))]
            case ("ref", name, letters):
                every = {**net.given, **{q: own for q, own, _ in net.equations[:-1]}}
                others = [q for q, own in every.items() if own == letters and q != name]
                changes = [("other name", ref(draw.choice(others), *letters))] if others else []
            case ("num", written) if written not in ("0", "½"):
                changes = [("number", ("num", str(float(written) + 1)))]
            case ("if", test, then, other):
                changes = [("slope dropped", then), ("slope turned", ("if", test, other, then))]
            case ("pow", base, n):
                changes = [("power", base), ("power", ("pow", base, n + 1))]
        if changes:
            kind, new = draw.choice(changes)
            return kind, put(node, one, new)
    return "sign", ("neg", node)


def believed(net: Network, draw: random.Random, found: Mapping[str, Node]) -> tuple[str, str, Node] | None:
    """A line by a wrong rule: the rule, the weight, the line; None where the rule makes no difference."""
    rules = [*BELIEFS, *PATHS, *PATHS, *PATHS]
    draw.shuffle(rules)
    names = [name for name, _, _ in net.equations]
    for wrong in rules:
        other = derivatives(net, wrong, draw.choice([*names, *net.weights]), draw.randrange(4))
        changed = [name for name, line in found.items() if other[name] not in (line, ("num", "0"))]
        if changed:
            name = draw.choice(changed)
            return wrong, name, other[name]
    return None


def unlettered(node: Node, draw: random.Random) -> tuple[str, Node, Node] | None:
    """A line with a sum forgotten, over another letter, or with indices exchanged: none that NumPy could compute. And
    the line with 0 there instead, by which it is seen whether the part counts at all."""
    changes: list[tuple[str, Node, Node]] = []
    for one in inside(node):
        match one:
            case ("sum", _, body):
                changes += [("sum forgotten", one, body)]
            case ("ref", name, (first, second)):
                changes += [("indices exchanged", one, ("ref", name, (second, first)))]
    if not changes:
        return None
    kind, old, new = draw.choice(changes)
    return kind, put(node, old, new), put(node, old, ("num", "0"))


def put(node: Node, old: Node, new: Node) -> Node:
    """The node with one part replaced, wherever it stands."""
    if node == old:
        return new
    if node[0] == "ref":
        return node
    return tuple(put(one, old, new) if isinstance(one, tuple) and one and isinstance(one[0], str) else one
                 for one in node)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A line about a network, whether it is right, and the change if it is one; and whether it is right on the data."""

    network: str
    line: str
    right: bool
    change: str = ""
    here: bool = False


def case(seed: int, right: bool) -> Case | None:
    """A random line; None where a change made no clear difference."""
    draw = random.Random(seed)
    net = draw.choice([scalar, scalar, lettered, outputs])(draw)
    with np.errstate(all="ignore"):
        net.truth(seed)
        found = {name: line for name, line in derivatives(net).items() if line != ("num", "0")}
        if not found:
            return None
        name = draw.choice(list(found))
        line, change = found[name], ""
        kind = draw.random()
        if not right and kind < 0.1 and (without := unlettered(line, draw)) is not None:
            change, changed, absent = without
            with_it, without_it = (net.whole(one, net.given[name], net.env) for one in (line, absent))
            if not (np.abs(with_it - without_it) > APART * np.abs(with_it)).any():
                return None  # times 0 everywhere
            return Case(net.text, f"∂E/∂{text(ref(name, *net.given[name]))} = {text(changed)}", right, change)
        if not right and kind < 0.4 and (other := believed(net, draw, found)) is not None:
            change, name, line = other
        elif not right:
            for _ in range(draw.choice([1, 1, 1, 2])):
                kind_, line = slipped(line, draw, net)
                change = f"{change} + {kind_}".strip(" +")
        letters, true = net.given[name], found[name]
        if right or draw.random() < 0.5:
            line = respelled(line, draw, net)
        one, other_ = net.whole(line, letters, net.env), net.whole(true, letters, net.env)
        told = np.isfinite(one) & np.isfinite(other_)
        gap = np.abs(one - other_)[told] / np.maximum(np.maximum(np.abs(one), np.abs(other_)), 1e-12)[told]
        worst = float(gap.max(initial=0.0))
        clear = worst > APART if not right else worst < ALIKE or right
        here = not right and on_data(net, letters, line, true, seed)
    if not clear or len(text(line)) > 2000:
        return None
    return Case(net.text, f"∂E/∂{text(ref(name, *letters))} = {text(line)}", right, change, here)


def on_data(net: Network, letters: tuple[str, ...], line: Node, true: Node, seed: int) -> bool:
    """Whether a line is right on the network's own rows: for every weight or, if it is a number, at the start."""
    bare = not any(node[0] == "ref" for node in inside(line))
    draw = np.random.default_rng(seed)
    gaps = []
    for row in net.rows:
        env: dict[str, Any] = {"size": net.sizes}
        points = 1 if bare else MORE
        for name, own in net.given.items():
            size = (points, *(net.sizes[letter] for letter in own))
            if name in net.weights:
                start = np.array(numbers(net.starts[name]), dtype=float)
                moved = draw.choice([-1.0, 1.0], size) * np.exp(draw.uniform(-2.0, 2.5, size))
                env[name] = np.broadcast_to(start, size) * 1.0 if bare else moved
            else:
                last = net.sizes[net.given["y"][0]] if net.given["y"] else 1
                values = (row[-last:] if own else row[-1]) if name == "y" else row[:-last] if own else row[0]
                env[name] = np.broadcast_to(np.array(values, dtype=float), size) * 1.0
        for name, own, body in net.equations:
            env[name] = net.whole(body, own, env)
        one, other = net.whole(line, letters, env), net.whole(true, letters, env)
        gaps.append(float((np.abs(one - other) / np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-12)).max()))
    return min(gaps) <= APART if bare else max(gaps) <= APART


def numbers(value: Any) -> Any:
    """A start as numbers."""
    return json.loads(value) if isinstance(value, str) else value


def verdict(one: Case) -> tuple[bool, cr.Answer]:
    """Whether the judge is right about a line: a wrong one may at most be right on its data alone."""
    answer = cr.Model(one.network).check(one.line)
    fair = answer.equal is False or (answer.equal == "here" and one.here) or answer.equal is None
    return (answer.equal is True) if one.right else fair, answer
