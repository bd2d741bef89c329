# two layers of long short-term memory (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000), three steps
index t = 1..3, l = 1..2, j, k = 1..2
data x[t,j]
target y[j]
table x | y
      0.5 -0.3   0.8 0.1  -0.6 0.9 | 0.4 -0.7
      -0.2 0.7   0.3 -0.9  0.5 0.2 | -0.1 0.6
weight Wi[l,j,k], Ui[l,j,k], bi[l,j], Wf[l,j,k], Uf[l,j,k], bf[l,j]
weight Wo[l,j,k], Uo[l,j,k], bo[l,j], Wc[l,j,k], Uc[l,j,k], bc[l,j]
weight V[j,k], d[j]
h[0,l,j] = 0
c[0,l,j] = 0
h[t,0,j] = x[t,j]
i[t,l,j] = σ(Σ_k Wi[l,j,k]·h[t,l-1,k] + Σ_k Ui[l,j,k]·h[t-1,l,k] + bi[l,j])
f[t,l,j] = σ(Σ_k Wf[l,j,k]·h[t,l-1,k] + Σ_k Uf[l,j,k]·h[t-1,l,k] + bf[l,j])
o[t,l,j] = σ(Σ_k Wo[l,j,k]·h[t,l-1,k] + Σ_k Uo[l,j,k]·h[t-1,l,k] + bo[l,j])
c̃[t,l,j] = tanh(Σ_k Wc[l,j,k]·h[t,l-1,k] + Σ_k Uc[l,j,k]·h[t-1,l,k] + bc[l,j])
c[t,l,j] = f[t,l,j]·c[t-1,l,j] + i[t,l,j]·c̃[t,l,j]
h[t,l,j] = o[t,l,j]·tanh(c[t,l,j])
ŷ[j] = Σ_k V[j,k]·h[3,2,k] + d[j]
E = ½·Σ_j (ŷ[j] − y[j])²
