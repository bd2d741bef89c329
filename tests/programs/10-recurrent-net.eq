index t = 1..4, i = 1..2, j, l = 1..3
data x[t,i]
target y
weight W[j,i], U[j,l], b[j], v[j]
a[t,j] = sum_i W[j,i]*x[t,i] + sum_l [t-1 in t]*U[j,l]*tanh(a[t-1,l]) + b[j]
o = sum_j v[j]*tanh(a[4,j])
E = (o - y)^2/2
