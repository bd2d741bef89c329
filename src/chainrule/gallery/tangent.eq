# Belief: The gradient tells by how much a step lowers the error.
# Question: E is 2 and ∂E/∂w is 4. After one step with α = 0.25, what is E?
# Why: α times the gradient squared is what E would lose if it kept the slope that it has at the start: 0.25·16 = 4, more
#   than there is, and 2w² is never negative. The curve bends up under the tangent, so the true fall is smaller. For small
#   steps the two agree, and that is all that a gradient promises.
weight w := 1
const α := 0.25
E = 2w²
