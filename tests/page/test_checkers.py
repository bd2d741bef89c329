"""The Nu HTML checker and axe have nothing against a page, as it is handed out and with all its switches on."""

from __future__ import annotations

from pathlib import Path

from tests.page.browser import Page
from tests.page.checkers import AXE, NU, against, begin, faulty, there
from tests.page.conftest import Made, Opened

import chainrule as cr

STATES = cr.Model(
    "# How far does a push carry?\ndata x in {1, 2, 3}\ntarget y = 2·x\nweight w := 0.5, b := 0\n"
    "const α := 0.01, β := 0.5\nE = ½(w·x + b − y)²\nupdate θ, g\n  v <- β*v + g\n  θ <- θ - α*v\n",
    "push",
)
"""A network whose learning rule has states."""

ALL_ON = """(() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  document.querySelector("#c-ask").click();
  document.querySelector("#b-step").click();
  document.querySelector("#fade-1")?.click();
  for (const one of document.querySelectorAll("#cards .card")) one.querySelector("button").click();
  document.querySelector("#chips button:not([hidden])").click();
})()"""
"""A question is asked, lines are hidden, statements judged, a symbol chosen, and everything folded is open."""


def handed_out(made: Made) -> dict[str, Path]:
    return {
        "identity": made("identity"),
        "xor": made("xor", steps=60),
        "digits": made("digits", steps=30),
        "states": made(STATES, "states", steps=60),
    }


def looks(page: Page, dark: bool) -> None:
    shade = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    page.call("Emulation.setEmulatedMedia", features=[shade, {"name": "prefers-reduced-motion", "value": "reduce"}])


def test_the_checker_of_html_finds_nothing(opened: Opened, made: Made, tmp_path: Path) -> None:
    if not there(NU, "vnu-jar"):
        return
    files = list(handed_out(made).values())
    for name, path in handed_out(made).items():
        page, live = opened(path), tmp_path / f"{name}.html"
        page.run(ALL_ON)
        live.write_text("<!doctype html>" + page.run("document.documentElement.outerHTML"), "utf-8")
        files.append(live)
    frame, planted = tmp_path / "frame.html", tmp_path / "planted.html"
    shown = cr.example("identity").widget(steps=20, questions=False, plain=True)._repr_html_().partition("</style>")[2]
    frame.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>a notebook</title>{shown}', "utf-8")
    planted.write_text('<!doctype html><html lang="en"><title>a</title><svg><text font-weight="x"/></svg>', "utf-8")
    found = faulty([*files, frame, planted])
    assert found.pop("planted.html")
    assert found == {}


def test_axe_finds_nothing(opened: Opened, made: Made) -> None:
    if not there(AXE, "axe-core"):
        return
    for name, path in handed_out(made).items():
        page = opened(path)
        begin(page)
        found = {"as handed out": against(page)}
        page.run(ALL_ON)
        looks(page, dark=True)
        found["all on, dark"] = against(page)
        page.size(360, 740)
        found["phone, dark"] = against(page)
        looks(page, dark=False)
        found["phone, light"] = against(page)
        assert {what: faults for what, faults in found.items() if faults} == {}, name
    page.run("document.querySelector('#b-step').textContent = ''")
    assert against(page), "a fault that was planted"
