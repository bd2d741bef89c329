"""The page in a notebook: what is done on it is seen from Python and the other way round, in JupyterLab and in marimo;
where nothing is installed a closed frame shows it, and where nothing is trusted a text."""

from __future__ import annotations

import html
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.page.browser import Browser, Page
from tests.page.notebook import cell, jupyterlab, marimo, written

import chainrule as cr
from chainrule.page.synced import Synced, handed, link_of, synced

IDENTITY = cr.example("identity")
HOW = {"steps": 60, "questions": False}
READY = "document.body?.classList.contains('ready') ?? false"


def needs(module: str) -> pytest.MarkDecorator:
    """Skips where something is not installed, which is a failure where everything has to be there."""
    missing = importlib.util.find_spec(module) is None and os.environ.get("CHAINRULE_REQUIRE_ALL") != "1"
    return pytest.mark.skipif(missing, reason=f"{module} is not installed")


# ---- in the notebooks themselves

OUTPUTS = "[...document.querySelectorAll('.jp-OutputArea-output')]"
TEXTS = f"{OUTPUTS}.map((e) => e.innerText)"


@needs("jupyterlab")
def test_jupyterlab(browser: Browser, tmp_path: Path) -> None:
    """Reopened and not trusted it is read; run, what is done here is seen there."""
    widget, frame = IDENTITY.widget(**HOW), IDENTITY.widget(**HOW, plain=True)
    make = 'import chainrule as cr\nw = cr.example("identity").widget(steps=60, questions=False)\nw'
    written(
        tmp_path / "n.ipynb",
        [
            cell(make, widget._repr_mimebundle_()[0]),
            cell("print('at', w.position, w.rate)"),
            cell("w.rate, w.start = 2, {'w': 0.25}", {"text/plain": repr(frame), "text/html": frame._repr_html_()}),
        ],
    )
    with jupyterlab(tmp_path) as address:
        page = browser.page(f"{address}/doc/tree/n.ipynb")
        page.until(f"{TEXTS}.filter((text) => text.includes('It converged after 32 steps')).length === 2")
        assert page.run("document.querySelectorAll('.jp-OutputArea-output iframe').length") == 0
        assert "trains the network step by step" in page.run(f"{TEXTS}[1]")
        page.until("document.querySelector('#jp-main-statusbar').innerText.includes('| Idle')")  # or it asks which
        page.click(".jp-CodeCell .cm-content")
        page.until("document.activeElement.closest('.jp-CodeCell') !== null")
        page.key("Enter", shift=True)
        page.until("document.querySelectorAll('.jp-OutputArea-output iframe').length === 1")
        shown = page.frame()
        shown.until(READY)
        assert shown.text("#where") == "after 1 of 32 steps"
        shown.run("document.querySelector('#b-step').click()")
        shown.until("document.querySelector('#s-link').value.endsWith('&k=2')")
        page.key("Enter", shift=True)
        page.until(f"{TEXTS}.includes('at 2 0.5\\n')")
        page.key("Enter", shift=True)
        shown.until("document.querySelector('#s-rate-n').value === '2'")
        assert shown.run("document.querySelector('#s-start-n').value") == "0.25"
        run = IDENTITY.train(steps=60, rate=2, start={"w": 0.25})
        assert shown.text("#where") == f"after 2 of {run.steps} steps"
        assert shown.faults() == []
        page.close()


CELLS = """
import marimo

app = marimo.App()


@app.cell
def _():
    import chainrule as cr
    import marimo as mo

    shown = mo.ui.anywidget(cr.example("identity").widget(steps=60, questions=False))
    shown
    return mo, shown


@app.cell
def _(mo, shown):
    if shown.value["position"] == 3:
        shown.widget.rate = 2
    mo.md(f"at {shown.position} {shown.rate}")
    return
"""


@needs("marimo")
def test_marimo(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "n.py").write_text(CELLS, "utf-8")
    with marimo(tmp_path, "n.py") as address:
        page = browser.page(address)
        shown = page.frame()
        shown.until(READY)
        page.until("document.body.innerText.includes('at 1 0.5')")
        shown.run("document.querySelector('#b-step').click()")
        page.until("document.body.innerText.includes('at 2 0.5')")
        shown.run("document.querySelector('#b-step').click()")
        shown.until("document.querySelector('#s-rate-n').value === '2'")
        page.until("document.body.innerText.includes('at 3 2.0')")
        assert shown.faults() == []
        page.close()


# ---- in a frame

HOST = """<!doctype html><title>a notebook</title><body>FRAME<script>
window.heard = [];
addEventListener("message", (event) => window.heard.push(event.data.chainrule));
const say = (what) => document.querySelector("iframe").contentWindow.postMessage(what, "*");
</script>"""


