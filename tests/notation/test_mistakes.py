"""Texts that are no models: each with its code, the place of the culprit and what the help says to write instead."""

import re
from pathlib import Path

import pytest

from chainrule.errors import ChainruleError, LimitError, NotationError
from chainrule.notation import Limits, parse

MODEL = "index i, k = 1..2, j = 1..3, t = 0..4\ndata x[i], y, a, b, c\nweight w, W[j,i], v[i]\nA(u) = 1/(1 + exp(-u))\n"
"""What stands above each text; its first line is called line 1."""

BAD = [
    # E001
    ("E = a $ b", "E001", 1, 7, "write the formula without dollar signs"),
    ("E = a ; b", "E001", 1, 7, "write a new line for each statement"),
    ("E = a ÷ b", "E001", 1, 7, "write /"),
    ("E = a → b", "E001", 1, 7, "write <-"),
    ("E = a & b", "E001", 1, 7, "write * between two brackets, [a > 0]*[b > 0]"),
    ("E = a @ b", "E001", 1, 7, "write Σ_i W[j,i]*x[i]"),
    ("E = √y", "E001", 1, 5, "write E = sqrt(y)"),
    ("E = é", "E001", 1, 5, "write e; the accents are hat, bar, dot, tilde"),
    ("E = ß", "E001", 1, 5, "names have Latin and Greek letters, digits and _"),
    ("E = x̂̈", "E001", 1, 7, "the accents are hat, bar, dot and tilde: ŷ x̄ ẋ x̃"),
    ("y = a ́", "E001", 1, 7, "the accents are hat, bar, dot and tilde: ŷ x̄ ẋ x̃"),
    ("E = ∇y", "E001", 1, 5, "write the derivatives one by one, ∂E/∂w"),
    ("E = “a”", "E001", 1, 5, "write E = a"),
    ("E = a ≪ b", "E001", 1, 7, "write <"),
    ("E = a • b", "E001", 1, 7, "write *"),
    ("E = a – b", "E001", 1, 7, "write -"),
    ("E = 5%", "E001", 1, 6, "write /100"),
    ("E = a ? b : c", "E001", 1, 7, "write E = if(a != 0, b, c)"),
    ("E = \U0001f600", "E001", 1, 5, "delete it, or write it in words of the language"),
    ("E = ħ", "E001", 1, 5, "names have Latin and Greek letters, digits and _"),
    ("E = ∆w", "E001", 1, 5, "write E = Δw"),
    ("E = \u4e2d", "E001", 1, 5, "names have Latin and Greek letters, digits and _"),
    ("index m = 3...", "E001", 1, 14, "write 0.5 for a number, 1..3 for a range, a*b for a"),
    ("index m = 1:3", "E001", 1, 12, "write index m = 1..3"),
    ("weight q := [1; 2]", "E001", 1, 15, "write a new line for each statement"),
    # E002
    ("E = \u0430 + 1", "E002", 1, 5, "type the Latin letter a"),
    ("E = \uff58", "E002", 1, 5, "type x"),
    ("E = \U0001d465", "E002", 1, 5, "type x"),
    ("E = \uff11", "E002", 1, 5, "type 1"),
    ("E = a + \u0663", "E002", 1, 9, "type the digits 0 to 9"),
    ("E = \U0001d7cf", "E002", 1, 5, "type 1"),
    ("E = \u0415", "E002", 1, 5, "type the Latin letter E"),
    # E003
    ("E = a\u200bb", "E003", 1, 6, "delete it"),
    ("E = a \u202e b", "E003", 1, 7, "delete it"),
    ("E = a\x00b", "E003", 1, 6, "delete it"),
    ("E = \ud800", "E003", 1, 5, "delete it"),
    ("E = a\x1bb", "E003", 1, 6, "delete it"),
    ("E = a\ufeffb", "E003", 1, 6, "delete it"),
    ("E = a # \u202e hidden", "E003", 1, 9, "delete it"),
    ("E = a\u2028b", "E003", 1, 6, "delete it"),
    ("E = a\x85b", "E003", 1, 6, "delete it"),
    ("E = a\x0cb", "E003", 1, 6, "delete it"),
    # E004
    ("E = 1.", "E004", 1, 5, "write 1 or 1.0"),
    ("E = 1.e-3*w", "E004", 1, 5, "write 1e-3"),
    ("weight w := 1.x", "E004", 1, 13, "write 1 or 1.0"),
    ("weight w := [1. 2.]", "E045", 1, 14, "write 1, 2"),
    ("E = .5", "E004", 1, 5, "write 0.5"),
    ("E = 1_000", "E004", 1, 5, "write 1000"),
    ("E = 1.2.3", "E004", 1, 5, "write one point in a number"),
    ("E = 0,5", "E004", 1, 5, "write 0.5"),
    ("weight q := 0,5", "E004", 1, 13, "write 0.5"),
    ("E = 0,5 + a", "E004", 1, 5, "write 0.5"),
    ("E = max(0,5)*0,5", "E004", 1, 14, "write 0.5"),
    ("E = (0,5)", "E004", 1, 6, "write 0.5"),
    ("table p q\n1.5.2 3", "E004", 2, 1, "write one point in a number"),
    # E005
    ("E = 1e400", "E005", 1, 5, "numbers reach from 5e-324 to 1.797e308"),
    ("E = 1e-400", "E005", 1, 5, "numbers reach from 5e-324 to 1.797e308"),
    ("E = 1e99999999999", "E005", 1, 5, "numbers reach from 5e-324 to 1.797e308"),
    ("E = -2e-999999", "E005", 1, 6, "numbers reach from 5e-324 to 1.797e308"),
    # E006
    ("E = " + "1" * 65, "E006", 1, 5, "write it shorter; 17 digits are all that a result"),
    # E007
    ("\\hat y = w", "E007", 1, 1, "write ŷ = w"),
    ("E = \\frac{1}{2}", "E007", 1, 5, "write E = 1/2"),
    ("E = \\sum_i x_i", "E007", 1, 5, "write E = Σ_i x[i]"),
    ("E = a \\cdot b", "E007", 1, 7, "write E = a · b"),
    ("E = \\sigma(a)", "E007", 1, 5, "write E = σ(a)"),
    # E010
    ("E = (a + b", "E010", 1, 5, "write E = (a + b)"),
    ("A(u = 2", "E010", 1, 2, "write ) where it ends"),
    ("E = x[i", "E010", 1, 6, "write E = x[i]"),
    ("E = ∂(y/∂w", "E010", 1, 6, "write ) where it ends"),
    ("weight q := [1, [2]", "E010", 1, 13, "write ] where it ends"),
    ("E = max(a, b", "E010", 1, 8, "write E = max(a, b)"),
    # E011
    ("E = a + b)", "E011", 1, 10, "delete it, or open a bracket before"),
    ("E = (a + b]", "E011", 1, 11, "write )"),
    ("E = [a > b)", "E011", 1, 11, "write ]"),
    ("E = (a + b}", "E011", 1, 11, "write )"),
    ("E = exp(a]", "E011", 1, 10, "write )"),
    ("E = a + )", "E011", 1, 9, "delete it, or open a bracket before"),
    ("E = a b ) c", "E011", 1, 9, "delete it, or open a bracket before"),
    ("f(u)) = 2", "E011", 1, 5, "delete it, or open a bracket before"),
    # E012
    ("E =", "E012", 1, 4, "write a number, a name or an expression in brackets"),
    ("E = a +", "E012", 1, 8, "write a number, a name or an expression in brackets"),
    ("E = a * / b", "E012", 1, 9, "write a number, a name or an expression in brackets"),
    ("E = ()", "E012", 1, 6, "write an expression in them"),
    ("E = exp()", "E012", 1, 9, "write exp(u)"),
    ("E = a // b", "E012", 1, 8, "write E = floor(a/b)"),
    ("E = , a", "E012", 1, 5, "write a value before the comma"),
    ("E = * a", "E012", 1, 5, "write a number, a name or an expression in brackets"),
    ("E = ² + a", "E012", 1, 5, "a power needs a base: x²"),
    ("E = mean", "E012", 1, 9, "write mean E, or mean_i v[i]"),
    ("E = [> a]", "E012", 1, 6, "write a number, a name or an expression in brackets"),
    ("loss = ", "E012", 1, 7, "write a number, a name or an expression in brackets"),
    ("E = a^⁻", "E012", 1, 7, "a power needs a base: x²"),
    ("weight q in {}", "E012", 1, 14, "write a number, a name or an expression in brackets"),
    ("update w <- ", "E012", 1, 12, "write a number, a name or an expression in brackets"),
    ("minimise", "E012", 1, 9, "write a number, a name or an expression in brackets"),
    ("minimise mean", "E012", 1, 14, "write mean E, or mean_i v[i]"),
    # E013
    ("weigth q := 1", "E013", 1, 1, "did you mean weight?"),
    ("input q", "E013", 1, 1, "write data q"),
    ("params q", "E013", 1, 1, "write weight q"),
    ("a + b", "E013", 1, 1, "give it a name, `y = …`, or write minimise before it"),
    ("3 + a", "E013", 1, 1, "rows of numbers follow a line `table x | y`"),
    ("∂E/∂w = 3", "E013", 1, 1, "derivatives are computed: leave the line out, or watch one by a name, g = ∂E/∂w"),
    ("E += a", "E013", 1, 3, "write E = … once; a rule of learning is written"),
    ("E", "E013", 1, 1, "give it a name, `y = …`, or write minimise before it"),
    ("Data q", "E013", 1, 1, "write data q"),
    ("minimse E", "E013", 1, 1, "did you mean minimise?"),
    ("tabel q | r", "E013", 1, 1, "did you mean table?"),
    ("(a) = b", "E013", 1, 1, "write b = (a)"),
    ("2a = b", "E013", 1, 1, "rows of numbers follow a line `table x | y`"),
    ("1 2", "E013", 1, 1, "rows of numbers follow a line `table x | y`"),
    ("table p\n- 1\n-", "E013", 3, 1, "a line declares (data, target, weight, const,"),
    # E014
    ("data = 3", "E014", 1, 1, "choose another name"),
    ("weight index", "E014", 1, 8, "choose another name"),
    ("E = data + 1", "E014", 1, 5, "choose another name"),
    ("weight = 0.5", "E014", 1, 1, "choose another name"),
    ("table data | y\n0 | 1", "E014", 1, 7, "choose another name"),
    ("E = table", "E014", 1, 5, "choose another name"),
    # E015
    ("E = a = b", "E015", 1, 7, "equality is compared in square brackets: [a == b]"),
    ("E = a .. b", "E015", 1, 7, "one statement a line; a product of brackets needs"),
    ("E = a ~ b", "E015", 1, 7, "one statement a line; a product of brackets needs"),
    ("E = a := b", "E015", 1, 7, "one statement a line; a product of brackets needs"),
    ("weight q := 1 := 2", "E015", 1, 15, "one statement a line; a product of brackets needs"),
    ("weight q := [[1, 2], [3, 4]] a", "E015", 1, 30, "one statement a line; a product of brackets needs"),
    ("maximise a, b", "E015", 1, 11, "one statement a line; a product of brackets needs"),
    # E020
    ("E = a/b c", "E020", 1, 9, "write (a/b)*c or a/(b*c)"),
    ("E = 1/2(a - b)", "E020", 1, 8, "write (1/2)*(a - b) or 1/(2*(a - b))"),
    ("E = a/b(c)", "E020", 1, 8, "write (a/b)*(c) or a/(b*(c))"),
    ("E = 1/2x[i]", "E020", 1, 8, "write (1/2)*x[i] or 1/(2*x[i])"),
    ("E = a/2 b", "E020", 1, 9, "write (a/2)*b or a/(2*b)"),
    # E021
    ("E = 2^2x[i]", "E021", 1, 8, "write 2^(2*x[i]) or 2^2*x[i]"),
    ("E = a^2(b)", "E021", 1, 8, "write a^2*(b) or a^(2*(b)): E = a^2*(b)"),
    ("E = a²^3", "E021", 1, 7, "write (a²)^… or a^(…)"),
    ("E = a^2 b", "E021", 1, 9, "write a^2*b or a^(2*b): E = a^2*b"),
    # E022
    ("E = 2½", "E022", 1, 6, "write 2*½, or 2 + ½"),
    ("E = a½", "E022", 1, 6, "write a*½, or a + ½"),
    ("E = a 2", "E022", 1, 7, "write a*2, or a + 2"),
    ("E = (a)2", "E022", 1, 8, "write (a)*2, or (a) + 2"),
    ("E = exp(a)2", "E022", 1, 11, "write exp(a)*2, or exp(a) + 2"),
    ("E = 2 3", "E022", 1, 7, "write 2*3, or 2 + 3"),
    ("E = a²3", "E022", 1, 7, "write a²*3, or a² + 3"),
    ("weight q := [1 2]", "E022", 1, 16, "write 1*2, or 1 + 2"),
    ("E = A(u) u 2", "E022", 1, 12, "write u*2, or u + 2"),
    # E023
    ("E = a*-b", "E023", 1, 7, "put it in brackets: E = a*(-b)"),
    ("E = a + -b", "E023", 1, 9, "put it in brackets: E = a + (-b)"),
    ("E = Σ_i -v[i]", "E023", 1, 9, "put it in brackets: E = Σ_i (-v[i])"),
    ("E = a--b", "E023", 1, 7, "put it in brackets: E = a-(-b)"),
    ("E = a/-b", "E023", 1, 7, "put it in brackets: E = a/(-b)"),
    ("E = +-a", "E023", 1, 6, "put it in brackets: E = +(-a)"),
    ("E = a^--b", "E023", 1, 8, "put it in brackets: E = a^-(-b)"),
    ("E = mean -a", "E023", 1, 10, "put it in brackets: E = mean (-a)"),
    ("E = a*+b", "E023", 1, 7, "put it in brackets: E = a*b"),
    # E024
    ("E = prod_i x[i]/120", "E024", 1, 16, "write (prod_i x[i])/120 or prod_i (x[i]/120)"),
    ("E = max_i x[i]·y", "E024", 1, 15, "write (max_i x[i])·y or max_i (x[i]·y)"),
    ("E = logsumexp_i x[i]/a", "E024", 1, 21, "write (logsumexp_i x[i])/a or logsumexp_i (x[i]/a)"),
    ("E = min_i 2x[i]", "E024", 1, 12, "write (min_i 2)*x[i] or min_i (2 x[i])"),
    ("E = prod_i x[i] y", "E024", 1, 17, "write (prod_i x[i])*y or prod_i (x[i] y)"),
    ("E = max_i Σ_k x[i]·v[k]", "E024", 1, 19, "write (max_i Σ_k x[i])·v[k] or max_i (Σ_k x[i]·v[k])"),
    ("E = max y*2", "E024", 1, 10, "write (max y)*2 or max (y*2)"),
    # E025
    ("E = a > b", "E025", 1, 7, "a comparison is written [a > b]; it is 1 or 0;"),
    ("E = (a > b)", "E025", 1, 8, "a comparison is written [a > b]; it is 1 or 0"),
    ("E = [a < b < c]", "E025", 1, 12, "write E = [a < b]*[b < c]"),
    ("E = [a = b]", "E025", 1, 8, "equality is compared with ==: [i == j]"),
    ("E = [a]", "E025", 1, 5, "write [z > 0]; a list may only stand after :="),
    ("E = [a, b]", "E025", 1, 5, "write [z > 0]; a list may only stand after :="),
    ("E = a == b", "E025", 1, 7, "a comparison is written [a > b]; it is 1 or 0;"),
    ("E = exp(a > b)", "E025", 1, 11, "a comparison is written [a > b]; it is 1 or 0"),
    ("E = [1, 2]", "E025", 1, 5, "write [z > 0]; a list may only stand after :="),
    ("E = [a =< b]", "E025", 1, 8, "write <="),
    ("E = [a => b]", "E025", 1, 8, "write >="),
    ("E = [a <> b]", "E025", 1, 9, "write !="),
    ("E = [1, 2, 3]", "E025", 1, 5, "write [z > 0]; a list may only stand after :="),
    ("E = if a > b", "E025", 1, 10, "a comparison is written [a > b]; it is 1 or 0;"),
    # E026
    ("A(u) = u | a", "E026", 1, 10, "an absolute value is written abs(x)"),
    ("E = |a|", "E026", 1, 5, "write abs(a): E = abs(a)"),
    ("E = |a - b|^2", "E026", 1, 5, "write abs(a - b): E = abs(a - b)^2"),
    ("E = a | b", "E026", 1, 7, "an absolute value is written abs(x)"),
    ("E = ||a||", "E026", 1, 5, "write E = sqrt(a^2)"),
    # E027
    ("E = ∂y/∂w²", "E027", 1, 5, "write ∂²E/∂w² for the second derivative, (∂E/∂w)²"),
    ("E = ∂²y/∂w", "E027", 1, 5, "write ∂²E/∂w² for the second derivative, (∂E/∂w)²"),
    ("E = ∂y", "E027", 1, 7, "a derivative is written ∂E/∂w"),
    ("E = ∂y/w", "E027", 1, 8, "a derivative is written ∂E/∂w"),
    ("E = ∂³y/∂w³", "E027", 1, 6, "write ∂E/∂w or ∂²E/∂w²"),
    ("E = ∂²y/∂w∂a∂b", "E027", 1, 14, "write ∂E/∂w or ∂²E/∂w∂v"),
    ("E = (∂y/∂w)² + ∂y/∂w^2", "E027", 1, 21, "write ∂²f/∂x² for the second one, (∂f/∂x)^2 for the"),
    ("E = ∂A(w)/∂w", "E027", 1, 6, "write ∂(A(w))/∂…"),
    ("E = ∂^2y/∂w^2", "E027", 1, 6, "write E = ∂²y/∂w²"),
    ("E = d(y)/d(2)", "E027", 1, 12, "a derivative is written ∂E/∂w"),
    ("E = ∂y/∂i", "E027", 1, 9, "a derivative is written ∂E/∂w"),
    ("E = ∂A/∂w", "E027", 1, 6, "write A'(u), or ∂(A(u))/∂u"),
    ("E = ∂y/∂²w", "E027", 1, 9, "write ∂²f/∂x²"),
    ("E = d(y)/d(w)^2", "E027", 1, 14, "write (d(y)/d(w))^2 for the square"),
    ("E = ∂wa/∂w", "E027", 1, 6, "write ∂(w·a)/∂w, or give the product a name"),
    # E030
    ("E = sigmiod(a)", "E030", 1, 5, "did you mean sigmoid?"),
    ("E = tahn(a)", "E030", 1, 5, "did you mean tanh?"),
    ("E = atan2(a, b)", "E030", 1, 5, "define it, `f(u) = …`, or take one of abs, arctan,"),
    ("E = gamma(a)", "E030", 1, 5, "define it, `f(u) = …`, or take one of abs, arctan,"),
    ("E = foo(a)", "E030", 1, 5, "define it, `f(u) = …`, or take one of abs, arctan,"),
    ("E = q(1 - a)", "E030", 1, 5, "define it, `f(u) = …`, or take one of abs, arctan,"),
    ("E = Sigmoid(a)", "E030", 1, 5, "write E = sigmoid(a)"),
    ("E = A'(a) + B'(a)", "E030", 1, 13, "define it, `f(u) = …`, or take one of abs, arctan,"),
    ("E = sine(a)", "E030", 1, 5, "did you mean sin?"),
    ("E = softmax(a)", "E030", 1, 5, "did you mean softmax_k?"),
    (
        "update \u03b8, g\n  \u03b8 <- \u03b8 - q(g)",
        "E030",
        2,
        12,
        "define it, `f(u) = …`, or take one of abs, arctan,",
    ),
    ("E = f(a,,b)", "E030", 1, 5, "define it, `f(u) = …`, or take one of abs, arctan,"),
    # E031
    ("E = A", "E031", 1, 5, "write A(u)"),
    ("E = exp", "E031", 1, 5, "write exp(u)"),
    ("E = exp a", "E031", 1, 5, "write E = exp(a)"),
    ("E = sin²(a)", "E031", 1, 8, "write E = sin(a)^2"),
    ("E = sin^2(a)", "E031", 1, 8, "write E = sin(a)^2"),
    ("E = A u", "E031", 1, 5, "write A(u)"),
    ("E = exp[a]", "E031", 1, 8, "write E = exp(a)"),
    ("E = A·w", "E031", 1, 5, "write A(u)"),
    ("E = Aᵢ(a)", "E031", 1, 6, "write A(u[i])"),
    ("E = sqrt 2", "E031", 1, 5, "write E = sqrt(2)"),
    # E032
    ("data s\nE = absw", "E032", 2, 5, "write abs(w) or a·b·s·w: E = abs(w)"),
    ("E = wab(1 - y)", "E032", 1, 5, "write w·a·b: E = w·a·b(1 - y)"),
    ("E = sina", "E032", 1, 5, "write sin(a): E = sin(a)"),
    ("E = a·tanhw + b", "E032", 1, 7, "write tanh(w): E = a·tanh(w) + b"),
    ("E = Ay", "E032", 1, 5, "write A(y): E = A(y)"),
    ("E = Wji + 1", "E032", 1, 5, "write W[j,i] or W·j·i: E = W[j,i] + 1"),
    # E033
    ("E = a {b}", "E033", 1, 5, "write a[b]: E = a[b]"),
    ("E = x_i", "E033", 1, 5, "an index stands in square brackets, x[i]: E = x[i]"),
    ("E = W_ji", "E033", 1, 5, "an index stands in square brackets, W[j,i]: E ="),
    ("E = W_{ji}", "E033", 1, 5, "write W[j,i]: E = W[j,i]"),
    ("E = W_{j,i}", "E033", 1, 5, "write W[j,i]: E = W[j,i]"),
    ("E = sum_ij W[j,i]", "E033", 1, 5, "several letters stand in braces: write sum_{i,j}"),
    ("E = vᵢ₁", "E033", 1, 6, "write W₁ᵢ for W1[i], and x[i,1] for the first entry"),
    ("E = (a)ᵢ", "E033", 1, 8, "write xᵢ or x[i]"),
    ("E = x_{i}", "E033", 1, 5, "write x[i]: E = x[i]"),
    # E034
    ("E = e^2a", "E034", 1, 5, "write exp(2)*a or exp(2*a)"),
    ("E = e^(-a)", "E034", 1, 5, "write exp(-a): E = exp(-a)"),
    ("E = e^-a", "E034", 1, 5, "write exp(-a): E = exp(-a)"),
    ("E = e²", "E034", 1, 5, "write exp(2): E = exp(2)"),
    ("E = 1/(1+e^(-w*a))", "E034", 1, 10, "write exp(-w*a): E = 1/(1+exp(-w*a))"),
    # E035
    ("E = dy/dw", "E035", 1, 5, "write ∂y/∂w, or d(y)/d(w): E = ∂y/∂w"),
    ("E = a + dy/dw*2", "E035", 1, 9, "write ∂y/∂w, or d(y)/d(w): E = a + ∂y/∂w*2"),
    # E036
    ("index w = 1..2", "E036", 1, 7, "a name is a quantity, a function or a letter:"),
    ("a(u) = 2", "E036", 1, 1, "a name is a quantity, a function or a letter:"),
    ("A = 3", "E036", 1, 1, "a name is a quantity, a function or a letter:"),
    ("weight i", "E036", 1, 8, "a name is a quantity, a function or a letter:"),
    ("f(u) = u\ndata f", "E036", 2, 6, "a name is a quantity, a function or a letter:"),
    ("sum_i = 3", "E036", 1, 1, "choose another name"),
    ("weight softmax_k", "E036", 1, 8, "choose another name"),
    ("index A", "E036", 1, 7, "a name is a quantity, a function or a letter:"),
    # E037
    ("E = a'", "E037", 1, 6, "write ∂a/∂w for a derivative"),
    ("E = y'(w)", "E037", 1, 6, "write ∂y/∂w for a derivative"),
    ("E = x[i]'", "E037", 1, 9, "write A'(u) for the derivative of A"),
    ("weight q'", "E037", 1, 9, "choose another name"),
    ("y'(u) = 2", "E037", 1, 2, "only a function f has a rule f'(u) = …"),
    ("E = 2'", "E037", 1, 6, "write A'(u) for the derivative of A"),
    # E038
    ("E = [a in b]", "E038", 1, 6, "an index is made of letters and integers; declare a"),
    ("E = x[q]", "E038", 1, 7, "declare it: `index q = 1..3`, or `index q` with the"),
    ("E = Σ_q x[q]", "E038", 1, 7, "declare it: `index q = 1..3`, or `index q` with the"),
    ("E = sum_q x[i]", "E038", 1, 5, "declare it: `index q = 1..3`, or `index q` with the"),
    ("E = x[a]", "E038", 1, 7, "an index is made of letters and integers; declare a"),
    ("E = x[A]", "E038", 1, 7, "an index is made of letters and integers; declare a"),
    ("data q[m]", "E038", 1, 8, "declare it: `index m = 1..3`, or `index m` with the"),
    ("E = size(m)", "E038", 1, 10, "declare it: `index m = 1..3`, or `index m` with the"),
    ("E = [t-1 in m]", "E038", 1, 13, "declare it: `index m = 1..3`, or `index m` with the"),
    ("E = Σ_{i=1}^{n} x[i]", "E038", 1, 9, "the range of a letter is given once, in `index i ="),
    ("E = Σ_{i,i} x[i]", "E038", 1, 11, "name each letter once"),
    ("E = xₘ", "E038", 1, 6, "declare it: `index m = 1..3`"),
    ("E = Σₘ x[i]", "E038", 1, 6, "declare it: `index m = 1..3`"),
    ("E = ∏ a", "E038", 1, 5, "write prod_i v[i]"),
    ("E = Σ_{t-1} a", "E038", 1, 9, "letters are separated by commas: sum_{i,j}"),
    ("E = size(3)", "E038", 1, 10, "letters are declared in a line such as `index i ="),
    ("E = x[ii]", "E038", 1, 7, "did you mean i?"),
    ("E = x[w]", "E038", 1, 7, "an index is made of letters and integers; declare a"),
    # E040
    ("E[0.5] = a", "E040", 1, 3, "an index is made of letters and integers"),
    ("E = [i+0.5 in i]", "E040", 1, 8, "an index is made of letters and integers"),
    ("E = x[i+0.5]", "E040", 1, 9, "an index is made of letters and integers"),
    ("E = x[i*2]", "E040", 1, 8, "write 2*i"),
    ("E = x[i][j]", "E040", 1, 9, "write E = x[i,j]"),
    ("E = x[i^2]", "E040", 1, 8, "an index is made of letters and integers, as in"),
    ("E = x[]", "E040", 1, 7, "an index is made of letters and integers: x[t-1]"),
    ("E = x[i,]", "E040", 1, 9, "an index is made of letters and integers: x[t-1]"),
    ("E = x[i/2]", "E040", 1, 8, "an index is made of letters and integers, as in"),
    ("E = i[2]", "E040", 1, 5, "call the quantity by another name"),
    ("E = xᵢ₊", "E040", 1, 6, "write hₜ₋₁ or h[t-1]"),
    ("E = x[(i)]", "E040", 1, 7, "an index is made of letters and integers: x[t-1]"),
    ("E = x[i k]", "E040", 1, 9, "an index is made of letters and integers, as in"),
    ("E = x[-]", "E040", 1, 8, "an index is made of letters and integers: x[t-1]"),
    # E041
    ("h[t-1] = 0", "E041", 1, 1, "put plain letters on the left and the shift on the"),
    ("h[i,i] = 0", "E041", 1, 1, "declare another letter of the same set: `index i, k"),
    ("h[2*t] = 0", "E041", 1, 1, "put plain letters on the left and the shift on the"),
    ("a + b = c", "E041", 1, 1, "write c = a + b"),
    ("h[i+1,j] = 0", "E041", 1, 1, "put plain letters on the left and the shift on the"),
    # E042
    ("index", "E042", 1, 6, "write index i = 1..2, j, k = 1..3, or index i"),
    ("index m = 1..2, n", "E042", 1, 17, "give every group its range, or put letters without"),
    ("index m in 1..3", "E042", 1, 9, "write index m = 1..3"),
    ("index m = 1", "E042", 1, 12, "a range is written 1..3"),
    ("index m'", "E042", 1, 8, "i' is at once another letter of the set of i"),
    ("patterns p, q", "E042", 1, 10, "write patterns p"),
    ("patterns p = 1..3, q = 2..3", "E042", 1, 10, "write patterns p"),
    ("index 3", "E042", 1, 7, "write index i = 1..2, j, k = 1..3, or index i"),
    ("index m 1..3", "E042", 1, 9, "write index m = 1..3"),
    ("index m = {1, 2}", "E042", 1, 11, "write index i = 1..3"),
    # E043
    ("E := a", "E043", 1, 3, "write E = a"),
    ("data q r", "E043", 1, 8, "separate names by commas: data q, r"),
    ("data q, r s", "E043", 1, 11, "separate names by commas: data r, s"),
    ("weight q = 0.5", "E043", 1, 10, "write weight q := …"),
    ("data q := 1", "E043", 1, 8, "compute it, data q = …, give it in a table, or"),
    ("target q := 1", "E043", 1, 10, "compute it, target q = …, give it in a table, or"),
    ("target q ~ normal(0, 1)", "E043", 1, 10, "write target q = …"),
    ("const q ~ zeros()", "E043", 1, 9, "write const q := …"),
    ("q ~ normal(0, 1)", "E043", 1, 3, "write weight q ~ normal(0, 1)"),
    ("weight q(i)", "E043", 1, 9, "write weight q[i]"),
    ("weight q ~ gauss(0,1)", "E043", 1, 12, "write ~ normal(0, 1), ~ uniform(0, 1), ~ zeros() or"),
    ("weight q ~ norml(0,1)", "E043", 1, 12, "did you mean normal?"),
    ("weight q ~ normal(0)", "E043", 1, 12, "write ~ normal(0, 1)"),
    ("weight q ~ zeros", "E043", 1, 17, "write zeros()"),
    ("weight q[i+1]", "E043", 1, 9, "write x[i,j]; the letters' ranges say which entries"),
    ("weight q[2]", "E043", 1, 9, "write x[i,j]; the letters' ranges say which entries"),
    ("weight", "E043", 1, 7, "write weight x, y[i]"),
    ("weight 3", "E043", 1, 8, "write weight x, y[i]"),
    ("const α = 0.5", "E043", 1, 9, "write const α := …"),
    ("weight q[i,i]", "E043", 1, 9, "declare another letter of the same set: `index i, k"),
    ("y in [0,1]", "E043", 1, 3, "write weight y in …"),
    ("data q,", "E043", 1, 8, "write data q"),
    # E044
    ("weight q in (0, 1)", "E044", 1, 13, "write [a, b]; a round bracket stands only beside ∞"),
    ("weight q in [0, 1)", "E044", 1, 18, "write [a, b]; a round bracket stands only beside ∞"),
    ("weight q in 0..1", "E044", 1, 13, "write in {0, 1}, in [0, 1], in [0, ∞), in reals or"),
    ("weight q in {0..3}", "E044", 1, 15, "write {0, 1, 2}, or [0, 2] for all between"),
    ("weight q in real", "E044", 1, 13, "did you mean reals?"),
    ("weight q in [0]", "E044", 1, 15, "an interval has two ends: [0, 1]"),
    ("weight q in [∞, 0]", "E044", 1, 14, "−∞ stands on the left, ∞ on the right"),
    ("weight q in (0, ∞)", "E044", 1, 13, "write [a, b]; a round bracket stands only beside ∞"),
    ("data q in [0, -∞)", "E044", 1, 15, "−∞ stands on the left, ∞ on the right"),
    ("weight q in", "E044", 1, 12, "write in {0, 1}, in [0, 1], in [0, ∞), in reals or"),
    ('data q in {"a", 1}', "E044", 1, 17, "a list has words alone, each in quotes, or numbers alone"),
    ('data q in {"no", 1, "yes"}', "E044", 1, 18, "a list has words alone, each in quotes"),
    ('data q in {0, "no"}', "E044", 1, 15, "a list has words alone, each in quotes"),
    ('data q in {"a", "a"}', "E044", 1, 17, "list every word once"),
    ("data q in {'no', 'yes'}", "E012", 1, 12, 'write data q in {"no", "yes"}'),
    ("data q in {“no”, “yes”}", "E001", 1, 12, 'write data q in {"no", "yes"}'),
    ("weight q in R", "E044", 1, 13, "write in {0, 1}, in [0, 1], in [0, ∞), in reals or"),
    # E045
    ("weight q := []", "E045", 1, 14, "write its values: [1, 2]"),
    # E046
    ("table p q", "E046", 1, 1, "below it stand rows of numbers: 0 1 | 1"),
    ("table | q\n1", "E046", 1, 1, "a table begins with the names of its columns: table"),
    ("table p | q | r\n1 | 2 | 3", "E046", 1, 13, "data stand left of it, targets right"),
    ("table p q\n1", "E046", 2, 1, "a row has a number for each column"),
    ("table p | q\n1 2", "E046", 2, 1, "put | between data and targets"),
    ("table p | q\n1 | 2\n3 | 4 5", "E046", 3, 1, "all rows have the same form"),
    ("table p | q\n1 | x", "E046", 2, 5, "a row has numbers or fractions, separated by"),
    ("table p q\n0,5 1", "E046", 2, 1, "write 0.5 for a number with decimals"),
    ("table p | q\n1 | 2 | 3", "E046", 2, 7, "| separates data from targets, in the head and in"),
    ("table p q\n1 | 2", "E046", 2, 3, "| separates data from targets, in the head and in"),
    ("table p[i] q\n1 2", "E046", 1, 9, "a column is a name, x, or one entry, x[2]"),
    ("table\n1", "E046", 1, 1, "a table begins with the names of its columns: table"),
    ("table p, q\n1 2", "E046", 1, 8, "names are separated by spaces; one entry of x is"),
    ("table p\n1/0", "E046", 2, 3, "write a number"),
    ("table p\u1d62\n1", "E046", 1, 8, "names are separated by spaces; one entry of x is"),
    ("table p\n1/a", "E046", 2, 3, "a fraction is written 2/3"),
    # E047
    ("E <- a", "E047", 1, 3, "write E = a"),
    ("update w", "E047", 1, 9, "write update w <- w - α*∂E/∂w for one weight, or"),
    ("update w = 3", "E047", 1, 10, "write update w <- w - α*∂E/∂w for one weight, or"),
    ("update θ, g", "E047", 1, 1, "below it stand lines such as θ <- θ - α*g"),
    ("update \u03b8, \u03b8\n\u03b8 <- 1", "E047", 1, 11, "write update θ, g"),
    ("update \u03b8, g\nv <- g", "E047", 1, 8, "write θ <- θ - …"),
    ("update \u03b8, g\nn = sqrt(sum_\u03b8 g^2)\n\u03b8 <- \u03b8 - g/n", "E047", 2, 3, "put <- for the ="),
    ("update \u03b8, g\nv <- g\nn = 2*v\n\u03b8 <- \u03b8 - n", "E047", 3, 3, "put <- for the ="),
    ("update 3", "E047", 1, 8, "write update w <- w - α*∂E/∂w for one weight, or"),
    ("update w[t-1] <- 2", "E047", 1, 9, "write x[i,j]; the letters' ranges say which entries"),
    ("update θ,", "E047", 1, 10, "write update θ, g"),
    ("w <- w - 1", "E047", 1, 3, "write update w <- w - 1"),
    ("update w w <- 2", "E047", 1, 10, "write update w <- w - α*∂E/∂w for one weight, or"),
    # E048
    ("f(in) = 3", "E048", 1, 3, "a function is defined by f(u) = …"),
    ("exp(2) = a", "E048", 1, 5, "a function is defined by f(u) = …"),
    ("f() = 3", "E048", 1, 3, "a function is defined by f(u) = …"),
    ("f(2) = 3", "E048", 1, 3, "a function is defined by f(u) = …"),
    ("f(u, u) = 3", "E048", 1, 6, "name each parameter once"),
    ("f'(u, v) = 2", "E048", 1, 1, "write f'(u) = …"),
    ("d(u) = u", "E048", 1, 1, "call the function by another name"),
    ("A'(u)", "E048", 1, 6, "a derivative rule is written f'(u) = …"),
    ("A' = 3", "E048", 1, 4, "a function is defined by f(u) = …, its derivative"),
    ("f(u[i]) = 3", "E048", 1, 4, "the parameters of a function are plain names: f(u,"),
    ("partial(u) = 2", "E048", 1, 1, "call the function by another name"),
    # E049
    ("minimise E = 3", "E049", 1, 12, "define it on a line of its own, E = …, then write"),
    ("minimise E = a", "E049", 1, 12, "define it on a line of its own, E = …, then write"),
    # E050
    ("E = if(a, b, c)", "E050", 1, 7, "write if(a > b, c, d)"),
    ("E = if(a > b, c)", "E050", 1, 7, "write if(a > b, c, d): the test, the value if it"),
    ("E = if(a > b, c, a, b)", "E050", 1, 19, "write if(a > b, c, d): the test, the value if it"),
    ("E = if(a > b)", "E050", 1, 7, "write if(a > b, c, d): the test, the value if it"),
    ("E = if(t-1 in t)", "E050", 1, 16, "write if(t > 1, a, b)"),
    ("E = if([a > b], 1, 2)", "E050", 1, 7, "write if(a > b, c, d)"),
    # E051
    ("E = ∞", "E051", 1, 5, "it may only stand in a domain: `in [0, ∞)`"),
    ("E = a + inf", "E051", 1, 9, "it may only stand in a domain: `in [0, ∞)`"),
    ("weight q := ∞", "E051", 1, 13, "it may only stand in a domain: `in [0, ∞)`"),
    ("E = exp(-∞)", "E051", 1, 10, "it may only stand in a domain: `in [0, ∞)`"),
]


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "help"), BAD, ids=[f"{row[1]}-{row[0]!a:.30}" for row in BAD]
)
def test_a_mistake_is_named_where_it_is_and_with_its_cure(
    text: str, code: str, line: int, column: int, help: str
) -> None:
    with pytest.raises(ChainruleError) as caught:
        parse(MODEL + text)
    error = caught.value
    assert isinstance(error, LimitError if code == "E006" else NotationError)
    assert (error.code, error.place) == (code, (line + 4, column))
    assert help in error.help, error.help


