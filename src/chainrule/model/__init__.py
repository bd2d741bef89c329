"""Statements → a checked network: who is data, target, weight and const, what is computed from what, and the goal."""
