index p = 0..4, q = 0..2, u = 0..2, v = 0..2, n = 0..6
data x[n], y[q]
weight K1[u], K2[v]
z[p] = sum_u K1[u]*x[p+u]
h[p] = tanh(z[p])
a[q] = sum_v K2[v]*h[q+v]
E = sum_q (a[q] - y[q])^2/2
