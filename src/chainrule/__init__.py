"""Write a network as mathematics; see why it learns."""
