# Logical OR: the same neuron as for AND; only the targets differ.
A(u) = 1/(1 + exp(-u))
table x1 x2 | y
      0  0  | 0
      0  1  | 1
      1  0  | 1
      1  1  | 1
weight w1 := 0.1, w2 := -0.2, b := 0
const α := 1
ŷ = A(w1·x1 + w2·x2 + b)
E = ½(ŷ − y)²
