"""/v1/bookings: book, look at one, list them."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from aiohttp import web

from server.domain import metadata
from server.domain.booking import Actor
from server.domain.choices import PlaceWish
from server.domain.companions import Companion
from server.domain.errors import Invalid, NotFound
from server.domain.event_type import EventType
from server.domain.identity import BookingId, group_name
from server.domain.permissions import Acting, Permission, authorise, may
from server.usecases.api_key.open import Caller
from server.usecases.booking import create, look, offer, paging
from server.usecases.booking.create import NewBooking
from server.usecases.invite.open import prove
from server.web.api_v1 import challenge
from server.web.api_v1.asking import as_json, body_of, caller_of, done_once, held, shown
from server.web.api_v1.booking_json import HOST, rendered
from server.web.api_v1.booking_query import wanted
from server.web.api_v1.event_types import addressed
from server.web.api_v1.series import skipped
from server.web.api_v1.shapes import (
    BookingPage,
    BookingQuery,
    BookingWish,
    GuestWish,
    Validated,
    answer_texts,
    parse,
    parse_query,
)
from server.web.api_v1.whom import met
from server.web.keys import CALLER, LIMITS, now_of, ports_of


async def post(request: web.Request) -> web.Response:
    """Book a slot; public (S5.3). An `Idempotency-Key` makes repetition harmless."""
    ports, now = ports_of(request), now_of(request)
    body = await body_of(request)
    wish = parse(body, BookingWish)
    caller = request.get(CALLER)
    invited = prove(ports, wish.invite, now) if wish.invite else None
    host, event_type = addressed(
        ports, wish.event_type_id, invited, None if caller is None else caller.acting
    )
    actor = _actor(caller, event_type)
    new = _new_booking(wish, group_name(host.home, event_type.co_hosts), event_type)
    new = replace(new, host=met(ports, host, event_type, wish.host_id) or "")
    if wish.recurring is not None:
        zone = event_type.zone_name(host)
        new = replace(new, skip=skipped(wish.recurring, wish.start_time, zone))
    if wish.validate_only:
        new = replace(new, validate_only=True, is_test=_is_test(caller))
        made = await create.create(ports, new, actor, now)
        return as_json(Validated(status=made.status, start_time=made.start, end_time=made.end))
    if actor is Actor.GUEST or caller is None:
        return await _by_stranger(request, wish, new)
    new = replace(new, is_test=caller.key.is_test)

    async def work(key: str | None) -> str:
        made = await create.create(ports, replace(new, key=key), actor, now)
        return f"{made.id} {made.guest.number}"

    return await _made(request, await done_once(request, caller.key.id, body, work), HOST)


async def _by_stranger(request: web.Request, wish: BookingWish, new: NewBooking) -> web.Response:
    now = now_of(request)
    for address in (new.email, *(guest.email for guest in new.guests)):
        request.app[LIMITS].count_recipient(address, now.timestamp())
    new = replace(new, key=challenge.key_of(request, wish) or _key(request, wish))
    made = await create.create(ports_of(request), new, Actor.GUEST, now)
    return await _made(request, f"{made.id} {made.guest.number}", made.guest.number)


async def get(request: web.Request) -> web.Response:
    """Show a booking to who bears its token, or to a key that may see it (S3.11)."""
    return await shown(request, await held(request, Permission.VIEW))


async def list_(request: web.Request) -> web.Response:
    """List bookings, newest first, page by page (S5.32 to S5.36, S3.12 to S3.16)."""
    ports, caller = ports_of(request), caller_of(request)
    asked = wanted(ports, caller.acting, parse_query(request.query, BookingQuery))
    page = await paging.page(ports, caller.acting, asked, now_of(request), is_test=caller.key.is_test)
    data = [rendered(ports, looked, HOST) for looked in page.bookings]
    return as_json(BookingPage(data=data, has_more=page.has_more))


def _actor(caller: Caller | None, event_type: EventType) -> Actor:
    """Return as whom the caller books: the host's own program as that, any other as a stranger (C17).

    Raises NotPermitted for a key without the permission, NotFound for a test key where nobody's real time is its to book.
    """
    if caller is None:
        return Actor.GUEST
    acting = caller.acting
    if may(Acting(acting.role, acting.home, acting.team), Permission.EDIT, event_type.home):
        authorise(acting, Permission.EDIT, event_type.home, unknown=NotFound(offer.NOTHING))
        return Actor.API_KEY
    if caller.key.is_test:
        raise NotFound(offer.NOTHING)
    return Actor.GUEST


def _is_test(caller: Caller | None) -> bool:
    return caller is not None and caller.key.is_test


def _new_booking(wish: BookingWish, home: str, event_type: EventType) -> NewBooking:
    return NewBooking(
        home=home,
        slug=event_type.slug,
        start=wish.start_time,
        name=wish.invitee_name,
        email=wish.invitee_email,
        zone=wish.invitee_timezone,
        language=wish.language,
        notes=wish.notes,
        phone=wish.invitee_phone,
        duration_min=_duration(wish),
        place=PlaceWish(wish.location, wish.location_value),
        answers={id_: answer_texts(value) for id_, value in wish.answers.items()},
        guests=_guests(wish.guests),
        waits=wish.waitlist,
        invite=wish.invite,
        metadata=metadata.of(wish.metadata),
        recurring=None if wish.recurring is None else wish.recurring.recurrence,
    )


def _duration(wish: BookingWish) -> int | None:
    """Return the duration that is chosen, by whichever of its names."""
    if wish.duration is None or wish.duration_minutes in {None, wish.duration}:
        return wish.duration_minutes if wish.duration is None else wish.duration
    raise Invalid("Please check the named fields.", {"duration": "says something else than duration_minutes"})


def _guests(guests: Sequence[GuestWish | str]) -> list[Companion]:
    return [Companion(one) if isinstance(one, str) else Companion(one.email, one.name) for one in guests]


def _key(request: web.Request, wish: BookingWish) -> str | None:
    """Return under what a repetition of `wish` is known again: the same key with the same wish, never the key alone.

    Who books has no account, so one stranger's keys are every stranger's: a guessed key must not open a booking.
    """
    said = request.headers.get("Idempotency-Key")
    return f"v1:{said}\0{msgspec.json.encode(wish).decode()}" if said else None


async def _made(request: web.Request, subject: str, eyes: int) -> web.Response:
    """Return the answer to who has just booked, with what opens the booking."""
    ports, (id_, person) = ports_of(request), subject.split(" ")
    looked = replace(await look.by_id(ports, BookingId(id_)), person=int(person))
    return as_json(rendered(ports, looked, eyes, with_token=True), status=201)
