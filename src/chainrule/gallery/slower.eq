# Belief: A smaller rate is always safer; it only takes longer.
# Question: With α = 0.5 the training ends in the deep valley. With α = 0.1 and as many steps as it likes, where does E end?
# Why: There are two valleys. Small steps follow the slope into the nearer one, which is the shallower, and there the
#   gradient is 0 and no patience helps. The first large step goes over the hill between them. That was luck, not
#   virtue: what the rate decides is which valley is found, and not only when.
weight w := 2
const α := 0.5
E = ¼w^4 − ½w² + 0.2w + 0.5
