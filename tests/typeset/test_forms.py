"""MathML, HTML, Markdown and LaTeX of derivations: well formed, complete, and closed to what a user typed."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import chainrule as cr
from chainrule.api.derivation import Derivation
from chainrule.errors import UsageError
from chainrule.expr.nodes import Add, Expr, Mul, Neg, Number, Pow, Ref
from chainrule.notation import parse_expression
from chainrule.typeset import mathml
from chainrule.typeset.latex import formula
from chainrule.typeset.markdown import escaped

PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.eq"))[:13]  # those after it say no more, at length
SHIPPED = sorted(path.stem for path in Path(cr.__file__).parent.joinpath("examples").glob("*.eq"))
NETWORKS = {path.stem: cr.load(path) for path in PROGRAMS} | {name: cr.example(name) for name in SHIPPED}
SOFTMAX = """
index i = 1..2, k = 1..3
data x[i]
target t[k]
fact Σ_k t[k] = 1
weight W[i,k]
s[k] = Σ_i W[i,k]·x[i]
L = logsumexp_k s[k] − Σ_k t[k]·s[k]
"""


def derivations(network: cr.Model, detail: str = "normal") -> list[Derivation]:
    return [network.derive(name, detail=detail) for name in network.weights]


def parsed(page: str) -> ET.Element:
    """A page as XML, for which the elements that HTML does not close are closed."""
    return ET.fromstring(re.sub(r"<(meta)([^>]*)>", r"<\1\2/>", page.removeprefix("<!doctype html>\n")))  # noqa: S314


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("detail", ["brief", "full"])
def test_every_derivation_is_a_well_formed_page(name: str, detail: str) -> None:
    for derivation in derivations(NETWORKS[name], detail):
        page = derivation.html()
        found = parsed(page)
        tags = {element.tag for element in found.iter()}
        assert {"math", "table", "title"} <= tags
        assert not {"script", "img", "link"} & tags
        assert len(found.findall(".//table[@class='derivation']/tr/td[@class='rule']")) == len(derivation.steps.steps)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a/b", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
        ("(a + b)·c", '<mo fence="true" stretchy="false">(</mo><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow>'),
        ("a − b·c", "<mi>a</mi><mo>−</mo><mi>b</mi><mo>·</mo><mi>c</mi>"),
        ("ŷ", '<mover accent="true"><mi>y</mi><mo>^</mo></mover>'),
        ("α", "<mi>α</mi>"),
        ("W₁₂", "<msub><mi>W</mi><mn>12</mn></msub>"),
        ("mean_error", "<mrow><mi>mean</mi><mi>_error</mi></mrow>"),
        ("sqrt(a)", "<msqrt><mi>a</mi></msqrt>"),
        ("½·a", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
    ],
)
def test_mathematics_in_mathml(text: str, part: str) -> None:
    found = mathml(parse_expression(text))
    assert part in found
    ET.fromstring(found)  # noqa: S314


def test_what_stands_below_a_sum_and_a_shifted_index() -> None:
    model = cr.Model("index i = 1..3\ndata x[i]\nweight w[i]\nE = (Σ_i w[i]·x[i])²")
    found = model.derive("w").html()
    assert '<munder><mo movablelimits="false">∑</mo>' in found
    assert "<msub><mi>x</mi><mi>i</mi></msub>" in found


def test_a_name_cannot_become_an_element() -> None:
    found = mathml(Ref('<img src="x">'))
    assert "<img" not in found
    assert escaped("[a](javascript:b) <i> *c* $d$") == r"\[a\](javascript:b) \<i\> \*c\* \$d\$"


def test_the_founding_derivation_with_its_iterations() -> None:
    derivation = cr.example("identity").derive("w").dressed(subscript="i", hide_arguments=True)
    lines = derivation.latex()
    assert r"\frac{\partial \hat{T}}{\partial w_{i}}" in lines
    assert (
        r"\left(\hat{y}_{i} - y_{i}\right) \cdot x_{i} \cdot \left(1 - A\left(w_{i} \cdot x_{i}\right)\right) "
        r"\cdot A\left(w_{i} \cdot x_{i}\right)"
    ) in lines
    assert "E_{" not in lines


def test_a_subscript_is_one_letter() -> None:
    for subscript in ("", "it", "1", 3):
        with pytest.raises(UsageError, match="E259"):
            cr.example("identity").derive("w").dressed(subscript=subscript)


def test_rumelharts_sign_is_turned_in_each_line_and_said() -> None:
    derivation = cr.Model(SOFTMAX).derive("W", detail="brief")
    turned = derivation.dressed(rumelhart=True)
    for plain, other in zip(derivation.steps.steps, turned.steps.steps, strict=True):
        assert plain.after != other.after
    assert isinstance(turned.steps.steps[0].after, Neg)
    said = turned.text()
    assert "∂L/∂W[i,k] = −δ[k]·x[i]" in said
    assert "δ is −∂E/∂z here" in said
    assert "is short for" not in said
    assert turned.result == "−δ[k]·x[i]"
    assert turned.last() == "∂L/∂W[i,k] = −δ[k]·x[i]"
    assert "<mi>δ</mi>" in turned.mathml()
    for written in (lambda: turned.text(strict=True), lambda: turned.last(strict=True), turned.json):
        with pytest.raises(UsageError, match="E259"):
            written()


def test_what_a_short_name_stands_for_is_written_out() -> None:
    derivation = cr.Model(SOFTMAX).derive("W", detail="brief")
    for form in (derivation.text(), derivation.html(), derivation.markdown().replace("\\", "")):
        assert "δ[k] is short for ∂L/∂s[k]" in form


@pytest.mark.parametrize(
    ("expr", "tex"),
    [
        (Pow(Number(Fraction(-2)), Number(Fraction(2))), r"\left(-2\right)^{2}"),
        (Pow(Number(Fraction(1, 2)), Number(Fraction(3))), r"\left(\tfrac12\right)^{3}"),
        (Add((Ref("a"), Number(Fraction(-2)))), r"a + \left(-2\right)"),
        (Mul((Number(Fraction(1, 2)), Ref("a"))), r"\tfrac12 \cdot a"),
        (Pow(Ref("a"), Number(Fraction(-1, 2))), r"a^{-\tfrac12}"),
    ],
)
def test_numbers_keep_their_brackets(expr: Expr, tex: str) -> None:
    assert formula(expr) == tex
    assert mathml(expr).count('fence="true"') == tex.count("(") + tex.count(")")


def test_the_page_says_how_its_lines_were_checked() -> None:
    derivation = cr.example("identity").derive("w")
    points = min(step.check.points for step in derivation.steps.steps)
    assert f"Checked: the two sides of each line were computed at {points} points or more" in derivation.html()


def test_markdown_has_every_line() -> None:
    derivation = cr.example("xor").derive("a1")
    found = derivation.markdown()
    assert found.count("$$") == 2 * len(derivation.steps.steps)
    assert all(f"**({number})**" in found for number in range(1, len(derivation.steps.steps) + 1))


def test_latex_compiles(tmp_path: Path) -> None:
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed")
    shown = [one.latex() for network in NETWORKS.values() for one in derivations(network, "full")]
    head = "\\documentclass{article}\n"
    head += "\\usepackage[paperwidth=500cm,paperheight=500cm]{geometry}\n\\usepackage{amsmath}\n"
    text = head + "\\allowdisplaybreaks\n\\begin{document}\n" + "\n\n".join(shown) + "\n\\end{document}\n"
    (tmp_path / "all.tex").write_text(text, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "all.pdf").stat().st_size > 10_000
