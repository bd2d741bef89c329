"""What a network is made of, as drawings: its computation graph, and its units with the weights between them."""
