"""What cannot be learned → why, and what a bias would do about it."""
