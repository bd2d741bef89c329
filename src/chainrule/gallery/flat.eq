# Belief: A gradient of zero means a minimum.
# Question: At a = b = 0 both gradients are exactly 0. Begin a thousandth beside it and train: where does the error end?
# Why: A gradient of zero says that the ground is level, and it is level on a pass between two valleys too. With a = 0 no
#   change of b reaches the output, and with b = 0 no change of a; both together do. Training that begins exactly on the
#   pass never leaves it, and that is why networks are not begun with zeros.
table x | y
      1 | 1
weight a := 0, b := 0
const α := 0.1
E = ½(a·b·x − y)²
