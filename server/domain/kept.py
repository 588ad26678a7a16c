"""Values that took work to make, each kept for as long as what it was made from has not changed."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

T = TypeVar("T")

KEPT_MAX = 8_192


class Kept:
    """Values by key, each with the state it was made from; the first that came go first when there are too many."""

    def __init__(self, most: int = KEPT_MAX) -> None:
        self._most = most
        self._values: dict[Hashable, tuple[object, object]] = {}
        self._changing = Lock()

    def get(self, key: Hashable, state: object, make: Callable[[], T]) -> T:
        """Return the value under `key`, made anew when it was made from another state; equal keys mean equal types."""
        found = self._values.get(key)
        if found is not None and found[0] == state:
            return cast(T, found[1])
        value = make()
        with self._changing:
            self._values.pop(key, None)
            if len(self._values) >= self._most:
                del self._values[next(iter(self._values))]
            self._values[key] = (state, value)
        return value
