#!/usr/bin/env python3
"""One word for each thing done with this repository; needs Python 3.11 or newer and nothing else.

    python3 dev.py run [ARGUMENTS]   the main job: the story of the network `identity`; or `chainrule ARGUMENTS`
    python3 dev.py test [ARGUMENTS]  the tests; ARGUMENTS go to pytest
    python3 dev.py check             style, types and floors: ruff, mypy, import-linter
    python3 dev.py golden            write the texts of tests/golden anew; read them before you commit them
    python3 dev.py pictures          draw the pictures of docs anew
    python3 dev.py docs [--open]     the site of docs, in build/site; needs no network once it is installed
    python3 dev.py bench [NAME]      the benchmarks, or one of them; each prints a record
    python3 dev.py campaign [NAME]   the long forms of the tests, or one of them: hours, not minutes
    python3 dev.py setup [--all]     only make .venv; with --all every optional part, Chromium and LaTeX

Each makes the virtual environment .venv beside this file when there is none, and installs again only when
pyproject.toml or the Python has changed.
"""

# This file is read by whatever `python3` is, so it has to be a text that Python 3.6 can read:
# no `match`, no `:=`, and above the check of the version nothing that an old Python cannot run either.

import hashlib
import json
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)


def newer_pythons() -> list:  # type: ignore[type-arg]
    """The names of installed Pythons that would do."""
    names = ["python3.%d" % minor for minor in range(20, OLDEST[1] - 1, -1)]
    return [name for name in names if shutil.which(name)]


def refuse_old_python(version: tuple) -> None:  # type: ignore[type-arg]
    """Say what is missing, and what is there, in place of a syntax error from deep inside."""
    if tuple(version[:2]) >= OLDEST:
        return
    found = newer_pythons()
    help = "run `%s dev.py …`" % found[0] if found else "install a newer Python and run it again with that"
    stop("this needs Python %d.%d or newer, and this is Python %d.%d" % (OLDEST + tuple(version[:2])), [], help)


def stop(problem: str, tried: list, help: str) -> None:  # type: ignore[type-arg]
    """End with the problem, what was tried, and what to do."""
    lines = ["error: " + problem] + ["  " + line for line in tried] + ["  help: " + help]
    text = "\n".join(lines) + "\n"
    try:
        sys.stderr.write(text)
    except UnicodeEncodeError:
        sys.stderr.write(text.encode("ascii", "replace").decode("ascii"))
    raise SystemExit(2)


refuse_old_python(sys.version_info)

import tomllib  # noqa: E402  (Python 3.11 brought it)
from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "chainrule-dev.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
BASE = getattr(sys, "_base_executable", None) or sys.executable  # .venv's own Python cannot make .venv anew

# ── processes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def call(command: list[str], env: dict[str, str] | None = None) -> int:
    """Run a command in the repository, seen by the user; its exit status."""
    return subprocess.call(command, cwd=ROOT, env=dict(os.environ, **(env or {})))


