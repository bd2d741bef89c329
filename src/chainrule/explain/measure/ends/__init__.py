"""The last weights of a run → what stands there: a rest and its kind, a cycle, a way that goes on, no number."""
