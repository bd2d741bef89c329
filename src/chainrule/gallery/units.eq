# Belief: Any start will do: training will tell the hidden units apart.
# Question: Two hidden units begin with the same weights. After 1000 steps, how many different hidden units are there?
# Why: Two units with the same weights give the same value, are read with the same weight, and so get the same gradient; the
#   next step leaves them equal, and so does every step after it, to the last bit. The network has two units and the
#   power of one. Random starts are there to break this tie.
A(u) = 1/(1 + exp(-u))
table x1 x2 | y
      0  0  | 0
      0  1  | 1
      1  0  | 1
      1  1  | 0
weight a1 := 0.5, a2 := -0.5, a0 := 0.1
weight b1 := 0.5, b2 := -0.5, b0 := 0.1
weight c1 := 1, c2 := 1, c0 := -0.3
const α := 2
h1 = A(a1·x1 + a2·x2 + a0)
h2 = A(b1·x1 + b2·x2 + b0)
ŷ = A(c1·h1 + c2·h2 + c0)
E = ½(ŷ − y)²
