"""GET /v1/challenge: the puzzle that programs of strangers solve before they book, where the operator wants that."""

from datetime import UTC, datetime

import msgspec
from aiohttp import web

from server.domain.errors import Invalid
from server.web import tickets
from server.web.api_v1.instants import Instant
from server.web.api_v1.shapes import BookingWish
from server.web.keys import OPTIONS, now_of, ports_of
from server.web.proofs import is_proven

PATH = "/v1/bookings"


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """A puzzle: find digits such that the hash of challenge, "." and digits begins with `bits` zero bits; 0: none is asked."""

    challenge: str
    bits: int
    algorithm: str
    expires_at: Instant


async def get(request: web.Request) -> web.Response:
    """Answer with a new puzzle; it is good for one booking."""
    ports, now = ports_of(request), int(now_of(request).timestamp())
    text = tickets.issue(ports.secret_key, PATH, ports.ids.secret(), now)
    found = Challenge(
        challenge=text,
        bits=request.app[OPTIONS].proof_of_work_bits,
        algorithm="SHA-256",
        expires_at=datetime.fromtimestamp(now + tickets.VALID_S, UTC),
    )
    return web.Response(
        body=msgspec.json.encode(found),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def key_of(request: web.Request, wish: BookingWish) -> str | None:
    """Return what makes a booking with a solved puzzle unrepeatable; None where none is asked. Raises Invalid.

    The puzzle is the key, so one that is solved is good for one booking, and the same request again for the same one.
    Who was invited is no stranger.
    """
    bits = request.app[OPTIONS].proof_of_work_bits
    if not bits or wish.invite:
        return None
    if not wish.challenge:
        raise Invalid("A puzzle is to be solved first.", {"challenge": "is required: GET /v1/challenge"})
    ports, now = ports_of(request), int(now_of(request).timestamp())
    ticket = tickets.read(ports.secret_key, PATH, wish.challenge, now)
    if ticket is None:
        raise Invalid(
            "The puzzle is too old, or none of ours.", {"challenge": "must be of GET /v1/challenge"}
        )
    if not is_proven(wish.challenge, wish.solution, bits):
        raise Invalid("The puzzle is not solved.", {"solution": f"must lead to {bits} zero bits"})
    return ticket.nonce
