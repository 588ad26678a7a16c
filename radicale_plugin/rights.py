"""Knows what a signed-in host may do over CalDAV: everything in the own home, except to destroy it."""

from collections.abc import Callable

from radicale import config, pathutils
from radicale import rights as radicale_rights

from radicale_plugin.index import HIDDEN, Index


class Rights(radicale_rights.BaseRights):
    """Owner only. `protected` tells the calendars, as "alice/calendar", that somebody's bookings are written to."""

    def __init__(
        self,
        configuration: config.Configuration,
        index: Callable[[], Index],
        protected: Callable[[str], bool],
    ) -> None:
        super().__init__(configuration)
        self._index = index
        self._protected = protected

    def authorization(self, user: str, user_groups: set[str], path: str) -> str:
        """Return the rights of `user` at `path` in Radicale's letters; D lets a collection be deleted."""
        parts = [part for part in pathutils.strip_path(path).split("/") if part]
        if not user:
            return ""
        if not parts:
            return "R"
        if parts[0] != user:
            return ""
        if len(parts) == 1:
            return "RW"
        if len(parts) > 2 or parts[1] in HIDDEN:
            return ""
        return "rw" if self._is_needed("/".join(parts)) else "rwD"

    def _is_needed(self, calendar: str) -> bool:
        """Tell whether a calendar must stay: bookings are kept in calendars and nowhere else, past ones too."""
        found = self._index().get(calendar)
        return self._protected(calendar) or (found is not None and bool(found.bookings))
