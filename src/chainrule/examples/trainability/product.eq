# Half the square of x·y - 1: bounded within the ellipse x^2 + y^2 - α·x·y = 4/α - α
const α := 0.2
weight x := 2, y := 0.2
E = ½(x·y − 1)²
