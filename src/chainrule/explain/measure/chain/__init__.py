"""The chain rule on this network → its factors, what each use of a quantity adds, and how many operations it takes."""
