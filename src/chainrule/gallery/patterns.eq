# Belief: What makes one pattern better makes all better.
# Question: One step for the last pattern alone. How many of the four patterns have a smaller error after it?
# Why: All patterns share the same weights. To raise the answer to 1 and 1, the step raises the bias and both weights, and
#   that raises the other three answers too, which ought to be 0. Training is a bargain between patterns; the mean of
#   their gradients is what it settles on.
A(u) = 1/(1 + exp(-u))
table x1 x2 | y
      0  0  | 0
      0  1  | 0
      1  0  | 0
      1  1  | 1
weight w1 := 0.1, w2 := -0.2, b := 0
const α := 1
ŷ = A(w1·x1 + w2·x2 + b)
E = ½(ŷ − y)²
