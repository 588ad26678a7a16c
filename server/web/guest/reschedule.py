"""Move a booking: choose another time, confirm it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.booking import Actor, Booking, Status
from server.domain.changes import refuse_ended
from server.domain.choices import to_move
from server.domain.errors import (
    Conflict,
    Invalid,
    MeetingsUnavailable,
    NotFound,
    SlotUnavailable,
    TooMany,
)
from server.domain.event_type import EventType
from server.domain.series import Occurrence
from server.usecases.booking import offer, reschedule
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.deadline import may_move
from server.usecases.booking.move_occurrence import (
    ASK,
    choices,
    clear_of_fellows,
    may_move_one,
    move_occurrence,
)
from server.web.counted import count_change
from server.web.forms import fields_of
from server.web.guest import too_late
from server.web.guest.form.page import Nearby
from server.web.guest.held import Held, fresh_path, hold_one, next_of
from server.web.guest.particulars import Particulars
from server.web.guest.picker.asked import Asked
from server.web.guest.picker.choice import Choice, read_choice
from server.web.guest.picker.days import local_date
from server.web.guest.picker.model import Picker
from server.web.guest.picker.show import show as show_picker
from server.web.keys import LIMITS, now_of, pages_of
from server.web.reading import wording
from server.web.reading.wording import When


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePage:
    """The picker for another time; `scope` is "one" for one meeting of a series, "all" for all of them, else ""."""

    offer: Particulars
    when: When
    path: str
    picker: Picker
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    """The question whether to move: from one time to another; `nearest` when that has gone meanwhile."""

    offer: Particulars
    before: When
    after: When
    path: str
    back: str
    action: str
    start: str
    is_same: bool
    is_taken: bool
    must_wait: bool
    nearest: tuple[Nearby, ...]
    scope: str


async def pick(request: web.Request) -> web.Response:
    """Answer with the free times, the booking's own among them."""
    held = next_of(await hold_one(request))
    _refuse_haste(request, held)
    if _is_late(held):
        return too_late.respond(request, held, for_cancelling=False)
    event_type = _movable(held)
    path = f"{held.path}/reschedule"
    asked = Asked(
        ports=held.ports,
        host=held.looked.host,
        event_type=event_type,
        choice=_choice(held, event_type, request.query),
        reader=held.reader,
        now=int(held.now.timestamp()),
        path=path,
        target=f"{path}/confirm",
        without=held.booking,
        is_clear=_is_clear(held),
    )
    picker = show_picker(asked)
    page = MovePage(offer=held.offer, when=held.when(), path=held.home, picker=picker, scope=_scope(held))
    return pages_of(request).respond(request, "guest/reschedule.html", page)


async def ask(request: web.Request) -> web.Response:
    """Answer with the old and the new time, to be confirmed (S1.35)."""
    held = next_of(await hold_one(request))
    _refuse_haste(request, held)
    if _is_late(held):
        return too_late.respond(request, held, for_cancelling=False)
    page = _confirm_page(held, request.query)
    return pages_of(request).respond(request, "guest/reschedule_confirm.html", page)


async def submit(request: web.Request) -> web.Response:
    """Move the booking and lead to its new page."""
    held = next_of(await hold_one(request))
    sent = await fields_of(request)
    _movable(held)
    if _is_late(held):
        return too_late.respond(request, held, for_cancelling=False)
    count_change(request, held.series or held.looked, held.now)
    try:
        booking = await _move(held, _start(sent), now_of(request))
    except SlotUnavailable as error:
        # What is free near one of many meetings is no time for all of them.
        page = _confirm_page(held, sent, () if isinstance(error, MeetingsUnavailable) else error.nearest)
        return pages_of(request).respond(request, "guest/reschedule_confirm.html", page, status=409)
    except Invalid:
        page = _confirm_page(held, sent, ())
        return pages_of(request).respond(request, "guest/reschedule_confirm.html", page, status=422)
    done = "moved" if held.series is None else "changed"
    raise web.HTTPSeeOther(f"{await fresh_path(held, booking)}/{done}")


async def _move(held: Held, start: datetime, now: datetime) -> Booking:
    if held.series is None or held.original is None:
        looked = held.series or held.looked
        return await reschedule.reschedule(held.ports, looked, start, Actor.GUEST, now)
    return await move_occurrence(held.ports, held.series, held.original, start, Actor.GUEST, now)


def _scope(held: Held) -> str:
    if held.series is None:
        return ""
    return "all" if held.original is None else "one"


