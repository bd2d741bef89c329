"""A tape → machine code: the native engine, which needs llvmlite and gives the bits of the reference engine."""
