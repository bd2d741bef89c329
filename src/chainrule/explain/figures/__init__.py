"""A run → the numbers of its figures: over weights, over steps, over patterns. How they are drawn the views decide."""
