"""Which starts a guest may choose: gathered from memory alone, decided by `domain.slots`."""

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from server.domain import slots
from server.domain.booking import Booking
from server.domain.choices import to_move
from server.domain.errors import NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import CalendarPath, calendar_path
from server.domain.intervals import Span, overlaps
from server.domain.limits import Period, Quota, periods
from server.domain.plain import sentence
from server.domain.slots import Refusal, SlotRules
from server.ports import MustBeFree, Ports
from server.usecases.booking import caps
from server.usecases.host.stand_in import deputies

DAY_S = 86_400
NOTHING = sentence("There is nothing to book at this address.")
SEARCH_DAYS = 28
"""How many days `next_free` looks at in one go."""


class Situation(NamedTuple):
    """What stands around the starts in a span; `busy` and `held` in no order, as `slots` takes them.

    `full` are periods that a cap has closed, `days` those of which only the first start is offered, None when all are.
    """

    open_spans: Sequence[Span]
    busy: Sequence[Span]
    held: Sequence[Span]
    full: Sequence[Span]
    days: Sequence[Span] | None

    def offer(self, rules: SlotRules) -> list[int]:
        """Return every start that can be booked by `rules`."""
        return slots.offer(rules, self.open_spans, self.busy, self.held, full=self.full, days=self.days)

    def refusal(self, rules: SlotRules, start: int) -> Refusal | None:
        """Return why a start cannot be booked, None when it is offered."""
        return slots.refusal(
            rules, start, self.open_spans, self.busy, self.held, full=self.full, days=self.days
        )


def find(ports: Ports, home: str, slug: str) -> tuple[Host, EventType]:
    """Return a host and one of their event types that everybody may book; raises NotFound, the same for all others."""
    host, event_type = _known(ports, home, slug)
    if host is None or event_type is None or not event_type.is_listed:
        raise NotFound(NOTHING)
    return host, event_type


def find_unlisted(ports: Ports, home: str, slug: str) -> tuple[Host, EventType]:
    """Return a host and one of their event types for who may book it whatever its visibility; raises NotFound."""
    host, event_type = _known(ports, home, slug)
    if host is None or event_type is None or not event_type.enabled:
        raise NotFound(NOTHING)
    return host, event_type


def _known(ports: Ports, home: str, slug: str) -> tuple[Host | None, EventType | None]:
    host = ports.homes.host(home)
    return None if host is None or host.disabled else host, ports.homes.event_type(home, slug)


def offer(
    ports: Ports, host: Host, event_type: EventType, span: Span, now: int, *, without: Booking | None = None
) -> list[int]:
    """Return the bookable starts within `span` (epoch seconds, ascending); `without` does not stand in its own way."""
    rules = rules_of(event_type, now, without)
    asked = rules.within(span)
    if asked.earliest >= asked.latest:  # years away: calendars need not be read that far to say no
        return []
    if not event_type.first_slot_only:
        return situation(ports, host, event_type, asked, span, without=without).offer(asked)
    whole = _whole_days(host, event_type, span)
    found = situation(ports, host, event_type, rules, whole, without=without).offer(rules.within(whole))
    return [start for start in found if span[0] <= start < span[1]]


def full(
    ports: Ports, host: Host, event_type: EventType, span: Span, now: int, *, without: Booking | None = None
) -> list[Quota]:
    """Return the periods that a cap has closed, as far as they reach into what of `span` could be booked otherwise."""
    if event_type.caps.is_none:
        return []
    asked = rules_of(event_type, now, without).within(span)
    return caps.full(ports, host, event_type, (asked.earliest, asked.latest), without)


def next_free(
    ports: Ports, host: Host, event_type: EventType, now: int, *, without: Booking | None = None
) -> int | None:
    """Return the first bookable start from now to the horizon, if there is one."""
    rules = rules_of(event_type, now, without)
    start = rules.earliest
    while start < rules.latest:
        found = offer(ports, host, event_type, (start, start + SEARCH_DAYS * DAY_S), now, without=without)
        if found:
            return found[0]
        start += SEARCH_DAYS * DAY_S
    return None


def nearest(
    ports: Ports, host: Host, event_type: EventType, wanted: int, now: int, *, without: Booking | None = None
) -> list[int]:
    """Return the three bookable starts that lie nearest to a wanted one, a week around it."""
    around = (wanted - 7 * DAY_S, wanted + 7 * DAY_S)
    return slots.nearest(offer(ports, host, event_type, around, now, without=without), wanted)


