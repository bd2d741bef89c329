"""Networks whose trainings are mapped: those of the paper on trainability, and small ones with exact answers."""
