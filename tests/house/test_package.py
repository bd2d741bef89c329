"""The wheel and the source archive: built, installed where there is nothing else, and used there."""

import importlib.util
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USED = """
import chainrule as cr
model = cr.example("identity")
run = model.train(steps=3)
print(cr.__file__)
print(model.derive("w").result, run.weights["w"])
model.page("identity.html")
"""


def run(*command: str | Path, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, cwd=cwd, env=env, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT)
    return folder


def test_the_archives_hold_what_is_used(built: Path) -> None:
    [wheel], [source] = built.glob("*.whl"), built.glob("*.tar.gz")
    inside = zipfile.ZipFile(wheel).namelist()
    package = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src" / "chainrule").rglob("*")
               if path.is_file() and "__pycache__" not in path.parts}  # fmt: skip
    assert package - set(inside) == set()
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"dev.py", "README.md", "LICENSE", "pyproject.toml", "docs/index.md", "tests/conftest.py"} <= names


def test_a_new_environment_with_and_without_extras(built: Path, tmp_path: Path) -> None:
    [wheel] = built.glob("*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    where, result = run(python, "-c", USED, cwd=tmp_path).splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert result.startswith("(ŷ − y)·x")
    assert (tmp_path / "identity.html").stat().st_size > 100_000
    program = tmp_path / "venv" / "bin" / "chainrule"
    assert run(program, "check", "identity", "∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ", cwd=tmp_path).startswith("Equal")
    fast = "import chainrule as cr; print(cr.example('xor').train(steps=3, engine='native').steps)"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[native]", cwd=tmp_path)
    assert run(python, "-c", fast, cwd=tmp_path).strip() == "3"