def _refuse_haste(request: web.Request, held: Held) -> None:
    """Raise TooMany when free times are searched for one booking all the time: that is work, and links are easily had.

    Counted for the booking, so that nobody else can make its guest wait; looking at it and cancelling are not counted.
    """
    wait_s = request.app[LIMITS].pages.wait_s(held.looked.record.id, held.now.timestamp())
    if wait_s:
        raise TooMany("Too many requests from your network. Please wait a little.", wait_s)


def _is_late(held: Held) -> bool:
    """Tell whether only the deadline forbids to move the booking (C6)."""
    is_open = held.booking.is_active and not held.has_begun
    return is_open and not may_move(held.booking, held.looked.event_type, held.now)


def _movable(held: Held) -> EventType:
    """Return what the booking is of; raises what forbids to move it (S1.44, C8)."""
    if held.booking.waiting:
        raise web.HTTPFound(held.home)
    if not held.booking.is_seated:
        refuse_companion(held.looked, Actor.GUEST)
    refuse_ended(held.booking)
    if held.has_begun:
        raise Conflict("This meeting has begun or is over. It can no longer be moved.")
    if held.looked.event_type is None:
        raise NotFound("This kind of meeting is not offered any more.")
    if held.series is not None and not may_move_one(held.looked.event_type, held.booking):
        raise Conflict(ASK)
    kind = to_move(held.looked.event_type, held.booking.span)
    one = _occurrence(held)
    return kind if one is None else choices(kind, one, held.now)


def _occurrence(held: Held) -> Occurrence | None:
    """Return the meeting that alone is to move, None where everything does."""
    if held.series is None or held.original is None:
        return None
    return next(one for one in held.series.booking.occurrences if one.original == held.original)


def _is_clear(held: Held) -> Callable[[int], bool]:
    """Return what tells whether no other meeting of the same series stands in the way of a start."""
    one = _occurrence(held)
    if held.series is None or one is None:
        return lambda _: True
    return clear_of_fellows(held.series.booking, one)


def _confirm_page(
    held: Held, query: Mapping[str, str], nearest: tuple[int, ...] | None = None
) -> ConfirmPage:
    event_type, start = _movable(held), _start(query)
    choice = _choice(held, event_type, query)
    path = f"{held.path}/reschedule"
    if nearest is None and start != held.booking.start:
        nearest = _nearest_if_taken(held, event_type, int(start.timestamp()))
    day = local_date(int(start.timestamp()), ZoneInfo(choice.zone))
    return ConfirmPage(
        offer=held.offer,
        before=held.when(),
        after=held.when(start),
        path=held.home,
        back=path + choice.on(day).query(),
        action=f"{path}/confirm",
        start=wording.instant(int(start.timestamp())),
        is_same=start == held.booking.start,
        is_taken=nearest is not None,
        must_wait=_must_wait(held, event_type, start),
        nearest=tuple(_nearby(held, at) for at in nearest or ()),
        scope=_scope(held),
    )


def _must_wait(held: Held, event_type: EventType, start: datetime) -> bool:
    """Tell whether the host has to agree to the new time."""
    if held.booking.is_seated:
        return False
    if held.booking.status is Status.CONFIRMED:
        return event_type.approves_moves
    return held.booking.agreed is None or held.booking.agreed[0] != start


def _nearest_if_taken(held: Held, event_type: EventType, start: int) -> tuple[int, ...] | None:
    host, now, booking = held.looked.host, int(held.now.timestamp()), held.booking
    if offer.refusal(held.ports, host, event_type, start, now, without=booking) is None and _is_clear(held)(
        start
    ):
        return None
    free = offer.nearest(held.ports, host, event_type, start, now, without=booking)
    return tuple(filter(_is_clear(held), free))


def _nearby(held: Held, start: int) -> Nearby:
    at = held.when(datetime.fromtimestamp(start, UTC))
    return Nearby(wording.instant(start), f"{at.day}, {at.time}")


def _choice(held: Held, event_type: EventType, query: Mapping[str, str]) -> Choice:
    """Return what to show; without a word about the zone, the guest's own."""
    return read_choice({"tz": held.attendee.zone, **query}, event_type, held.looked.host, held.reader)


def _start(query: Mapping[str, str]) -> datetime:
    start = wording.parse_instant(query.get("start", ""))
    if start is None:
        raise NotFound("This link does not say which time.")
    return start.astimezone(UTC)
