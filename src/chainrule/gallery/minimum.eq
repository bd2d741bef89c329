# Belief: The gradient points to the minimum.
# Question: Walk from u = 4, v = 1 straight against the gradient and stop where it suits best. How small can E get?
# Why: The gradient knows one point. Against it the ground falls fastest there, at a right angle to the contour through the
#   point, and only where the contours are circles does such a line lead to the minimum for sure. Here they are long ellipses: v is ten times as steep
#   as u, so the walk is nearly all in v while most of the way lies in u. Newton's step asks the curvature too and lands.
weight u := 4, v := 1
E = ½u² + 5v²
