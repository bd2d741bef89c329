# Belief: A gradient of zero means that the pattern is learned.
# Question: The gradient of the first pattern, x = 0, is exactly 0. How large is its error?
# Why: The gradient is (ŷ − y)·x·(1 − ŷ)·ŷ, and a product is 0 when any one of its factors is. Here it is x that is 0, not
#   ŷ − y: the weight does not reach the output for this pattern, so no step for it can change anything. It says ½ where
#   0 is wanted and will say ½ for ever. A bias would bring it to life.
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = x
weight w := 0.5
ŷ = A(w·x)
E = ½(ŷ − y)²
