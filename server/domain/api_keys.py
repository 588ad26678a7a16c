"""Keys of programs for the API: made by the server, shown once, kept as a keyed hash, revoked one by one.

    db_live_aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbb
            ^ its id, public  ^ the secret: 140 random bits

A live key acts on real bookings. A test key (`db_test_`) makes bookings that nobody else sees: no mail, no calendar (C38).
Programs that check how a key begins may write it with the beginning that they expect: see `_MODES`.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from server.domain.permissions import Permission

ID = "key_"
ID_CHARS = 16
SECRET_CHARS = 28
PER_OWNER_MAX = 50
LIVE, TEST = "db_live_", "db_test_"

_MODES: Mapping[str, bool] = {
    LIVE: False,
    TEST: True,
    "ac_live_": False,
    "ac_test_": True,
    "cal_live_": False,
    "cal_test_": True,
}
"""How a key may begin, and whether it is a test key then."""

_KEY = re.compile(f"([a-z]+_[a-z]+_)([a-z2-7]{{{ID_CHARS}}})([a-z2-7]{{{SECRET_CHARS}}})")


@dataclass(frozen=True, slots=True)
class Presented:
    """What somebody shows as a key, before anything was proved."""

    id: str
    secret: str
    is_test: bool


def read(text: str) -> Presented | None:
    """Return what `text` presents, None when it is no key at all."""
    found = _KEY.fullmatch(text)
    if found is None or found[1] not in _MODES:
        return None
    return Presented(f"{ID}{found[2]}", found[3], _MODES[found[1]])


def written(key: Presented) -> str:
    """Return a key as it is shown once."""
    return f"{prefix(key.id, is_test=key.is_test)}{key.secret}"


def prefix(id_: str, *, is_test: bool) -> str:
    """Return how the key with this id begins: enough to know it by, nothing to use it."""
    return f"{TEST if is_test else LIVE}{id_.removeprefix(ID)}"


def digest(server_key: bytes, key: Presented) -> str:
    """Return what the ledger keeps of a key: useless without the server's own key. A live key is none for tests."""
    own_key = hmac.new(server_key, b"api keys", sha256).digest()
    mode = "test" if key.is_test else "live"
    return hmac.new(own_key, f"{mode}\0{key.id}\0{key.secret}".encode(), sha256).hexdigest()


def permission(text: str) -> Permission:
    """Return the permission that a text names, with or without `scheduler.`; raises ValueError that names them all."""
    for known in Permission:
        if text.strip().lower() in {known.value, known.value.partition(".")[2]}:
            return known
    raise ValueError(f"must be of {', '.join(Permission)}, not “{text}”")
