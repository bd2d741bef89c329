"""A text of equations → coloured words: one table of patterns, for Pygments and as a TextMate grammar for editors.

Pygments finds the lexer by its names ``eq`` and ``chainrule`` once the package is installed; nothing else loads this
file. `editors/` holds the grammar.
"""

from __future__ import annotations

from typing import NamedTuple

from pygments.lexer import RegexLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, _TokenType

from chainrule.notation.known import KNOWN, REDUCTIONS, WORDS

OVER = (*REDUCTIONS, "softmax")
"""What may be taken over a letter: ``sum_i``, ``max_k``."""


class Pattern(NamedTuple):
    """What a word looks like, what it is for Pygments, and what for an editor."""

    regex: str
    token: _TokenType
    scope: str


def words(names: object) -> str:
    """One of some words, whole: a letter, a digit or a mark may follow none of them."""
    return rf"\b(?:{'|'.join(sorted(names, key=len, reverse=True))})(?![\w'′])"  # type: ignore[call-overload]


PATTERNS = (
    Pattern(r"#[^\n\r]*", Comment.Single, "comment.line.number-sign"),
    Pattern(r'"[^"\n\r]*"', String.Double, "string.quoted.double"),
    Pattern(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[½⅓¼⅕⅙⅛⅔¾]", Number, "constant.numeric"),
    Pattern(words(WORDS), Keyword, "keyword.other"),
    Pattern(rf"[ΣΠ∑∏]_?|{words(OVER)}|\b(?:{'|'.join(OVER)})_", Keyword.Pseudo, "support.function.reduction"),
    Pattern(words(KNOWN), Name.Builtin, "support.function"),
    Pattern(r"∂", Operator.Word, "keyword.operator.derivative"),
    Pattern(r"[^\W\d_][\w\u0300-\u036f]*", Name.Variable, "variable.other"),
    Pattern(r":=|<-|←|\.\.|<=|>=|==|!=|\*\*|[-+*/^=<>~·⋅×−≤≥≠∈∞|]|[²³⁰¹⁴-⁹⁺⁻ⁿ]+", Operator, "keyword.operator"),
    Pattern(r"[()\[\]{},'′’″]", Punctuation, "punctuation"),
)
"""In the order in which they are tried."""


class EquationLexer(RegexLexer):  # type: ignore[misc]
    """The lexer of texts of equations.

    >>> from pygments.token import Keyword
    >>> next(token for token in EquationLexer().get_tokens("weight w := 0.5") if token[0] is Keyword)
    (Token.Keyword, 'weight')
    """

    name = "chainrule equations"
    aliases = ("eq", "chainrule")
    filenames = ("*.eq",)
    mimetypes = ()
    url = ""
    tokens = {  # noqa: RUF012
        "root": [(r"[^\S\n]+|\n", Text.Whitespace), *((one.regex, one.token) for one in PATTERNS), (r".", Text)]
    }


def grammar() -> dict[str, object]:
    """The same table as a TextMate grammar, for editors."""
    return {
        "name": EquationLexer.name,
        "scopeName": "source.chainrule",
        "fileTypes": ["eq"],
        "patterns": [{"match": one.regex, "name": f"{one.scope}.chainrule"} for one in PATTERNS],
    }
