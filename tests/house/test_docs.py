"""What stands in README and docs runs, and gives what is printed there.

In each page, in order and in an empty folder of its own:

* a ```python block runs; with ``>>>`` its output is compared;
* in a ```console block ``$ chainrule …`` is run and its output compared; ``...`` stands for anything;
  ``$ cat FILE`` shows a file, which then exists;
* in a ```sh block the lines that begin with ``chainrule`` must succeed.
"""

import doctest
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<kind>[\w-]*)[^\n]*\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, body and line of each fenced block."""
    for found in BLOCK.finditer(text):
        yield found["kind"], found["body"], text.count("\n", 0, found.start()) + 1


def commands(body: str) -> Iterator[tuple[str, str]]:
    """The lines after ``$ ``, each with the output printed beneath it."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield line.partition("  # ")[0].strip(), output


def chainrule(line: str) -> tuple[int, str]:
    """Exit status and everything printed, as the command line would have it."""
    from chainrule.cli import cli

    result = CliRunner().invoke(cli, shlex.split(line)[1:], prog_name="chainrule")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def run_console(body: str, place: str) -> None:
    for line, wanted in commands(body):
        if line.startswith("cat "):
            Path(line.removeprefix("cat ")).write_text(wanted, "utf-8")
            continue
        assert line.split()[0] == "chainrule", f"{place}: only chainrule and cat are run in a console block: {line}"
        status, output = chainrule(line)
        wrong = line.startswith("chainrule check ") and status == 1 and wanted.startswith("Not equal")
        assert status == 0 or wrong or "error[" in wanted, f"{place}: {line} ended with {status}\n{output}"
        if wanted.strip():
            matches = doctest.OutputChecker().check_output(
                wanted.strip() + "\n", output.strip() + "\n", doctest.ELLIPSIS
            )
            assert matches, f"{place}: {line} prints\n{output}"


def run_sh(body: str, place: str) -> None:
    for line in body.splitlines():
        if line.startswith("chainrule "):
            status, output = chainrule(line.partition("  # ")[0])
            assert status == 0, f"{place}: {line} ended with {status}\n{output}"


def run_python(body: str, names: dict[str, object], place: str) -> None:
    if ">>>" not in body:
        exec(compile(body, place, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(body, {}, place, place, 0)
    test.globs = names
    said: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append, clear_globs=False)
    assert not said, "".join(said)


def run_page(text: str, name: str) -> None:
    names: dict[str, object] = {"__name__": "page"}
    for kind, body, line in blocks(text):
        place = f"{name}:{line}"
        if kind == "python":
            run_python(body, names, place)
        elif kind == "console":
            run_console(body, place)
        elif kind in {"sh", "bash", "shell"}:
            run_sh(body, place)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_shows_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    run_page(page.read_text("utf-8"), page.name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text("utf-8"))
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    assert [target for target in targets if target and ":" not in target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize(
    "text",
    [
        "```python\nassert 1 == 2\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
        "```console\n$ chainrule --help\nnothing of the kind\n```\n",
        "```console\n$ chainrule explain no-such-network\n```\n",
        "```console\n$ rm a.eq\n```\n",
        "```sh\nchainrule explain no-such-network\n```\n",
    ],
)
def test_a_page_that_is_wrong_is_found(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError):
        run_page(text, "page.md")


def test_blocks_of_a_page_share_names_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_page(
        "```python\na = 2\n```\ntext\n```python\n>>> a + 1\n3\n```\n"
        "```console\n$ cat net.eq\nE = w\n```\n"
        "```python\nfrom pathlib import Path\nassert Path('net.eq').read_text() == 'E = w\\n'\n```\n",
        "page.md",
    )
