"""Where the files of a store are: a folder, a bucket, or memory. A file is there whole or not at all."""

from __future__ import annotations

import re
import threading
from typing import Protocol

from chainrule.errors import LimitError, RunError, UsageError, inline

BUCKET = re.compile(r"s3://[A-Za-z0-9._-]{1,255}(/[\w .+~:,()!'=*-]{1,255}){0,32}/?")
"""The address of a store in a bucket. It is shown and written down, so it has no keys of anyone."""


class Place(Protocol):
    """Files by keys such as ``status/c/0/1``. Faults are errors: E605 of writing, E614 of reading, E606 of a link."""

    name: str
    """As people see it."""
    address: str
    """By which another process finds it."""

    def read(self, key: str, most: int) -> bytes | None:
        """The content of a file, or None if there is none; of a longer one ``most + 1`` bytes."""
        ...

    def size(self, key: str) -> int | None:
        """The bytes of a file, or None if there is none."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Write a file, whole or not at all; one that is there is replaced."""
        ...

    def create(self, key: str, content: bytes) -> bool:
        """Write a file that is not there yet; False if there is one, whoever wrote it."""
        ...

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is no fault."""
        ...

    def aside(self, key: str) -> None:
        """Move a file that is not as it was written out of the way; it is kept where that costs nothing."""
        ...

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted, but those that begin with a dot; none where there is no folder."""
        ...

    def append(self, key: str, line: bytes) -> None:
        """Add to the end of a file that only this process writes."""
        ...

    def tail(self, key: str, mark: int, most: int) -> tuple[bytes, int]:
        """What was appended since a mark, whole lines alone, and the mark for the next time; E617 where it is more than
        ``most`` bytes."""
        ...

    def sweep(self) -> int:
        """Remove what processes were writing when they died; how many files that was."""
        ...

    def sync(self) -> None:
        """What was written survives a loss of power from here on."""
        ...

    def close(self) -> None:
        """The same, and nothing is open any more."""
        ...

    def hurry(self, seconds: float) -> None:
        """From here on nothing waits for long: who is asked to end does, whoever does not answer."""
        ...


class Memory:
    """A store that ends with its process."""

    def __init__(self) -> None:
        self.name = self.address = "a map in memory"
        self.files: dict[str, bytes] = {}
        self.lock = threading.Lock()

    def read(self, key: str, most: int) -> bytes | None:
        content = self.files.get(key)
        return None if content is None else content[: most + 1]

    def size(self, key: str) -> int | None:
        content = self.files.get(key)
        return None if content is None else len(content)

    def put(self, key: str, content: bytes) -> None:
        self.files[key] = content

    def create(self, key: str, content: bytes) -> bool:
        with self.lock:
            if key in self.files:
                return False
            self.files[key] = content
            return True

    def delete(self, key: str) -> None:
        self.files.pop(key, None)

    def aside(self, key: str) -> None:
        self.delete(key)

    def names(self, folder: str) -> list[str]:
        with self.lock:
            inside = [key[len(folder) + 1 :] for key in self.files if key.startswith(f"{folder}/")]
        return sorted({name.partition("/")[0] for name in inside})

    def append(self, key: str, line: bytes) -> None:
        with self.lock:
            self.files[key] = self.files.get(key, b"") + line

    def tail(self, key: str, mark: int, most: int) -> tuple[bytes, int]:
        content = self.files.get(key, b"")[mark:]
        return content, mark + len(content)

    def sweep(self) -> int:
        return 0

    def sync(self) -> None:
        pass

    def close(self) -> None:
        pass

    def hurry(self, seconds: float) -> None:
        pass


def unwritable(name: str, why: str, size: int = 0, full: bool = False) -> RunError:
    """The error for what cannot be written."""
    room = f"make room for at least {size} bytes there"
    help = f"{room if full else 'see that it can be written'}, then the same command goes on: what is done is kept"
    return RunError("E605", f"cannot write {name}: {why}", help)


def unreadable(name: str, why: str) -> RunError:
    """The error for what cannot be read."""
    return RunError("E614", f"cannot read {name}: {why}", "see that it can be read; nothing was changed")


def gone(name: str) -> RunError:
    """The error for a store that was there and is no more."""
    problem = f"{name} was removed, or moved, while it was computed"
    return RunError("E618", problem, "if it was moved, the same command goes on with its new name")


def too_long(name: str, size: int, most: int) -> LimitError:
    """The error for a file that is longer than any that chainrule writes there."""
    problem = f"{name} has {size} bytes: at most {most} are read of it"
    return LimitError("E617", problem, "chainrule does not write such a file; copy it from another copy of the store")


def led_away(name: str) -> RunError:
    """The error for a link in a store."""
    return RunError("E606", f"{name} is a link, or no file: a store has none", "copy what it leads to into its place")


def at(store: object) -> Place:
    """The place that a text or a path names."""
    text = str(store)
    if "://" not in text:
        from pathlib import Path

        from chainrule.maps.store.folder import Folder

        return Folder(Path(text))
    if not BUCKET.fullmatch(text) or any(set(part) <= {"."} for part in text[5:].rstrip("/").split("/")):
        shown = inline(text) if not set("@?#&") & set(text) else f"{text.partition('://')[0]}://…"
        help = "give a folder, or s3://BUCKET/NAME; keys are read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise UsageError("E615", f"{shown} is no place for a map", help)
    from chainrule.maps.store.bucket import Bucket

    return Bucket(text)
