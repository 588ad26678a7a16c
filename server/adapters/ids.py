"""Fresh identifiers and secrets from the operating system's randomness."""

import base64
import secrets
import uuid

from server.domain.app_passwords import SECRET_CHARS
from server.domain.identity import BookingId, EventTypeId, Uid
from server.domain.invites import InviteId

ID_BYTES = 10
APP_PASSWORD_BYTES = 20
SECRET_BYTES = 16
ROOM_BYTES = 20


class RandomIds:
    """Identifiers that nobody can guess and that never meet."""

    def booking(self) -> BookingId:
        """Return a fresh booking id."""
        return BookingId(f"bk_{_base32(ID_BYTES)}")

    def event_type(self) -> EventTypeId:
        """Return a fresh event type id."""
        return EventTypeId(f"evt_{_base32(ID_BYTES)}")

    def invite(self) -> InviteId:
        """Return a fresh invite id."""
        return InviteId(f"inv_{_base32(ID_BYTES)}")

    def uid(self) -> Uid:
        """Return a fresh random UUID (RFC 7986 §5.3)."""
        return Uid(str(uuid.uuid4()))

    def secret(self) -> str:
        """Return 128 fresh random bits as URL-safe text."""
        return secrets.token_urlsafe(SECRET_BYTES)

    def room(self) -> str:
        """Return a fresh name of a video room: 32 characters of base32, 160 random bits."""
        return _base32(ROOM_BYTES)

    def api_key(self) -> str:
        """Return a fresh id of an API key."""
        return f"key_{_base32(ID_BYTES)}"

    def app_password(self) -> str:
        """Return a fresh secret for one program: 28 characters of base32, 140 random bits."""
        return _base32(APP_PASSWORD_BYTES)[:SECRET_CHARS]


def _base32(size: int) -> str:
    # Lower case, so that an id survives being read aloud, typed, or put into a host name.
    return base64.b32encode(secrets.token_bytes(size)).decode("ascii").lower()
