"""Waiting for a seat: where somebody stands in the line, and the seat that is held for them, to be taken by a button."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.errors import Conflict, NoLongerPart
from server.domain.seats import place_in_line
from server.usecases.booking import seats
from server.usecases.team.address import page_of_type
from server.usecases.team.listed import is_listed
from server.web.guest.held import Held, hold
from server.web.guest.particulars import Particulars
from server.web.keys import now_of, pages_of
from server.web.reading import wording
from server.web.reading.wording import When

TEMPLATE = "guest/waiting.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """Somebody without a seat. `state` is "waiting", at a `place` of the line; "held" or "unproven" until `until`; "lapsed" when
    that is over, "over" when the meeting has begun, or "cancelled"; `fault` says why the seat could not be taken.
    """

    state: str
    offer: Particulars
    when: When
    name: str
    email: str
    place: int
    until: str
    path: str
    again: str
    mail_leaves: bool
    is_new: bool
    fault: str


def respond(
    request: web.Request, held: Held, just: str = "", fault: str = "", *, status: int = 200
) -> web.Response:
    """Answer with the page of somebody who waits."""
    waiter = held.booking.waiting[0]
    event_type = held.looked.event_type
    offered = event_type is not None and is_listed(held.ports, event_type)
    page = WaitingPage(
        state=_state(held),
        offer=held.offer,
        when=held.when(),
        name=waiter.person.name,
        email=waiter.person.email,
        place=place_in_line(held.looked.booking, waiter.person.number),
        until="" if waiter.held_until is None else clock_of(held, waiter.held_until),
        path=held.path,
        again=page_of_type(held.ports, event_type) if offered and event_type is not None else "",
        mail_leaves=held.ports.mailer.is_configured,
        is_new=just == "booked",
        fault=fault,
    )
    return pages_of(request).respond(request, TEMPLATE, page, status=status)


async def show(request: web.Request) -> web.Response:
    """Answer with the page of who waits; who has a seat is led to its page."""
    held = await _hold(request)
    if held.looked.is_missing or not held.booking.waiting:
        raise web.HTTPFound(held.path)
    return respond(request, held)


async def take(request: web.Request) -> web.Response:
    """Take the seat, and lead to its page."""
    held = await _hold(request)
    if held.looked.is_missing:
        raise web.HTTPFound(held.path)
    try:
        await seats.take(held.ports, held.looked, now_of(request))
    except Conflict as error:
        return respond(request, await _hold(request), "", held.reader.text(error.message), status=409)
    raise web.HTTPSeeOther(f"{held.path}/booked")


async def _hold(request: web.Request) -> Held:
    """Return what `hold` does; leads who is no longer part of it to the page that says so."""
    try:
        return await hold(request)
    except NoLongerPart as error:
        raise web.HTTPFound(request.path.removesuffix("/seat")) from error


def _state(held: Held) -> str:
    waiter = held.booking.waiting[0]
    if not held.booking.is_active:
        return "cancelled"
    if held.has_begun:
        return "over"
    if waiter.held_until is None:
        return "waiting"
    if waiter.held_until <= held.now:
        return "lapsed"
    return "unproven" if waiter.is_unproven else "held"


def clock_of(held: Held, at: datetime) -> str:
    """Return an instant on its reader's clock."""
    there = at.astimezone(ZoneInfo(held.attendee.zone))
    clock = wording.clock(there, held.reader, twelve=held.twelve)
    return f"{wording.full_day(there.date(), held.reader)}, {clock}"
