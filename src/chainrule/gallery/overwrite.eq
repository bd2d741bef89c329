# Belief: On the way back, each quantity is given its gradient by the one that used it.
# Question: a is used twice, in u and in v. What is ∂E/∂a?
# Why: Moving a moves E along both ways at once, and what they do adds up: ∂E/∂a = ∂E/∂u·b + ∂E/∂v·1 = 3 − 6. Who writes
#   the second contribution over the first keeps one way and loses the other; here even the sign comes out wrong. That is
#   why code for back-propagation says += and not =.
weight a := -2, b := 3
u = a·b
v = a + b
E = u·v
