# Belief: A correct sign is enough.
# Question: The minimum is at w = 0. How many of the first 10 steps bring w closer to it?
# Why: Every gradient here has the right sign: it points away from the minimum, so every step sets out towards it. But with
#   α = 2.5 each step is two and a half times as long as the way to the minimum. It lands on the other side, one and a half
#   times as far out as before. A step needs a right direction and a right length.
weight w := 1
const α := 2.5
E = ½w²
