# two layers of gated recurrent units (Cho et al., 2014), three steps
index t = 1..3, l = 1..2, j, k = 1..2
data x[t,j]
target y[j]
table x | y
      0.5 -0.3   0.8 0.1  -0.6 0.9 | 0.4 -0.7
      -0.2 0.7   0.3 -0.9  0.5 0.2 | -0.1 0.6
weight Wz[l,j,k], Uz[l,j,k], bz[l,j], Wr[l,j,k], Ur[l,j,k], br[l,j], Wh[l,j,k], Uh[l,j,k], bh[l,j]
weight V[j,k], c[j]
h[0,l,j] = 0
h[t,0,j] = x[t,j]
z[t,l,j] = σ(Σ_k Wz[l,j,k]·h[t,l-1,k] + Σ_k Uz[l,j,k]·h[t-1,l,k] + bz[l,j])
r[t,l,j] = σ(Σ_k Wr[l,j,k]·h[t,l-1,k] + Σ_k Ur[l,j,k]·h[t-1,l,k] + br[l,j])
h̃[t,l,j] = tanh(Σ_k Wh[l,j,k]·h[t,l-1,k] + Σ_k Uh[l,j,k]·r[t,l,k]·h[t-1,l,k] + bh[l,j])
h[t,l,j] = z[t,l,j]·h[t-1,l,j] + (1 − z[t,l,j])·h̃[t,l,j]
ŷ[j] = Σ_k V[j,k]·h[3,2,k] + c[j]
E = ½·Σ_j (ŷ[j] − y[j])²
