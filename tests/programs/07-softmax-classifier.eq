patterns p
index i = 1..64, k = 0..9
data x[p,i] in [0, 1]
target t[p,k] in {0, 1}
fact sum_k t[p,k] = 1
weight W[k,i] ~ normal(0, 1), b[k] := 0
z[p,k] = sum_i W[k,i]*x[p,i] + b[k]
s[p] = sum_k exp(z[p,k])
y[p,k] = exp(z[p,k])/s[p]
E = -(mean_p sum_k t[p,k]*log(y[p,k]))
