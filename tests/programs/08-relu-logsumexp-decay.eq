patterns p
index i = 1..8, j = 1..6, k = 0..3
data x[p,i]
target t[p,k]
fact sum_k t[p,k] = 1
const decay := 1/100
weight W1[j,i] ~ normal(0, 1), b1[j], W2[k,j], b2[k]
z1[p,j] = sum_i W1[j,i]*x[p,i] + b1[j]
h[p,j] = relu(z1[p,j])
z2[p,k] = sum_j W2[k,j]*h[p,j] + b2[k]
L[p] = logsumexp_k z2[p,k] - sum_k t[p,k]*z2[p,k]
E = mean_p L[p] + decay*sum_{j,i} W1[j,i]^2 + decay*sum_{k,j} W2[k,j]^2
