"""Addresses that failed mails come back to: one for each mail that leaves, so that what comes back is known for sure (VERP).

    bounces+512-k5w3…@book.example.org    the number of the mail, and a MAC of 80 bits over all that it is

Providers change the case of addresses, so there is only one. A number that is given anew to another mail does not fit the MAC
of the earlier one: what comes late meets nobody else's mail.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

MAC_BYTES = 10
TOKENS_MAX = 10


@dataclass(frozen=True, slots=True)
class BounceClaim:
    """Which mail an address claims to be of, before anything was proved."""

    mail: int
    mac: str


def bounce_address(own: str, key: bytes, mail: int, *bound: str) -> str:
    """Return the address below `own` that the mail with this number comes back to; `bound` is what else it is."""
    local, _, domain = own.rpartition("@")
    return f"{local}+{mail}-{_mac(key, mail, bound)}@{domain}"


def read_bounces(own: str, text: str) -> list[BounceClaim]:
    """Return what the addresses in `text` claim that lie below `own`; the first few. Nothing is proved by this."""
    local, _, domain = own.rpartition("@")
    pattern = (
        rf"(?i:{re.escape(local)}\+([0-9]{{1,18}})-([a-z2-7]{{16}})@{re.escape(domain)})(?![a-zA-Z0-9.-])"
    )
    found = list(dict.fromkeys(match.groups() for match in re.finditer(pattern, text)))[:TOKENS_MAX]
    return [BounceClaim(int(mail), mac.lower()) for mail, mac in found]


def proves_bounce(claim: BounceClaim, key: bytes, *bound: str) -> bool:
    """Tell, in constant time, whether the address was made with `key` for a mail that is what `bound` says."""
    return hmac.compare_digest(_mac(key, claim.mail, bound), claim.mac)


def _mac(key: bytes, mail: int, bound: tuple[str, ...]) -> str:
    text = "\0".join(("bounce", str(mail), *bound))
    raw = hmac.new(key, text.encode(), sha256).digest()[:MAC_BYTES]
    return base64.b32encode(raw).decode("ascii").lower()
