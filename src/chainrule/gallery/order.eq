# Belief: The order in which the backward pass visits the quantities does not matter.
# Question: E reads h twice, directly and through s. What is ∂E/∂w?
# Why: A quantity may hand its gradient on only when everything that reads it has handed in its part. Who visits h before
#   s passes on the direct part alone, s = 4, and what comes later through s, 8, never gets to w. Backwards through the
#   equations, the last first, is an order in which that cannot happen.
weight w := 1
h = 2w
s = h²
E = h·s
