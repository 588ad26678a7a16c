"""Cancel a booking: asks first, and for a reason that may stay empty."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.domain.booking import REASON_MAX, Actor, Booking
from server.domain.errors import CancellationDeadlinePassed, Invalid
from server.domain.plain import paragraphs
from server.domain.zones import zone_of
from server.usecases.booking import cancel
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.deadline import may_cancel
from server.web.counted import count_change, count_end
from server.web.forms import fields_of
from server.web.guest import too_late
from server.web.guest.held import Held, fresh_path, hold_one, next_of
from server.web.guest.particulars import Particulars
from server.web.keys import now_of, pages_of
from server.web.reading.wording import When

LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPage:
    """The question whether to cancel; `home` is the booking's page.

    `coming` is how many meetings of a series are yet to begin, 0 for what is none; with `is_one` it is about one of them, and
    `and_later` tells whether all after it are meant, too.
    """

    offer: Particulars
    when: When
    path: str
    home: str
    coming: int
    is_one: bool
    is_seat: bool
    and_later: bool
    reason: str
    reason_max: int
    fault: str


async def ask(request: web.Request) -> web.Response:
    """Answer with the question; a booking that has ended or begun has nothing to be asked about."""
    held = await hold_one(request)
    if held.looked.is_missing or not held.booking.is_active or held.has_begun:
        raise web.HTTPFound(held.home)
    if held.booking.waiting:
        raise web.HTTPFound(held.home)
    if not held.booking.is_seated:
        refuse_companion(held.looked, Actor.GUEST)
    if not may_cancel(next_of(held).booking, held.looked.event_type, held.now):
        return too_late.respond(request, held, for_cancelling=True)
    return pages_of(request).respond(request, "guest/cancel.html", _page(held))


async def submit(request: web.Request) -> web.Response:
    """Cancel, and lead to the manage page, which says so."""
    held = await hold_one(request)
    sent = await fields_of(request)
    reason, and_later = paragraphs(sent.get("reason", "")), sent.get("which", "") == LATER
    try:
        booking = await _cancel(request, held, reason, now_of(request), and_later=and_later)
    except CancellationDeadlinePassed:
        return too_late.respond(request, held, for_cancelling=True)
    except Invalid:
        fault = held.reader.text("The reason may have at most %(most)d characters.", most=REASON_MAX)
        page = _page(held, reason, fault, and_later=and_later)
        return pages_of(request).respond(request, "guest/cancel.html", page, status=422)
    goes_on = booking.series is not None and booking.is_active
    raise web.HTTPSeeOther(await fresh_path(held, booking) + ("/changed" if goes_on else ""))


async def _cancel(
    request: web.Request, held: Held, reason: str, now: datetime, *, and_later: bool
) -> Booking:
    if held.series is None or held.original is None:
        count_end(request, held.looked, now)
        return await cancel.cancel(held.ports, held.looked, reason, Actor.GUEST, now)
    count_change(request, held.series, now)
    if and_later:
        day = held.original.astimezone(zone_of(held.booking.zone)).date()
        return await cancel_future(held.ports, held.series, day, reason, Actor.GUEST, now)
    return await cancel_occurrence(held.ports, held.series, held.original, reason, Actor.GUEST, now)


def _page(held: Held, reason: str = "", fault: str = "", *, and_later: bool = False) -> CancelPage:
    whole = held.series or held.looked
    is_series = whole.booking.series is not None
    return CancelPage(
        offer=held.offer,
        when=held.when(),
        path=held.path,
        home=held.home,
        coming=len(whole.booking.coming(held.now)) if is_series else 0,
        is_one=held.original is not None,
        is_seat=whole.booking.is_seated,
        and_later=and_later,
        reason=reason,
        reason_max=REASON_MAX,
        fault=fault,
    )
