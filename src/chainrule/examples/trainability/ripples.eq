# A parabola with ripples: fractal where ε/λ^2 is above 1/(2π^2) = 0.0506606; without them the threshold is α = 1
# Liu, arXiv:2406.13971
const α := 0.1, ε := 0.2, λ := 0.1
weight x := 1
E = x² + ε·cos(2π·x/λ)
