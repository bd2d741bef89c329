"""Equations ↔ expressions of SymPy, node by node. These files alone import it, when they are asked for."""
