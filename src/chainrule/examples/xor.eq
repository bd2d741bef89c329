# Exclusive OR, written out: two inputs, two hidden units, one output. No single line separates these patterns.
A(u) = 1/(1 + exp(-u))
table x1 x2 | y
      0  0  | 0
      0  1  | 1
      1  0  | 1
      1  1  | 0
weight a1 := 0.9, a2 := -0.7, a0 := 0.1       # into the first hidden unit
weight b1 := -0.8, b2 := 0.6, b0 := -0.2      # into the second
weight c1 := 1.1, c2 := 0.9, c0 := -0.3       # into the output
const α := 2
h1 = A(a1·x1 + a2·x2 + a0)
h2 = A(b1·x1 + b2·x2 + b0)
ŷ = A(c1·h1 + c2·h2 + c0)
E = ½(ŷ − y)²
