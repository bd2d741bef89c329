"""A network at one pattern → what each of its numbers adds to the derivative of what it is made of."""
