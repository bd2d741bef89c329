# Four factors, two and two equal: ends just below the edge of stability; the basin from x in [3, 3.4], y in [0.1, 0.5] is fractal
# Zhu, Wang, Wang, Zhou, Ge, ICLR 2023, arXiv:2210.03294
const α := 0.2
weight x := 2.5, y := 0.5
E = ¼·(x²·y² − 1)²
