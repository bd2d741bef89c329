"""What a run did → figures, one in each file: from the same numbers the marks and the words."""
