"""An outline → a file in PyTorch or JAX that trains: the network, autograd's gradient, and the derived one beside it.

In the first step the file stops if the two gradients differ: the derived one is written in NumPy, equation by equation.
"""

from __future__ import annotations

from chainrule.code.handout.arrays import Arrays
from chainrule.code.handout.dialect import JAX, NUMPY, TORCH, Dialect, beside
from chainrule.code.handout.files import Data, above, finished, permuted, pick, setup, watch
from chainrule.code.handout.loops import looped
from chainrule.code.handout.outline import Outline
from chainrule.code.handout.python import Lines, Writer, identifiers, reserved
from chainrule.errors import UsageError
from chainrule.expr.nodes import key
from chainrule.expr.order import flat
from chainrule.expr.walk import reads

FUNCTIONS = ("finite", "agree", "as_numpy", "derived_gradient", "forward", "gradient", "weights", "permutation",
             "order")  # fmt: skip


BESIDE = beside(NUMPY, "np_")


class Autograd:
    """Writes the file."""

    def __init__(self, outline: Outline, dialect: Dialect) -> None:
        self.outline, self.dialect, self.kept = outline, dialect, looped(outline)
        helpers = (*dialect.reserved(), *BESIDE.reserved(), "torch", "jax", "jnp", "found", "passed")
        self.names = identifiers(outline, reserved(*FUNCTIONS, *helpers))
        self.arrays = Arrays(outline, dialect, self.names, self.kept)
        self.derived = Arrays(outline, BESIDE, self.names, self.kept)
        Writer(outline, self.arrays, self.kept, Lines()).parts(outline.forward)  # finds which axes each array has
        self.derived.kept = dict(self.arrays.kept)
        self.forward = [key(line.target) for part in outline.forward for line in flat((part,))]
        self.forward = list(dict.fromkeys(self.forward))
        self.trained = list(outline.gradients)
        updates = outline.program.phases["update"] + outline.program.phases["project"]
        self.by_rule = {name for line in updates for name, _ in reads(line.body)}
        made = {key(line.target) for part in outline.backward for line in flat((part,))}
        for name in sorted(self.by_rule & made - set(outline.gradients.values())):
            raise UsageError(
                "E061",
                f"the learning rule reads {outline.named(name)}, and {dialect.name}'s autograd gives the gradient"
                " alone",
                'write the program in "numpy", "c" or "javascript", which have every derivative as an equation',
            )

    @property
    def arguments(self) -> list[str]:
        """What the derived gradient reads that is computed or given, in the order of the text."""
        backward = [line for part in self.outline.backward for line in flat((part,))]
        made = {key(line.target) for line in backward}
        names = {name for line in backward for name, _ in reads(line.body)} - made
        given = [symbol.name for symbol in self.outline.program.symbols()]
        return [name for name in (*given, *self.forward) if name in names]

    def called(self, names: list[str]) -> str:
        """Names as a tuple."""
        return ", ".join(self.names[name] for name in names) + "," * (len(names) == 1)

    def listed(self, names: list[str]) -> list[str]:
        return [self.names[name] for name in names]

    def gradient_names(self) -> str:
        return self.called(list(self.outline.gradients.values()))

    def text(self) -> str:
        outline, lines = self.outline, Lines(0)
        scalar = f"{self.dialect.constant.partition('(')[0]}" if self.dialect.tensors else "jnp.array"
        plain = self.dialect.scalar if self.dialect.tensors or outline.divides else "{0}"
        array = "torch.tensor" if self.dialect is TORCH else "jnp.array"
        data = Data(outline, self.names, array, scalar, plain)
        if data.large:
            lines.depth = 1
        setup(outline, data, lines)
        if not lines.depth and (self.dialect is JAX or self.trained):
            lines.add()
        if self.dialect is JAX:
            self.network(lines)
        self.backward(lines)
        if self.dialect is TORCH and self.trained:
            if len(self.trained) == 1:
                lines.add(f"{self.called(self.trained).rstrip(',')}.requires_grad_()")
            else:
                lines.add(f"for weight in ({self.called(self.trained)}):")
                lines.add("    weight.requires_grad_()")
            lines.add()
        with lines.block(f"for step in range({outline.steps}):"):
            pick(outline, data, self.names, lines)
            (self.step_of_torch if self.dialect is TORCH else self.step_of_jax)(lines)
            watch(outline, self.names, lines)
        lines.add()
        for symbol in outline.program.weights:
            lines.add(f'print("{self.names[symbol.name]} =", {self.names[symbol.name]}.tolist())')
        helpers = [self.dialect.helpers[one] for one in self.dialect.helpers if one in self.arrays.helpers]
        own = [BESIDE.helpers[one] for one in BESIDE.helpers if one in self.derived.helpers]
        checks, finite = [AS_NUMPY_IN_SLICES if self.kept else AS_NUMPY, AGREE], FINITE
        if self.dialect is JAX:
            checks[0] = checks[0].replace(PLAIN, "np.asarray(value)").replace("tensor", "JAX array")
            checks[0] = checks[0].replace("; a number as it is", "")
            finite = FINITE.replace("torch.isfinite(one).all()", "jnp.all(jnp.isfinite(one))")
            finite = finite.replace("tensors", "arrays")
        functions = [*helpers, finite, *(checks if self.trained else []), *own]
        if outline.order == "shuffled":
            functions.insert(0, permuted())
        command = "torch" if self.dialect is TORCH else "jax"
        head = [*above(outline, self.dialect.name, command), *HEADS[self.dialect.name]]
        return finished(head, functions, lines.text, data)

    # --- the network

    def network(self, lines: Lines) -> None:
        """The function that JAX differentiates."""
        outline = self.outline
        own = [name for name in outline.read if name in self.stepwise]
        with lines.block(f"def forward({', '.join(['weights', *(self.names[name] for name in own)])}):"):
            lines.add(f'"""The network: its {self.names[outline.program.objective]}, and what it is made of."""')
            if self.trained:
                lines.add(f"{self.called(self.trained)} = weights")
            if outline.rows == "many" and isinstance(outline.order, tuple) and own:
                lines.add(f"n = {self.names[own[0]]}.shape[0]")
            writer = Writer(outline, self.arrays, self.kept, lines)
            writer.parts(outline.forward)
            lines.add(f"return {self.names[outline.program.objective]}, ({self.called(self.passed)})")
        lines.add()
        lines.add()
        lines.add("gradient = jax.jit(jax.value_and_grad(forward, has_aux=True))")
        lines.add()
        if not lines.depth and self.trained:
            lines.add()

    @property
    def stepwise(self) -> set[str]:
        """Data that each step picks rows of."""
        outline = self.outline
        return set() if outline.rows == "none" or outline.order == "all" else set(outline.varying)

    @property
    def passed(self) -> list[str]:
        """What of the forward pass is read after it, beside the goal."""
        wanted = {*self.arguments, *self.by_rule}
        return [name for name in self.forward if name in wanted and name != self.outline.program.objective]

    def backward(self, lines: Lines) -> None:
        """The derived gradient, in NumPy."""
        outline = self.outline
        if not self.trained:
            return
        many = ["n"] if outline.rows == "many" and outline.order != "all" else []
        with lines.block(f"def derived_gradient({', '.join([self.names[name] for name in self.arguments] + many)}):"):
            lines.add('"""The derivative with respect to each weight as chainrule derived it, users before makers."""')
            writer = Writer(outline, self.derived, self.kept, lines)
            writer.begun.update(self.forward)
            writer.parts(outline.backward)
            if self.many:
                writer.called("return ", self.listed(list(outline.gradients.values())), "")
            else:
                lines.add(f"return ({self.gradient_names()})")
        lines.add()
        lines.add()

    def compare(self, lines: Lines) -> None:
        outline = self.outline
        arguments = [f"as_numpy({self.names[name]})" for name in self.arguments]
        many = ["n"] if outline.rows == "many" and outline.order != "all" else []
        writer = Writer(outline, self.arrays, self.kept, lines)
        found = "found" if self.many else f"({self.gradient_names()})"
        goal = self.names[outline.program.objective]
        with lines.block(f"if step == 0 and finite({goal}):  # autograd finds what was derived"):
            writer.called(f"agree({found}, derived_gradient", arguments + many, ")")

    @property
    def many(self) -> bool:
        """Whether the names of all weights are too many for a line with what is done to them."""
        return len(self.called(self.trained)) + len(self.gradient_names()) > NAMED

    def step_of_torch(self, lines: Lines) -> None:
        outline = self.outline
        lines.add("# forward: each quantity from those before it")
        writer = Writer(outline, self.arrays, self.kept, lines)
        writer.parts(outline.forward)
        lines.add()
        if self.trained:
            lines.add("# backward: autograd")
            goal = self.names[outline.program.objective]
            end = ", materialize_grads=True)"
            if self.many:
                writer.called(f"found = torch.autograd.grad({goal}, ", self.listed(self.trained), end)
                writer.called("", self.listed(list(outline.gradients.values())), " = found")
            else:
                names = self.called(self.trained)
                lines.add(f"{self.gradient_names()} = torch.autograd.grad({goal}, ({names}){end}")
            self.compare(lines)
            lines.add()
        lines.add("# the learning rule: all weights change together")
        with lines.block("with torch.no_grad():"):
            self.update(writer, lines)
        for name in self.trained:
            if name in outline.updated:
                lines.add(f"{self.names[name]}.requires_grad_()")

    def step_of_jax(self, lines: Lines) -> None:
        outline = self.outline
        own = [self.names[name] for name in outline.read if name in self.stepwise]
        goal = self.names[outline.program.objective]
        lines.add("# forward and backward: autograd")
        gradients = f"({self.gradient_names()})" if self.trained else "_"
        call = f"gradient({', '.join([f'({self.called(self.trained)})', *own])})"
        if self.many:
            writer = Writer(outline, self.arrays, self.kept, lines)
            end = "".join(f", {name}" for name in own) + ")"
            writer.called(f"({goal}, passed), found = gradient(", self.listed(self.trained), end)
            if self.passed:
                lines.add(f"{self.called(self.passed)} = passed")
            writer.called("", self.listed(list(outline.gradients.values())), " = found")
        else:
            lines.add(f"({goal}, ({self.called(self.passed)})), {gradients} = {call}")
        if self.trained:
            self.compare(lines)
        lines.add()
        lines.add("# the learning rule: all weights change together")
        self.update(Writer(outline, self.arrays, self.kept, lines), lines)

    def update(self, writer: Writer, lines: Lines) -> None:
        outline, names = self.outline, self.names
        writer.update()
        gradients = [names[one] for one in outline.gradients.values()]
        checked = [names[outline.program.objective], *gradients, *(names[f"{one}'"] for one in outline.updated)]
        writer.called("if not finite", checked, ":")
        lines.add('    print("the numbers are no longer finite in step", step + 1)')
        lines.add("    break")
        writer.project()
        writer.commit()


