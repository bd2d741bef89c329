# one weight, the error summed over the values of i
index i = 1..2
data x[i] in {0, 1}
target y[i] = x[i]
weight w in [0, 1] := 1/2
A(u) = 1/(1 + exp(-u))
T_hat(x) = A(w*x)
y_hat[i] = T_hat(x[i])
E = sum_i 1/2*(y_hat[i] - y[i])^2
