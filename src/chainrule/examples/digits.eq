# handwritten digits: 64 pixels, ten classes, softmax and cross-entropy
# 1,797 images of 8×8 pixels from 0 to 16. Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits,
# UCI Machine Learning Repository (1998), doi.org/10.24432/C50P49, licence CC BY 4.0: the test set, as scikit-learn has it.
index i = 0..63, k = 0..9
data x[i], label
target t[k] = [label == k]
fact Σ_k t[k] = 1
weight W[k,i] ~ normal(0, 0.1), b[k] := 0
const α := 0.5
z[k] = Σ_i W[k,i]·x[i]/16 + b[k]
y[k] = softmax_k(z[k])
E = −Σ_k t[k]·log(y[k])
accuracy = mean Σ_k t[k]·[z[k] >= max_k' z[k']]
minimise mean E
