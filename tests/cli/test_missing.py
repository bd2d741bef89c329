"""Each optional part hidden, one after the other: every command does its work, or says what is not installed."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule

PACKAGE = Path(chainrule.__file__).parent

OPTIONAL = ("PIL", "matplotlib", "llvmlite", "jax", "jaxlib", "scipy", "pandas", "polars", "pyarrow", "sympy", "mpmath",
            "numba")  # fmt: skip

COMMANDS = {
    "explain identity --claim update": "",
    "explain identity --html page.html": "",
    "derive identity": "",
    "check identity w=0.5": "",
    "eval identity": "",
    "eval identity --curvature": "",
    "examples": "",
    "train identity --steps 20": "",
    "train identity --steps 20 --engine reference": "",
    "train identity --steps 20 --engine native": "llvmlite",
    "train growth --steps 20000 --record 1000": "",
    "plot identity --out figure.svg": "",
    "plot identity --out figure.png": "matplotlib PIL",
    "plot identity --out figure.pdf": "matplotlib PIL",
    "plot identity --animate --out film.gif": "matplotlib PIL",
    "plot identity --animate --out film.mp4": "matplotlib PIL ffmpeg",
    "map identity --axis w=[0,1] --steps 9": "llvmlite",
    "map identity --axis w=[0,1] --steps 9 -o m.zarr": "llvmlite",
}
"""Command lines, each with what it cannot do without."""

PROGRAM = """
import json, os, shlex, sys
from click.testing import CliRunner
hidden, commands = json.loads(sys.argv[1])
sys.modules[hidden] = None
import chainrule.views.film as film
if hidden == "ffmpeg":
    os.environ["PATH"] = ""
film.gif = film.mp4 = lambda scenes, seconds: b"a film"  # made elsewhere; here it is asked what is there
from chainrule.cli import cli
found = {}
for line in commands:
    done = CliRunner().invoke(cli, shlex.split(line), prog_name="chainrule")
    known = done.exception is None or isinstance(done.exception, SystemExit)
    found[line] = [done.exit_code, done.stderr if known else repr(done.exception)]
print(json.dumps(found))
"""


@pytest.mark.parametrize("hidden", [*OPTIONAL, "ffmpeg"])
def test_a_part_that_is_missing_is_named(hidden: str, tmp_path: Path) -> None:
    needing = [line for line, needs in COMMANDS.items() if hidden in needs.split()]
    commands = list(COMMANDS) if hidden in ("PIL", "matplotlib", "llvmlite", "ffmpeg") else list(COMMANDS)[::5]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([hidden, commands])], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    named = {"PIL": "Pillow"}.get(hidden, hidden)
    codes = {"llvmlite": "E313", "ffmpeg": "E467"}
    for line, (code, said) in found.items():
        if line in needing:
            assert code == 2, line
            assert said.startswith(f"error[{codes.get(hidden, 'E464')}]"), (line, said)
            assert named in said.splitlines()[0], (line, said)
        else:
            assert code in (0, 1), (line, said)
            assert "Traceback" not in said


BREAKING = """
import importlib.abc, shlex, sys
from click.testing import CliRunner
class Broken(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == sys.argv[1]:
            raise ValueError("of another version")
sys.meta_path.insert(0, Broken())
from chainrule.cli import cli
done = CliRunner().invoke(cli, shlex.split(sys.argv[2]), prog_name="chainrule")
print(done.exit_code, done.output)
"""


@pytest.mark.parametrize(
    ("part", "line", "said"),
    [
        ("matplotlib", "plot identity --steps 2 --out a.png", "2 error[E464]: a PNG or PDF needs matplotlib, which"),
        ("matplotlib", "plot identity --steps 2 --out a.svg", "0 "),
        ("pyarrow", "eval line --data large.csv", "0 "),
        ("pyarrow", "eval line --data a.parquet", "2 error[E245]: a.parquet: a file of Parquet needs pyarrow, which"),
        ("llvmlite", "train identity --steps 2", "0 "),
    ],
)
def test_a_part_that_does_not_load_is_as_one_that_is_missing(part: str, line: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_text("x,y\n" + "1.5,2.5\n" * 200_000)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    done = subprocess.run([sys.executable, "-c", BREAKING, part, line], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.startswith(said), done.stdout + done.stderr


def test_settings_that_matplotlib_refuses_are_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chainrule", "plot", "identity", "--steps", "2", "--out", "a.png"],
        capture_output=True, text=True, env={**os.environ, "MPLBACKEND": "nonsense"}, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "MPLBACKEND" in done.stderr
    assert "nonsense" in done.stderr


def test_a_program_that_is_none_is_said_to_be(tmp_path: Path) -> None:
    false = tmp_path / "ffmpeg"
    false.write_bytes(b"\x7fELF no program")
    false.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "chainrule", "plot", "identity", "--steps", "2", "--out", str(tmp_path / "a.mp4")],
        capture_output=True, text=True, env={**os.environ, "PATH": str(tmp_path)}, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error[E467]: ffmpeg ")


CORE = {"numpy", "click", "rich", "chainrule", *sys.stdlib_module_names}


def unguarded(tree: ast.AST) -> set[str]:
    """Optional packages that a file imports elsewhere than in a ``try`` that catches ImportError."""
    guarded = {
        id(inside)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try) and any("ImportError" in ast.dump(one) for one in node.handlers)
        for part in node.body
        for inside in ast.walk(part)
    }
    names = set()
    for node in ast.walk(tree):
        if id(node) not in guarded:
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - CORE


OF_A_PART = {
    "page/widget.py": {"anywidget", "traitlets"}, "views/highlighting.py": {"pygments"},
    "api/estimator.py": {"sklearn"}, "api/symbolic/inward.py": {"sympy"}, "api/symbolic/outward.py": {"sympy"},
    "api/symbolic/written.py": {"sympy"}, "maps/exported.py": {"pyarrow"}, "maps/store/bucket.py": {"obstore"},
}  # fmt: skip
"""Files that are loaded where a part is there: whoever loads them asks first, or they themselves, in a line before;
Pygments itself loads its own."""


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_optional_part_is_imported_unguarded(path: Path) -> None:
    allowed = OF_A_PART.get(path.relative_to(PACKAGE).as_posix(), set())
    assert unguarded(ast.parse(path.read_text("utf-8"))) == allowed


def test_an_unguarded_import_is_found() -> None:
    assert unguarded(ast.parse("def f():\n    from PIL import Image")) == {"PIL"}
    assert unguarded(ast.parse("try:\n    import PIL\nexcept ImportError:\n    pass")) == set()
    assert unguarded(ast.parse("try:\n    import PIL\nexcept KeyError:\n    pass")) == {"PIL"}
