"""What an end is → the sentence on it, and its lines."""