def framed(browser: Browser, path: Path, model: cr.Model = IDENTITY) -> tuple[Page, Page]:
    path.write_text(HOST.replace("FRAME", model.widget(**HOW, plain=True)._repr_html_()), "utf-8")
    page = browser.page(path)
    shown = page.frame()
    shown.until(READY)
    return page, shown


def test_a_frame_shows_its_link_and_hears_one(browser: Browser, tmp_path: Path) -> None:
    page, shown = framed(browser, tmp_path / "host.html")
    refused = "(() => { try { history.replaceState(null, '', '#k=3'); return ''; } catch (e) { return e.name; } })()"
    assert shown.run(refused) == "SecurityError"
    assert page.run("document.querySelector('.chainrule-words').getBoundingClientRect().height") == 0
    shown.run("document.querySelector('#b-step').click()")
    shown.until("document.querySelector('#s-link').value.endsWith('&k=2')")
    page.until("window.heard.at(-1).endsWith('&k=2')")
    link = shown.run("document.querySelector('#s-link').value")
    assert link == page.run("window.heard.at(-1)")
    assert not shown.run("document.querySelector('#linked').hidden")
    shown.run("document.querySelector('#b-link').click()")
    shown.until("document.activeElement.id === 's-link' || document.querySelector('#b-link').innerText === 'copied'")
    page.run(f"say({{ chainrule: '{link.replace('k=2', 'k=5&a=2')}' }})")
    shown.until("document.querySelector('#where').innerText.startsWith('after 5 of')")
    for hostile in ("{ chainrule: 7 }", "null", "'k=1'", "{ chainrule: '#k=1e9&a=NaN&w.__proto__=1&q=<img>' }", "[]"):
        page.run(f"say({hostile})")
    page.run("say({ chainrule: '#m=0123456789abcdef&k=7' })")
    shown.until("document.querySelector('#state').innerText.includes('another model')")
    page.run("say({ chainrule: '' })")  # as it was handed out
    shown.until("document.querySelector('#where').innerText === 'after 1 of 32 steps'")
    assert shown.faults() == []
    assert page.faults() == []
    page.close()


def test_a_page_of_its_own_hears_no_one(browser: Browser, tmp_path: Path) -> None:
    page = browser.page(IDENTITY.page(tmp_path / "p.html", **HOW))
    page.until(READY)
    page.run("postMessage({ chainrule: '#k=5' }, '*')")
    page.run("new Promise((done) => setTimeout(done, 300))")
    assert page.text("#where") == "after 1 of 32 steps"
    assert page.run("document.querySelector('#linked').hidden")
    page.close()


def test_what_a_frame_says_without_styles_and_frames() -> None:
    text = IDENTITY.widget(**HOW, plain=True)._repr_html_()
    bare = re.sub(r"<style>.*?</style>|<iframe[^>]*></iframe>", "", text)
    said = html.unescape(re.sub(r"<[^>]*>", " ", bare)).split()
    assert " ".join(said).startswith("identity: One neuron, one weight: can it learn to repeat its input? It converged")
    assert "srcdoc" not in bare
    assert 'sandbox="allow-scripts allow-downloads"' in text


def test_nothing_of_a_model_leaves_its_frame(browser: Browser, tmp_path: Path) -> None:
    run = "document.title='hurt'"
    hostile = f'</iframe></script><script>{run}</script><img src=x onerror="{run}">"\'`'
    model = cr.Model(f"# {hostile}\ndata x in {{1}}\nweight w := 0.5\nE = ½(w·x − 1)²", name=f"{hostile}.eq")
    page, shown = framed(browser, tmp_path / "host.html", model)
    assert page.run("document.title") == "a notebook"
    assert page.run("document.querySelectorAll('img').length") == 0
    assert shown.text("h1") == hostile
    assert page.run("document.querySelector('iframe').title") == f"{hostile}.eq: {hostile}"
    page.close()


# ---- from Python

RUN = IDENTITY.train(steps=60)


@needs("anywidget")
def test_a_widget_is_set_read_and_observed() -> None:
    widget, seen = RUN.widget(questions=False), []
    assert (widget.rate, widget.start, widget.position, widget.link) == (0.5, {}, 1, "")
    widget.observe(lambda change: seen.append((change.name, change.new)), ["rate", "start", "position"])
    widget.link = "#m=ba51af9ee10bc1e0&a=0.25&w.w=0.75&order=each&l.w.6=x&k=7"
    assert sorted(seen, key=str) == [("position", 7), ("rate", 0.25), ("start", {"w": 0.75})]
    widget.rate = 2
    assert widget.link == "#m=ba51af9ee10bc1e0&a=2.0&w.w=0.75&order=each&l.w.6=x&k=7"
    widget.start, widget.position = {"w": 0.5}, 3  # as it was handed out
    assert (widget.start, widget.link) == ({}, "#m=ba51af9ee10bc1e0&a=2.0&order=each&l.w.6=x&k=3")
    assert [line.number for line in cr.grade(IDENTITY, widget.link)] == [6]
    assert repr(widget) == widget._repr_mimebundle_()[0]["text/plain"]


