patterns p
index i = 1..4, j = 1..2
data x[p,i]
weight W[j,i], b[j], c[i]
h[p,j] = tanh(sum_i W[j,i]*x[p,i] + b[j])
r[p,i] = sum_j W[j,i]*h[p,j] + c[i]
E = mean_p sum_i (r[p,i] - x[p,i])^2/2
