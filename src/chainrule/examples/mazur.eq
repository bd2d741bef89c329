# A 2-2-2 network worked by hand: Matt Mazur, "A Step by Step Backpropagation Example" (2015).
# His biases b1 and b2 belong to a whole layer and are not trained, so they are consts here.
const b1 := 0.35, b2 := 0.6, α := 0.5
table i1   i2   | t1    t2
      0.05 0.1  | 0.01  0.99
weight w1 := 0.15, w2 := 0.2, w3 := 0.25, w4 := 0.3
weight w5 := 0.4, w6 := 0.45, w7 := 0.5, w8 := 0.55
h1 = σ(w1·i1 + w2·i2 + b1)
h2 = σ(w3·i1 + w4·i2 + b1)
o1 = σ(w5·h1 + w6·h2 + b2)
o2 = σ(w7·h1 + w8·h2 + b2)
E = ½(t1 − o1)² + ½(t2 − o2)²