@needs("anywidget")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rate", "a", "'a' is not a rate"),
        ("rate", float("nan"), "nan is not a rate"),
        ("rate", True, "True is not a rate"),
        ("position", -1, "-1 is not a position"),
        ("position", 1.5, "1.5 is not a position"),
        ("position", 10**9, "is not a position"),
        ("start", {"v": 1}, "'v' is no weight that this page trains"),
        ("start", {3: 1}, "3 is no weight"),
        ("start", {"w": [1, 2]}, "the start of w cannot be"),
        ("start", {"w": "a"}, "the start of w cannot be"),
        ("start", {"w": float("inf")}, "is not finite"),
        ("start", 0.5, "0.5 is not a start"),
        ("link", "#m=0123456789abcdef", "of another model"),
        ("link", 3, "3 is not a link"),
    ],
)
def test_what_a_page_cannot_take_is_said(name: str, value: object, said: str) -> None:
    widget = RUN.widget(questions=False)
    with pytest.raises(cr.UsageError, match="E405") as caught:
        setattr(widget, name, value)
    assert said in caught.value.problem
    assert (widget.rate, widget.start, widget.position, widget.link) == (0.5, {}, 1, "")


LETTERS = cr.Model(
    "index j = 1..3\ndata x in {0, 1}\ntarget y = x\nweight v[j] := 0.25, ŵ := 0.5\nE = ½(Σ_j v[j]·x·ŵ − y)²", "letters"
)


def test_links_hold_entries_of_arrays() -> None:
    page = handed(LETTERS.train(steps=5))
    wanted = Synced(page.rate, {"v": [0.25, 1e-7, 0.25], "w_hat": -3.5}, 2)
    link = link_of(page, "", wanted)
    assert "w.v%5B2%5D=1e-07" in link
    assert "w.v%5B1%5D" not in link
    assert synced(page, link) == wanted
    assert synced(page, link_of(page, link, synced(page, ""))) == synced(page, "")
    assert link_of(page, f"#m={page.mark}&phase=2&k=2", Synced(page.rate, {}, 2)).endswith("&phase=2&k=2")
    assert "phase" not in link_of(page, f"#m={page.mark}&phase=2&k=2", Synced(page.rate, {}, 3))


@needs("anywidget")
def test_starts_of_arrays_and_of_none() -> None:
    widget = LETTERS.widget(steps=5, questions=False)
    widget.start = {"v": 1, "ŵ": 0.5}
    assert widget.start == {"v": [1.0, 1.0, 1.0]}
    many = cr.Model("index j = 1..300\ndata x in {1}\nweight v[j] := 0.1\nE = (Σ_j v[j]·x)²", "many")
    with pytest.raises(cr.UsageError, match="begin elsewhere"):
        many.widget(steps=2, questions=False).start = {"v": 1}
    bare = cr.Model("data x in {1}\nweight w := 1\nE = (w·x)²\nupdate w <- w − 0.1·∂E/∂w", "bare")
    shown = bare.widget(steps=2, questions=False)
    assert shown.rate is None
    with pytest.raises(cr.UsageError, match="no rule of this training reads a rate"):
        shown.rate = 0.5


def test_without_anywidget_it_is_shown_in_a_frame() -> None:
    with patch.dict(sys.modules, {"anywidget": None}), patch.dict(sys.modules):
        sys.modules.pop("chainrule.page.widget", None)
        shown = RUN.widget(questions=False, height=500)
    assert 'height="500"' in shown._repr_html_()
    with pytest.raises(cr.MissingExtra, match="E406"):
        _ = shown.rate
    assert not hasattr(shown, "_repr_png_")


def test_nothing_but_a_widget_loads_anywidget() -> None:
    program = (
        "import sys, chainrule as cr; run = cr.example('identity').train(steps=5);"
        "run.widget(plain=True, questions=False); print('anywidget' in sys.modules or 'IPython' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_run_from_a_file_is_shown_too(tmp_path: Path) -> None:
    RUN.save(tmp_path / "run.npz")
    program = (
        "import sys, chainrule as cr; print(cr.load_run(sys.argv[1]).widget(plain=True, questions=False, height=300))"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path / "run.npz")]
    assert subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.startswith("identity: One")
