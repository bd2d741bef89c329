"""The derivations of networks written with letters: chain rule, local derivatives, collapsed sums."""
