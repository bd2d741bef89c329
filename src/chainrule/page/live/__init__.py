"""Claims that a page computes again at every change: a table of them, and what reads it in Python."""
