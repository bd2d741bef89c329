"""C: how it writes a step, and the program that trains."""
