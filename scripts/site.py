"""Makes the site of docs: the pages, the reference from docstrings, a gallery of the examples with their live pages.

    python scripts/site.py [FOLDER] [--quick] [--open]

FOLDER is build/site unless another is named. Warnings are errors, and nothing is fetched: the pages need no network.
--quick leaves the live pages out. --open shows the site in the browser.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

import chainrule as cr

ROOT = Path(__file__).resolve().parent.parent

PICTURES = {
    "identity": ("error", "The error over the weight, with tangent, first step and path"),
    "identity-bias": ("identity-bias", "The error over weight and bias"),
    "and": ("and", "The regions that the trained network answers with 1"),
    "or": ("or", "The regions that the trained network answers with 1"),
    "xor": ("fit-two", "The regions that the trained network answers with 1"),
    "mazur": ("mazur", "The units, with the weights between them"),
    "line": ("landscape", "The error over slope and intercept, with the path"),
    "growth": ("fit", "The fitted curve and the measured points"),
    "digits": ("predictions", "What is predicted for each class"),
}
"""A picture of docs for each example, and its words."""


def gallery(live: bool) -> str:
    """The page of all examples, as Markdown."""
    parts = [
        "# Gallery\n",
        "The networks that come with the package: each as its text, as a picture"
        + (", and as a page that trains in the browser.\n" if live else ".\n"),
    ]
    for name, (picture, words) in PICTURES.items():
        text = cr.example(name).text.rstrip("\n")
        parts += [f"## {name}\n", f"```eq\n{text}\n```\n", f"![{words}](pictures/{picture}.svg)\n"]
        if live:
            parts.append(f'<p><a href="pages/{name}.html">Train {name} in the browser</a></p>\n')
        parts.append(f"In Python `cr.example(\"{name}\")`; from the command line `chainrule explain {name}`.\n")
    return "\n".join(parts)


def source(folder: Path, live: bool) -> Path:
    """A copy of docs with what is made for the site: the gallery, and the live pages."""
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs", docs, ignore=shutil.ignore_patterns("__pycache__"))
    (docs / "gallery.md").write_text(gallery(live), "utf-8")
    if live:
        pages = folder / "extra" / "pages"
        pages.mkdir(parents=True)
        for name in PICTURES:
            cr.example(name).page(pages / f"{name}.html")
    return docs


def build(site: Path, live: bool) -> int:
    """Sphinx's exit status; what it says goes to the error stream."""
    with tempfile.TemporaryDirectory() as folder:
        docs = source(Path(folder), live)
        extra = Path(folder) / "extra"
        command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "-b", "html"]
        if live:
            command.append(f"-Dhtml_extra_path={extra}")
        return subprocess.call([*command, str(docs), str(site)], cwd=ROOT)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site")
    options.add_argument("--quick", action="store_true", help="without the live pages")
    options.add_argument("--open", action="store_true", help="show it in the browser")
    chosen = options.parse_args()
    status = build(chosen.folder, not chosen.quick)
    if not status:
        first = chosen.folder.resolve() / "index.html"
        print(f"the site is {first}")
        if chosen.open:
            webbrowser.open(first.as_uri())
    return status


if __name__ == "__main__":
    raise SystemExit(main())
