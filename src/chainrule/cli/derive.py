"""The command `derive`: back-propagation line by line, in each form of writing."""

from __future__ import annotations

from collections.abc import Mapping

import click

from chainrule.cli.completion import weights
from chainrule.cli.options import ascii_option, json_option, model_argument, opened, several
from chainrule.cli.output import marked, page, say, write
from chainrule.errors import UsageError, inline

MOST_DERIVED = 3
"""Weights whose derivations are printed in full where none is named."""

FORMS = {"strict": ("text",), "ascii": ("text",), "dress": ("text", "latex", "mathml", "html", "markdown")}
"""The forms that an option has a meaning in; ``dress``: subscript, hidden arguments and Rumelhart's sign."""


@click.command(short_help="Back-propagation line by line, every line checked.")
@model_argument
@click.option(
    "--wrt", metavar="NAME", shell_complete=weights, help="the weight or entry, W[1,2]; every weight if none is named"
)
@click.option("--of", metavar="NAME", help="what is differentiated, if not the error; goal: what a step lowers")
@click.option("--detail", default="normal", show_default=True, metavar="HOW", help="brief, normal, full or substituted")
@click.option(
    "--format", "form", type=click.Choice([*FORMS["dress"], "json"]), default="text",
    show_default=True, help="how it is written",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="tell d (everything follows) from ∂ (all else held), readable as a text")
@several("--substitute", "NAME", "put in the derivative by this quantity, and no other; may be repeated")
@click.option("--matrix", is_flag=True, help="each equation in matrices too, or why it has no such form")
@click.option("--second", metavar="NAME", help="the second derivative, by --wrt and this weight")
@click.option("--subscript", metavar="LETTER", help="a letter for the iteration below every name but the error's")
@click.option("--hide-arguments", is_flag=True, help="write ∂f/∂w for ∂f(x)/∂w")
@click.option("--rumelhart", is_flag=True, help="let δ be −∂E/∂z, as in the paper of 1986 (with --detail brief)")
@ascii_option
@json_option
def derive(
    model: str, wrt: str | None, of: str | None, detail: str, form: str, strict: bool,
    substitute: tuple[str, ...], matrix: bool, second: str | None, subscript: str | None, hide_arguments: bool,
    rumelhart: bool, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """Back-propagation line by line: each with the rule that gives it, each checked numerically before it is shown.

    Of a network with more than three weights and no --wrt, the last line for each weight, and for each derivative that
    it reads.

    \b
    chainrule derive identity
    chainrule derive xor --wrt a1 --detail full
    chainrule derive my.eq --wrt w --format latex
    chainrule derive my.eq --of goal
    """
    from chainrule.api.derivation import Derivation
    from chainrule.derive.derive import has_more

    network = opened(model)
    dress = {"subscript": subscript, "hide_arguments": hide_arguments, "rumelhart": rumelhart}
    apart(form if not as_json else "json", {"strict": strict, "ascii": ascii, **dress})
    whole = detail in ("normal", "full") and second is None and not as_json and form != "json"
    both = of is None and whole and has_more(network.network)
    derivations = [
        network.derive(name, detail=detail, of=one, substitute=substitute, matrix=matrix, second=second)
        for name in ([wrt] if wrt else network.weights)
        for one in ((of, network.network.goal.name) if both else (of,))
    ]
    if as_json or form == "json":
        shapes = [derivation.json() for derivation in derivations]
        write(shapes[0] if wrt else shapes)
        return
    if any(dress.values()):
        derivations = [derivation.dressed(subscript, hide_arguments, rumelhart) for derivation in derivations]
    if form == "html":
        marked(derivations[0].html(*derivations[1:]))
    elif form == "mathml":
        marked("\n\n".join(derivation.mathml() for derivation in derivations) + "\n")
    elif form != "text":
        ways = {"latex": Derivation.latex, "markdown": Derivation.markdown}
        say("\n\n".join(map(ways[form], derivations)))
    elif len(derivations) > MOST_DERIVED:
        needed = (derivation.needed(ascii=ascii, strict=strict) for derivation in derivations)
        lines = dict.fromkeys(line for lines in needed for line in lines)
        more = f"Line by line, with the rules: chainrule derive {inline(model)} --wrt {network.weights[0]}"
        page([*lines, "", more], ascii)
    else:
        page(["\n\n".join(derivation.text(ascii=ascii, strict=strict) for derivation in derivations)], ascii)


def apart(form: str, asked: Mapping[str, object]) -> None:
    """Nothing, or the error that an option that was asked for does nothing in this form."""
    for name, value in asked.items():
        option = "--" + name.replace("_", "-")
        if value and form not in FORMS.get(name, FORMS["dress"]):
            forms = ", ".join(FORMS.get(name, FORMS["dress"]))
            raise UsageError(
                "E463", f"{option} does nothing to --format {form}", f"leave it out, or take --format {forms}"
            )
