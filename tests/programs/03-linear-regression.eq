patterns p
index i = 1..3
data x[p,i]
target y[p]
weight w[i] ~ normal(0, 1), b := 0
y_hat[p] = sum_i w[i]*x[p,i] + b
E = mean_p (y_hat[p] - y[p])^2
