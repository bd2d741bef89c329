# two layers of gated recurrent units; each is read forwards (h1) and backwards (h2) in time, and reads both of the one below
index t = 1..3, l = 1..2, g = 1..3, i = 1..4, j, k = 1..2
data x[t,i]
target y[j]
table x | y
      0.5 -0.3 0.2 0.8   0.1 -0.6 0.9 -0.4   0.7 0.3 -0.8 0.6 | 0.4 -0.7
      -0.2 0.7 0.3 -0.9  0.5 0.2 -0.1 0.4   -0.6 0.1 0.8 -0.3 | -0.1 0.6
weight W1[l,g,j,k], V1[l,g,j,k], U1[l,g,j,k], b1[l,g,j]
weight W2[l,g,j,k], V2[l,g,j,k], U2[l,g,j,k], b2[l,g,j]
weight P[j,k], Q[j,k], c[j]
h1[0,l,j] = 0
h2[4,l,j] = 0
h1[t,0,j] = x[t,j]
h2[t,0,j] = x[t,j+2]
a1[t,l,g,j] = Σ_k W1[l,g,j,k]·h1[t,l-1,k] + Σ_k V1[l,g,j,k]·h2[t,l-1,k] + b1[l,g,j]
a2[t,l,g,j] = Σ_k W2[l,g,j,k]·h1[t,l-1,k] + Σ_k V2[l,g,j,k]·h2[t,l-1,k] + b2[l,g,j]
q1[t,l,g,j] = Σ_k U1[l,g,j,k]·h1[t-1,l,k]
q2[t,l,g,j] = Σ_k U2[l,g,j,k]·h2[t+1,l,k]
z1[t,l,j] = σ(a1[t,l,1,j] + q1[t,l,1,j])
z2[t,l,j] = σ(a2[t,l,1,j] + q2[t,l,1,j])
r1[t,l,j] = σ(a1[t,l,2,j] + q1[t,l,2,j])
r2[t,l,j] = σ(a2[t,l,2,j] + q2[t,l,2,j])
h1[t,l,j] = z1[t,l,j]·h1[t-1,l,j] + (1 − z1[t,l,j])·tanh(a1[t,l,3,j] + r1[t,l,j]·q1[t,l,3,j])
h2[t,l,j] = z2[t,l,j]·h2[t+1,l,j] + (1 − z2[t,l,j])·tanh(a2[t,l,3,j] + r2[t,l,j]·q2[t,l,3,j])
ŷ[j] = Σ_k P[j,k]·h1[3,2,k] + Σ_k Q[j,k]·h2[1,2,k] + c[j]
E = ½·Σ_j (ŷ[j] − y[j])²
