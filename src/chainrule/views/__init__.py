"""Story, run and evaluation → what is seen."""
