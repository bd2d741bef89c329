"""A story that is told again at each save: errors are drawn and waited out, Ctrl-C ends it quietly."""

import signal
import subprocess
import sys
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.cli import cli

TEXT = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = (w·x − y)²\n"


def test_each_save_tells_it_again(tmp_path: Path) -> None:
    file = tmp_path / "my.eq"
    file.write_text(TEXT, "utf-8")
    line = ["-u", "-m", "chainrule", "explain", str(file), "--claim", "update", "--steps", "5", "--watch"]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen([sys.executable, *line], **pipe, text=True, encoding="utf-8") as process:
        said: Queue[str] = Queue()
        Thread(target=lambda: [said.put(one) for one in process.stdout or ()], daemon=True).start()

        def until(words: str) -> str:
            found = ""
            while words not in found:
                found += said.get(timeout=60)
            return found

        assert "w = 0.5" in until("Ctrl-C ends it")
        file.write_text("E = (\n", "utf-8")
        assert "error[E01" in until("Ctrl-C ends it")
        (tmp_path / "other").write_text(TEXT.replace("0.5", "0.25"), "utf-8")
        (tmp_path / "other").replace(file)  # as editors save
        assert "w = 0.25" in until("Ctrl-C ends it")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def test_a_training_that_is_interrupted_ends_the_watching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "my.eq"
    file.write_text(TEXT, "utf-8")

    def stop(done: int, steps: int) -> None:
        raise KeyboardInterrupt

    cut = cr.Model(TEXT).train(steps=5, progress=stop)
    assert cut.ended == "interrupted"
    monkeypatch.setattr("chainrule.cli.commands.trained", lambda *given, **named: cut)
    done = CliRunner().invoke(cli, ["explain", str(file), "--watch"], prog_name="chainrule")
    assert (done.exit_code, done.output) == (0, "")
    assert CliRunner().invoke(cli, ["explain", str(file)], prog_name="chainrule").exit_code == 0  # told as it is


@pytest.mark.parametrize("model", ["identity", "-"])
def test_only_a_file_can_be_watched(model: str) -> None:
    done = CliRunner().invoke(cli, ["explain", model, "--watch"], prog_name="chainrule")
    assert done.exit_code == 2
    assert "error[E451]" in done.output
