"""The same page from a file, from a web server, and in the closed frame of a notebook: the same numbers, to the bit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.page.browser import Browser, Page
from tests.page.conftest import Made
from tests.page.stale import SEEN
from tests.page.test_bits import CASES, taken
from tests.page.test_notebook import READY

HOST = '<!doctype html><meta charset="utf-8"><title>a notebook</title>'


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder on this machine's own address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def read(page: Page) -> tuple[list[str], str]:
    """All that is read after some steps at another rate, but for the link, and the table with every digit."""
    page.until(READY)
    page.run("""for (const [id, value] of [["s-rate-n", "0.3"], ["s-start-n", "0.7"]]) {
      const field = document.querySelector(`#${id}`);
      field.value = value;
      field.dispatchEvent(new Event("input"));
    }
    for (let step = 0; step < 7; step++) document.querySelector("#b-step").click();""")
    page.run("document.querySelector('#linked').replaceChildren()")
    table = taken(page, "#b-csv", lambda button: page.run(f"document.querySelector('{button}').click()"))
    return page.run(SEEN), table


@pytest.mark.parametrize("name", ["xor", "letters"])
def test_the_numbers_are_the_same(name: str, browser: Browser, made: Made, tmp_path: Path) -> None:
    model, how = CASES[name]
    path = made(model, name, **how)
    frame = model.widget(plain=True, questions=False, **how)
    (tmp_path / "host.html").write_text(HOST + frame._repr_html_(), "utf-8")
    (tmp_path / "page.html").write_bytes(path.read_bytes())
    with served(tmp_path) as address:
        file, server = browser.page(path), browser.page(f"{address}/page.html")
        hosts = [browser.page(tmp_path / "host.html"), browser.page(f"{address}/host.html")]
        pages = [file, server, *(host.frame() for host in hosts)]
        wanted, *others = map(read, pages)
        assert len(wanted[1].splitlines()) > 50
        for other in others:
            assert other == wanted
        assert [url for url in server.faults() if url != f"{address}/page.html"] == []
        for page in (file, server, *hosts):
            page.close()
