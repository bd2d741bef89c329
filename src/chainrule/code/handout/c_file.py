"""An outline → a file in C that trains: loops over numbers, every derivative as it was derived."""

from __future__ import annotations

import re
import textwrap
from itertools import chain

import numpy as np

from chainrule.code.handout.files import MUCH, above
from chainrule.code.handout.outline import Outline
from chainrule.code.handout.python import identifiers
from chainrule.code.handout.scalar_table import C
from chainrule.code.handout.scalars import Scalars
from chainrule.program.program import NEW, STEP
from chainrule.tape.bound import Array

WIDE = 110

BOTH = "\0"
"""What a test ends with where it is followed by another, until lines are broken."""


def c_file(outline: Outline) -> str:
    """The text of the file."""
    names = identifiers(outline, C.reserved)
    made = Scalars(outline, C, names)
    late: list[str] = []  # numbers that stand at the end of the file
    early = [*given(outline, names, late), *rows_listed(outline)]
    made.depth = 2
    visits(outline, made, names)
    made.step()
    tests = [all_finite(one, made) for one in checked(outline, names)]
    text = " && ".join(tests)
    if len(text) < WIDE - 16:
        made.add(f"if (!({text})) {{")
    else:
        made.add("if (!(")
        kept = text.replace(" && ", f"{BOTH} ")
        for line in textwrap.wrap(kept, WIDE - 16, break_long_words=False, break_on_hyphens=False):
            made.add(f"    {line.replace(BOTH, ' &&')}")
        made.add(")) {")
    made.add('  printf("the numbers are no longer finite in step %d\\n", step + 1);')
    made.add("  break;")
    made.add("}")
    made.project()
    for name in outline.updated:
        new, old = names[f"{name}{NEW}"], names[name]
        made.add(f"memcpy({old}, {new}, sizeof {old});" if new in made.arrays else f"{old} = {new};")
    if outline.record > 1:
        goal = names[outline.program.objective]
        made.add(f'if ((step + 1) % {outline.record} == 0) printf("step %d: {goal} %.6g\\n", step + 1, {goal});')
    arrays = [f"static double {name}{sizes};" for name, sizes in made.arrays.items()]
    shown = list(chain.from_iterable(printed(outline, names, symbol.name) for symbol in outline.program.weights))
    many = any(symbol.letters for symbol in outline.program.weights)
    helpers = [C.helpers[one].rstrip() for one in C.helpers if one in made.helpers]
    code = [
        *(["#define PI 3.141592653589793", ""] if any("PI" in line for line in made.lines) else []),
        *early,
        *([*arrays, ""] if arrays else []),
        *chain.from_iterable((one, "") for one in helpers),
        *([FINITE, ""] if any("all_finite(" in line for line in made.lines) else []),
        *([SHOW, ""] if many else []),
        *([PERMUTATION, ""] if outline.order == "shuffled" and outline.rows == "one" else []),
        "int main(void) {",
        f"  for (int step = 0; step < {outline.steps}; step++) {{",
        *made.lines,
        "  }",
        *(f"  {line}" for line in shown),
        "  return 0;",
        "}",
        *(["", "// the numbers", *late] if late else []),
        "",
    ]
    body = "\n".join(code)
    text_lines = [
        *above(outline, "C", "c", "//"),
        "//",
        "// To run it:  cc -O2 -ffp-contract=off FILE.c -o train -lm && ./train",
        "",
        *(f"#include {name}" for name, used in INCLUDED.items() if re.search(used, body)),
        "",
        *code,
    ]
    return "\n".join(text_lines)


def checked(outline: Outline, names: dict[str, str]) -> list[tuple[str, str]]:
    """What has to be finite: keys with the names of their numbers."""
    keys = [outline.program.objective, *outline.gradients.values()]
    return [(one, names[one]) for one in keys] + [(one, names[f"{one}{NEW}"]) for one in outline.updated]


def all_finite(one: tuple[str, str], made: Scalars) -> str:
    name, called = one
    boxes = made.outline.boxes[name]
    if not boxes:
        return f"isfinite({called})"
    count = int(np.prod([len(values) for values in boxes]))
    return f"all_finite(&{called}{'[0]' * len(boxes)}, {count})"


def given(outline: Outline, names: dict[str, str], late: list[str]) -> list[str]:
    """Data, consts, weights and states."""
    found: list[str] = []
    for title, group in outline.groups.items():
        if group:
            found.append(f"// {title}")
        for name in group:
            value = outline.array(name)
            called = f"{names[name]}_data" if outline.in_rows(name) else names[name]
            sizes = "".join(f"[{size}]" for size in value.shape)
            kind = "static double" if name in outline.moving else "static const double"
            whole = f"{kind} {called}{sizes} = {braced(value)};"
            if value.size > MUCH:
                found.append(f"{kind} {called}{sizes};  // at the end of the file")
                late.append(whole)
            else:
                found.append(whole)
        found += [""] if group else []
    if outline.rows == "many" and outline.order == "all":
        found += [f"enum {{ n = {outline.bound.patterns} }};  // how many patterns", ""]
    return found


def braced(value: Array) -> str:
    """Numbers in braces."""
    if not value.ndim:
        return literal(float(value))
    inside = [braced(one) for one in value]
    text = f"{{{', '.join(inside)}}}"
    return text if value.ndim == 1 or len(text) < WIDE - 30 else "{\n  " + ",\n  ".join(inside) + "\n}"


