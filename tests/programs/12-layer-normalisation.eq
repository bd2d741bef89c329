patterns p
index i = 1..3, j = 1..4
data x[p,i], y[p]
weight W[j,i], g[j], b[j], v[j]
z[p,j] = sum_i W[j,i]*x[p,i]
mu[p] = mean_j z[p,j]
d[p,j] = z[p,j] - mu[p]
var[p] = mean_j d[p,j]^2
n[p,j] = d[p,j]/sqrt(var[p] + 1/1000)
h[p,j] = tanh(g[j]*n[p,j] + b[j])
o[p] = sum_j v[j]*h[p,j]
E = sum_p (o[p] - y[p])^2/2