def refusal(
    ports: Ports, host: Host, event_type: EventType, start: int, now: int, *, without: Booking | None = None
) -> Refusal | None:
    """Return why `start` cannot be booked, by the arithmetic of `offer`; None when it can."""
    rules = rules_of(event_type, now, without)
    if not rules.earliest <= start < rules.latest:
        return slots.refusal(rules, start, (), (), ())
    whole = _whole_days(host, event_type, (start, start + 1))
    return situation(ports, host, event_type, rules, whole, without=without).refusal(rules, start)


def rules_of(event_type: EventType, now: int, moving: Booking | None) -> SlotRules:
    """Return the rules for new bookings, or for one that moves and keeps its length."""
    return (event_type if moving is None else to_move(event_type, moving.span)).rules(now)


def situation(
    ports: Ports,
    host: Host,
    event_type: EventType,
    rules: SlotRules,
    span: Span,
    *,
    without: Booking | None = None,
) -> Situation:
    """Gather what decides by `rules` about starts in `span`: hours, busy time and claims. Reads memory only."""
    reach = max(rules.buffer_before_s, rules.buffer_after_s) + rules.duration_s
    wide = (span[0] - reach, span[1] + reach)
    claims = ports.ledger.claims(host.home, wide, without=without.id if without else None)
    busy = ports.calendars.busy(
        blocking(ports, host, event_type), wide, without=without.uid if without else None
    )
    return Situation(
        event_type.open_spans(host, wide),
        [*busy, *(claim.span for claim in claims)],
        [claim.held for claim in claims],
        [quota.span for quota in _full(ports, host, event_type, span, without)],
        _days(host, event_type, span),
    )


def _full(ports: Ports, host: Host, event_type: EventType, span: Span, moving: Booking | None) -> list[Quota]:
    """Return the periods that caps have closed; of a booking that moves it is known whose it is, of a new one not yet."""
    found = caps.full(ports, host, event_type, span, moving)
    if moving is None:
        return found
    return found + caps.full_for_guest(ports, host, event_type, span, moving.guest.email, moving)


def _days(host: Host, event_type: EventType, span: Span) -> list[Span] | None:
    """Return the days that share an instant with `span`, where only the first start of each is offered."""
    if not event_type.first_slot_only:
        return None
    return list(periods(Period.DAY, ZoneInfo(event_type.zone_name(host)), span))


def _whole_days(host: Host, event_type: EventType, span: Span) -> Span:
    """Return `span`, made whole days where what is offered depends on what else the day has."""
    days = _days(host, event_type, span)
    return (days[0][0], days[-1][1]) if days else span


def blocking(ports: Ports, host: Host, event_type: EventType) -> tuple[CalendarPath, ...]:
    """Return the calendars whose events make the host busy for this event type."""
    names = event_type.blocking if event_type.blocking is not None else host.blocking
    return tuple(
        calendar_path(host.home, name)
        for name in (names if names is not None else ports.calendars.names(host.home))
    )


def must_be_free(ports: Ports, host: Host, event_type: EventType | None, booking: Booking) -> MustBeFree:
    """Return the condition under which `booking` may be written: nothing else where it and its buffers are."""
    if event_type is None:
        calendars = tuple(calendar_path(host.home, name) for name in ports.calendars.names(host.home))
    else:
        calendars = blocking(ports, host, event_type)
    return MustBeFree(calendars, booking.held, booking.uid)


def is_free(ports: Ports, host: Host, event_type: EventType | None, booking: Booking) -> bool:
    """Tell whether `booking` could be written where it says it is: a look in advance, that promises nothing."""
    wanted = must_be_free(ports, host, event_type, booking)
    busy = ports.calendars.busy(wanted.calendars, wanted.span, without=booking.uid)
    claims = ports.ledger.claims(host.home, booking.held, without=booking.id)
    return not busy and not any(
        overlaps(booking.held, one.span) or overlaps(booking.span, one.held) for one in claims
    )


def version(ports: Ports, host: Host) -> tuple[int, ...]:
    """Return numbers that change whenever an answer for this host could, time itself aside."""
    home = host.home
    return (
        ports.homes.version(home),
        ports.calendars.version(home),
        ports.ledger.claims_version(home),
        *map(ports.homes.version, sorted(deputies(ports, host))),
    )
