"""Identifiers that count, so that a failing test shows the same ones again."""

import base64
import uuid

from server.domain.app_passwords import SECRET_CHARS
from server.domain.identity import BookingId, EventTypeId, Uid
from server.domain.invites import InviteId


class CountingIds:
    """Identifiers of the right form, each different from all before."""

    def __init__(self) -> None:
        self._count = 0

    def booking(self) -> BookingId:
        """Return the next booking id."""
        return BookingId(f"bk_{self._base32()}")

    def event_type(self) -> EventTypeId:
        """Return the next event type id."""
        return EventTypeId(f"evt_{self._base32()}")

    def invite(self) -> InviteId:
        """Return the next invite id."""
        return InviteId(f"inv_{self._base32()}")

    def uid(self) -> Uid:
        """Return the next UUID."""
        return Uid(str(uuid.UUID(int=self._next(), version=4)))

    def secret(self) -> str:
        """Return the next secret, which is none."""
        return base64.urlsafe_b64encode(self._next().to_bytes(16, "big")).decode("ascii").rstrip("=")

    def room(self) -> str:
        """Return the next name of a video room."""
        return self._base32(20)

    def api_key(self) -> str:
        """Return the next id of an API key."""
        return f"key_{self._base32()}"

    def app_password(self) -> str:
        """Return the next secret of a program, which is none."""
        return self._base32(20)[-SECRET_CHARS:]

    def _base32(self, size: int = 10) -> str:
        return base64.b32encode(self._next().to_bytes(size, "big")).decode("ascii").lower()

    def _next(self) -> int:
        self._count += 1
        return self._count
