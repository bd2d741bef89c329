"""Equations → the units of a network and the weights between them."""
