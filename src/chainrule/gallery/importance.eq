# Belief: A bigger gradient means a more important weight.
# Question: Set b to 0, then instead set a to 0. How many times as much does the error rise the first time as the second?
# Why: A gradient says what a small change of a weight would do, not what the weight is doing. The gradient of b is nine
#   times that of a because b is still far from where it should be, and so far it hardly does anything. The weight a has
#   nearly arrived, so its gradient is small, and the network rests on it.
table x1 x2 | y
      2  0  | 6
      0  2  | 2
weight a := 2.9, b := 0.1
E = ½(a·x1 + b·x2 − y)²
