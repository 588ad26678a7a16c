"""Which starts a guest may choose: gathered from memory alone, decided by `domain.slots`."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from server.domain import slots
from server.domain.booking import Booking
from server.domain.choices import to_move
from server.domain.errors import NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hours import open_spans
from server.domain.identity import CalendarPath, Home, calendar_path
from server.domain.intervals import Span, intersect, overlaps
from server.domain.limits import Period, Quota, periods
from server.domain.plain import sentence
from server.domain.slots import Refusal, SlotRules
from server.domain.team import face
from server.ports import Claim, MustBeFree, Ports
from server.usecases.booking import caps, groups, joint, lineup, seating
from server.usecases.booking.claim import meetings_of
from server.usecases.booking.situation import Situation, TeamSituation
from server.usecases.host.stand_in import deputies
from server.usecases.team.listed import is_listed

DAY_S = 86_400
NOTHING = sentence("There is nothing to book at this address.")
SEARCH_DAYS = 28
"""How many days `next_free` looks at in one go."""


def find(ports: Ports, home: str, slug: str) -> tuple[Host, EventType]:
    """Return a host and one of their event types that everybody may book; raises NotFound, the same for all others."""
    found = _known(ports, home, slug)
    if found is None or not is_listed(ports, found[1]):
        raise NotFound(NOTHING)
    return found


def find_unlisted(ports: Ports, home: str, slug: str) -> tuple[Host, EventType]:
    """Return a host and one of their event types for who may book it whatever its visibility; raises NotFound."""
    found = _known(ports, home, slug)
    if found is None or not found[1].enabled:
        raise NotFound(NOTHING)
    return found


def _known(ports: Ports, home: str, slug: str) -> tuple[Host, EventType] | None:
    """Return the host, the first of a group, and what they offer, with the others of the group in it; or a team."""
    hosts = groups.members(ports, home)
    if not hosts:
        return _of_team(ports, home, slug)
    event_type = ports.homes.event_type(hosts[0].home, slug)
    if event_type is None or (event_type.seats > 1 and len(hosts) > 1):
        return None  # who shares a meeting with others does so with one host
    return hosts[0], groups.together(event_type, hosts)


def _of_team(ports: Ports, home: str, slug: str) -> tuple[Host, EventType] | None:
    team = ports.homes.team(home)
    event_type = None if team is None or team.disabled else ports.homes.event_type(home, slug)
    if team is None or event_type is None:
        return None
    # Whoever takes part is named by nothing but a strategy: without one, nobody does.
    return face(team), event_type if event_type.is_team else replace(event_type, hosts=())


def offer(
    ports: Ports,
    host: Host,
    event_type: EventType,
    span: Span,
    now: int,
    *,
    without: Booking | None = None,
    waits: bool = True,
) -> list[int]:
    """Return the bookable starts within `span` (epoch seconds, ascending); `without` does not stand in its own way.

    With seats these are also the starts of meetings that stand and have one left, or where one can wait for one, if `waits`.
    """
    rules = rules_of(event_type, now, without)
    asked = rules.within(span)
    if asked.earliest >= asked.latest:  # years away: calendars need not be read that far to say no
        return []
    if not event_type.first_slot_only:
        found = situation(ports, host, event_type, asked, span, without=without).offer(asked)
        if event_type.seats == 1 or without is not None:
            return found
        return seating.joined(
            ports, host, event_type, found, (asked.earliest, asked.latest), now, waits=waits
        )
    whole = _whole_days(host, event_type, span)
    daily = rules.within(whole)
    found = situation(ports, host, event_type, rules, whole, without=without).offer(daily)
    if event_type.seats > 1 and without is None:
        reach = (daily.earliest, daily.latest)
        found = seating.joined(ports, host, event_type, found, reach, now, waits=waits)
        found = slots.first_of_each(_days(host, event_type, span) or (), found)
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
        ahead = (start, start + SEARCH_DAYS * DAY_S)
        found = offer(ports, host, event_type, ahead, now, without=without, waits=False)
        if found:
            return found[0]
        start += SEARCH_DAYS * DAY_S
    return None


def nearest(
    ports: Ports, host: Host, event_type: EventType, wanted: int, now: int, *, without: Booking | None = None
) -> list[int]:
    """Return the three bookable starts that lie nearest to a wanted one, a week around it."""
    around = (wanted - 7 * DAY_S, wanted + 7 * DAY_S)
    return slots.nearest(offer(ports, host, event_type, around, now, without=without, waits=False), wanted)


def refusal(
    ports: Ports, host: Host, event_type: EventType, start: int, now: int, *, without: Booking | None = None
) -> Refusal | None:
    """Return why `start` cannot be booked, by the arithmetic of `offer`; None when it can."""
    rules = rules_of(event_type, now, without)
    if not rules.earliest <= start < rules.latest:
        return slots.refusal(rules, start, (), (), ())
    if event_type.seats > 1 and without is None:
        here = seating.spots_at(ports, host, event_type, start, now)
        if here is not None and not here.are_offered:
            return Refusal.BUSY
        if here is not None:
            is_offered = start in offer(ports, host, event_type, (start, start + 1), now)
            return None if is_offered else Refusal.NOT_FIRST
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
) -> Situation | TeamSituation:
    """Gather what decides by `rules` about starts in `span`: hours, busy time and claims. Reads memory only."""
    if event_type.is_team:
        if without is not None and event_type.cast is None:  # it keeps its hosts (S1.46)
            event_type = lineup.booked(ports, event_type, without.homes)
        return TeamSituation(
            ports,
            joint.board(ports, event_type, rules, span, without),
            [quota.span for quota in _full(ports, host, event_type, span, without)],
            _days(host, event_type, span),
        )
    reach = max(rules.buffer_before_s, rules.buffer_after_s) + rules.duration_s
    wide = (span[0] - reach, span[1] + reach)
    claims = _claims(ports, host, event_type, wide, without)
    busy = ports.calendars.busy(
        blocking(ports, host, event_type), wide, without=without.uid if without else None
    )
    return Situation(
        opened(ports, host, event_type, wide),
        [*busy, *(claim.span for claim in claims)],
        [claim.held for claim in claims],
        [quota.span for quota in _full(ports, host, event_type, span, without)],
        _days(host, event_type, span),
    )


def opened(ports: Ports, host: Host, event_type: EventType, span: Span) -> Sequence[Span]:
    """Return when it may be booked, busy time aside: with several hosts, when each of them may be; of a team, a party."""
    if event_type.is_team:
        return joint.opened(ports, event_type, span)
    found = event_type.open_spans(host, span)
    for other in groups.co_hosts(ports, event_type.co_hosts):
        closed = [one.dates for one in other.away]
        theirs = open_spans(other.hours, other.overrides, ZoneInfo(other.zone), span, closed=closed)
        found = intersect(found, theirs)
    return found


def _claims(
    ports: Ports, host: Host, event_type: EventType | None, span: Span, without: Booking | None
) -> Sequence[Claim]:
    """Return what is held by any of the hosts."""
    homes = (host.home, *(event_type.co_hosts if event_type is not None else ()))
    id_ = None if without is None else without.id
    return [claim for home in homes for claim in ports.ledger.claims(home, span, without=id_)]


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
    """Return the calendars whose events make the host busy for this event type, and those of all who take part."""
    others = groups.co_hosts(ports, event_type.co_hosts)
    return (
        *_calendars(ports, host, host.blocking if event_type.blocking is None else event_type.blocking),
        *(path for other in others for path in lineup.blocking(ports, other)),
    )


def _calendars(ports: Ports, host: Host, named: tuple[str, ...] | None) -> Sequence[CalendarPath]:
    names = ports.calendars.names(host.home) if named is None else named
    return [calendar_path(host.home, name) for name in names]


def must_be_free(ports: Ports, host: Host, event_type: EventType | None, booking: Booking) -> MustBeFree:
    """Return the condition under which `booking` may be written: nothing else where it and its buffers are."""
    if event_type is not None and event_type.is_team:
        hosts = (host, *groups.co_hosts(ports, booking.co_hosts))
        calendars = tuple(path for one in hosts for path in lineup.blocking(ports, one))
    elif event_type is None:
        hosts = (host, *groups.co_hosts(ports, booking.co_hosts))
        calendars = tuple(path for one in hosts for path in _calendars(ports, one, None))
    else:
        calendars = blocking(ports, host, event_type)
    return MustBeFree(calendars, booking.held, booking.uid)


def must_all_be_free(
    ports: Ports, host: Host, event_type: EventType | None, booking: Booking
) -> tuple[MustBeFree, ...]:
    """Return the conditions under which `booking` may be written: nothing else where any of its meetings is."""
    return tuple(must_be_free(ports, host, event_type, one) for one in meetings_of(booking))


def is_free(ports: Ports, host: Host, event_type: EventType | None, booking: Booking) -> bool:
    """Tell whether `booking` could be written where it says it is: a look in advance, that promises nothing."""
    return all(_is_free(ports, host, event_type, one) for one in meetings_of(booking))


def _is_free(ports: Ports, host: Host, event_type: EventType | None, meeting: Booking) -> bool:
    wanted = must_be_free(ports, host, event_type, meeting)
    busy = ports.calendars.busy(wanted.calendars, wanted.span, without=meeting.uid)
    claims = _claims(ports, host, event_type, meeting.held, meeting)
    return not busy and not any(
        overlaps(meeting.held, one.span) or overlaps(meeting.span, one.held) for one in claims
    )


def version(ports: Ports, host: Host, others: Sequence[Home] = ()) -> tuple[int, ...]:
    """Return numbers that change whenever an answer for this host, and those who take part, could, time itself aside.

    Of a team those who take part are its members.
    """
    team = ports.homes.team(host.home)
    if team is not None:
        others = [one.home for one in team.members]
    return (
        *(
            number
            for home in (host.home, *others)
            for number in (
                ports.homes.version(home),
                ports.calendars.version(home),
                ports.ledger.claims_version(home),
            )
        ),
        *map(ports.homes.version, sorted(deputies(ports, host))),
    )


def version_of_all(ports: Ports) -> tuple[int, int, int]:
    """Return numbers that change whenever any answer for anybody could, time itself aside: asked before it is known for whom."""
    return ports.homes.version(None), ports.calendars.version(None), ports.ledger.claims_version(None)
