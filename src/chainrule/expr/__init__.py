"""What mathematics is: frozen expressions, the ways to walk them, and nothing that evaluates or simplifies."""
