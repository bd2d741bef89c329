"""The tests' own machinery: no skip hides, and golden texts are neither lost nor approved by a machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

CONFTEST = (Path(__file__).parents[1] / "conftest.py").read_text("utf-8")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.Pytester]:
    """An empty suite of its own, with our conftest."""
    for name in ("CI", "CHAINRULE_REQUIRE_ALL", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeconftest(CONFTEST)
    profile = settings.get_current_profile_name()
    yield pytester
    settings.load_profile(profile)  # our conftest, run inside this process, has chosen its own


def outcomes(suite: pytest.Pytester, *arguments: str) -> dict[str, int]:
    return suite.runpytest_inprocess("-p", "no:xdist", "-p", "no:cacheprovider", *arguments).parseoutcomes()


def test_a_skip_fails_where_everything_is_said_to_be_there(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makepyfile(
        test_one="import pytest\ndef test_a(): pytest.skip('no reason')\n"
        "@pytest.mark.xfail(strict=True)\ndef test_b(): assert False\ndef test_c(): pass\n",
        test_two="import pytest\nnothing = pytest.importorskip('no_such_module')\n",
    )
    assert outcomes(suite) == {"passed": 1, "skipped": 2, "xfailed": 1}
    monkeypatch.setenv("CHAINRULE_REQUIRE_ALL", "1")
    assert outcomes(suite, "--continue-on-collection-errors") == {"passed": 1, "failed": 1, "errors": 1, "xfailed": 1}


def test_a_golden_text_is_compared_kept_and_updated(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    suite.makepyfile("def test_a(golden): golden('room/a.txt', 'new')\ndef test_b(): pass\n")
    old = suite.mkdir("golden") / "room" / "a.txt"
    new = old.with_name("a.txt.new")

    assert outcomes(suite) == {"passed": 1, "failed": 1}, "there is none yet"
    assert not old.exists()

    old.write_text("old\n")
    assert outcomes(suite) == {"passed": 1, "failed": 1}, "it differs"
    assert (old.read_text(), new.read_text()) == ("old\n", "new\n")

    assert outcomes(suite, "--update-golden") == {"passed": 1}, "only tests of golden texts run"
    assert old.read_text() == "new\n"
    assert not new.exists()
    assert outcomes(suite) == {"passed": 2}

    monkeypatch.setenv("CI", "true")
    refused = suite.runpytest_inprocess("--update-golden")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["*--update-golden is refused where CI is set*"])
