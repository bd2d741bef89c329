# One neuron, one weight: can it learn to repeat its input?
T(x) = x                          # the target function
A(u) = 1/(1 + exp(-u))            # the activation function
data x in {0, 1}
target y = T(x)
weight w in [0, 1] := 0.5
const α := 0.5                    # the learning rate
T̂(x) = A(w·x)                     # the network
ŷ = T̂(x)
E = ½(ŷ − y)²
