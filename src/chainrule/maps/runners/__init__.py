"""Tiles → events, by whatever computes: threads, processes, or a cluster. The store is the truth; a runner may lose
anything."""
