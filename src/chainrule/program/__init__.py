"""Model → one step of training, in order: the equations an engine runs."""
