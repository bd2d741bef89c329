"""A recorded step → a kernel in OpenCL C, in which each work-item trains one run."""
