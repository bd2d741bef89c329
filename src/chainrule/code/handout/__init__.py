"""A training → a program that a person can read: the equations of the step, with the names of the text."""
