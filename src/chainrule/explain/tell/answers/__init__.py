"""A learner's question → its answer in a sentence or two, from what the claims measured."""
