# Belief: Gradients reset themselves.
# Question: A program adds each gradient to the one before and nobody empties it. Where is w after 20 steps with α = 0.1?
# Why: A derivative is a number about the weights of now and remembers nothing: in these equations there is nothing to
#   reset. Many libraries, though, add each new gradient to a store so that one step can gather several batches, and who
#   does not empty the store follows the sum of all gradients since the start: w swings past the minimum and back for
#   ever instead of settling. Here it has to be written out as a rule: s <- s + g, then θ <- θ − α·s.
weight w := 1
const α := 0.1
E = ½w²
