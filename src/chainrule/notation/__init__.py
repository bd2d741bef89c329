"""Text ↔ statements: the lexer, the parser and its inverse."""
