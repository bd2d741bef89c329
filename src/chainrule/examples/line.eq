# A straight line through measured points: volume against pressure (line.csv, 14 rows).
# Source: NIST Statistical Reference Datasets, Misra1a (Misra, Dental Research Monomolecular Adsorption Study, 1978).
data x                            # pressure
target y                          # volume
weight w := 0, b := 0
const α := 0.5
u = (x − 400)/200                 # centred and scaled, so that one rate suits both weights
ŷ = w·u + b
E = ½(ŷ − y)²
