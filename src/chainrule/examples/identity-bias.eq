# The same neuron with a bias: now f(0) = 0 can be learned too.
T(x) = x
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = T(x)
weight w := 0.5, b := 0
const α := 0.5
T̂(x) = A(w·x + b)
ŷ = T̂(x)
E = ½(ŷ − y)²
