"""Fresh identifiers and secrets from the operating system's randomness."""

import base64
import secrets
import uuid

from server.domain.identity import BookingId, EventTypeId, Uid

ID_BYTES = 10
SECRET_BYTES = 16


class RandomIds:
    """Identifiers that nobody can guess and that never meet."""

    def booking(self) -> BookingId:
        """Return a fresh booking id."""
        return BookingId(f"bk_{_base32()}")

    def event_type(self) -> EventTypeId:
        """Return a fresh event type id."""
        return EventTypeId(f"evt_{_base32()}")

    def uid(self) -> Uid:
        """Return a fresh random UUID (RFC 7986 §5.3)."""
        return Uid(str(uuid.uuid4()))

    def secret(self) -> str:
        """Return 128 fresh random bits as URL-safe text."""
        return secrets.token_urlsafe(SECRET_BYTES)


def _base32() -> str:
    # Lower case, so that an id survives being read aloud, typed, or put into a host name.
    return base64.b32encode(secrets.token_bytes(ID_BYTES)).decode("ascii").lower()
