"""How much of an event type is booked already, by everybody and by one guest: counted by the calendar index."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.booking import Booking
from server.domain.errors import BookingCapReached
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import EventTypeId, Home, Uid
from server.domain.intervals import Span
from server.domain.limits import Caps, Quota, quotas
from server.domain.plain import sentence
from server.ports import Condition, Full, MustFit, Ports
from server.usecases.booking import lineup
from server.usecases.booking.claim import meetings_of

FULL = sentence("Nothing more can be booked in this period.")
FULL_FOR_GUEST = sentence(
    "You have booked as many of these meetings as one person may. You can ask your host for more."
)


def full(
    ports: Ports, host: Host, event_type: EventType, span: Span, without: Booking | None = None
) -> list[Quota]:
    """Return the periods in reach of `span` in which no further booking may begin; `without` is not counted."""
    return _closed(ports, host, event_type, event_type.caps, span, None, without)


def full_for_guest(
    ports: Ports, host: Host, event_type: EventType, span: Span, guest: str, without: Booking | None = None
) -> list[Quota]:
    """Return the periods in which no further booking may be made under a mail address; `without` is not counted."""
    whose = guest.strip().casefold()
    return _closed(ports, host, event_type, event_type.guest_caps, span, whose, without)


def must_fit(
    ports: Ports,
    host: Host,
    event_type: EventType | None,
    booking: Booking,
    moved: Sequence[datetime] | None = None,
) -> tuple[MustFit, ...]:
    """Return the conditions under which a guest may have `booking`: room in each of its periods, also for one guest.

    Of a series each meeting needs its room, in the periods of those that were not over at its latest change, or of
    the starts that are `moved` alone.
    """
    if event_type is None or (event_type.caps.is_none and event_type.guest_caps.is_none):
        return ()
    guest, homes = booking.guest.email.casefold(), _homes(ports, host, event_type)
    zone = ZoneInfo(event_type.zone_name(host))
    starts = [one.span[0] for one in booking.meetings]
    begins = [one.start for one in meetings_of(booking)] if moved is None else moved
    touched = [int(start.timestamp()) for start in begins]
    return tuple(
        MustFit(homes, event_type.id, quota.span, quota.most, whose, booking.uid, _begin_in(quota, starts))
        for caps, whose in ((event_type.caps, None), (event_type.guest_caps, guest))
        for quota in dict.fromkeys(one for at in touched for one in quotas(caps, zone, (at, at + 1)))
    )


def must_fit_guest(
    host: Host, event_type: EventType, booking: Booking, guest: str, *, without: Uid | None = None
) -> tuple[MustFit, ...]:
    """Return the conditions under which one more guest may come to `booking`: their own share; `without` is not counted."""
    start, whose = booking.span[0], guest.strip().casefold()
    zone = ZoneInfo(event_type.zone_name(host))
    return tuple(
        MustFit((host.home,), event_type.id, quota.span, quota.most, whose, without or booking.uid)
        for quota in quotas(event_type.guest_caps, zone, (start, start + 1))
    )


def refuse_full(ports: Ports, conditions: Iterable[Condition]) -> None:
    """Raise Full where the calendars would, if it were not only asked whether something can be had."""
    for one in conditions:
        if not isinstance(one, MustFit):
            continue
        there = _booked(ports, one.homes, one.event_type, one.span, one.guest, one.without)
        if there + one.adds > one.most:
            raise Full(by_guest=one.guest is not None)


def crowded(
    ports: Ports,
    host: Host,
    event_type: EventType,
    start: int,
    others: Sequence[int],
    without: Booking | None = None,
) -> bool:
    """Tell whether no further meeting may begin at `start`, beside `others` that are not booked yet."""
    if event_type.caps.is_none:
        return False
    zone, uid = ZoneInfo(event_type.zone_name(host)), without.uid if without else None
    homes = _homes(ports, host, event_type)
    return any(
        _booked(ports, homes, event_type.id, quota.span, None, uid) + _begin_in(quota, others) >= quota.most
        for quota in quotas(event_type.caps, zone, (start, start + 1))
    )


def _closed(
    ports: Ports,
    host: Host,
    event_type: EventType,
    caps: Caps,
    span: Span,
    guest: str | None,
    without: Booking | None,
) -> list[Quota]:
    """Return the periods in reach of `span` that have what `caps` allow to everybody, or to one guest."""
    if caps.is_none:
        return []
    zone, uid = ZoneInfo(event_type.zone_name(host)), without.uid if without else None
    homes = _homes(ports, host, event_type)
    return [
        quota
        for quota in quotas(caps, zone, span)
        if _booked(ports, homes, event_type.id, quota.span, guest, uid) >= quota.most
    ]


def _booked(
    ports: Ports,
    homes: Iterable[Home],
    event_type: EventTypeId,
    span: Span,
    guest: str | None,
    without: Uid | None,
) -> int:
    """Return how many bookings begin within `span` in all `homes`; `guest` None means those of everybody."""
    return sum(ports.calendars.booked(home, event_type, span, guest=guest, without=without) for home in homes)


def _begin_in(quota: Quota, starts: Sequence[int]) -> int:
    return sum(quota.span[0] <= start < quota.span[1] for start in starts)


def _homes(ports: Ports, host: Host, event_type: EventType) -> tuple[Home, ...]:
    """Return where the bookings of an event type stand: with its host, or with any member of its team."""
    return lineup.homes(ports, event_type) if event_type.is_team else (host.home,)


def reached(nearest: list[int], *, by_guest: bool) -> BookingCapReached:
    """Return the refusal of a booking that is one too many; to a guest who has their share no other time helps."""
    if by_guest:
        return BookingCapReached(FULL_FOR_GUEST, by_guest=True)
    return BookingCapReached(FULL, nearest)
