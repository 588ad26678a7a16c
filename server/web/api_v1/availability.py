"""GET /v1/availability: the slots of an event type (S5.38)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from server.domain.choices import of_duration
from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.intervals import Span
from server.domain.limits import Period
from server.domain.zones import is_zone
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.invite.open import enter
from server.web.answers import Answers, minute_of, respond
from server.web.api_v1.event_types import addressed
from server.web.api_v1.shapes import Availability, CappedPeriod, Slot
from server.web.api_v1.slot_json import SlotJson
from server.web.keys import ports_of

ANSWERS = web.AppKey("V1_AVAILABILITY", Answers)
SLOTS = web.AppKey("V1_SLOTS", SlotJson)
DAYS_MAX = 62


async def get(request: web.Request) -> web.Response:
    """Answer with the free slots from `start` to `end`: dates are whole days, the last included (C34)."""
    ports = ports_of(request)
    query = request.query
    now, token = ports.clock.now(), query.get("invite", "")
    invited = await enter(ports, token, now) if token else None
    host, event_type = addressed(ports, query.get("event_type_id", ""), invited)
    minute = minute_of(int(now.timestamp()))
    answer = request.app[ANSWERS].get(
        request.rel_url.raw_query_string,
        (offer.version(ports, host, event_type.co_hosts), minute),
        lambda: render(ports, host, event_type, request, minute),
    )
    return respond(request, answer, "application/json", "private, no-cache")


def render(ports: Ports, host: Host, event_type: EventType, request: web.Request, now: int) -> bytes:
    """Return the body of the answer as of `now` (epoch seconds); raises Invalid for a query that makes no sense."""
    query = request.query
    zone = query.get("timezone") or event_type.zone_name(host)
    if not is_zone(zone):
        raise Invalid("There is no such time zone.", {"timezone": "must be an IANA name, like Europe/Berlin"})
    start, end = query.get("start", ""), query.get("end", "")
    span = _span(start, end, ZoneInfo(zone))
    event_type = _lasting(event_type, query.get("duration"))
    starts, duration_s = offer.offer(ports, host, event_type, span, now), event_type.duration_min * 60
    capped = () if event_type.caps.is_none else _capped(ports, host, event_type, span, now)
    return msgspec.json.encode(
        Availability(
            event_type_id=event_type.id,
            timezone=zone,
            start=start,
            end=end,
            slots=cast(list[Slot], request.app[SLOTS].encoded(starts, duration_s)),
            capped=bool(capped),
            capped_periods=capped,
        )
    )


def _capped(
    ports: Ports, host: Host, event_type: EventType, span: Span, now: int
) -> tuple[CappedPeriod, ...]:
    """Return the periods of what was asked for in which nothing can be booked because enough is (S5.9)."""
    return tuple(
        CappedPeriod(
            period=quota.period,
            start_time=None if quota.period is Period.TOTAL else datetime.fromtimestamp(quota.span[0], UTC),
            end_time=None if quota.period is Period.TOTAL else datetime.fromtimestamp(quota.span[1], UTC),
        )
        for quota in offer.full(ports, host, event_type, span, now)
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
            bounds.append(_instant(text, zone, days))
        except (ValueError, OverflowError):
            faults[name] = "must be a date (2026-03-02) or an instant with an offset (2026-03-02T09:00:00Z)"
    if not faults and not 0 < bounds[1] - bounds[0] <= DAYS_MAX * 86_400 + 3600:
        faults["end"] = f"must come after start, at most {DAYS_MAX} days later"
    if faults:
        raise Invalid("Please check the named parameters.", faults)
    return bounds[0], bounds[1]


@lru_cache(maxsize=1_024)
def _instant(text: str, zone: ZoneInfo, days: int) -> int:
    if len(text) == len("2026-03-02"):
        day = date.fromisoformat(text) + timedelta(days=days)
        return int(datetime.combine(day, time(), zone).timestamp())
    instant = datetime.fromisoformat(text.replace(" ", "+"))
    if instant.tzinfo is None:
        raise ValueError(text)
    return int(instant.timestamp())
