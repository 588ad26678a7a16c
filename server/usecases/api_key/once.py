"""What a program asks for again by the same Idempotency-Key is done once, and answered as it is by now."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from server.domain.attendees import has_controls
from server.domain.errors import Invalid, KeyReused
from server.domain.plain import sentence
from server.ports import Ports

KEY_MAX = 255

OTHER = sentence("This Idempotency-Key belongs to another request.")


@dataclass(frozen=True, slots=True)
class Request:
    """A request that may come again: who asks, under which key, and all that is said."""

    asker: str
    key: str
    said: bytes

    def digests(self, server_key: bytes) -> tuple[str, str]:
        """Return what the ledger keeps of the key and of what is said: enough to know them again, nothing to read."""
        name = f"request\0{self.asker}\0{self.key}".encode()
        return (
            hmac.new(server_key, name, sha256).hexdigest(),
            hmac.new(server_key, b"said\0" + self.said, sha256).hexdigest(),
        )


async def once(ports: Ports, request: Request, now: datetime, work: Callable[[str], Awaitable[str]]) -> str:
    """Return the id of what `work` made or changed, now or when the same request came before.

    `work` is given the request's digest, by which it can make sure itself that nothing is made twice when the process dies
    midway. Raises KeyReused for a key that came with another request, Invalid for what cannot be a key, and what `work` does:
    what was refused is forgotten, and may be asked for again.
    """
    if not 1 <= len(request.key) <= KEY_MAX or has_controls(request.key):
        raise Invalid(
            "The Idempotency-Key cannot be used.", {"Idempotency-Key": f"must have 1 to {KEY_MAX} characters"}
        )
    key, said = request.digests(ports.secret_key)
    # The same request at the same time shares one run; one that a crash left unfinished runs again.
    return await ports.tasks.run(f"request {key} {said}", lambda: _run(ports, key, said, now, work))


async def _run(
    ports: Ports, key: str, said: str, now: datetime, work: Callable[[str], Awaitable[str]]
) -> str:
    known = await ports.ledger.begin_request(key, said, int(now.timestamp()))
    if known is not None and known.digest != said:
        raise KeyReused(OTHER, {"Idempotency-Key": "was used for another request"})
    if known is not None and known.subject is not None:
        return known.subject
    done = False
    try:
        subject = await work(key)
        done = True
    finally:
        if not done:
            await ports.ledger.forget_request(key)
    await ports.ledger.end_request(key, subject)
    return subject
