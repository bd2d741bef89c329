"""dev.py from nothing: which way an environment is made, when it is made again, and what a person is told."""

import ast
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = '[project]\nname = "p"\n[project.optional-dependencies]\ntest = []\n'


class House:
    """A copy of dev.py in an empty folder, whose processes are written down instead of started."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copy(ROOT / "dev.py", folder)
        (folder / "pyproject.toml").write_text(PROJECT + "a = []\n")
        self.folder, self.monkeypatch = folder, monkeypatch
        self.started: list[str] = []
        self.fails: tuple[str, ...] = ()
        self.dev = self.load()

    def load(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("dev_under_test", self.folder / "dev.py")
        assert spec is not None
        assert spec.loader is not None
        dev = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(dev)
        self.monkeypatch.setattr(dev, "call", self.call)
        self.monkeypatch.setattr(dev, "attempt", self.attempt)
        return dev

    def call(self, command: list[str], env: dict[str, str] | None = None) -> int:
        self.started.append(" ".join(command))
        return int(any(part in self.started[-1] for part in self.fails))

    def attempt(self, command: list[str]) -> str | None:
        line = " ".join(command)
        self.started.append(line)
        if any(part in line for part in self.fails):
            return "no such thing here"
        if " venv " in line:
            self.dev.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            self.dev.PYTHON.touch()
        return None

    def count(self, part: str) -> int:
        return sum(part in line for line in self.started)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(tmp_path, monkeypatch)


def test_machine_code_is_installed_where_it_can_be_and_missed_by_nobody(house: House) -> None:
    project = house.folder / "pyproject.toml"
    project.write_text(PROJECT + "native = []\n")
    house.fails = (".[native]",)
    house.dev.environment([])
    assert json.loads(house.dev.STAMP.read_text())["extras"] == []
    project.write_text(PROJECT + "native = []\na = []\n")
    house.fails = ()
    house.dev.environment([])
    assert json.loads(house.dev.STAMP.read_text())["extras"] == ["native"]
    assert house.count("--only-binary llvmlite") == 2


def test_any_python_of_the_last_years_can_read_it() -> None:
    text = (ROOT / "dev.py").read_text("utf-8")
    tree = ast.parse(text, feature_version=(3, 7))
    assert not any(isinstance(node, ast.NamedExpr | ast.Match) for node in ast.walk(tree))
    assert "from __future__" not in text


def test_it_needs_the_standard_library_alone() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


def test_an_old_python_is_refused_in_one_sentence(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.monkeypatch.setattr(house.dev, "newer_pythons", lambda: ["python3.12"])
    with pytest.raises(SystemExit) as ended:
        house.dev.refuse_old_python((3, 9, 1))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: this needs Python 3.11 or newer, and this is Python 3.9\n")
    assert "python3.12 dev.py" in said
    house.dev.refuse_old_python((3, 11, 0))


def test_the_environment_is_made_and_filled_once(house: House) -> None:
    house.dev.environment(["test"])
    assert house.count("-m venv") == 1
    assert house.count("--editable .[test]") == 1
    house.started.clear()
    house.dev.environment(["test"])
    house.dev.environment([])
    assert house.started == []


def test_another_extra_is_added_to_those_there(house: House) -> None:
    house.dev.environment(["test"])
    house.started.clear()
    house.dev.environment(["a"])
    assert house.count("-m venv") == 0
    assert house.count("--editable .[a,test]") == 1


def test_a_changed_project_is_installed_again_in_the_same_environment(house: House) -> None:
    house.dev.environment(["a", "test"])
    house.started.clear()
    (house.folder / "pyproject.toml").write_text(PROJECT)
    house.dev.environment(["test"])
    assert house.count("-m venv") == 0
    assert house.count("--editable .[test]") == 1, "an extra that is no more is not asked for"


def test_another_python_makes_it_anew(house: House) -> None:
    house.dev.environment(["test"])
    house.started.clear()
    house.monkeypatch.setattr(sys, "version", "3.99 (another)")
    house.dev.environment(["test"])
    assert house.count("-m venv") == 1


@pytest.mark.parametrize("moment", ["-m venv", "--editable"])
def test_what_an_interrupt_left_is_made_anew(house: House, moment: str) -> None:
    def interrupted(command: list[str], env: dict[str, str] | None = None) -> int:
        if moment in " ".join(command):
            raise KeyboardInterrupt
        return 0

    whole = house.dev.attempt, house.dev.call
    house.monkeypatch.setattr(house.dev, "call", interrupted)
    if moment == "-m venv":
        house.monkeypatch.setattr(house.dev, "attempt", interrupted)
    with pytest.raises(KeyboardInterrupt):
        house.dev.environment(["test"])
    left_over = house.dev.VENV / "half a file"
    left_over.touch()
    house.dev.attempt, house.dev.call = whole
    house.dev.environment(["test"])
    assert not left_over.exists()
    assert json.loads(house.dev.STAMP.read_text())["extras"] == ["test"]


def test_an_environment_of_the_users_own_is_filled_and_not_removed(house: House) -> None:
    house.dev.PYTHON.parent.mkdir(parents=True)
    house.dev.PYTHON.touch()
    house.dev.environment(["test"])
    assert house.count("-m venv") == 0
    assert house.count("--editable .[test]") == 1


def test_a_failed_installation_is_not_taken_for_done(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.fails = ("--editable",)
    with pytest.raises(SystemExit) as ended:
        house.dev.environment(["test"])
    assert ended.value.code == 1
    assert "Run the same command again" in capsys.readouterr().err
    house.fails = ()
    house.dev.environment(["test"])
    assert house.count("--editable") == 2


def test_without_ensurepip_uv_makes_it_and_fills_it(house: House) -> None:
    house.fails = (f"-m venv {house.dev.VENV}", "-m pip --version")
    house.monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    house.dev.environment([])
    assert house.started[-1].startswith("uv pip install --python")
    assert house.count("uv venv") == 1


def test_without_ensurepip_and_uv_the_systems_pip_brings_pip(house: House) -> None:
    house.fails = (f"-m venv {house.dev.VENV}", "uv ")
    house.dev.environment([])
    assert house.count(f"-m pip --python {house.dev.PYTHON} install --quiet pip") == 1
    assert house.started[-1].startswith(f"{house.dev.PYTHON} -m pip")


def test_with_no_way_at_all_it_says_what_was_tried_and_what_to_install(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.fails = ("venv",)
    with pytest.raises(SystemExit) as ended:
        house.dev.environment([])
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()
    assert said[1] == "error: no virtual environment can be made here"
    assert [line.split("  ")[1] for line in said[2:5]] == ["python3 -m venv", "uv venv", "python3 -m pip --python"]
    assert "apt-get install python3-venv" in said[5]
    assert not house.dev.VENV.exists()


def test_attempt_reports_the_last_line_and_a_missing_program(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("dev_itself", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    assert dev.attempt([sys.executable, "-c", "pass"]) is None
    assert dev.attempt([sys.executable, "-c", "import sys; sys.exit('first\\nlast')"]) == "last"
    assert "nowhere-at-all" in dev.attempt([str(tmp_path / "nowhere-at-all")])


@pytest.mark.parametrize(
    "arguments, started",
    [
        (["run"], "identity.html"),
        (["run", "derive", "xor"], "-m chainrule derive xor"),
        (["test", "-n0", "tests/expr"], "-m pytest -n0 tests/expr"),
        (["test", "-k", "carets"], "-k carets"),
        (["golden"], "-m pytest --update-golden tests"),
    ],
)
def test_a_command_starts_its_work(house: House, arguments: list[str], started: str) -> None:
    assert house.dev.main(arguments) == 0
    assert house.started[-1].endswith(started)


def test_the_main_job_tells_the_story_and_writes_the_page(house: House) -> None:
    assert house.dev.main(["run"]) == 0
    story, page = house.started[-2:]
    assert story.endswith("-m chainrule explain identity")
    assert " -m chainrule page identity -o " in page


def test_tests_run_on_more_than_one_core(house: House) -> None:
    house.dev.main(["test"])
    processes = int(house.started[-1].partition(" -n ")[2])
    assert 2 <= processes <= max(2, os.cpu_count() or 1)


def test_the_status_of_the_work_is_the_status_of_the_command(house: House) -> None:
    house.dev.environment(["test"])
    house.fails = ("mypy",)
    assert house.dev.main(["check"]) == 1
    assert house.count("lint-imports") == 1, "all checks run, also after one that failed"


@pytest.mark.parametrize("arguments", [["walk"], ["setup", "--everything"], ["bench", "nothing"]])
def test_an_unknown_word_is_answered_with_the_known_ones(
    house: House, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        house.dev.main(arguments)
    assert ended.value.code == 2
    assert "help: there is " in capsys.readouterr().err


def test_setup_all_takes_every_extra_and_says_when_chromium_cannot_come(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.monkeypatch.setattr(shutil, "which", lambda name: None)
    assert house.dev.main(["setup", "--all"]) == 0
    assert house.count("--editable .[a,test]") == 1
    said = capsys.readouterr().err
    assert "Chromium is missing and cannot be installed from here: there is no apt-get" in said
    assert "LaTeX is missing and cannot be installed from here: there is no apt-get" in said


def test_setup_all_brings_programs_where_apt_can(house: House) -> None:
    house.monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    house.monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    house.dev.main(["setup", "--all"])
    packages = ("chromium", "texlive-latex-base", "ffmpeg", "nodejs", "default-jre-headless", "libreoffice-calc-nogui")
    for command, package in zip(house.started[-len(packages) :], packages, strict=True):
        assert command.endswith(f"--no-install-recommends {package}")


def test_help_names_every_command(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.dev.main([]) == 0
    said = capsys.readouterr().out
    assert all(f"dev.py {command} " in said for command in house.dev.COMMANDS)
