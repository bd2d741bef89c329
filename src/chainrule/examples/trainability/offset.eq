# Tanh units, one rate η, and a number δ added to W at the start and in each step, as in the notebook of the paper
# Sohl-Dickstein, The boundary of neural network trainability is fractal (2024), arXiv:2402.06184;
# the draws are chainrule's own
patterns p = 1..272
index i, j = 1..16
data x[p,i] ~ normal(0, 1), u[p] ~ normal(0, 1)
target y[p] = u[p]
weight W[i,j] ~ normal(δ, 1), v[j] ~ normal(0, 1)
const η := 1, δ := 0.1
z[p,j] = Σ_i x[p,i]·W[i,j]/sqrt(16)
h[p,j] = tanh(sqrt(2)·z[p,j])
ŷ[p] = Σ_j h[p,j]·v[j]/16
E[p] = (ŷ[p] − y[p])²
update W <- W − η·∂E/∂W + δ
update v <- v − η·∂E/∂v
