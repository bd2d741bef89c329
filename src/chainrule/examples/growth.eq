# A growth curve through measured points: yield of a pasture against time (growth.csv, 9 rows).
# Source: NIST Statistical Reference Datasets, Rat42 (Ratkowsky, Nonlinear Regression Modeling, 1983).
# NIST's certified least squares in these units: a = 7.24622, b = -0.07629, c = 0.67359. With α := 0.5 it never settles.
data x                            # time
target y                          # yield
weight a := 5, b := 0, c := 0.5
const α := 0.2
u = x/10 − 4                      # centred and scaled
ŷ = 10·a·σ(c·u − b)
E = ½((ŷ − y)/10)²
