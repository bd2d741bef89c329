"""What every test stands on: no hidden skip, fixed random choices, and texts held against approved ones."""

import difflib
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

Started = Callable[..., subprocess.Popen[Any]]

GOLDEN = Path(__file__).parent / "golden"
REQUIRE_ALL = os.environ.get("CHAINRULE_REQUIRE_ALL", "") not in {"", "0"}

# A slow machine is no fault of the code; `--hypothesis-profile=campaign` searches on, with new choices each time.
settings.register_profile(
    "suite", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "campaign", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

# The programs that tests start find the package's bytecode, as those of an installed package do: without it each of
# them would compile hundreds of modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the texts of tests/golden anew; read them before committing"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is refused where CI is set: golden texts are read by a person")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--update-golden"):
        items[:] = [item for item in items if "golden" in getattr(item, "fixturenames", ())]


def pytest_collection_finish() -> None:
    """Sixteen thousand tests stay for the whole run: the collector of garbage need not go through them each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The tests of a file in one process, where what they share is made once."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        fail_if_required(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        fail_if_required(report)
    return report


def fail_if_required(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where everything is said to be installed, a test that does not run is a failure."""
    if REQUIRE_ALL:
        report.outcome = "failed"
        report.longrepr = f"skipped although CHAINRULE_REQUIRE_ALL is set: {report.longrepr}"


@pytest.fixture(autouse=True)
def width_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of pytest-xdist sets COLUMNS, by which tables and lines are folded."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``golden("identity/derivation.txt", text)`` holds text against tests/golden/identity/derivation.txt.

    Where they differ the test fails and the new text stands beside the old one as ``derivation.txt.new``.
    """
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        new = path.with_name(path.name + ".new")
        text = text.rstrip("\n") + "\n"
        old = path.read_text("utf-8") if path.exists() else None
        if old == text or update:
            path.parent.mkdir(parents=True, exist_ok=True)
            if old != text:
                path.write_text(text, "utf-8", newline="\n")
            new.unlink(missing_ok=True)
            return
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, "utf-8", newline="\n")
        if old is None:
            pytest.fail(f"there is no tests/golden/{name} yet: read {new.name}, then `python3 dev.py golden`")
        difference = difflib.unified_diff(old.splitlines(), text.splitlines(), name, new.name, lineterm="", n=2)
        pytest.fail("\n".join([f"tests/golden/{name} reads differently now", *difference]), pytrace=False)

    return compare


@pytest.fixture
def started() -> Iterator[Started]:
    """Starts processes that signals reach, and ends them with the test, whatever becomes of it.

    A shell that runs the tests in the background, or nohup, would have them ignore SIGINT or SIGHUP; one that is left
    to the collector of garbage would be told of in another test.
    """
    with ExitStack() as stack:

        def start(*arguments: Any, **how: Any) -> subprocess.Popen[Any]:
            with heard():
                process = stack.enter_context(subprocess.Popen(*arguments, **how))
            stack.callback(process.kill)
            return process

        yield start


PATIENCE = 120.0
"""Seconds after which a process or a file is given up, however busy the machine is."""


def grown(path: Path, size: int) -> None:
    """Waits until a file has so many bytes."""
    end = time.monotonic() + PATIENCE
    while not (path.exists() and path.stat().st_size >= size):
        assert time.monotonic() < end, f"{path} did not grow"
        time.sleep(0.02)


@contextmanager
def heard() -> Iterator[None]:
    """What begins here inherits no ignored signal. (A function between fork and exec would do it too, but that forks a
    process with threads of libraries, which JAX warns of.)"""
    deaf = [one for one in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(one) is signal.SIG_IGN]
    for number in deaf:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number in deaf:
            signal.signal(number, signal.SIG_IGN)
