"""Equations of a step → operations on numbered slots, each done once."""
