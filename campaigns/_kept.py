"""What a long campaign found, kept in a file line by line as it is found, so that one that was cut short goes on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def asked(options: argparse.ArgumentParser) -> None:
    """The arguments for it."""
    options.add_argument("--shard", default="1/1", help="2/4 takes each fourth, from the second")
    options.add_argument("--out", type=Path, help="a file to which each result is added; what is in it is left out")


class Kept:
    """Results by their key, those of earlier calls among them."""

    def __init__(self, out: Path | None) -> None:
        self.out = out
        self.found: dict[str, dict[str, Any]] = {}
        if out and out.exists():
            text = out.read_text("utf-8")
            whole = text[: text.rfind("\n") + 1]  # a line that was being written when the machine stopped is none
            if whole != text:
                out.write_text(whole, "utf-8")
            self.found = {line["key"]: line for line in map(json.loads, whole.splitlines())}

    def left(self, keys: list[str], shard: str) -> Iterator[str]:
        """Those of this part that are not done."""
        part, parts = map(int, shard.split("/"))
        for number, key in enumerate(keys):
            if number % parts == part - 1 and key not in self.found:
                yield key

    def add(self, key: str, line: dict[str, Any]) -> None:
        self.found[key] = {"key": key, **line}
        if self.out:
            with self.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(self.found[key], ensure_ascii=False) + "\n")
