"""API keys in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from server.ports import ApiKey


class MemoryApiKeys:
    """A dictionary by id; `is_disabled` tells which accounts are switched off."""

    def __init__(self, is_disabled: Callable[[str], bool]) -> None:
        self._is_disabled = is_disabled
        self._keys: dict[str, ApiKey] = {}

    async def add_api_key(self, key: ApiKey) -> None:
        """Keep a key; it may be used from now on."""
        self._keys[key.id] = key

    async def api_key(self, digest: str) -> ApiKey | None:
        """Return the key with this digest; None for the one of a disabled account."""
        found = next((one for one in self._keys.values() if one.digest == digest), None)
        return None if found is None or (found.home and self._is_disabled(found.home)) else found

    async def api_keys(self) -> Sequence[ApiKey]:
        """Return all keys, oldest first."""
        return sorted(self._keys.values(), key=lambda one: (one.made_at, one.id))

    async def use_api_key(self, id_: str, at: int) -> None:
        """Record that a key was used; an earlier instant than the recorded one changes nothing."""
        found = self._keys.get(id_)
        if found is not None:
            self._keys[id_] = replace(found, used_at=max(found.used_at or at, at))

    async def revoke_api_key(self, id_: str) -> bool:
        """Forget a key; tell whether there was one."""
        return self._keys.pop(id_, None) is not None
