# one weight, one pattern at a time
data x in {0, 1}
target y = x
weight w in [0, 1]
A(u) = 1/(1 + exp(-u))
y_hat = A(w*x)
E = 1/2*(y_hat - y)^2
