"""/v1/bookings/{id}/…: what the bearer of a booking's token may do to it, and what a key may."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from server.domain import metadata
from server.domain.booking import Actor, Attendance, Booking
from server.domain.companions import Companion
from server.domain.errors import Invalid, NotFound
from server.domain.identity import BookingId
from server.domain.permissions import Permission
from server.ports import Ports
from server.usecases.booking import (
    annotate,
    attend,
    cancel,
    companions,
    confirm,
    decline,
    keep,
    links,
    look,
    reschedule,
)
from server.web.api_v1.asking import (
    Held,
    as_json,
    body_of,
    done_once,
    held,
    held_by_key,
    shown,
)
from server.web.api_v1.shapes import (
    AttendanceWish,
    AttendeeEmail,
    BookingChanges,
    CancelWish,
    DeclineWish,
    GuestWish,
    ManageLink,
    NoWish,
    RescheduleWish,
    S,
    Validated,
    parse,
    parse_query,
)
from server.web.counted import count_change, count_end
from server.web.keys import now_of, ports_of

Act = Callable[[Ports, Held, S], Awaitable[Booking]]


async def post_cancel(request: web.Request) -> web.Response:
    """Cancel by token or key; cancelled before is a success, too (S5.12, S5.20)."""
    now = now_of(request)

    async def act(ports: Ports, asked: Held, wish: CancelWish) -> Booking:
        actor = Actor.GUEST if wish.cancelled_by == "attendee" else asked.actor
        if actor is not asked.actor and asked.looked.booking.is_seated:
            raise Invalid(
                "Which guest's seat is meant, only their token says.",
                {"cancelled_by": "cannot be attendee here"},
            )
        if asked.actor is Actor.GUEST:
            count_end(request, asked.looked, now)
        return await cancel.cancel(ports, asked.looked, wish.reason, actor, now, notify=wish.notify_attendee)

    return await change(request, await held(request, Permission.DELETE), CancelWish, act)


async def post_reschedule(request: web.Request) -> web.Response:
    """Move by token or key; id and token stay the same (S5.24, S5.26)."""
    now, asked = now_of(request), await held(request, Permission.EDIT)
    body = await body_of(request)
    wanted = parse(body, RescheduleWish)
    if wanted.validate_only:
        start = wanted.new_start_time
        after = await reschedule.check(ports_of(request), asked.looked, start, asked.actor, now)
        return as_json(Validated(status=after.status, start_time=after.start, end_time=after.end))

    async def act(ports: Ports, asked: Held, wish: RescheduleWish) -> Booking:
        if asked.actor is Actor.GUEST:
            count_change(request, asked.looked, now)
        return await reschedule.reschedule(
            ports,
            asked.looked,
            wish.new_start_time,
            asked.actor,
            now,
            reason=wish.reason,
            notify=wish.notify_attendee,
        )

    return await change(request, asked, RescheduleWish, act, body)


async def post_confirm(request: web.Request) -> web.Response:
    """Approve a booking that waits for its host (S3.19)."""
    now = now_of(request)

    async def act(ports: Ports, asked: Held, _: NoWish) -> Booking:
        return await confirm.confirm(ports, asked.looked, asked.actor, now)

    return await change(request, await held_by_key(request, Permission.EDIT), NoWish, act)


async def post_decline(request: web.Request) -> web.Response:
    """Decline a booking that waits for its host, or only another time that was asked for (S3.20)."""
    now = now_of(request)

    async def act(ports: Ports, asked: Held, wish: DeclineWish) -> Booking:
        answer = keep.keep if wish.keep else decline.decline
        return await answer(ports, asked.looked, wish.reason, asked.actor, now)

    return await change(request, await held_by_key(request, Permission.EDIT), DeclineWish, act)


async def post_attendee(request: web.Request) -> web.Response:
    """Add somebody to a booking; who takes part already is not added again (S3.27)."""
    now = now_of(request)

    async def act(ports: Ports, asked: Held, wish: GuestWish) -> Booking:
        return await companions.bring(ports, asked.looked, Companion(wish.email, wish.name), asked.actor, now)

    return await change(request, await held_by_key(request, Permission.EDIT), GuestWish, act)


async def delete_attendee(request: web.Request) -> web.Response:
    """Take somebody off a booking, named by mail address in body or query (S3.28)."""
    asked = await held_by_key(request, Permission.EDIT)
    body = await body_of(request)
    wish = parse(body, AttendeeEmail) if body else parse_query(request.query, AttendeeEmail)
    wanted = wish.email.strip().casefold()
    booking = asked.looked.booking
    among = booking.everybody if booking.is_seated else booking.companions
    found = (one.number for one in among if one.email.casefold() == wanted)
    number = next(found, None)
    if number is None:
        raise NotFound("There is no such guest.")
    await companions.take_off(ports_of(request), asked.looked, number, asked.actor, now_of(request))
    return await shown(request, asked)


async def patch(request: web.Request) -> web.Response:
    """Keep other metadata beside a booking, in the place of what it has (S3.37)."""
    asked = await held_by_key(request, Permission.EDIT)
    wish = parse(await body_of(request), BookingChanges)
    if isinstance(wish.metadata, dict):
        kept = metadata.of(wish.metadata)
        await annotate.annotate(ports_of(request), asked.looked, kept, asked.actor, now_of(request))
    return await shown(request, asked)


async def post_attended(request: web.Request) -> web.Response:
    """Say that somebody came (S3.38)."""
    return await _say(request, Attendance.ATTENDED)


async def post_no_show(request: web.Request) -> web.Response:
    """Say that somebody did not come (S3.39)."""
    return await _say(request, Attendance.ABSENT)


async def post_manage_link(request: web.Request) -> web.Response:
    """Make a new link for somebody who takes part; the former ones open nothing from now on (S2.30, S2.31)."""
    ports, asked = ports_of(request), await held_by_key(request, Permission.EDIT)
    body = await body_of(request)
    wish, booking = parse(body, AttendanceWish), asked.looked.booking
    wanted = wish.attendee_email.strip().casefold() or booking.guest.email.casefold()
    person = next((one.number for one in booking.attendees if one.email.casefold() == wanted), None)
    if person is None:
        raise NotFound("There is no such guest.")

    async def work(_: str | None) -> str:
        await ports.ledger.raise_generation(booking.id, person)
        return booking.id

    await done_once(request, asked.asker, body, work)
    record = await look.record(ports, booking.id)
    return as_json(
        ManageLink(
            url=links.manage_link(ports, booking, record, person),
            cancel_token=links.api_token(ports, record, person),
        )
    )


async def _say(request: web.Request, attendance: Attendance) -> web.Response:
    now = now_of(request)

    async def act(ports: Ports, asked: Held, wish: AttendanceWish) -> Booking:
        return await attend.attend(ports, asked.looked, wish.attendee_email, attendance, asked.actor, now)

    return await change(request, await held_by_key(request, Permission.EDIT), AttendanceWish, act)


async def change(
    request: web.Request, asked: Held, into: type[S], act: Act[S], body: bytes | None = None
) -> web.Response:
    """Do with the booking what the body says, once for each Idempotency-Key, and show what it became."""
    body = await body_of(request) if body is None else body
    wish = parse(body, into)

    async def work(_: str | None) -> str:
        after = await act(ports_of(request), asked, wish)
        return f"{after.id} {after.guest.number}"

    done = await done_once(request, asked.asker, body, work)
    return await shown(
        request, await _moved_seat(request, asked, done), with_token=asked.actor is Actor.GUEST
    )


async def _moved_seat(request: web.Request, asked: Held, done: str) -> Held:
    """Return the booking that was asked for; where a guest has taken a seat at another meeting, that one."""
    id_, number = done.split(" ")
    if id_ == asked.looked.record.id:
        return asked
    looked = replace(await look.by_id(ports_of(request), BookingId(id_)), person=int(number))
    return replace(asked, looked=looked)
