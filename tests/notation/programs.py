"""Thirteen networks that together use most of the language, as `# title` and lines."""

PROGRAMS = (
    """# one weight
data x in {0, 1}
target y in {0, 1}
weight w in [0, 1]
A(u) = 1/(1 + exp(-u))
y_hat = A(w*x)
E = 1/2*(y_hat - y)^2
""",
    """# one weight over all patterns, with T_hat
index i = 1..2
data x[i] in {0, 1}
target y[i] in {0, 1}
weight w in [0, 1] := 1/2
A(u) = 1/(1 + exp(-u))
T_hat(x) = A(w*x)
y_hat[i] = T_hat(x[i])
E = sum_i 1/2*(y_hat[i] - y[i])^2
""",
    """# linear regression
patterns p
index i = 1..3
data x[p,i]
target y[p]
weight w[i] ~ normal(0, 1), b := 0
y_hat[p] = sum_i w[i]*x[p,i] + b
E = mean_p (y_hat[p] - y[p])^2
""",
    """# logistic regression
patterns p
index i = 1..3
data x[p,i]
target y[p] in {0, 1}
weight w[i] ~ normal(0, 1), b
z[p] = sum_i w[i]*x[p,i] + b
q[p] = sigmoid(z[p])
E = -(mean_p (y[p]*log(q[p]) + (1 - y[p])*log(1 - q[p])))
""",
    """# two-three-one
patterns p
index i = 1..2, j = 1..3, k = 1..1
data x[p,i]
target y[p,k]
weight W1[j,i], b1[j], W2[k,j], b2[k]
z1[p,j] = sum_i W1[j,i]*x[p,i] + b1[j]
h[p,j] = tanh(z1[p,j])
z2[p,k] = sum_j W2[k,j]*h[p,j] + b2[k]
y_hat[p,k] = sigmoid(z2[p,k])
E = sum_{p,k} (y_hat[p,k] - y[p,k])^2/2
""",
    """# exclusive or, without indices
data x1, x2
target y
weight a1, a2, a0, b1, b2, b0, c1, c2, c0
A(u) = 1/(1 + exp(-u))
h1 = A(a1*x1 + a2*x2 + a0)
h2 = A(b1*x1 + b2*x2 + b0)
y_hat = A(c1*h1 + c2*h2 + c0)
E = (y_hat - y)^2/2
""",
    """# softmax classifier
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
""",
    """# relu, logsumexp loss, weight decay
patterns p
index i = 1..8, j = 1..6, k = 0..3
data x[p,i]
target t[p,k]
fact sum_k t[p,k] = 1
const decay
weight W1[j,i] ~ normal(0, 1), b1[j], W2[k,j], b2[k]
z1[p,j] = sum_i W1[j,i]*x[p,i] + b1[j]
h[p,j] = relu(z1[p,j])
z2[p,k] = sum_j W2[k,j]*h[p,j] + b2[k]
L[p] = logsumexp_k z2[p,k] - sum_k t[p,k]*z2[p,k]
E = mean_p L[p] + decay*sum_{j,i} W1[j,i]^2 + decay*sum_{k,j} W2[k,j]^2
""",
    """# two convolutions
index p = 0..4, q = 0..2, u = 0..2, v = 0..2, n = 0..6
data x[n], y[q]
weight K1[u], K2[v]
z[p] = sum_u K1[u]*x[p+u]
h[p] = tanh(z[p])
a[q] = sum_v K2[v]*h[q+v]
E = sum_q (a[q] - y[q])^2/2
""",
    """# recurrent, not unrolled
index t = 1..4, i = 1..2, j, l = 1..3
data x[t,i]
target y
weight W[j,i], U[j,l], b[j], v[j]
a[t,j] = sum_i W[j,i]*x[t,i] + sum_l [t-1 in t]*U[j,l]*tanh(a[t-1,l]) + b[j]
o = sum_j v[j]*tanh(a[4,j])
E = (o - y)^2/2
""",
    """# autoencoder with tied weights
patterns p
index i = 1..4, j = 1..2
data x[p,i]
weight W[j,i], b[j], c[i]
h[p,j] = tanh(sum_i W[j,i]*x[p,i] + b[j])
r[p,i] = sum_j W[j,i]*h[p,j] + c[i]
E = mean_p sum_i (r[p,i] - x[p,i])^2/2
""",
    """# layer normalisation
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
""",
    """# self-attention, one head
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
""",
)
