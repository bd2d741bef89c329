"""The body of a page → a self-contained HTML document: one style, allowed by its hash; nothing is loaded or run."""

from __future__ import annotations

import base64
import hashlib

from chainrule.errors import markup

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, "Times New Roman", serif; color: #1a1a1a; background: #fff; max-width: 56rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; }
h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid #bbb; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
dt { font-weight: bold; margin-top: .8rem; }
dd { margin: .1rem 0 0 1.2rem; }
pre { font: 13px/1.4 "DejaVu Sans Mono", Consolas, Menlo, monospace; overflow-x: auto; background: #f6f6f3;
  padding: .6rem .8rem; }
math { font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", math; font-size: 1.05em; }
figure { margin: 1.2rem 0; }
figure svg { max-width: 100%; height: auto; }
figcaption, .conditions, .because { font-size: .87rem; color: #444; }
.derivation { border-collapse: collapse; margin: 1rem 0; width: 100%; }
.derivation td { padding: .3rem .4rem; vertical-align: baseline; }
.derivation .left { text-align: right; white-space: nowrap; }
.derivation .rule { color: #444; font-size: .87rem; width: 26%; }
.derivation .because td { padding-top: 0; }
.derivation .because p { margin: .1rem 0; }
.derivation .sub { font-size: .92rem; }
.derivation .new td { padding-top: 1rem; }
summary { cursor: pointer; margin-top: 2.2rem; }
summary h2 { display: inline; }
.mark { display: inline-block; min-width: 1.4em; font-weight: bold; }
.as-hoped .mark { color: #00583f; }
.not-as-hoped .mark { color: #8a3b00; }
@media print {
  body { max-width: none; margin: 0; font-size: 11pt; }
  pre { white-space: pre-wrap; background: none; border: 1px solid #ccc; font-size: 8.5pt; }
  h2, h3, dt { break-after: avoid; }
  figure, .claim p, dd, tr { break-inside: avoid; }
}
"""


def page(title: str, body: str) -> str:
    """The document. ``body`` is HTML in which everything that a user typed is escaped already.

    >>> text = page("a < b", "<p>…</p>")
    >>> "<title>a &lt; b</title>" in text, "default-src 'none'" in text
    (True, True)
    """
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{markup(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n"
        "</html>\n"
    )
