"""A grid of runs → their outcomes, cell by cell, resumable on threads or a cluster."""
