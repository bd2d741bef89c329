"""A recorded step → the text of a program in another language, with the same bits."""
