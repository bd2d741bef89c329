"""Random trainings of every kind, and an attempt to refute what their stories say, by brute force."""
