"""The ticket on the booking form: says when it was handed out, and makes what is sent with it one booking.

Signed and bound to the event type, so nothing is stored and nobody makes up their own. Not secret from the guest.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

VALID_S = 12 * 3_600
"""How long a form may lie open; the ledger remembers nonces for twice as long."""

_MAC_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was handed out at `issued_at` (epoch seconds)."""

    nonce: str
    issued_at: int


def issue(key: bytes, path: str, nonce: str, now: int) -> str:
    """Return a ticket for the form at `path`."""
    body = f"{nonce}.{now}"
    return f"{body}.{_mac(key, path, body)}"


def read(key: bytes, path: str, text: str, now: int) -> Ticket | None:
    """Return the ticket that `text` is, None when it was not made here, is for another form, or has grown too old."""
    body, _, mac = text.rpartition(".")
    nonce, _, issued = body.rpartition(".")
    if not nonce or not hmac.compare_digest(_mac(key, path, body).encode(), mac.encode()):
        return None
    token = Ticket(nonce, int(issued))
    return token if token.issued_at <= now < token.issued_at + VALID_S else None


def _mac(key: bytes, path: str, body: str) -> str:
    return hmac.new(key, f"form\0{path}\0{body}".encode(), sha256).hexdigest()[:_MAC_CHARACTERS]
