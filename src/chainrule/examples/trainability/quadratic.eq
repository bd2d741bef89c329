# A quadratic: stable for a rate below 2/λ, and with momentum β below (2 + 2β)/λ
const α := 0.1, λ := 1.7
weight x := 1
E = ½λ·x²
