"""A store in a bucket of S3, or of what speaks as S3 does: an object is there whole or not at all.

What a folder does by links and renamings a bucket does by conditions: an object is created only if there is none. A
log is an object for each line, numbered, since nothing can be appended. Where the bucket is and who may write to it
is said by the variables that every program of S3 reads: AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from chainrule.errors import MissingExtra, RunError, inline
from chainrule.maps.store.limits import LIMITS
from chainrule.maps.store.place import too_long, unreadable, unwritable

ANSWER = 20
"""Seconds in which a server has to answer."""
PAUSES = (0.1, 0.3, 1.0, 3.0)
"""Seconds before a request is repeated whose connection was cut."""
REFUSED = "status code: 4"
"""What stands in the words of a fault where a server answered, and refused."""
Answer = TypeVar("Answer")

LINE = re.compile(r"\d{9}", re.ASCII)
"""The name of a line of a log."""


class Bucket:
    """Objects whose keys begin alike."""

    def __init__(self, url: str) -> None:
        try:
            import obstore
            from obstore.store import from_url
        except ImportError:
            help = 'pip install "chainrule[bucket]"'
            raise MissingExtra("E610", "obstore is not installed, and stores at s3:// need it", help) from None
        self.name = self.address = url.rstrip("/")
        self.lib: Any = obstore
        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        options: dict[str, Any] = {
            "client_options": {
                "allow_http": endpoint.startswith("http:"), "timeout": f"{ANSWER}s", "connect_timeout": "5s",
            },
            "retry_config": {"max_retries": 3, "retry_timeout": timedelta(seconds=ANSWER)},
        }  # fmt: skip
        self.deadline: float | None = None
        try:
            self.objects: Any = from_url(self.name, **options)
        except Exception as fault:
            raise unreadable(self.name, words(fault)) from None
        self.lock = threading.Lock()
        self.lines: dict[str, int] = {}

    def read(self, key: str, most: int) -> bytes | None:
        def content() -> bytes:
            found = self.lib.get(self.objects, key)
            if found.meta["size"] > most:
                return bytes(self.lib.get_range(self.objects, key, start=0, length=most + 1))
            return bytes(found.bytes())

        try:
            return self.asked(content)
        except FileNotFoundError:
            return None
        except Exception as fault:
            raise unreadable(f"{self.name}/{key}", words(fault)) from None

    def size(self, key: str) -> int | None:
        try:
            return self.asked(lambda: int(self.lib.head(self.objects, key)["size"]))
        except FileNotFoundError:
            return None
        except Exception as fault:
            raise unreadable(f"{self.name}/{key}", words(fault)) from None

    def put(self, key: str, content: bytes) -> None:
        try:
            self.asked(lambda: self.lib.put(self.objects, key, content))
        except Exception as fault:
            raise self.refused(key, fault, content) from None

    def create(self, key: str, content: bytes) -> bool:
        from obstore.exceptions import AlreadyExistsError

        try:
            self.asked(lambda: self.lib.put(self.objects, key, content, mode="create"))
        except AlreadyExistsError:  # it may be ours: the answer to the first request was lost, and it was repeated
            return self.read(key, len(content)) == content
        except Exception as fault:
            raise self.refused(key, fault, content) from None
        return True

    def replace(self, key: str, content: bytes, etag: str) -> bool:
        """Write an object that is still the one with this etag; False where it was replaced meanwhile."""
        from obstore.exceptions import PreconditionError

        try:
            self.asked(lambda: self.lib.put(self.objects, key, content, mode={"e_tag": etag}))
        except (PreconditionError, FileNotFoundError):
            return False
        except Exception as fault:
            raise self.refused(key, fault, content) from None
        return True

    def etag(self, key: str) -> str:
        """What tells an object from any other that stood, or will stand, in its place."""
        try:
            return self.asked(lambda: str(self.lib.head(self.objects, key)["e_tag"]))
        except Exception as fault:
            raise unreadable(f"{self.name}/{key}", words(fault)) from None

    def delete(self, key: str) -> None:
        try:
            self.asked(lambda: self.lib.delete(self.objects, key))
        except FileNotFoundError:
            pass
        except Exception as fault:
            raise self.refused(key, fault, b"") from None

    def aside(self, key: str) -> None:
        self.delete(key)

    def names(self, folder: str) -> list[str]:
        try:
            found = self.asked(lambda: self.lib.list_with_delimiter(self.objects, f"{folder}/" if folder else None))
        except FileNotFoundError:
            return []
        except Exception as fault:
            raise unreadable(f"{self.name}/{folder}", words(fault)) from None
        paths = [*(one["path"] for one in found["objects"]), *found["common_prefixes"]]
        names = {str(path).rstrip("/").rpartition("/")[2] for path in paths}
        return sorted(name for name in names if not name.startswith("."))

    def append(self, key: str, line: bytes) -> None:
        with self.lock:
            number = self.lines.get(key, 0)
            self.put(f"{key}/{number:09d}", line)
            self.lines[key] = number + 1

    def tail(self, key: str, mark: int, most: int) -> tuple[bytes, int]:
        found, size = [], 0
        for name in self.names(key):
            if LINE.fullmatch(name) and int(name) >= mark:
                found.append(self.read(f"{key}/{name}", LIMITS["line"].most) or b"")
                mark, size = int(name) + 1, size + len(found[-1])
                if size > most:
                    raise too_long(f"{self.name}/{key}", size, most)
        return b"".join(found), mark

    def sweep(self) -> int:
        return 0

    def sync(self) -> None:
        pass

    def close(self) -> None:
        pass

    def hurry(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds

    def asked(self, call: Callable[[], Answer]) -> Answer:
        """The answer of a server. A request whose connection was cut is repeated: each of them may be made twice. It is
        made by a thread, so that a signal is heard while nobody answers."""
        from obstore.exceptions import GenericError

        for pause in (*PAUSES, None):
            try:
                return self.once(call)
            except GenericError as fault:
                if pause is None or self.deadline is not None or REFUSED in str(fault):
                    raise
                time.sleep(pause)
        raise TimeoutError("there is no answer")

    def once(self, call: Callable[[], Answer]) -> Answer:
        answer: SimpleQueue[tuple[Answer | None, Exception | None]] = SimpleQueue()

        def ask() -> None:
            try:
                answer.put((call(), None))
            except Exception as fault:
                answer.put((None, fault))

        if threading.current_thread() is not threading.main_thread() and self.deadline is None:
            return call()
        threading.Thread(target=ask, daemon=True).start()
        while True:
            wait = 0.2 if self.deadline is None else max(0.0, self.deadline - time.monotonic())
            try:
                found, fault = answer.get(timeout=wait)
            except Empty:
                if self.deadline is not None:
                    raise TimeoutError("there is no answer") from None
                continue
            if fault is not None:
                raise fault
            return cast(Answer, found)

    def refused(self, key: str, fault: Exception, content: bytes) -> RunError:
        """The error for an object that cannot be written."""
        return unwritable(f"{self.name}/{key}", words(fault), len(content))


def words(fault: Exception) -> str:
    """What a library says, on one line and not too long."""
    return inline(str(fault).splitlines()[0] if str(fault) else type(fault).__name__)[:200]
