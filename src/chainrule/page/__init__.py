"""A training → one HTML file that trains it in the browser, with the derivation alive beside it."""
