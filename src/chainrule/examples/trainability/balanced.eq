# A product of two equal numbers: periods double at α = 1, sqrt(5) - 1 and 1.2880318, and past 2 it leaves
const α := 0.1
weight u := 0.7
E = ¼·(u² − 1)²
