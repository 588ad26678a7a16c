"""Who asks, for what, and whether it is allowed: the one authorisation of /v1.

Everything about one booking goes through `held`: the bearer of its token is its guest, a key is whose it is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec
from aiohttp import web

from server.domain.booking import Actor
from server.domain.errors import NotFound, Unauthorized
from server.domain.permissions import Permission
from server.domain.plain import sentence
from server.usecases.api_key.once import Request, once
from server.usecases.api_key.open import Caller
from server.usecases.booking import look
from server.usecases.booking.allowed import look_as
from server.usecases.booking.look import Looked
from server.web.api_v1.booking_json import HOST, rendered
from server.web.api_v1.shapes import BODY_MAX
from server.web.bodies import read_body
from server.web.keys import CALLER, now_of, ports_of

NEEDS_KEY = sentence("This needs an API key: Authorization: Bearer db_live_…")
NEEDS_TOKEN = sentence("This needs the booking's token (?token=) or an API key.")


@dataclass(frozen=True, slots=True)
class Held:
    """A booking in the hands of who may do what is asked."""

    looked: Looked
    actor: Actor
    asker: str

    @property
    def eyes(self) -> int:
        """Return for whose eyes answers are."""
        return HOST if self.actor is Actor.API_KEY else self.looked.person


def caller_of(request: web.Request) -> Caller:
    """Return the program that asks; raises Unauthorized without a key (S5.42)."""
    if CALLER not in request:
        raise Unauthorized(NEEDS_KEY)
    return request[CALLER]


async def held(request: web.Request, permission: Permission) -> Held:
    """Return the booking of the path for who shows its token, or a key with the permission.

    Raises Unauthorized for who shows neither, and NotFound for what is not theirs: a token for another booking is none.
    """
    if CALLER in request:
        return await held_by_key(request, permission)
    return await held_booking(request, request.match_info["id"], request.query.get("token", ""))


async def held_by_key(request: web.Request, permission: Permission) -> Held:
    """Return the booking of the path for a key with the permission; raises as `held` does."""
    return await _by_key(request, request.match_info["id"], permission)


async def held_booking(request: web.Request, id_: str, token: str) -> Held:
    """Return a booking for who may see it, by a key or its token; raises as `held` does."""
    if CALLER in request:
        return await _by_key(request, id_, Permission.VIEW)
    if not token:
        raise Unauthorized(NEEDS_TOKEN)
    looked = await look.by_token(ports_of(request), token)
    if looked.record.id != id_:
        raise NotFound("This link does not lead to a booking.")
    return Held(looked, Actor.GUEST, f"{looked.record.id} {looked.person}")


async def _by_key(request: web.Request, id_: str, permission: Permission) -> Held:
    caller = caller_of(request)
    looked = await look_as(ports_of(request), caller.acting, id_, permission, is_test=caller.key.is_test)
    return Held(looked, Actor.API_KEY, caller.key.id)


async def body_of(request: web.Request) -> bytes:
    """Return the body; answers 413 and 408 as `read_body` does."""
    return await read_body(request, BODY_MAX)


async def done_once(
    request: web.Request, asker: str, body: bytes, work: Callable[[str | None], Awaitable[str]]
) -> str:
    """Return the id that `work` gives; under an Idempotency-Key it works once for the same request of the same asker.

    `work` is given a name for the request then, None otherwise.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return await work(None)
    said = f"{request.method} {request.path}\0".encode() + body
    return await once(ports_of(request), Request(asker, key, said), now_of(request), work)


async def shown(request: web.Request, asked: Held, *, with_token: bool = False) -> web.Response:
    """Return the answer that shows the booking as it is by now."""
    ports = ports_of(request)
    looked = replace(await look.by_id(ports, asked.looked.record.id), person=asked.looked.person)
    return as_json(rendered(ports, looked, asked.eyes, with_token=with_token))


def as_json(answer: msgspec.Struct, status: int = 200) -> web.Response:
    """Return an answer that nobody shall keep."""
    return web.Response(
        status=status,
        body=msgspec.json.encode(answer),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
