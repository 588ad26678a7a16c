"""One booking, for whoever holds its link: what it is, and what can be done about it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.after_booking import leads_to
from server.domain.booking import Actor, Status
from server.domain.errors import NoLongerPart
from server.domain.questions import Answer
from server.usecases.booking import notes
from server.usecases.booking.companions import may_bring
from server.usecases.booking.deadline import may_cancel, may_move
from server.usecases.team.address import page_of_type
from server.usecases.team.listed import is_listed
from server.web.guest import seat
from server.web.guest.calendar_links import calendar_links
from server.web.guest.held import Held, hold
from server.web.guest.meetings import Meetings, meetings_of
from server.web.guest.particulars import Particulars
from server.web.guest.picker.model import Link
from server.web.keys import pages_of
from server.web.reading import wording
from server.web.reading.wording import When


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody else who comes, as the reader knows them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagePage:
    """A booking. `state` is its status, "unproven" while its guest's address is, "lapsed" when that came too late, or "over" for a meeting that has begun, or "expired"; `again` is where to book anew.

    `host_notes` are what hosts noted for all to read (C42). `thanks` are the host's words to who has just booked, `leads_to` where they go on, at once if `leaves`. While the host has yet to answer, `agreed` is the time that was confirmed before and `expires` when the request does.
    """

    state: str
    offer: Particulars
    when: When
    name: str
    email: str
    notes: str
    host_notes: tuple[str, ...]
    answers: tuple[Answer, ...]
    reason: str
    ended_by: str
    agreed: When | None
    expires: str
    can_move: bool
    can_cancel: bool
    path: str
    again: str
    calendars: tuple[Link, ...]
    mail_leaves: bool
    just: str
    thanks: str
    leads_to: str
    leaves: bool
    company: tuple[Known, ...]
    can_change_guests: bool
    is_seat: bool
    is_companion: bool
    booker: str
    meetings: Meetings | None


@dataclass(frozen=True, slots=True)
class MissingPage:
    """A booking that the host took out of the calendar by hand."""

    host: str
    again: str


async def show(request: web.Request) -> web.Response:
    """Answer with the manage page; to those who were taken off the booking with that."""
    try:
        held = await hold(request)
    except NoLongerPart:
        return pages_of(request).respond(request, "guest/left.html", None, status=410)
    return await _respond(request, held, "")


async def show_booked(request: web.Request) -> web.Response:
    """Answer with the confirmation of a new booking."""
    return await _respond(request, await hold(request), "booked")


async def show_moved(request: web.Request) -> web.Response:
    """Answer with the confirmation of a new time."""
    return await _respond(request, await hold(request), "moved")


async def show_changed(request: web.Request) -> web.Response:
    """Answer with the confirmation of what was changed in a series."""
    return await _respond(request, await hold(request), "changed")


def again_path(held: Held) -> str:
    """Return where the same can be booked anew, "" when it is not offered any more."""
    event_type = held.looked.event_type
    if event_type is None or not is_listed(held.ports, event_type):
        return ""
    return page_of_type(held.ports, event_type)


async def _respond(request: web.Request, held: Held, just: str) -> web.Response:
    pages = pages_of(request)
    if held.looked.is_missing:
        page = MissingPage(held.looked.host.name, again_path(held))
        return pages.respond(request, "guest/missing.html", page, status=410)
    if held.booking.waiting:
        return seat.respond(request, held, just)
    said = await notes.listed(held.ports, held.looked, with_private=False)
    return pages.respond(
        request, "guest/manage.html", _page(held, just, tuple(note.content for note in said))
    )


def _page(held: Held, just: str, host_notes: tuple[str, ...]) -> ManagePage:
    booking, offer = held.booking, held.offer
    event_type, waits = held.looked.event_type, booking.status is Status.PENDING
    is_new = just == "booked" and booking.is_active and event_type is not None
    is_new = is_new and not booking.awaiting_address
    onward = leads_to(event_type, booking) if is_new and event_type is not None else ""
    return ManagePage(
        state=_state(held),
        offer=offer,
        when=_when(held),
        name=held.attendee.name,
        email=held.attendee.email,
        notes=booking.notes,
        host_notes=host_notes,
        answers=booking.answers if held.attendee.number == booking.guest.number else (),
        reason=booking.reason,
        ended_by="" if booking.ended_by is None else booking.ended_by.value,
        agreed=held.when(booking.agreed[0]) if waits and booking.agreed else None,
        expires=expires(held) if waits and booking.answer_by else "",
        can_move=may_move(booking, event_type, held.now),
        can_cancel=may_cancel(booking, event_type, held.now),
        path=held.path,
        again=again_path(held),
        calendars=_calendars(held, offer),
        mail_leaves=held.ports.mailer.is_configured,
        just=just if booking.is_active else "",
        thanks=event_type.thanks if is_new and event_type is not None else "",
        leads_to=onward,
        company=_company(held),
        can_change_guests=not booking.is_seated
        and (bool(booking.companions) or may_bring(event_type, booking)),
        is_seat=booking.is_seated,
        is_companion=held.is_companion,
        booker=booking.guest.name,
        leaves=bool(onward) and held.ports.mailer.is_configured,
        meetings=meetings_of(held),
    )


def _when(held: Held) -> When:
    """Return when the meeting is, of a series the next one."""
    booking = held.booking
    coming = booking.coming(held.now) if booking.series is not None else ()
    return held.when(min(one.start for one in coming)) if coming else held.when()


def _calendars(held: Held, offer: Particulars) -> tuple[Link, ...]:
    """Return where it can be entered; the addresses of other calendars know single meetings alone."""
    if _state(held) != Status.CONFIRMED or held.booking.series is not None:
        return ()
    return calendar_links(held.booking, offer, held.reader)


def _company(held: Held) -> tuple[Known, ...]:
    """Return who else comes: those who were brought along know of one another by name alone."""
    if not held.is_companion:
        return tuple(Known(one.name, one.email) for one in held.booking.companions)
    others = (one for one in held.booking.attendees if one.number != held.attendee.number)
    return tuple(Known(one.name, "") for one in others if one.name)


def _state(held: Held) -> str:
    booking = held.booking
    if booking.awaiting_address and booking.status is not Status.CANCELLED:
        return "unproven" if booking.is_active and booking.expires_at > held.now else "lapsed"
    if booking.is_active and held.has_begun:
        return "over"
    if booking.status is Status.DECLINED and booking.ended_by is Actor.SYSTEM:
        return "expired"
    return booking.status.value


def expires(held: Held) -> str:
    """Return until when the booking waits, on its reader's clock."""
    at = held.booking.expires_at.astimezone(ZoneInfo(held.attendee.zone))
    clock = wording.clock(at, held.reader, twelve=held.twelve)
    return f"{wording.full_day(at.date(), held.reader)}, {clock}"
