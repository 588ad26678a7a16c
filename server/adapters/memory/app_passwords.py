"""App passwords in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from server.domain.identity import Home
from server.ports import AppPassword


class MemoryAppPasswords:
    """A dictionary by id; `is_disabled` tells which accounts are switched off."""

    def __init__(self, is_disabled: Callable[[str], bool]) -> None:
        self._is_disabled = is_disabled
        self._passwords: dict[str, AppPassword] = {}

    async def add_app_password(self, password: AppPassword) -> None:
        """Keep an app password; it opens the home from now on."""
        self._passwords[password.id] = password

    async def app_password(self, digest: str) -> AppPassword | None:
        """Return the app password with this digest; None for the one of a disabled account."""
        found = next((one for one in self._passwords.values() if one.digest == digest), None)
        return None if found is None or self._is_disabled(found.home) else found

    async def app_passwords(self, home: Home) -> Sequence[AppPassword]:
        """Return the app passwords of a home, oldest first."""
        found = [one for one in self._passwords.values() if one.home == home]
        return sorted(found, key=lambda one: (one.made_at, one.id))

    async def use_app_password(self, id_: str, at: int) -> None:
        """Record that an app password was used; an earlier instant than the recorded one changes nothing."""
        found = self._passwords.get(id_)
        if found is not None:
            self._passwords[id_] = replace(found, used_at=max(found.used_at or at, at))

    async def revoke_app_password(self, id_: str) -> bool:
        """Forget an app password; tell whether there was one."""
        return self._passwords.pop(id_, None) is not None
