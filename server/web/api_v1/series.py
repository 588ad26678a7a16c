"""/v1/bookings/{id}/occurrences: the meetings of a series, one by one."""

from collections.abc import Sequence
from datetime import date, datetime

from aiohttp import web

from server.domain.booking import Actor, Booking
from server.domain.errors import Invalid, NotFound
from server.domain.permissions import Permission
from server.domain.series import originals
from server.domain.series_moves import on_day
from server.domain.zones import zone_of
from server.ports import Ports
from server.usecases.booking.cancel_occurrence import cancel_future, cancel_occurrence
from server.usecases.booking.move_occurrence import move_occurrence
from server.web.api_v1.asking import Held, as_json, held
from server.web.api_v1.changes import change
from server.web.api_v1.series_shapes import (
    CancelFutureWish,
    MoveOneWish,
    OccurrenceList,
    RecurringWish,
    occurrences,
)
from server.web.api_v1.shapes import CancelWish
from server.web.counted import count_change
from server.web.keys import now_of


def skipped(wish: RecurringWish, start: datetime, zone: str) -> frozenset[datetime]:
    """Return the starts of the days that a new series goes without; raises Invalid for a day that it does not have."""
    if not wish.skip:
        return frozenset()
    found = {one.astimezone(zone_of(zone)).date(): one for one in originals(wish.recurrence, start, zone)}
    missing: Sequence[str] = [day.isoformat() for day in wish.skip if day not in found]
    if missing:
        words = f"has no meeting on {', '.join(missing)}"
        raise Invalid("The series has no such date.", {"recurring.skip": words})
    return frozenset(found[day] for day in wish.skip)


async def get(request: web.Request) -> web.Response:
    """List the meetings of a series with the status of each (S3.31)."""
    asked = await held(request, Permission.VIEW)
    return as_json(OccurrenceList(data=occurrences(asked.looked.booking)))


async def post_cancel(request: web.Request) -> web.Response:
    """Cancel one meeting of a series; the others take place (S3.32)."""
    now, asked = now_of(request), await held(request, Permission.DELETE)
    day = _day(request)

    async def act(ports: Ports, asked: Held, wish: CancelWish) -> Booking:
        _count(request, asked, now)
        original = on_day(asked.looked.booking, day).original
        return await cancel_occurrence(
            ports,
            asked.looked,
            original,
            wish.reason,
            _actor(asked, wish.cancelled_by),
            now,
            notify=wish.notify_attendee,
        )

    return await change(request, asked, CancelWish, act)


async def post_cancel_future(request: web.Request) -> web.Response:
    """Cancel what is to come of a series from a day on (S3.33)."""
    now = now_of(request)

    async def act(ports: Ports, asked: Held, wish: CancelFutureWish) -> Booking:
        _count(request, asked, now)
        actor = _actor(asked, wish.cancelled_by)
        return await cancel_future(
            ports, asked.looked, wish.from_date, wish.reason, actor, now, notify=wish.notify_attendee
        )

    return await change(request, await held(request, Permission.DELETE), CancelFutureWish, act)


async def post_reschedule(request: web.Request) -> web.Response:
    """Move one meeting of a series; the others stay where they are."""
    now, asked = now_of(request), await held(request, Permission.EDIT)
    day = _day(request)

    async def act(ports: Ports, asked: Held, wish: MoveOneWish) -> Booking:
        _count(request, asked, now)
        return await move_occurrence(
            ports,
            asked.looked,
            on_day(asked.looked.booking, day).original,
            wish.new_start_time,
            asked.actor,
            now,
            reason=wish.reason,
            notify=wish.notify_attendee,
        )

    return await change(request, asked, MoveOneWish, act)


def _count(request: web.Request, asked: Held, now: datetime) -> None:
    if asked.actor is Actor.GUEST:
        count_change(request, asked.looked, now)


def _actor(asked: Held, cancelled_by: str) -> Actor:
    return Actor.GUEST if cancelled_by == "attendee" else asked.actor


def _day(request: web.Request) -> date:
    try:
        return date.fromisoformat(request.match_info["date"])
    except ValueError as error:
        raise NotFound("This series has no meeting on that day.") from error
