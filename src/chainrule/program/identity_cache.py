"""Values that were made from others, by which others: for values that cannot be compared quickly, but do not change.

What stands here holds what it was made from, so that no other can take its place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityCache(Generic[T]):
    """The latest values, by the very objects they were made from and by what else they depend on.

    >>> kept, source = IdentityCache[list[int]](2), object()
    >>> kept.get(source, "a", lambda: [1]) is kept.get(source, "a", lambda: [2])
    True
    >>> kept.get(object(), "a", lambda: [3])
    [3]
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: OrderedDict[tuple[int, Hashable], tuple[object, T]] = OrderedDict()
        self._lock = Lock()

    def there(self, source: object, rest: Hashable) -> bool:
        """Whether it is among the latest."""
        with self._lock:
            return (id(source), rest) in self._found

    def get(self, source: object, rest: Hashable, make: Callable[[], T]) -> T:
        name = (id(source), rest)
        with self._lock:
            found = self._found.get(name)
            if found is not None:
                self._found.move_to_end(name)
                return found[1]
        made = make()
        with self._lock:
            self._found[name] = source, made
            while len(self._found) > self.most:
                self._found.popitem(last=False)
        return made
