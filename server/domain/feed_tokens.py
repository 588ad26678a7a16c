"""Secret addresses of feeds, and the UIDs that feeds show: derived from the server's key, so that nothing is stored.

A feed token names a home and proves by a MAC of 128 bits that it was made for one feed of it at one generation. Raising the
home's generation in the ledger kills all its tokens; a token of one feed opens no other.
"""

import base64
import hmac
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from server.domain.identity import Home, Uid, is_home

MAC_BYTES = 16
PREFIX = "f_"
TOKEN_CHARS_MAX = 100


class Feed(StrEnum):
    """The feeds that only the bearer of a secret address may read."""

    FREEBUSY = "freebusy"
    BOOKINGS = "bookings"


@dataclass(frozen=True, slots=True)
class FeedClaim:
    """Whose feed a token claims to open, before anything was proved."""

    home: Home
    mac: bytes


def mint_feed(key: bytes, feed: Feed, home: Home, *, generation: int) -> str:
    """Return the token that opens `feed` of `home` until the home's generation rises."""
    raw = home.encode("ascii") + b"." + _mac(key, feed, home, generation)
    return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def read_feed(token: str) -> FeedClaim | None:
    """Return what `token` claims, or None when it is no feed token at all. Nothing is proved by this."""
    if not token.startswith(PREFIX) or len(token) > TOKEN_CHARS_MAX:
        return None
    text = token.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        home = raw[: -MAC_BYTES - 1].decode("ascii")
    except ValueError:
        return None
    return FeedClaim(Home(home), raw[-MAC_BYTES:]) if is_home(home) else None


def proves_feed(claim: FeedClaim, key: bytes, feed: Feed, *, generation: int) -> bool:
    """Tell, in constant time, whether the claim was minted with `key` for this feed and generation."""
    return hmac.compare_digest(_mac(key, feed, claim.home, generation), claim.mac)


def feed_uid(key: bytes, *names: str) -> Uid:
    """Return the UID under which a feed shows what `names` name: always the same, and telling nothing of them.

    A booking's own UID never stands in a feed: whoever knows it can answer for a guest (RFC 7986 §5.3).
    """
    digest = hmac.new(key, "\0".join(("feed-uid", *names)).encode(), sha256).digest()
    return Uid(str(UUID(bytes=digest[:16], version=5)))


def _mac(key: bytes, feed: Feed, home: Home, generation: int) -> bytes:
    text = "\0".join((f"feed-{feed}", home, str(generation)))
    return hmac.new(key, text.encode(), sha256).digest()[:MAC_BYTES]
