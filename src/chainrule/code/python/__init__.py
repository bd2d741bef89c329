"""Python with the numbers of NumPy: how it writes a step, and the program that trains."""
