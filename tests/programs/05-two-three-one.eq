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
