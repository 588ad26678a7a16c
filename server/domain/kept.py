"""Values that took work to make, each kept for as long as what it was made from has not changed."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")

KEPT_MAX = 4_096

_Values = dict[Hashable, tuple[object, object]]


class Kept:
    """Values by key, each with the state it was made from; what nobody asks for goes when others need the room.

    Any thread may ask: two that ask for the same at once may both make it.
    """

    def __init__(self, most: int = KEPT_MAX) -> None:
        self._most = most
        self._young: _Values = {}
        self._old: _Values = {}

    def get(self, key: Hashable, state: object, make: Callable[[], T]) -> T:
        """Return the value under `key`, made anew when it was made from another state; equal keys mean equal types."""
        found = self._young.get(key)
        if found is not None and found[0] == state:
            return cast(T, found[1])
        found = self._old.get(key)
        if found is None or found[0] != state:
            found = (state, make())
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
        self._young[key] = found
        return cast(T, found[1])
