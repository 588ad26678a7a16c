"""Who asks by an API key, and what they may do."""

from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.api_keys import digest, read
from server.domain.errors import Unauthorized
from server.domain.permissions import OPERATOR, Acting
from server.domain.plain import sentence
from server.ports import ApiKey, Ports
from server.usecases.host.acting import as_host

USED_EVERY_S = 300
"""How far apart uses of a key are written down: programs show it with every request."""

UNKNOWN = sentence("This API key opens nothing: it is mistyped, or was revoked.")


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that showed a key."""

    key: ApiKey
    acting: Acting


async def open_with(ports: Ports, text: str, now: datetime) -> Caller:
    """Return who shows the key `text`; raises Unauthorized for one that is revoked, unknown, or of a disabled host.

    Nothing is remembered here, so that a key opens nothing from the moment on in which it is revoked.
    """
    shown = read(text)
    key = None if shown is None else await ports.ledger.api_key(digest(ports.secret_key, shown))
    if key is None:
        raise Unauthorized(UNKNOWN)
    host = None if key.home is None else ports.homes.host(key.home)
    if key.home is not None and (host is None or host.disabled):
        raise Unauthorized(UNKNOWN)
    _note_use(ports, key, int(now.timestamp()))
    acting = OPERATOR if key.home is None else as_host(ports, key.home)
    return Caller(key, replace(acting, allowed=key.permissions))


def _note_use(ports: Ports, used: ApiKey, now: int) -> None:
    """Write the use down after the answer: who asks does not wait for the disk."""
    if used.used_at is None or now - used.used_at >= USED_EVERY_S:
        ports.tasks.start(f"api key {used.id}", lambda: ports.ledger.use_api_key(used.id, now))
