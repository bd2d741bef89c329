"""Equations → equations: what changes when a quantity changes, backward, forward and by rules anyone can read."""
