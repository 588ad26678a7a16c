"""Passwords of single programs: made by the server, shown once, kept as a keyed hash, revoked one by one.

A secret is 28 characters of base32 (140 random bits), written in groups of four so that it can be typed on a phone. So
much chance needs no slow hash: nobody can try 2^140 secrets, and the key is not in the database.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from server.domain.attendees import has_controls
from server.domain.identity import Home

SECRET_CHARS = 28
GROUP_CHARS = 4
NAME_MAX = 60
PER_HOST_MAX = 50

_SECRET = re.compile(f"[a-z2-7]{{{SECRET_CHARS}}}")
_SEPARATORS = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class NamedPassword:
    """What the profile knows of an app password: its id, and what the host calls it."""

    id: str
    name: str


def written(secret: str) -> str:
    """Return a secret as it is shown: in groups of four, with hyphens between."""
    return "-".join(secret[at : at + GROUP_CHARS] for at in range(0, len(secret), GROUP_CHARS))


def secret_in(text: str) -> str | None:
    """Return the secret that somebody typed, with or without hyphens, blanks and capitals; None when it is none."""
    if len(text) > 2 * SECRET_CHARS:
        return None
    secret = _SEPARATORS.sub("", text).lower()
    return secret if _SECRET.fullmatch(secret) else None


def digest(key: bytes, home: Home, secret: str) -> str:
    """Return what the ledger keeps of a secret of `home`: useless without the server's key."""
    own_key = hmac.new(key, b"app passwords", sha256).digest()
    return hmac.new(own_key, f"{home}\0{secret}".encode(), sha256).hexdigest()


def name_faults(name: str) -> Mapping[str, str]:
    """Return what is wrong with the name of an app password; empty when all is well."""
    if not 1 <= len(name) <= NAME_MAX or has_controls(name):
        return {"name": f"must be 1 to {NAME_MAX} characters on one line"}
    return {}
