patterns p
index i = 1..3
data x[p,i]
target y[p] in {0, 1}
weight w[i] ~ normal(0, 1), b
z[p] = sum_i w[i]*x[p,i] + b
q[p] = sigmoid(z[p])
E = -(mean_p (y[p]*log(q[p]) + (1 - y[p])*log(1 - q[p])))
