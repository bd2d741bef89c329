"""What a shell offers to complete: commands and options by click, models, weights and files by name; and its script."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

from chainrule.cli.output import say
from chainrule.errors import ChainruleError

SHELLS = ("bash", "zsh", "fish")

ASKED = "_CHAINRULE_COMPLETE"
"""By this variable of its environment a shell asks."""

TYPED = "chainrule.typed"
"""Under this name a context keeps the words behind the command."""


def models(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The examples that begin so, and files."""
    from chainrule.api.texts import listed, mapped

    examples = [CompletionItem(name) for name in listed() | mapped() if name.startswith(begun)]
    return [*examples, CompletionItem(begun, type="file")]


def weights(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The weights of the model that is named before; none where it cannot be read."""
    from chainrule.cli.options import opened
    from chainrule.notation.names import pretty

    # where the option has no value yet, click has read no argument: the first word that is no option is the model then
    words = (word for word in context.meta.get(TYPED, ()) if not word.startswith("-"))
    model = context.params.get("model") or next(words, None)
    try:
        found = opened(model).weights if model and model != "-" else ()
    except ChainruleError:
        return []
    names = dict.fromkeys(shown for name in found for shown in (name, pretty(name)))
    return [CompletionItem(name) for name in names if name.startswith(begun)]


@click.command(short_help="The script by which a shell completes commands, models and weights.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """The script by which a shell completes commands, options, examples, weights and files.

    \b
    eval "$(chainrule completion bash)"       in ~/.bashrc
    eval "$(chainrule completion zsh)"        in ~/.zshrc
    chainrule completion fish | source        in ~/.config/fish/config.fish
    """
    kind = get_completion_class(shell)
    if kind is not None:
        made = kind(context.find_root().command, {}, "chainrule", ASKED)
        say(made.source_template % made.source_vars(), end="")
