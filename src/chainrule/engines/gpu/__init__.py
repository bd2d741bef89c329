"""Many runs of one program on a graphics card, in `plain32` numbers."""
