"""GET /v1/availability: the slots of an event type (S5.38)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from server.domain.booking import Booking
from server.domain.choices import of_duration, to_move
from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.intervals import Span
from server.domain.limits import Period
from server.domain.seats import Spots
from server.domain.zones import is_zone
from server.ports import Ports
from server.usecases.booking import offer, seating
from server.usecases.invite.open import enter
from server.web.answers import Answers, minute_of, respond
from server.web.api_v1.asking import held_booking
from server.web.api_v1.days import WRONG, instant
from server.web.api_v1.event_types import addressed
from server.web.api_v1.shapes import (
    Availability,
    AvailabilityQuery,
    CappedPeriod,
    Slot,
    parse_query,
)
from server.web.api_v1.slot_json import SlotJson
from server.web.api_v1.whom import narrowed
from server.web.keys import CALLER, ports_of

ANSWERS = web.AppKey("V1_AVAILABILITY", Answers)
SLOTS = web.AppKey("V1_SLOTS", SlotJson)
CACHING = "private, no-cache"
DAYS_MAX = 62


async def get(request: web.Request) -> web.Response:
    """Answer with the free slots from `start` to `end`: dates are whole days, the last included (C34)."""
    ports, answers, asked = ports_of(request), request.app[ANSWERS], request.rel_url.raw_query_string
    now, caller = ports.clock.now(), request.get(CALLER)
    minute = minute_of(int(now.timestamp()))
    everything = (offer.version_of_all(ports), minute)
    # Most of those who ask have asked before: nothing need be read of a question whose answer cannot have changed.
    if caller is None and (known := answers.unchanged(asked, everything)) is not None:
        return respond(request, known, "application/json", CACHING)
    query = parse_query(request.query, AvailabilityQuery)
    invited = await enter(ports, query.invite, now) if query.invite else None
    host, event_type = addressed(
        ports, query.event_type_id, invited, None if caller is None else caller.acting
    )
    event_type = narrowed(ports, event_type, query.host_id)
    without = await _excluded(request, query, event_type) if query.exclude_booking else None
    answer = answers.get(
        asked,
        (offer.version(ports, host, event_type.co_hosts), minute),
        lambda: render(ports, host, event_type, query, minute, request.app[SLOTS], without),
    )
    if caller is None and invited is None and without is None:
        answers.note(asked, everything, answer)
    return respond(request, answer, "application/json", CACHING)


async def _excluded(request: web.Request, query: AvailabilityQuery, event_type: EventType) -> Booking:
    """Return the booking that shall not stand in its own way (S3.25): where it stands is for those who may see it.

    Raises Unauthorized, NotFound, or Invalid for one of another event type.
    """
    booking = (await held_booking(request, query.exclude_booking, query.token)).looked.booking
    if booking.event_type_id != event_type.id:
        raise Invalid("Please check the named parameters.", {"exclude_booking": "is of another event type"})
    return booking


def render(
    ports: Ports,
    host: Host,
    event_type: EventType,
    query: AvailabilityQuery,
    now: int,
    slots: SlotJson,
    without: Booking | None = None,
) -> bytes:
    """Return the body of the answer as of `now` (epoch seconds); raises Invalid for a query that makes no sense."""
    zone = query.timezone or event_type.zone_name(host)
    if not is_zone(zone):
        raise Invalid("There is no such time zone.", {"timezone": "must be an IANA name, like Europe/Berlin"})
    span = _span(query.start, query.end, ZoneInfo(zone))
    event_type = _lasting(event_type, query.duration)
    if without is not None:
        event_type = to_move(event_type, without.span)
    starts = offer.offer(ports, host, event_type, span, now, without=without)
    capped = () if event_type.caps.is_none else _capped(ports, host, event_type, span, now, without)
    return msgspec.json.encode(
        Availability(
            event_type_id=event_type.id,
            timezone=zone,
            start=query.start,
            end=query.end,
            slots=_slots(ports, host, event_type, starts, now, slots),
            capped=bool(capped),
            capped_periods=capped,
        )
    )


def _slots(
    ports: Ports, host: Host, event_type: EventType, starts: Sequence[int], now: int, slots: SlotJson
) -> list[Slot]:
    """Return the slots, with how many seats each has left where several guests share one."""
    length_s = event_type.duration_min * 60
    if event_type.seats == 1 or not starts:
        return cast(list[Slot], slots.encoded(starts, length_s))
    here = seating.spots(ports, host, event_type, (starts[0], starts[-1] + 1), now)
    untouched = Spots(event_type.seats, event_type.seats)
    return [_seat_slot(start, length_s, here.get(start, untouched)) for start in starts]


def _seat_slot(start: int, length_s: int, spots: Spots) -> Slot:
    return Slot(
        datetime.fromtimestamp(start, UTC),
        datetime.fromtimestamp(start + length_s, UTC),
        spots.free,
        spots.total,
        spots.places > 0,
    )


def _capped(
    ports: Ports, host: Host, event_type: EventType, span: Span, now: int, without: Booking | None
) -> tuple[CappedPeriod, ...]:
    """Return the periods of what was asked for in which nothing can be booked because enough is (S5.9)."""
    return tuple(
        CappedPeriod(
            period=quota.period,
            start_time=None if quota.period is Period.TOTAL else datetime.fromtimestamp(quota.span[0], UTC),
            end_time=None if quota.period is Period.TOTAL else datetime.fromtimestamp(quota.span[1], UTC),
        )
        for quota in offer.full(ports, host, event_type, span, now, without=without)
    )


def _lasting(event_type: EventType, duration: str | None) -> EventType:
    """Return the event type for the duration asked for, in minutes (S5.5 to S5.7)."""
    if duration is not None and not (duration.isascii() and duration.isdigit() and len(duration) <= 4):
        raise Invalid("Please check the named parameters.", {"duration": "must be a number of minutes"})
    try:
        return of_duration(event_type, None if duration is None else int(duration))
    except Invalid as error:
        raise Invalid(error.message, dict(zip(("duration",), error.fields.values(), strict=True))) from error


def _span(start: str, end: str, zone: ZoneInfo) -> Span:
    faults = {}
    bounds = []
    for name, text, days in (("start", start, 0), ("end", end, 1)):
        try:
            bounds.append(instant(text, zone, days))
        except (ValueError, OverflowError):
            faults[name] = WRONG
    if not faults and not 0 < bounds[1] - bounds[0] <= DAYS_MAX * 86_400 + 3600:
        faults["end"] = f"must come after start, at most {DAYS_MAX} days later"
    if faults:
        raise Invalid("Please check the named parameters.", faults)
    return bounds[0], bounds[1]
