"""Who comes along: the one who booked adds and removes, a companion removes themselves."""

from dataclasses import dataclass

from aiohttp import web

from server.domain.booking import Actor, Attendee
from server.domain.companions import Companion
from server.domain.errors import GuestsNotAllowed, Invalid, TooMany
from server.usecases.booking import companions
from server.usecases.booking.companions import refuse_companion
from server.web.counted import count_leaving
from server.web.forms import fields_of
from server.web.guest.held import Held, hold
from server.web.guest.particulars import Particulars
from server.web.keys import LIMITS, now_of, pages_of
from server.web.reading.wording import When


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestsPage:
    """Who comes along, to be changed; `fault` and `fields` say why the last wish was refused."""

    offer: Particulars
    when: When
    path: str
    guests: tuple[Attendee, ...]
    can_add: bool
    name: str
    email: str
    fault: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePage:
    """The question whether somebody who was brought along does not come."""

    offer: Particulars
    when: When
    path: str
    by: str


async def show(request: web.Request) -> web.Response:
    """Answer with the list of who comes along."""
    held = await _held_by_booker(request)
    return pages_of(request).respond(request, "guest/guests.html", _page(held))


async def add(request: web.Request) -> web.Response:
    """Bring somebody along, and lead to the list."""
    held = await _held_by_booker(request)
    sent = await fields_of(request)
    wish = Companion(sent.get("email", ""), sent.get("name", ""))
    try:
        request.app[LIMITS].count_recipient(wish.email, held.now.timestamp())
        await companions.bring(held.ports, held.looked, wish, Actor.GUEST, now_of(request))
    except GuestsNotAllowed as error:
        page = _page(held, wish, held.reader.text(error.message))
    except Invalid as error:
        fields = {name: held.reader.text(words) for name, words in error.fields.items()}
        page = _page(held, wish, held.reader.text("Please check the following"), fields)
    except TooMany as error:
        page = _page(held, wish, held.reader.text(error.message))
    else:
        raise web.HTTPSeeOther(f"{held.path}/guests")
    return pages_of(request).respond(request, "guest/guests.html", page, status=422)


async def remove(request: web.Request) -> web.Response:
    """Take somebody off the booking, and lead to the list."""
    held = await _held_by_booker(request)
    person = int(request.match_info["person"])
    count_leaving(request, held.looked, person, held.now)
    await companions.take_off(held.ports, held.looked, person, Actor.GUEST, now_of(request))
    raise web.HTTPSeeOther(f"{held.path}/guests")


async def ask_to_leave(request: web.Request) -> web.Response:
    """Answer with the question; the one who booked cancels instead."""
    held = await hold(request)
    if held.looked.is_missing or not held.is_companion or not held.booking.is_active or held.has_begun:
        raise web.HTTPFound(held.path)
    booker = held.booking.guest.name
    page = LeavePage(offer=held.offer, when=held.when(), path=held.path, by=booker)
    return pages_of(request).respond(request, "guest/leave.html", page)


async def leave(request: web.Request) -> web.Response:
    """Take whose link it is off the booking; the link leads to a page that says so from now on."""
    held = await hold(request)
    person = held.looked.person
    count_leaving(request, held.looked, person, held.now)
    await companions.take_off(held.ports, held.looked, person, Actor.GUEST, now_of(request))
    raise web.HTTPSeeOther(held.path)


async def _held_by_booker(request: web.Request) -> Held:
    """Return the booking for the one who made it; raises Forbidden for all others."""
    held = await hold(request)
    if held.looked.is_missing or not held.booking.is_active or held.has_begun:
        raise web.HTTPFound(held.path)
    refuse_companion(held.looked, Actor.GUEST)
    return held


def _page(
    held: Held, wish: Companion = Companion(""), fault: str = "", fields: dict[str, str] | None = None
) -> GuestsPage:
    return GuestsPage(
        offer=held.offer,
        when=held.when(),
        path=held.path,
        guests=held.booking.companions,
        can_add=companions.may_bring(held.looked.event_type, held.booking),
        name=wish.name,
        email=wish.email,
        fault=fault,
        fields=fields or {},
    )