NAMED = 60
"""Characters of names that stand in one line with the call they are given to."""

HEADS = {
    "PyTorch": ["", "import math", "", "import numpy as np", "import torch", "",
                "torch.set_default_dtype(torch.float64)"],
    "JAX": ["", "import math", "", "import jax", "import jax.numpy as jnp", "import numpy as np", "",
            'jax.config.update("jax_enable_x64", True)'],
}  # fmt: skip

FINITE = '''\
def finite(*numbers):
    """Whether all numbers of all tensors are finite."""
    return all(torch.isfinite(one).all() for one in numbers)
'''

PLAIN = "value.detach().numpy() if torch.is_tensor(value) else value"

AS_NUMPY = '''\
def as_numpy(value):
    """A tensor for NumPy; a number as it is."""
    return value.detach().numpy() if torch.is_tensor(value) else value
'''

AS_NUMPY_IN_SLICES = '''\
def as_numpy(value):
    """A tensor, or slices of one, for NumPy; a number as it is."""
    if isinstance(value, dict):
        return {k: as_numpy(one) for k, one in value.items()}
    return value.detach().numpy() if torch.is_tensor(value) else value
'''

AGREE = '''\
def agree(found, derived):
    """Stop where two gradients differ by more than rounding."""
    for one, other in zip(found, derived):
        assert np.allclose(as_numpy(one), other, rtol=1e-9, atol=1e-12, equal_nan=True), (one, other)
'''


def torch_file(outline: Outline) -> str:
    """The text of the file in PyTorch."""
    return Autograd(outline, TORCH).text()


def jax_file(outline: Outline) -> str:
    """The text of the file in JAX."""
    return Autograd(outline, JAX).text()

