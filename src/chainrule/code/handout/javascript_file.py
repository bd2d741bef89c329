"""An outline → a file in JavaScript that trains: loops over numbers, every derivative as it was derived."""

from __future__ import annotations

from chainrule.code.handout.c_file import checked
from chainrule.code.handout.files import MUCH, above
from chainrule.code.handout.outline import Outline
from chainrule.code.handout.python import identifiers
from chainrule.code.handout.scalar_table import JAVASCRIPT
from chainrule.code.handout.scalars import Scalars
from chainrule.code.javascript.table import literal
from chainrule.program.program import NEW, STEP
from chainrule.tape.bound import Array

WIDE = 110


def javascript_file(outline: Outline) -> str:
    """The text of the file."""
    names = identifiers(outline, JAVASCRIPT.reserved)
    made = Scalars(outline, JAVASCRIPT, names)
    late: list[str] = []
    early = given(outline, names, late)
    made.depth = 1
    visits(outline, made, names)
    made.step()
    wanted = ", ".join(called for _, called in checked(outline, names))
    made.add(f"if (!finite([{wanted}])) {{")
    made.add('  console.log(`the numbers are no longer finite in step ${step + 1}`);')
    made.add("  break;")
    made.add("}")
    made.project()
    for name in outline.updated:
        new, old = names[f"{name}{NEW}"], names[name]
        made.add(f"[{old}, {new}] = [{new}, {old}];" if new in made.arrays else f"{old} = {new};")
    if outline.record > 1:
        goal = names[outline.program.objective]
        told = f"`step ${{step + 1}}: {goal} ${{Number({goal}.toPrecision(6))}}`"
        made.add(f"if ((step + 1) % {outline.record} === 0) console.log({told});")
    swapped = {names[f"{name}{NEW}"] for name in outline.updated}
    arrays = [
        f"{'let' if name in swapped else 'const'} {name} = zeros({sizes[1:-1].replace('][', ', ')});"
        for name, sizes in made.arrays.items()
    ]
    shown = [f"console.log(`{names[one.name]} = ${{show({names[one.name]})}}`);" for one in outline.program.weights]
    helpers = [JAVASCRIPT.helpers[one].rstrip() for one in JAVASCRIPT.helpers if one in made.helpers]
    body = [
        *early, *([*arrays, ""] if arrays else []),
        f"for (let step = 0; step < {outline.steps}; step++) {{", *made.lines, "}", "", *shown,
    ]  # fmt: skip
    functions = [FINITE, SHOW, *([ZEROS] if arrays else []), *helpers]
    if outline.order == "shuffled" and outline.rows == "one":
        functions.append(PERMUTATION)
    head = [*above(outline, "JavaScript", "node", "//"), "//", "// To run it:  node FILE.js", ""]
    for function in functions:
        head += [*function.splitlines(), ""]
    if not late:
        return "\n".join([*head, *body, ""])
    wrapped = ["function main() {", *(f"  {line}" if line else "" for line in body), "}", "", *late, "", "main();", ""]
    return "\n".join([*head, *wrapped])


def given(outline: Outline, names: dict[str, str], late: list[str]) -> list[str]:
    """Data, consts, weights and states."""
    found: list[str] = []
    for title, group in outline.groups.items():
        if group:
            found.append(f"// {title}")
        for name in group:
            value = outline.array(name)
            called = f"{names[name]}_data" if outline.in_rows(name) else names[name]
            kind = "let" if name in outline.moving else "const"
            if value.size > MUCH:
                late.append(f"const {called}_numbers = {bracketed(value)};")
                found.append(f"{kind} {called} = {called}_numbers;")
            else:
                found.append(f"{kind} {called} = {bracketed(value)};")
        found += [""] if group else []
    if outline.rows == "many" and outline.order == "all":
        found += [f"const n = {outline.bound.patterns};  // how many patterns", ""]
    if isinstance(outline.order, tuple) and outline.rows != "none":
        rows_of = [one[0] if outline.rows == "one" else list(one) for one in outline.order]
        found += [f"const ROWS = {rows_of};", ""]
    return found


def bracketed(value: Array) -> str:
    """Numbers in brackets."""
    if not value.ndim:
        return literal(float(value))
    inside = [bracketed(one) for one in value]
    text = f"[{', '.join(inside)}]"
    return text if value.ndim == 1 or len(text) < WIDE - 30 else "[\n  " + ",\n  ".join(inside) + ",\n]"


def visits(outline: Outline, made: Scalars, names: dict[str, str]) -> None:
    """The rows that a step visits."""
    own = [name for name in outline.read if name in outline.varying]
    count = outline.bound.patterns
    if outline.counts_steps:
        made.add(f"const {names[STEP]} = step + 1;", "the number of the step, from 1")
    if not own or outline.rows == "none" or outline.order == "all":
        return
    match outline.order:
        case "shuffled":
            made.add(f"const order = permutation({outline.seed}, Math.floor(step / {count}), {count});")
            made.add(f"const row = order[step % {count}];")
        case "each" | 1:
            made.add(f"const row = step % {count};")
        case int(size):
            made.add(f"const n = {size}, rows = Array.from({{ length: n }}, (_, k) => (step*n + k) % {count});")
        case tuple(listed) if outline.rows == "one":
            made.add(f"const row = ROWS[step % {len(listed)}];")
        case tuple(listed):
            made.add(f"const rows = ROWS[step % {len(listed)}], n = rows.length;")
    if outline.rows == "one":
        for name in own:
            made.add(f"const {names[name]} = {names[name]}_data[row];")
    made.add()


FINITE = """\
function finite(numbers) {
  return numbers.flat(Infinity).every(Number.isFinite);
}"""

SHOW = """\
function show(value) {
  return Array.isArray(value) ? `[${value.map(show).join(", ")}]` : Object.is(value, -0) ? "-0" : String(value);
}"""

ZEROS = """\
function zeros(size, ...more) {
  return Array.from({ length: size }, () => (more.length ? zeros(...more) : 0));
}"""

PERMUTATION = """\
// The numbers 0 ... count - 1 in the random order of a pass (Threefry-2x32, as chainrule draws it).
function permutation(seed, turn, count) {
  const by = [13, 15, 26, 6, 17, 29, 16, 24], order = Array.from({ length: count }, (_, k) => k);
  let key = 0x811c9dc5;
  for (const letter of `pass ${turn}`) key = Math.imul(key ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  const keys = [seed, key, (seed ^ key ^ 0x1bd11bda) >>> 0];
  for (let last = count - 1; last > 0; last--) {
    let a = (last + keys[0]) >>> 0, b = (3 + keys[1]) >>> 0;
    for (let round = 0; round < 20; round++) {
      a = (a + b) >>> 0;
      b = (((b << by[round % 8]) | (b >>> (32 - by[round % 8]))) ^ a) >>> 0;
      if (round % 4 === 3) {
        const number = (round - 3) / 4;
        a = (a + keys[(number + 1) % 3]) >>> 0;
        b = (b + keys[(number + 2) % 3] + number + 1) >>> 0;
      }
    }
    const other = Math.floor(((a >>> 5)*67108864 + (b >>> 6))*1.1102230246251565e-16*(last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}"""
