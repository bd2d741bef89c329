"""Program, patterns and engine → a run: what a training passed through, to the bit, and the files that keep it."""
