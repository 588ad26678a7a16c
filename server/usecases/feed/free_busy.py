"""When a host is busy, for programs that plan meetings: as much as a guest may see, or all of it by secret address."""

from collections.abc import Iterable
from datetime import UTC, datetime

from server.domain.errors import Invalid, NotFound
from server.domain.event_type import EventType
from server.domain.feed_tokens import feed_uid
from server.domain.host import Host
from server.domain.identity import CalendarPath, calendar_path
from server.domain.intervals import Span, clip, intersect, merge, subtract
from server.ical.addresses import mailto
from server.ical.freebusy import Busy, BusySpan, vfreebusy
from server.ical.vevent import PRODUCT
from server.ports import Ports
from server.usecases.booking import caps, offer

DAY_S = 86_400
DEFAULT_DAYS = 42
DAYS_MAX = 400
REACH_DAYS = 800
"""How far from today anybody may look: repeated meetings are known for about two years, and work stays bounded."""


def public_free_busy(ports: Ports, host: Host, asked: tuple[int | None, int | None], now: int) -> str:
    """Return when the host is busy within the hours that can be booked; outside them they are unavailable.

    Begins today (UTC) at the earliest and ends with the horizon: a window without any of that raises Invalid, a host who
    publishes nothing NotFound. Tells what the booking pages tell: nobody learns what keeps the host busy at night.
    """
    if not host.freebusy_public:
        raise NotFound("There is no feed at this address.")
    today = now // DAY_S * DAY_S
    kinds = [kind for kind in ports.homes.event_types(host.home) if kind.is_listed]
    start, end = _window(asked, today)
    window = (max(start, today), min(end, max((_horizon(kind, today) for kind in kinds), default=today)))
    if window[0] >= window[1]:
        raise Invalid(
            "There is no information about this time.", {"start": "must lie between today and the horizon"}
        )
    bookable, busy = [], []
    for kind in kinds:
        hours = _bookable(ports, host, kind, (window[0], min(window[1], _horizon(kind, today))))
        bookable += hours
        busy += intersect(_busy(ports, host, offer.blocking(ports, host, kind), window), hours)
    closed = subtract([window], merge(bookable))
    return vfreebusy(
        [*(BusySpan(*span) for span in busy), *(BusySpan(*span, Busy.UNAVAILABLE) for span in closed)],
        window,
        uid=feed_uid(ports.secret_key, "free-busy", host.home),
        organizer=mailto(ports.site.mail_address),
        dtstamp=datetime.fromtimestamp(today, UTC),
        prodid=PRODUCT,
        url=ports.site.link("feeds", f"{host.home}.ifb"),
    )


def private_free_busy(ports: Ports, host: Host, asked: tuple[int | None, int | None], now: int) -> str:
    """Return all that makes the host busy, in every calendar and at any hour; a window may be 400 days long."""
    today = now // DAY_S * DAY_S
    window = _window(asked, today)
    calendars = (calendar_path(host.home, name) for name in ports.calendars.names(host.home))
    return vfreebusy(
        (BusySpan(*span) for span in _busy(ports, host, calendars, window)),
        window,
        uid=feed_uid(ports.secret_key, "private-free-busy", host.home),
        organizer=mailto(host.email),
        dtstamp=datetime.fromtimestamp(today, UTC),
        prodid=PRODUCT,
    )


def _window(asked: tuple[int | None, int | None], today: int) -> Span:
    start = today if asked[0] is None else asked[0]
    end = start + DEFAULT_DAYS * DAY_S if asked[1] is None else asked[1]
    if not 0 < end - start <= DAYS_MAX * DAY_S:
        raise Invalid("Please check the window.", {"end": f"must be after start, at most {DAYS_MAX} days"})
    if start < today - REACH_DAYS * DAY_S or end > today + REACH_DAYS * DAY_S:
        raise Invalid("Please check the window.", {"start": f"must be within {REACH_DAYS} days of today"})
    return start, end


def _horizon(kind: EventType, today: int) -> int:
    return today + kind.horizon_days * DAY_S


def _bookable(ports: Ports, host: Host, kind: EventType, window: Span) -> list[Span]:
    """Return the hours in which it can be booked, but for periods of which enough is booked."""
    full = merge(quota.span for quota in caps.full(ports, host, kind, window))
    return subtract(clip(merge(kind.open_spans(host, window)), window), full)


def _busy(ports: Ports, host: Host, calendars: Iterable[CalendarPath], window: Span) -> list[Span]:
    claims = ports.ledger.claims(host.home, window)
    return merge([*ports.calendars.busy(calendars, window), *(claim.span for claim in claims)])
