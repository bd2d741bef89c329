"""A run → what is found of it: measured at points, tried by training, proved on ranges. Nothing is said here."""
