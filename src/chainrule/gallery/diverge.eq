# Belief: There is a rate above which training must diverge.
# Question: At the start the limit for a parabola, 2/E″, is a rate of 52. Train with ten times that. What is E after 3 steps?
# Why: The limit 2/E″ belongs to a parabola, whose slope grows without bound. The error of this neuron is no parabola: ŷ lies
#   between 0 and 1, so E cannot exceed ½, and far out the curve is flat. One huge step lands on the plateau, where the
#   gradient is nearly 0 and nothing moves any more. It did not blow up; it got stuck, and here at a low error.
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = x
weight w := 0.5
ŷ = A(w·x)
E = ½(ŷ − y)²
