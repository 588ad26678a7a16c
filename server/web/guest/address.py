"""A guest proves that a mail address is theirs: the link shows what is to be booked, the button books it."""

from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from server.domain.errors import Conflict, SlotUnavailable
from server.domain.seats import person_of
from server.usecases.booking import links, look, seats, verify
from server.web.guest.held import Held, fresh_path, hold
from server.web.guest.manage import again_path, expires
from server.web.guest.particulars import Particulars
from server.web.guest.seat import clock_of
from server.web.keys import now_of, pages_of
from server.web.reading.wording import When

TEMPLATE = "guest/address.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPage:
    """What waits for its guest's address. `state` is "waits", "done", or "late"; `again` is where to book anew."""

    state: str
    offer: Particulars
    when: When
    email: str
    expires: str
    path: str
    fault: str
    again: str


async def ask(request: web.Request) -> web.Response:
    """Answer with the question, or with what became of it."""
    held = await _held(request)
    return _gone(request) if _is_gone(held) else _respond(request, held)


async def submit(request: web.Request) -> web.Response:
    """Book, and lead to the confirmation; who does it twice is told that it is done."""
    held = await _held(request)
    if _is_gone(held):
        return _gone(request)
    if _state(held) != "waits":
        return _respond(request, held)
    try:
        if held.booking.waiting:
            return await _take(held, now_of(request))
        booking = await verify.verify(held.ports, held.looked, now_of(request))
    except (SlotUnavailable, Conflict) as error:
        return _respond(request, held, held.reader.text(error.message), status=409)
    if booking.awaiting_address or not booking.is_active:
        return _respond(request, await _held(request))
    raise web.HTTPSeeOther(f"{await fresh_path(held, booking)}/booked")


async def _take(held: Held, now: datetime) -> web.Response:
    """Take the seat that was held, and lead to the confirmation: under the number that its guest has by now."""
    booking = await seats.take(held.ports, held.looked, now, is_proven=True)
    record = await look.record(held.ports, booking.id)
    path = links.manage_path(held.ports, booking, record, booking.guest.number)
    raise web.HTTPSeeOther(f"{path}/booked")


def _is_gone(held: Held) -> bool:
    """Tell whether a seat was held until the address is proven, and is no more: it was, or nobody did in time."""
    looked = held.looked
    return (
        not looked.is_missing
        and looked.booking.is_seated
        and person_of(looked.booking, looked.person) is None
    )


def _gone(request: web.Request) -> web.Response:
    return pages_of(request).respond(request, "guest/seat_gone.html", None, status=410)


async def _held(request: web.Request) -> Held:
    held = await hold(request, look.by_address_token)
    slug, token = request.match_info["slug"], request.match_info["token"]
    return replace(held, path=f"/b/{slug}/address/{token}")


def _respond(request: web.Request, held: Held, fault: str = "", *, status: int = 200) -> web.Response:
    state = _state(held)
    page = AddressPage(
        state=state,
        offer=held.offer,
        when=held.when(),
        email=held.booking.guest.email,
        expires=_until(held) if state == "waits" else "",
        path=held.path,
        fault=fault,
        again=again_path(held),
    )
    return pages_of(request).respond(request, TEMPLATE, page, status=status)


def _state(held: Held) -> str:
    booking = held.booking
    if booking.waiting and booking.is_active:
        until = booking.waiting[0].held_until
        return "waits" if until is not None and min(until, booking.start) > held.now else "late"
    if not booking.awaiting_address:
        return "done"
    return "waits" if booking.is_active and booking.expires_at > held.now else "late"


def _until(held: Held) -> str:
    waiting = held.booking.waiting
    until = waiting[0].held_until if waiting else None
    return expires(held) if until is None else clock_of(held, until)
