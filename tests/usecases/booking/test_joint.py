"""What is offered of a team, by bits, is what its members are offered one by one, by spans."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain import slots
from server.domain.away import Away
from server.domain.booking import Actor
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hosts import Strategy
from server.domain.hours import DateOverride, Window, open_spans
from server.domain.identity import Home, Href, calendar_path
from server.domain.intervals import Span, intersect
from server.domain.local_days import DAY_S
from server.domain.slots import Refusal
from server.ports import Ports
from server.usecases.booking import create, joint, look, offer
from server.usecases.booking.create import NewBooking
from tests.builders import DAY, NOW, at, epoch, event_type, host, hours, settle_in, team
from tests.usecases.booking.foreign import client_puts

ZONES = ("Europe/Berlin", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
HOURS = (
    "mon-fri 09:00-17:00",
    "mon-sun 08:15-12:00,13:00-18:05",
    "always",
    "mon,wed 22:00-24:00; tue,thu 00:00-03:00",
    "never",
)
HOURS_OFTEN = (*HOURS, *HOURS[:2] * 3)
"""Mostly such that some time is common."""
FIRST = date.fromisoformat(DAY)
SPAN: Span = (epoch(f"{DAY} 00:00"), epoch(f"{DAY} 00:00") + 6 * DAY_S)
NOW_S = int(NOW.timestamp())

days = st.integers(0, 6).map(lambda ahead: FIRST + timedelta(days=ahead))
instants = st.integers(SPAN[0] - DAY_S, SPAN[1] + DAY_S)
windows = st.sampled_from([(), (Window(600, 660),), (Window(0, 300), Window(400, 1440))])
meetings = st.lists(
    st.tuples(instants, st.integers(1, 40_000)).map(lambda two: (two[0], sum(two))), max_size=5
)


@st.composite
def people(draw: st.DrawFn, number: int) -> tuple[Host, list[tuple[str, Span]]]:
    """Return a host, and what stands in their two calendars, of which one may not block."""
    overrides = {day: DateOverride(day, draw(windows)) for day in draw(st.lists(days, max_size=2))}
    away = draw(st.lists(days, max_size=1))
    person = replace(
        host(
            f"h{number}",
            number=number,
            zone=draw(st.sampled_from(ZONES)),
            weekly=draw(st.sampled_from(HOURS_OFTEN)),
        ),
        overrides=tuple(overrides.values()),
        away=tuple(Away(first=day, last=day) for day in away),
        blocking=draw(st.sampled_from([None, ("calendar",), ("private",), ()])),
    )
    return person, [(draw(st.sampled_from(["calendar", "private"])), one) for one in draw(meetings)]


@st.composite
def kinds(draw: st.DrawFn) -> EventType:
    strategy = draw(st.sampled_from(Strategy))
    rotates = strategy in {Strategy.ROUND_ROBIN, Strategy.MANAGED}
    made = event_type(
        "demo",
        home="sales",
        number=500,
        minutes=draw(st.sampled_from([1, 20, 30, 30, 45, 90, 1440])),
        step=draw(st.sampled_from([None, 15, 45])),
        buffers=(draw(st.sampled_from([0, 10, 200])), draw(st.sampled_from([0, 5, 90]))),
        notice_min=draw(st.sampled_from([0, 700])),
        weekly=draw(st.sampled_from([*[None] * len(HOURS), *HOURS])),
    )
    return replace(
        made,
        strategy=strategy,
        hosts=draw(st.sampled_from([None, (Home("h1"), Home("h2"))]))
        or ((Home("h2"),) if not rotates else None),
        fixed_hosts=(Home("h2"),) if rotates and draw(st.booleans()) else (),
        zone=draw(st.sampled_from([None, *ZONES])),
        overrides=tuple(DateOverride(day, draw(windows)) for day in set(draw(st.lists(days, max_size=1)))),
    )


@settings(max_examples=60)
@given(kinds(), st.tuples(people(1), people(2), people(3)), st.lists(st.integers(0, 2**16), max_size=3))
async def test_a_team_is_offered_what_its_members_are(
    kind: EventType, given_people: Sequence[tuple[Host, list[tuple[str, Span]]]], picks: list[int]
) -> None:
    """S2.45, S2.47: the union, or the intersection, of what each is offered with buffers, claims, hours and zones."""
    ports = await furnished(kind, given_people)
    face, found = offer.find(ports, "sales", "demo")
    wanted = by_spans(ports, found)
    assert offer.offer(ports, face, found, SPAN, NOW_S) == wanted
    for pick in picks:
        coming = [start for start in wanted if start > NOW_S]
        if not coming:
            break
        start = coming[pick % len(coming)]
        made = await create.create(ports, wish(ports, found, start), Actor.GUEST, NOW)
        wanted = by_spans(ports, found)
        assert offer.offer(ports, face, found, SPAN, NOW_S) == wanted
        looked = await look.by_id(ports, made.id)
        assert looked.event_type is not None
        moves = offer.offer(ports, looked.host, looked.event_type, SPAN, NOW_S, without=made)
        assert (start in moves) or kind.duration_min == 1440 or start < NOW_S + kind.notice_min * 60
    for start in (*wanted[:2], SPAN[0] + 37 * 60, SPAN[0] + 12 * 3_600):
        assert (offer.refusal(ports, face, found, start, NOW_S) is None) == (
            start in by_spans(ports, found, (start, start + 1))
        )


@settings(max_examples=60)
@given(
    kinds(),
    st.tuples(people(1), people(2), people(3)),
    st.lists(instants, min_size=1, max_size=6),
    st.booleans(),
)
async def test_of_many_starts_at_once_the_same_is_said_as_of_each(
    kind: EventType,
    given_people: Sequence[tuple[Host, list[tuple[str, Span]]]],
    near: list[int],
    any_hour: bool,
) -> None:
    ports = await furnished(kind, given_people)
    _, found = offer.find(ports, "sales", "demo")
    grid = by_spans(ports, found)
    starts = sorted({*(one // 900 * 900 for one in near), near[0], *grid[:1], *grid[-1:]})
    rules = replace(found.rules(NOW_S), earliest=0, latest=2**40)
    chances = joint.chances(
        ports, joint.board(ports, found, rules, (starts[0], starts[-1] + 1)), starts, any_hour=any_hour
    )
    for start in starts:
        alone = joint.board(ports, found, rules, (start, start + 1))
        free = frozenset(party[0].home for party in joint.free_at(ports, alone, start, any_hour=any_hour))
        if free:
            assert chances[start] == free
        elif any_hour:
            assert isinstance(chances[start], Refusal)
        else:
            assert chances[start] == joint.refusal(alone, start)


async def furnished(kind: EventType, given_people: Sequence[tuple[Host, list[tuple[str, Span]]]]) -> Ports:
    calendars = MemoryCalendars()
    ports = memory_ports(NOW, calendars=calendars)
    for person, stands in given_people:
        await settle_in(ports, person)
        passing = Href("passing.ics")
        calendars.client_puts(
            calendar_path(person.home, "private"), passing, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        )
        calendars.client_deletes(calendar_path(person.home, "private"), passing)
        for number, (name, span) in enumerate(stands):
            await client_puts(ports, calendar_path(person.home, name), f"{person.home}-{number}", span)
    await ports.homes.save_team(team("sales", *(person.home for person, _ in given_people)))
    await ports.homes.save_event_type(kind)
    return ports


def wish(ports: Ports, kind: EventType, start: int) -> NewBooking:
    chosen = ""
    if kind.strategy is Strategy.MANAGED:
        chosen = next(
            party[0].home for party in parties(ports, kind) if start in of_party(ports, kind, party, SPAN)
        )
    return NewBooking(
        home="sales",
        slug="demo",
        start=at("1970-01-01 00:00", "UTC") + timedelta(seconds=start),
        name="Gus Guest",
        email="gus@example.net",
        zone="UTC",
        host=chosen,
    )


def by_spans(ports: Ports, kind: EventType, span: Span = SPAN) -> list[int]:
    """Return what is offered by the arithmetic of single hosts: some party has it."""
    return sorted({start for party in parties(ports, kind) for start in of_party(ports, kind, party, span)})


def parties(ports: Ports, kind: EventType) -> list[list[Host]]:
    """Return who meets whom, said once more in other words than the code's."""
    named = [
        Home(f"h{number}") for number in (1, 2, 3) if kind.hosts is None or Home(f"h{number}") in kind.hosts
    ]
    found = [person for home in named if (person := ports.homes.host(home)) is not None]
    fixed = [person for home in kind.fixed_hosts if (person := ports.homes.host(home)) is not None]
    match kind.strategy:
        case Strategy.COLLECTIVE:
            return [found]
        case Strategy.INDIVIDUAL:
            return [found[:1]]
        case _:
            return [[one, *fixed] for one in found if one not in fixed]


