"""A story → one self-contained page: questions, equations, derivation, pictures, and the tests behind every answer.

The page needs no network and runs no script: its only style is allowed by its hash, and everything that a user typed
is escaped. It is made to be printed, so nothing on it is folded away.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from chainrule import typeset
from chainrule.explain.claim import Claim

if TYPE_CHECKING:
    from chainrule.explain.story import Story


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure for the page: its title, an SVG drawing, and in words what it shows."""

    title: str
    svg: str
    description: str


STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, "Times New Roman", serif; color: #1a1a1a; background: #fff; max-width: 52rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; }
h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid #bbb; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
dt { font-weight: bold; margin-top: .8rem; }
dd { margin: .1rem 0 0 1.2rem; }
pre { font: 13px/1.4 "DejaVu Sans Mono", Consolas, Menlo, monospace; overflow-x: auto; background: #f6f6f3;
  padding: .6rem .8rem; }
figure { margin: 1.2rem 0; }
figure svg { max-width: 100%; height: auto; }
figcaption, .conditions { font-size: .87rem; color: #444; }
.mark { display: inline-block; min-width: 1.4em; font-weight: bold; }
.as-hoped .mark { color: #00583f; }
.not-as-hoped .mark { color: #8a3b00; }
@media print {
  body { max-width: none; margin: 0; font-size: 11pt; }
  pre { white-space: pre-wrap; background: none; border: 1px solid #ccc; font-size: 8.5pt; }
  h2, h3, dt { break-after: avoid; }
  figure, .claim p, dd { break-inside: avoid; }
}
"""


def report(story: Story, pictures: Iterable[Picture] = ()) -> str:
    """The page as HTML.

    >>> from chainrule.explain.story import Story
    >>> page = report(Story("About <one> network.", (("Why?", "Because 1 < 2."),), ()))
    >>> "About &lt;one&gt; network." in page, "<script" in page
    (True, False)
    """
    title = story.about.partition(":")[0]
    blocks = [f"<h1>{escape(title)}</h1>", f"<p>{escape(story.about)}</p>"]
    if story.questions:
        answers = (f"<dt>{escape(question)}</dt><dd>{escape(answer)}</dd>" for question, answer in story.questions)
        blocks += ["<h2>The questions, in a sentence each</h2>", f"<dl>{''.join(answers)}</dl>"]
    if story.equations:
        blocks += ["<h2>The network</h2>", f"<pre>{escape(story.equations.strip())}</pre>"]
    if story.derivations:
        blocks.append("<h2>The derivation, every line checked numerically</h2>")
        blocks += [f"<pre>{escape(typeset.text(derivation).rstrip())}</pre>" for derivation in story.derivations]
    drawn = [drawing(picture) for picture in pictures]
    if drawn:
        blocks += ["<h2>The pictures</h2>", *drawn]
    if story.claims:
        blocks.append("<h2>The tests behind the answers</h2>")
        blocks.append(
            "<p>✓ it is as one hopes; ! it is not, and how it is instead. Every number was computed for this network. "
            "Patterns are counted from 0, steps from 1.</p>"
        )
        blocks += [tested(claim, hoped) for claim, hoped in zip(story.claims, story.as_hoped, strict=True)]
    if story.warnings:
        items = "".join(f"<li>{escape(warning)}</li>" for warning in story.warnings)
        blocks += ["<h2>Worth knowing</h2>", f"<ul>{items}</ul>"]
    return page(title, "\n".join(blocks))


def tested(claim: Claim, hoped: bool) -> str:
    """A claim with its working and its conditions."""
    kind, mark, word = ("as-hoped", "✓", "as hoped") if hoped else ("not-as-hoped", "!", "not as hoped")
    working = f"<pre>{escape(chr(10).join(claim.lines))}</pre>" if claim.lines else ""
    conditions = "".join(f'<p class="conditions">({escape(condition)})</p>' for condition in claim.conditions)
    return (
        f'<section class="claim {kind}"><h3><span class="mark" role="img" aria-label="{word}">{mark}</span>'
        f"{escape(claim.id)}: {escape(claim.question)}</h3>"
        f"<p>{escape(claim.statement)}</p>{working}{conditions}</section>"
    )


def drawing(picture: Picture) -> str:
    """A figure with its words; the drawing is the views' own, and every name in it is escaped there."""
    caption = f"<figcaption><b>{escape(picture.title)}.</b> {escape(picture.description)}</figcaption>"
    return f"<figure>{picture.svg}{caption}</figure>"


def page(title: str, body: str) -> str:
    """A document whose only style is the one above, and which loads and runs nothing."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n"
        "</html>\n"
    )
