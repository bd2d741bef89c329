"""A training → a program in C that makes it with the same bits."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from chainrule.code.c.table import HELPERS, C
from chainrule.code.handout.c_file import PERMUTATION, SHOW, literal
from chainrule.code.handout.files import MUCH
from chainrule.code.training import Training
from chainrule.code.whole import Whole, head, whole
from chainrule.program.program import Program
from chainrule.tape.bound import Bound

WIDE = 110

COMMAND = "cc -O2 -ffp-contract=off {0} -o train -lm && ./train"
"""How a program is compiled and run."""

MORE = (
    f"To run it:  {COMMAND.replace('{0}', 'FILE.c')}",
    "It prints each weight with its full value; ./train trace prints all of them after every step, too. The flag keeps",
    "the compiler from joining a product and a sum, and none that makes arithmetic fast may be added: then every",
    "number is, to the bit, what chainrule computes. own_exp and its kin are chainrule's own functions, since exp of",
    "the library gives other last digits on other machines.",
)

INCLUDED = """\
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>"""

GUARD = """\
#if FLT_EVAL_METHOD != 0 || defined(__FAST_MATH__)
#error "numbers have to be rounded to doubles after each operation: compile as it says above"
#endif"""


def c_program(program: Program, bound: Bound, training: Training, told: Sequence[str]) -> str:
    """The text of the program; ``told`` are lines without line ends that stand above it."""
    parts = whole(program, bound, training, C)
    late: list[str] = []  # numbers that stand at the end of the file
    lines = [*head(told, "//", MORE), "", INCLUDED, "", GUARD, "", *given(parts, late)]
    text = parts.text
    for name, helper in HELPERS.items():
        lines += [helper, ""] if f"{name}(" in text else []
    for function in parts.functions:
        lines += [function, ""]
    lines += [
        "// A step of training: from weights and data to the weights after it. Where it cannot be taken, because",
        "// a number that it needs is not finite, it gives the name of the first quantity that is not.",
    ]
    for step in parts.steps.values():
        lines += [step.text.replace("() {", "(void) {", 1), ""]
    lines += [SHOW, ""] if any(shape for _, _, shape in parts.weights) else []
    lines += [PERMUTATION, ""] if training.order == "shuffled" and parts.visits else []
    lines += driver(parts)
    return "\n".join([*lines, *(["", "// the numbers", *late] if late else []), ""])


def given(parts: Whole, late: list[str]) -> Iterator[str]:
    """Data, consts, and weights where they start."""
    if parts.data:
        yield "// the data"
        for name, numbers in parts.data.items():
            yield from array(f"static const double {name}", numbers.tolist(), late)
        yield ""
    if parts.consts.size and "consts[" in parts.text:
        yield f"// the constants: {', '.join(parts.named)}"
        yield from array("static const double consts", parts.consts.tolist(), late)
        yield ""
    yield f"// the weights where they start{parts.remembers}"
    yield from array("static double state", parts.state.tolist(), late)
    yield f"static double after[{parts.state.size}];  // the same after the step"
    if parts.visits:
        yield f"static int visited[{max(parts.steps)}];  // the patterns that the step visits"
    if parts.boxes:
        yield f"static int put[{len(parts.boxes)}];  // whether the step put a weight back into its box"
    yield ""


