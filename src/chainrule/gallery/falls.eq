# Belief: The loss always falls.
# Question: A step for one pattern at a time, 30 steps. In how many of them does the mean error of all three patterns fall?
# Why: Each step lowers the error of the one pattern that it visits, to a quarter. The three patterns want three
#   different weights, 1, 3 and 5, and what brings w closer to one may take it further from the others. The mean error
#   falls and rises in every pass and ends above its least value; smaller rates make the swing smaller.
table x | y
      1 | 1
      1 | 3
      1 | 5
weight w := 0
const α := 0.5
E = ½(w·x − y)²