def attempt(command: list[str]) -> str | None:
    """Run a command unseen; None if it did well, else the last thing it said."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    said = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()
    return None if done.returncode == 0 else said[-1]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ── the environment ───────────────────────────────────────────────────────────────────────────────────────────────


def every_extra() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted(project.get("optional-dependencies", {}))


def key() -> str:
    """What an installation depends on: the project's file and the Python it was made with."""
    parts = [(ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), sys.base_prefix.encode(), bytes(ROOT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp() -> dict[str, object]:
    """What is known of .venv: ``{}`` where dev.py did not make it, no ``extras`` where it was not finished."""
    try:
        known = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def write_stamp(known: dict[str, object]) -> None:
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(json.dumps(known) + "\n", "utf-8")


def environment(wanted: list[str]) -> None:
    """Have .venv hold the package, as it is in src, with these extras."""
    known, python = stamp(), f"{sys.version} {sys.base_prefix}"
    before = known.get("extras")
    if isinstance(before, list) and known.get("python") == python and PYTHON.exists():
        if known.get("key") == key() and set(wanted) <= set(before):
            return
        wanted = sorted({*wanted, *before} & set(every_extra()))
    elif known or not PYTHON.exists():
        make(python)
    install(wanted)
    write_stamp({"python": python, "key": key(), "extras": sorted({*wanted, *install_if_there(wanted)})})


def make(python: str) -> None:
    """An empty .venv, by the first way that works here."""
    say("making .venv (once)")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    ways = [
        ("python3 -m venv", [[BASE, "-m", "venv", str(VENV)]]),
        ("uv venv", [["uv", "venv", "--quiet", "--allow-existing", "--python", BASE, str(VENV)]]),
        (
            "python3 -m pip --python",
            [
                [BASE, "-m", "venv", "--without-pip", str(VENV)],
                [BASE, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"],
            ],
        ),
    ]
    tried = []
    for name, commands in ways:
        shutil.rmtree(VENV, ignore_errors=True)
        write_stamp({"python": python})  # a Ctrl-C from here on leaves an environment that is known as unfinished
        failure = next(filter(None, map(attempt, commands)), None)
        if failure is None:
            return
        tried.append(f"{name:<26}{failure}")
    shutil.rmtree(VENV, ignore_errors=True)
    stop(
        "no virtual environment can be made here",
        tried,
        "on Debian or Ubuntu `apt-get install python3-venv`; elsewhere install uv, or pip for this Python",
    )


def installer() -> list[str]:
    """The pip inside .venv, or uv where the environment was made without one."""
    if attempt([str(PYTHON), "-m", "pip", "--version"]) is None:
        return [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--no-input"]
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--python", str(PYTHON)]
    stop(".venv has no pip, and there is no uv", [], "remove the folder .venv and run this again")
    raise AssertionError


def install(extras: list[str]) -> None:
    what = ".[" + ",".join(extras) + "]" if extras else "."
    say(f"installing chainrule{what[1:]} into .venv")
    status = call([*installer(), "--quiet", "--editable", what])
    if status:
        say("the installation did not succeed; what the installer said stands above. Run the same command again.")
        raise SystemExit(status)


def install_if_there(wanted: list[str]) -> list[str]:
    """Install what makes trainings quicker where there is a wheel for this machine; without it all works too."""
    if "native" in wanted or "native" not in every_extra():
        return []
    command = [*installer(), "--quiet", "--only-binary", "llvmlite", "--editable", ".[native]"]
    failure = attempt(command)
    if failure is not None:
        say(f"without llvmlite, so long trainings are slower: {failure}")
    return ["native"] if failure is None else []


# ── programs that tests drive and pip does not have ───────────────────────────────────────────────────────────────

PROGRAMS = [  # what it is called, how its command may be called, Debian's package, which tests need it
    ("Chromium", ("chromium", "chromium-browser", "google-chrome"), "chromium", "tests of pages"),
    ("LaTeX", ("pdflatex",), "texlive-latex-base", "the test that compiles derivations"),
    ("ffmpeg", ("ffmpeg",), "ffmpeg", "the test of films"),
    ("Node", ("node", "nodejs"), "nodejs", "the tests of printed JavaScript"),
    ("lavapipe", ("/usr/share/vulkan/icd.d/lvp_icd*.json",), "mesa-vulkan-drivers", "the tests of graphics cards"),
    ("pocl", ("/etc/OpenCL/vendors/pocl*.icd",), "pocl-opencl-icd", "the tests of devices of OpenCL"),
    ("Java", ("java",), "default-jre-headless", "the check of HTML"),
    ("LibreOffice", ("soffice", "libreoffice"), "libreoffice-calc-nogui", "the test that computes a spreadsheet"),
]


def there(name: str) -> object:
    """Whether there is such a program, or a file where a pattern says."""
    return next(Path("/").glob(name[1:]), None) if name.startswith("/") else shutil.which(name)


def programs() -> None:
    """Install what is missing where apt-get can, else say which tests will not run."""
    missing = [program for program in PROGRAMS if not any(map(there, program[1]))]
    apt = shutil.which("apt-get")
    if missing and (apt is None or os.geteuid() != 0):
        reason = "there is no apt-get" if apt is None else "apt-get needs root"
        for name, _, _, tests in missing:
            say(f"{name} is missing and cannot be installed from here: {reason}. Only {tests} need it.")
        return
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    if missing and call([str(apt), "update", "-qq"], quiet):
        say("apt-get could not read its lists; what it said stands above")
    for name, _, package, tests in missing:
        say(f"installing {name} (once)")
        install = [str(apt), "install", "--yes", "-qq", "-o=Dpkg::Use-Pty=0", "--no-install-recommends", package]
        if call(install, quiet):
            say(f"apt-get could not install {name}; what it said stands above. Only {tests} need it.")


# ── the commands ──────────────────────────────────────────────────────────────────────────────────────────────────


def run(arguments: list[str]) -> int:
    """A command of the program; without one the story of the first example, and its page for a browser."""
    environment([])
    program = [str(PYTHON), "-m", "chainrule"]
    if arguments:
        return call([*program, *arguments])
    story = call([*program, "explain", "identity"])
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    return max(story, call([*program, "page", "identity", "-o", str(folder / "identity.html")]))


def test(arguments: list[str]) -> int:
    environment(["test"])
    own = any(argument.startswith(("-n", "--numprocesses", "--pdb")) or "xdist" in argument for argument in arguments)
    processes = [] if own else ["-n", str(max(2, min(8, os.cpu_count() or 1)))]
    return call([str(PYTHON), "-m", "pytest", *processes, *arguments])


def check(arguments: list[str]) -> int:
    """All three, so that one run tells everything; the worst exit status."""
    environment(["test"])
    commands = [
        [str(PYTHON), "-m", "ruff", "check"],
        [str(PYTHON), "-m", "mypy"],
        [str(BIN / "lint-imports"), "--no-cache"],
    ]
    return max(call(command) for command in commands)


def golden(arguments: list[str]) -> int:
    environment(["test"])
    return call([str(PYTHON), "-m", "pytest", "--update-golden", "tests", *arguments])


def pictures(arguments: list[str]) -> int:
    environment(["test"])
    return call([str(PYTHON), str(ROOT / "scripts" / "pictures.py"), *arguments])


def docs(arguments: list[str]) -> int:
    environment(["docs"])
    return call([str(PYTHON), str(ROOT / "scripts" / "site.py"), *arguments])


def scripts(folder: str, arguments: list[str]) -> int:
    """Run one script of a folder, or all of them in the order of their names."""
    found = sorted(path.stem for path in (ROOT / folder).glob("[!_]*.py"))
    if arguments and arguments[0] not in found:
        stop(f"{folder} has no {arguments[0]}", [], "there is " + (", ".join(found) or "none yet"))
    environment(["oracle", "test"])
    chosen, rest = (arguments[:1], arguments[1:]) if arguments else (found, [])
    return max((call([str(PYTHON), str(ROOT / folder / f"{name}.py"), *rest]) for name in chosen), default=0)


def setup(arguments: list[str]) -> int:
    unknown = [argument for argument in arguments if argument != "--all"]
    if unknown:
        stop(f"setup does not know {unknown[0]}", [], "there is only --all")
    environment(every_extra() if arguments else ["test"])
    if arguments:
        programs()
    return 0


COMMANDS = {
    "run": run,
    "test": test,
    "check": check,
    "golden": golden,
    "pictures": pictures,
    "docs": docs,
    "bench": lambda arguments: scripts("benchmarks", arguments),
    "campaign": lambda arguments: scripts("campaigns", arguments),
    "setup": setup,
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(str(__doc__).strip())
        return 0
    if arguments[0] not in COMMANDS:
        stop(f"there is no command {arguments[0]}", [], "there is " + ", ".join(COMMANDS))
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        say("stopped")
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