def literal(number: float) -> str:
    """A number as C reads it: a double.

    >>> literal(1.0), literal(1e16), literal(float("-inf"))
    ('1.0', '1e+16', '-INFINITY')
    """
    return repr(number).replace("inf", "INFINITY").replace("nan", "NAN")


def rows_listed(outline: Outline) -> list[str]:
    """The rows of an order that was given as a list."""
    if not isinstance(outline.order, tuple) or outline.rows == "none":
        return []
    count = len(outline.order)
    if outline.rows == "one":
        return [f"static const int ROWS[{count}] = {{{', '.join(str(one[0]) for one in outline.order)}}};", ""]
    rows = ", ".join("{" + ", ".join(map(str, one)) + "}" for one in outline.order)
    sizes = ", ".join(str(len(one)) for one in outline.order)
    return [
        f"static const int ROWS[{count}][{outline.widest}] = {{{rows}}};",
        f"static const int COUNTS[{count}] = {{{sizes}}};",
        "",
    ]


def visits(outline: Outline, made: Scalars, names: dict[str, str]) -> None:
    """The rows that a step visits."""
    own = [name for name in outline.read if name in outline.varying]
    count = outline.bound.patterns
    if outline.counts_steps:
        made.add(f"const double {names[STEP]} = step + 1;", "the number of the step, from 1")
    if not own or outline.rows == "none" or outline.order == "all":
        return
    match outline.order:
        case "shuffled":
            made.add(f"static int order[{count}];")
            made.add(f"if (step % {count} == 0) permutation({outline.seed}u, step / {count}, {count}, order);")
            made.add(f"const int row = order[step % {count}];")
        case "each" | 1:
            made.add(f"const int row = step % {count};")
        case int(size):
            made.add(f"enum {{ n = {size} }};")
            made.add("int rows[n];")
            made.add(f"for (int k = 0; k < n; k++) rows[k] = (int)(((int64_t)step*n + k) % {count});")
        case tuple(listed) if outline.rows == "one":
            made.add(f"const int row = ROWS[step % {len(listed)}];")
        case tuple(listed):
            made.add(f"const int *rows = ROWS[step % {len(listed)}];")
            made.add(f"const int n = COUNTS[step % {len(listed)}];")
    if outline.rows == "one":
        for name in own:
            shape = np.shape(outline.numbers[name])[1:]
            called = names[name]
            if not shape:
                made.add(f"const double {called} = {called}_data[row];")
            elif len(shape) == 1:
                made.add(f"const double *{called} = {called}_data[row];")
            else:
                made.add(f"const double (*{called}){''.join(f'[{one}]' for one in shape[1:])} = {called}_data[row];")
    made.add()


def printed(outline: Outline, names: dict[str, str], name: str) -> list[str]:
    """Lines that print a weight."""
    shape, called = np.shape(outline.numbers[name]), names[name]
    if not shape:
        return [f'printf("{called} = %.17g\\n", {called});']
    sizes = ", ".join(map(str, shape))
    return [
        f'printf("{called} = ");', f"show(&{called}{'[0]' * len(shape)}, {len(shape)}, (int[]){{{sizes}}});",
        'printf("\\n");',
    ]  # fmt: skip


INCLUDED = {"<math.h>": "", "<stdint.h>": r"int\d+_t", "<stdio.h>": "", "<string.h>": "memcpy"}
"""Headers of the library, and what needs them."""

FINITE = """\
static int all_finite(const double *numbers, int count) {
  for (int k = 0; k < count; k++) {
    if (!isfinite(numbers[k])) return 0;
  }
  return 1;
}"""

SHOW = """\
// An array as lists in lists.
static const double *show(const double *numbers, int rank, const int *shape) {
  if (rank == 0) {
    printf("%.17g", *numbers);
    return numbers + 1;
  }
  for (int k = 0; k < shape[0]; k++) {
    printf(k ? ", " : "[");
    numbers = show(numbers, rank - 1, shape + 1);
  }
  printf("]");
  return numbers;
}"""

PERMUTATION = """\
// The numbers 0 ... count - 1 in the random order of a pass (Threefry-2x32, as chainrule draws it).
static void permutation(uint32_t seed, int turn, int count, int *order) {
  static const int by[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  char name[32];
  uint32_t key = 0x811c9dc5u;
  snprintf(name, sizeof name, "pass %d", turn);
  for (const char *byte = name; *byte; byte++) key = (key ^ (uint32_t)*byte) * 0x01000193u;
  const uint32_t keys[3] = {seed, key, seed ^ key ^ 0x1bd11bdau};
  for (int k = 0; k < count; k++) order[k] = k;
  for (int last = count - 1; last > 0; last--) {
    uint32_t a = (uint32_t)last + keys[0], b = 3u + keys[1];
    for (int round = 0; round < 20; round++) {
      a += b;
      b = ((b << by[round % 8]) | (b >> (32 - by[round % 8]))) ^ a;
      if (round % 4 == 3) {
        a += keys[(round / 4 + 1) % 3];
        b += keys[(round / 4 + 2) % 3] + (uint32_t)(round / 4) + 1u;
      }
    }
    const int other = (int)(((a >> 5) * 67108864.0 + (b >> 6)) * 1.1102230246251565e-16 * (last + 1));
    const int kept = order[last];
    order[last] = order[other];
    order[other] = kept;
  }
}"""
