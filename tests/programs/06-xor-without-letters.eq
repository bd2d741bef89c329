data x1, x2
target y
weight a1, a2, a0, b1, b2, b0, c1, c2, c0
A(u) = 1/(1 + exp(-u))
h1 = A(a1*x1 + a2*x2 + a0)
h2 = A(b1*x1 + b2*x2 + b0)
y_hat = A(c1*h1 + c2*h2 + c0)
E = (y_hat - y)^2/2
