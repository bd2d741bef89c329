"""A recorded step → a kernel in WGSL, in which each thread of a graphics card trains one run."""
