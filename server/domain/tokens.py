"""Capability links: derived from the server's key and counters, so that nothing secret is stored.

A token says which booking and which person it is for, and proves it with a MAC of 128 bits:

    api      ctk_…   bound to (booking, person, generation): stable over reschedules, as API users expect
    manage   m_…     bound to (booking, person, generation, revision): the links in mails; dead after the next change
    verify   v_…     bound as `manage` is: proves that its bearer reads the mails to an address; before that nothing is booked
    answer   a_…     bound as `manage` is, for the host alone: approve or decline; dead after the next change
    feeds    f_…     bound to (home, feed, generation): see `feed_tokens`
    invites  i_…     bound to (invite, generation): see `invites`

Raising a person's generation in the ledger kills all of that person's tokens at once.
"""

import base64
import hmac
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from server.domain.identity import BookingId

MAC_BYTES = 16


class Purpose(StrEnum):
    """What a token lets its bearer do; the value is the prefix that is seen."""

    API = "ctk"
    MANAGE = "m"
    ANSWER = "a"
    VERIFY = "v"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a token claims before anything was proved."""

    purpose: Purpose
    booking: BookingId
    person: int
    mac: bytes


def mint(
    key: bytes, purpose: Purpose, booking: BookingId, person: int, *, generation: int, revision: int = 0
) -> str:
    """Return the token of `person` for `booking`; `revision` is bound in except for the API's purpose."""
    mac = _mac(key, purpose, booking, person, generation, revision)
    return f"{purpose.value}_{_encode(_pack(booking, person) + mac)}"


def read(token: str) -> Claimed | None:
    """Return what `token` claims, or None when it is no token at all. Nothing is proved by this."""
    prefix, _, rest = token.partition("_")
    if prefix not in {purpose.value for purpose in Purpose} or not 8 <= len(rest) <= 200:
        return None
    try:
        raw = base64.b64decode(rest + "=" * (-len(rest) % 4), altchars=b"-_", validate=True)
        name, person = raw[:-MAC_BYTES].decode("ascii").rsplit(".", 1)
        return Claimed(Purpose(prefix), BookingId(f"bk_{name}"), int(person), raw[-MAC_BYTES:])
    except ValueError:
        return None


def proves(claimed: Claimed, key: bytes, *, generation: int, revision: int) -> bool:
    """Tell, in constant time, whether the claim was minted with `key` for this generation and revision."""
    right = _mac(key, claimed.purpose, claimed.booking, claimed.person, generation, revision)
    return hmac.compare_digest(right, claimed.mac)


def _mac(
    key: bytes, purpose: Purpose, booking: BookingId, person: int, generation: int, revision: int
) -> bytes:
    bound = "" if purpose is Purpose.API else str(revision)
    text = "\0".join(("booking", purpose.value, booking, str(person), str(generation), bound))
    return hmac.new(key, text.encode(), sha256).digest()[:MAC_BYTES]


def _pack(booking: BookingId, person: int) -> bytes:
    return f"{booking.removeprefix('bk_')}.{person}".encode("ascii")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
