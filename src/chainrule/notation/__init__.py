"""Text ↔ statements: the lexer, the parser and its inverse."""

from chainrule.notation.limits import LIMITS, Limits
from chainrule.notation.parser import parse, parse_equation, parse_expression
from chainrule.notation.show import show
from chainrule.notation.show_lines import show_statement, show_text

__all__ = ["LIMITS", "Limits", "parse", "parse_equation", "parse_expression", "show", "show_statement", "show_text"]
