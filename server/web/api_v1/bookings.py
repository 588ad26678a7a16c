"""POST /v1/bookings, and what the bearer of a booking's token may do to it."""

import msgspec
from aiohttp import web

from server.domain.booking import Actor, Booking
from server.domain.choices import PlaceWish
from server.domain.companions import Companion, as_seen_by
from server.domain.errors import NotFound
from server.domain.identity import group_name
from server.ports import BookingRecord, Ports
from server.usecases.booking import cancel, create, links, look, reschedule
from server.usecases.booking.create import NewBooking
from server.usecases.booking.look import Looked
from server.usecases.invite.open import prove
from server.web.api_v1 import challenge
from server.web.api_v1.event_types import addressed
from server.web.api_v1.shapes import (
    BODY_MAX,
    BookingWish,
    CancelWish,
    RescheduleWish,
    S,
    answer_texts,
    booking_answer,
    parse,
)
from server.web.bodies import read_body
from server.web.keys import LIMITS, now_of, ports_of


async def post(request: web.Request) -> web.Response:
    """Book a slot; public (S5.3). An `Idempotency-Key` makes repetition harmless."""
    ports = ports_of(request)
    wish = await _body(request, BookingWish)
    invited = prove(ports, wish.invite, now_of(request)) if wish.invite else None
    host, event_type = addressed(ports, wish.event_type_id, invited)
    for address in (wish.invitee_email, *(guest.email for guest in wish.guests)):
        request.app[LIMITS].count_recipient(address, now_of(request).timestamp())
    booking = await create.create(
        ports,
        NewBooking(
            home=group_name(host.home, event_type.co_hosts),
            slug=event_type.slug,
            start=wish.start_time,
            name=wish.invitee_name,
            email=wish.invitee_email,
            zone=wish.invitee_timezone,
            language=wish.language,
            notes=wish.notes,
            duration_min=wish.duration_minutes,
            place=PlaceWish(wish.location, wish.location_value),
            answers={id_: answer_texts(value) for id_, value in wish.answers.items()},
            guests=[Companion(guest.email, guest.name) for guest in wish.guests],
            key=challenge.key_of(request, wish) or _key(request, wish),
            invite=wish.invite,
        ),
        Actor.GUEST,
        now_of(request),
    )
    return await _answer(ports, booking, look.OWNER, status=201)


async def post_cancel(request: web.Request) -> web.Response:
    """Cancel by token; cancelled before is a success, too (S5.12, S5.20)."""
    ports, looked = ports_of(request), await _looked(request)
    wish = await _body(request, CancelWish)
    booking = await cancel.cancel(ports, looked, wish.reason, Actor.GUEST, now_of(request))
    return await _answer(ports, booking, looked.person)


async def post_reschedule(request: web.Request) -> web.Response:
    """Move by token; id and token stay the same (S5.24, S5.26)."""
    ports, looked = ports_of(request), await _looked(request)
    wish = await _body(request, RescheduleWish)
    request.app[LIMITS].count_recipient(looked.booking.guest.email, now_of(request).timestamp())
    booking = await reschedule.reschedule(
        ports, looked, wish.new_start_time, Actor.GUEST, now_of(request), reason=wish.reason
    )
    return await _answer(ports, booking, looked.person)


def _key(request: web.Request, wish: BookingWish) -> str | None:
    """Return under what a repetition of `wish` is known again: the same key with the same wish, never the key alone.

    Who books has no account, so one stranger's keys are every stranger's: a guessed key must not open a booking.
    """
    said = request.headers.get("Idempotency-Key")
    return f"v1:{said}\0{msgspec.json.encode(wish).decode()}" if said else None


async def _looked(request: web.Request) -> Looked:
    """Return the booking that token and path agree on: a token for another booking is no token."""
    looked = await look.by_token(ports_of(request), request.query.get("token", ""))
    if looked.record.id != request.match_info["id"]:
        raise NotFound("This link does not lead to a booking.")
    return looked


async def _body(request: web.Request, into: type[S]) -> S:
    return parse(await read_body(request, BODY_MAX), into)


def _token(ports: Ports, booking: Booking, record: BookingRecord, person: int) -> str:
    """Return what opens the booking; before its guest's address is proven one that dies of that, as the link of a form does."""
    if booking.awaiting_address:
        return links.manage_token(ports, booking, record, person)
    return links.api_token(ports, record, person)


async def _answer(ports: Ports, booking: Booking, person: int, status: int = 200) -> web.Response:
    record = await look.record(ports, booking.id)
    shown = as_seen_by(booking, person)
    answer = booking_answer(shown, record, _token(ports, booking, record, person))
    return web.Response(
        status=status,
        body=msgspec.json.encode(answer),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