def test_every_code_of_the_notation_is_in_the_table() -> None:
    room = Path(__file__).parents[2] / "src" / "chainrule" / "notation"
    raised = {code for path in room.glob("*.py") for code in re.findall(r'"(E0\d\d)"', path.read_text("utf-8"))}
    assert raised == {row[1] for row in BAD}


@pytest.mark.parametrize(
    ("limits", "text", "says"),
    [
        (Limits(text=20), "E = 1 + 2 + 3 + 4 + 5 + 6", "20 bytes"),
        (Limits(text=20), "E = ŷ + ŷ + ŷ + ŷ", "20 bytes"),  # 21 bytes, 17 characters
        (Limits(depth=5), "E = exp(exp(exp(exp(exp(a)))))", "5 levels"),
        (Limits(depth=5), "E = a/b/c/d/e/f", "5 levels"),
        (Limits(depth=5), "E = a^b^c^d^g^h", "5 levels"),
        (Limits(depth=5), "weight w := [[[[[[1]]]]]]", "5 levels"),
        (Limits(nodes=8), "E = a + b + c + d\nF = a + b + c", "8 parts"),
        (Limits(names=3), "E = a + b + c", "3 different names"),
        (Limits(digits=3), "E = 12.34", "3 digits"),
        (Limits(digits=3), "E = a²³⁴⁵", "3 digits"),
    ],
)
def test_a_limit_is_named_and_can_be_raised(limits: Limits, text: str, says: str) -> None:
    with pytest.raises(LimitError) as caught:
        parse(text, limits)
    (which,) = re.findall(r"--limit (\w+)=N", caught.value.help)
    assert caught.value.code == "E006"
    assert says in caught.value.problem
    assert getattr(limits, which) != getattr(Limits(), which), "the help names the argument that was met"
    parse(text)  # the limits a caller has not lowered let it through


def test_the_first_error_of_a_text_is_told_with_its_line_drawn() -> None:
    with pytest.raises(NotationError) as caught:
        parse("data x\n# ŷ is the answer\nŷ = σ(x̂) + tahn(x)\nE = (")
    assert str(caught.value) == (
        "error[E010]: ( is never closed\n  <text>:4:5\n    E = (\n        ^\n  help: write ) where it ends"
    )


def test_the_caret_counts_accents_as_no_width() -> None:
    typed = "y\u0302 = T\u0302 + tahn(1)"  # both accents typed after their letters
    with pytest.raises(NotationError) as caught:
        parse(typed)
    _, place, _, caret, _ = str(caught.value).splitlines()
    assert place.strip() == "<text>:1:11"  # code points as typed
    assert caret == "    " + " " * len("ŷ = T + ") + "^^^^"


def test_windows_and_old_line_ends_count_as_one() -> None:
    for end in ("\n", "\r\n", "\r"):
        with pytest.raises(NotationError) as caught:
            parse(end.join(["data x", "", "y = x", "E = tahn(x)"]))
        assert caught.value.place == (4, 5)
