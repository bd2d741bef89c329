index s, q = 1..4, i = 1..3, j = 1..2
data x[s,i], y[s,j]
weight Q[j,i], K[j,i], V[j,i]
a[s,j] = sum_i Q[j,i]*x[s,i]
k[s,j] = sum_i K[j,i]*x[s,i]
v[s,j] = sum_i V[j,i]*x[s,i]
e[s,q] = sum_j a[s,j]*k[q,j]
n[s] = sum_q exp(e[s,q])
w[s,q] = exp(e[s,q])/n[s]
o[s,j] = sum_q w[s,q]*v[q,j]
E = sum_{s,j} (o[s,j] - y[s,j])^2/2