def array(name: str, numbers: Iterable[float], late: list[str]) -> list[str]:
    """The lines of an array; one of many numbers is declared here and stands at the end of the file."""
    each = [literal(one) for one in numbers]
    whole = f"{name}[{len(each)}] = {{{', '.join(each)}}};"
    if len(each) > MUCH:
        filled = textwrap.fill(", ".join(each), WIDE, initial_indent="  ", subsequent_indent="  ")
        late += [f"{name}[{len(each)}] = {{", filled, "};"]
        return [f"{name}[{len(each)}];  // at the end of the file"]
    return textwrap.wrap(whole, WIDE, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def driver(parts: Whole) -> Iterator[str]:
    """The training."""
    training, turn = parts.training, parts.turn
    boxes = f"{{{', '.join(map(quoted, parts.boxes))}}}"
    if parts.boxes:
        yield f"static const char *names[] = {boxes};"
        yield f"static int64_t times[{len(parts.boxes)}], last[{len(parts.boxes)}];"
        yield ""
    yield "static void row(int64_t step) {"
    yield '  printf("%lld", (long long)step);'
    yield f'  for (int k = 0; k < {parts.state.size}; k++) printf(",%.17g", state[k]);'
    yield '  printf("\\n");'
    yield "}"
    yield ""
    yield from rows_listed(parts)
    yield "int main(int argc, char **argv) {"
    yield '  const int told = argc > 1 && strcmp(argv[1], "trace") == 0;'
    yield "  int64_t unchanged = 0;  // steps in a row that changed no weight"
    yield "  memcpy(after, state, sizeof state);"
    yield "  if (told) {"
    yield f'    printf("%s\\n", {quoted(",".join(("step", *parts.columns)))});'
    yield "    row(0);"
    yield "  }"
    yield f"  for (int64_t step = 0; step < {training.steps}; step++) {{"
    yield from (f"    {line}" for line in visits(parts))
    yield "    if (*left) {"
    yield '      printf("%s is no longer finite in step %lld\\n", left, (long long)step + 1);'
    yield "      break;"
    yield "    }"
    if parts.boxes:
        yield f"    for (int k = 0; k < {len(parts.boxes)}; k++) {{"
        yield "      if (put[k]) {"
        yield "        times[k]++;"
        yield "        last[k] = step + 1;"
        yield "      }"
        yield "      put[k] = 0;"
        yield "    }"
    yield "    unchanged = memcmp(after, state, sizeof state) == 0 ? unchanged + 1 : 0;"
    yield "    memcpy(state, after, sizeof state);"
    yield "    if (told) row(step + 1);"
    whole_pass = f" && (step + 1) % {turn} == 0" if turn > 1 else ""
    yield f"    if (unchanged >= {turn}{whole_pass}) {{"
    yield '      printf("converged: a pass that ends with step %lld changed nothing\\n", (long long)step + 1);'
    yield "      break;"
    yield "    }"
    yield "  }"
    if parts.boxes:
        yield f"  for (int k = 0; k < {len(parts.boxes)}; k++) {{"
        yield '    if (times[k]) printf("%s was put back into its box in %lld steps, the last of them step %lld\\n",'
        yield "      names[k], (long long)times[k], (long long)last[k]);"
        yield "  }"
    for name, first, shape in parts.weights:
        yield from (f"  {line}" for line in printed(name, first, shape))
    yield "  return 0;"
    yield "}"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def rows_listed(parts: Whole) -> Iterator[str]:
    """The rows of an order that was given as a list, and how many each step has."""
    order = parts.training.order
    if isinstance(order, str | int):
        return
    if parts.visits:
        yield f"static const int ROWS[{len(order)}][{max(parts.steps)}] = {{"
        yield from (f"  {{{', '.join(map(str, rows))}}}," for rows in order)
        yield "};"
    if len(parts.steps) > 1:
        yield f"static const int COUNTS[{len(order)}] = {{{', '.join(str(len(rows)) for rows in order)}}};"
    yield ""


def visits(parts: Whole) -> Iterator[str]:
    """Which patterns the step visits, and the step."""
    patterns = parts.patterns
    match parts.training.order:
        case str() | int() if not parts.visits:
            pass
        case "each" | 1:
            yield f"visited[0] = (int)(step % {patterns});"
        case "shuffled":
            yield f"static int order[{patterns}];"
            yield (f"if (step % {patterns} == 0) permutation({parts.training.seed}u, (int)(step / {patterns}), "
                   f"{patterns}, order);")  # fmt: skip
            yield f"visited[0] = order[step % {patterns}];"
        case int(size):
            yield f"for (int k = 0; k < {size}; k++) visited[k] = (int)((step * {size} + k) % {patterns});"
        case listed:
            if parts.visits:
                yield f"memcpy(visited, ROWS[step % {len(listed)}], sizeof visited);"
            if len(parts.steps) > 1:
                yield f"const int count = COUNTS[step % {len(listed)}];"
    (_, only), *others = parts.steps.items()
    text = only.call
    for count, one in others:
        text = f"count == {count} ? {one.call} : {text}"
    yield f"const char *left = {text};"


def printed(name: str, first: int, shape: tuple[int, ...]) -> list[str]:
    """Lines that print a weight."""
    if not shape:
        return [f'printf("%s = %.17g\\n", {quoted(name)}, state[{first}]);']
    return [
        f'printf("%s = ", {quoted(name)});',
        f"show(&state[{first}], {len(shape)}, (int[]){{{', '.join(map(str, shape))}}});",
        'printf("\\n");',
    ]
