"""Cancel a booking: asks first, and for a reason that may stay empty."""

from dataclasses import dataclass

from aiohttp import web

from server.domain.booking import REASON_MAX, Actor
from server.domain.errors import CancellationDeadlinePassed, Invalid
from server.domain.plain import paragraphs
from server.usecases.booking import cancel
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.deadline import may_cancel
from server.web.forms import fields_of
from server.web.guest import too_late
from server.web.guest.held import Held, fresh_path, hold
from server.web.guest.particulars import Particulars
from server.web.keys import now_of, pages_of
from server.web.reading.wording import When


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPage:
    """The question whether to cancel."""

    offer: Particulars
    when: When
    path: str
    reason: str
    reason_max: int
    fault: str


async def ask(request: web.Request) -> web.Response:
    """Answer with the question; a booking that has ended or begun has nothing to be asked about."""
    held = await hold(request)
    if held.looked.is_missing or not held.booking.is_active or held.has_begun:
        raise web.HTTPFound(held.path)
    refuse_companion(held.looked, Actor.GUEST)
    if not may_cancel(held.booking, held.looked.event_type, held.now):
        return too_late.respond(request, held, for_cancelling=True)
    return pages_of(request).respond(request, "guest/cancel.html", _page(held))


async def submit(request: web.Request) -> web.Response:
    """Cancel, and lead to the manage page, which says so."""
    held = await hold(request)
    reason = paragraphs((await fields_of(request)).get("reason", ""))
    try:
        booking = await cancel.cancel(held.ports, held.looked, reason, Actor.GUEST, now_of(request))
    except CancellationDeadlinePassed:
        return too_late.respond(request, held, for_cancelling=True)
    except Invalid:
        fault = held.reader.text("The reason may have at most %(most)d characters.", most=REASON_MAX)
        page = _page(held, reason, fault)
        return pages_of(request).respond(request, "guest/cancel.html", page, status=422)
    raise web.HTTPSeeOther(await fresh_path(held, booking))


def _page(held: Held, reason: str = "", fault: str = "") -> CancelPage:
    return CancelPage(
        offer=held.offer,
        when=held.when(),
        path=held.path,
        reason=reason,
        reason_max=REASON_MAX,
        fault=fault,
    )
