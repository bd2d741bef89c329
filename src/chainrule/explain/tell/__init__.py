"""What was found of a run → sentences: claims with their working, answers, paragraphs, a page."""
