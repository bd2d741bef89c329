"""JavaScript: how it writes a step, and what trains in it."""
