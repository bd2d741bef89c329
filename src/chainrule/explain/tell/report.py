"""A story → one self-contained page: questions, equations, derivation, pictures, and the tests behind every answer.

The page needs no network and runs no script: its only style is allowed by its hash, and everything that a user typed
is escaped. The tests are folded away, one click from the answers; claims that were chosen stand open. What is open is
printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from chainrule import typeset
from chainrule.derive import Derivation
from chainrule.errors import UsageError, markup, shown
from chainrule.explain.tell.claim import Claim
from chainrule.values import dataclass


class StoryParts(Protocol):
    """What a page has of a story."""

    @property
    def about(self) -> str: ...
    @property
    def questions(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def equations(self) -> str: ...
    @property
    def derivations(self) -> tuple[Derivation, ...]: ...
    @property
    def elsewhere(self) -> str: ...
    @property
    def claims(self) -> tuple[Claim, ...]: ...
    @property
    def as_hoped(self) -> tuple[bool, ...]: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure for the page: its title, an SVG drawing, and in words what it shows."""

    title: str
    svg: str
    description: str


def report(story: StoryParts, pictures: Iterable[Picture] = ()) -> str:
    """The page as HTML.

    >>> from chainrule.explain.story import Story
    >>> page = report(Story("About <one> network.", (("Why?", "Because 1 < 2."),), ()))
    >>> "About &lt;one&gt; network." in page, "<script" in page
    (True, False)
    """
    title = story.about.partition(":")[0]
    blocks = [f"<h1>{markup(title)}</h1>", f"<p>{markup(story.about)}</p>"]
    if story.questions:
        answers = (f"<dt>{markup(question)}</dt><dd>{markup(answer)}</dd>" for question, answer in story.questions)
        blocks += ["<h2>The questions, in a sentence or two each</h2>", f"<dl>{''.join(answers)}</dl>"]
    if story.equations:
        blocks += ["<h2>The network</h2>", f"<pre>{markup(story.equations.strip())}</pre>"]
    if story.derivations:
        blocks.append("<h2>The derivation, every line checked numerically</h2>")
        blocks += [typeset.html(derivation) for derivation in story.derivations]
        blocks += [f"<p>{markup(story.elsewhere)}</p>"] if story.elsewhere else []
    drawn = [drawing(picture) for picture in seen(pictures)]
    if drawn:
        blocks += ["<h2>The pictures</h2>", *drawn]
    if story.warnings:
        items = "".join(f"<li>{markup(warning)}</li>" for warning in story.warnings)
        blocks += ["<h2>Worth knowing</h2>", f"<ul>{items}</ul>"]
    if story.claims:
        unfolded = "" if story.questions else " open"
        blocks.append(
            f'<details class="tests"{unfolded}><summary><h2>The tests behind the answers</h2></summary>'
            "<p>✓ it is as one hopes; ! it is not, and how it is instead. Every number was computed for this network. "
            "Patterns are counted from 0, steps from 1.</p>"
        )
        blocks += [tested(claim, hoped) for claim, hoped in zip(story.claims, story.as_hoped, strict=True)]
        blocks.append("</details>")
    return typeset.page(title, "\n".join(blocks))


def seen(pictures: object) -> list[Picture]:
    """Figures that may stand in a page, or E452."""
    try:
        found: list[Any] = list(pictures)  # type: ignore[call-overload]
    except TypeError:
        found = [pictures]
    for one in found:
        if isinstance(one, type) or not all(hasattr(one, name) for name in ("title", "description", "svg")):
            raise UsageError("E452", f"{shown(one)} is not a picture of a story", "give model.figure.pictures(run)")
    return found


def tested(claim: Claim, hoped: bool) -> str:
    """A claim with its working and its conditions."""
    kind, mark, word = ("as-hoped", "✓", "as hoped") if hoped else ("not-as-hoped", "!", "not as hoped")
    working = f"<pre>{markup(chr(10).join(claim.lines))}</pre>" if claim.lines else ""
    conditions = "".join(f'<p class="conditions">({markup(condition)})</p>' for condition in claim.conditions)
    return (
        f'<section class="claim {kind}"><h3><span class="mark" role="img" aria-label="{word}">{mark}</span>'
        f"{markup(claim.id)}: {markup(claim.question)}</h3>"
        f"<p>{markup(claim.statement)}</p>{working}{conditions}</section>"
    )


def drawing(picture: Picture) -> str:
    """A figure with its words; the drawing is the views' own, and every name in it is escaped there."""
    caption = f"<figcaption><b>{markup(picture.title)}.</b> {markup(picture.description)}</figcaption>"
    return f"<figure>{picture.svg}{caption}</figure>"