def of_party(ports: Ports, kind: EventType, party: Sequence[Host], span: Span) -> list[int]:
    """Return what all of a party are offered: each by `slots.offer`, in the hours that they have in common."""
    rules = kind.rules(NOW_S).within(span)
    wide = (span[0] - 3 * DAY_S, span[1] + 3 * DAY_S)
    zone = ZoneInfo(kind.zone or "Europe/Berlin")
    open_: Sequence[Span] | None = None
    if kind.hours not in (None, hours("always")) or kind.overrides:
        open_ = open_spans(kind.hours or hours("always"), kind.overrides, zone, wide)
    for person in party:
        closed = [(one.first, one.last) for one in person.away]
        theirs = open_spans(person.hours, person.overrides, ZoneInfo(person.zone), wide, closed=closed)
        open_ = theirs if open_ is None else intersect(open_, theirs)
    found: set[int] | None = None
    for person in party:
        names = ports.calendars.names(person.home) if person.blocking is None else person.blocking
        busy = ports.calendars.busy([calendar_path(person.home, name) for name in names], wide)
        claims = ports.ledger.claims(person.home, wide)
        free = slots.offer(
            rules, open_ or (), [*busy, *(one.span for one in claims)], [one.held for one in claims]
        )
        found = set(free) if found is None else found & set(free)
    return sorted(found or ())
