"""Columns, CSV, tables and domains + model → patterns. NumPy begins here."""
