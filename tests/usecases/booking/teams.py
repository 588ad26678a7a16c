"""Meetings with a team: sales is alice, bob and carl, and dora is none of them."""

from dataclasses import replace

from server.domain.booking import Actor, Booking, Organizer
from server.domain.changes import Waiting, created, waiting
from server.domain.hosts import Strategy
from server.domain.identity import HISTORY, Home, Href, calendar_path
from server.ical import vevent
from server.ports import ObjectWrite, Ports, StoredObject
from server.usecases.booking import copies, groups, look
from server.usecases.booking.commit import Plan, carry_out
from tests.builders import booking, calendar, event_type, host, settle_in, span, team

ALICE, BOB, CARL, DORA, SALES = map(Home, ("alice", "bob", "carl", "dora", "sales"))
HOSTS = {
    ALICE: host(),
    BOB: host("bob", number=7, name="Bob Example", weekly="mon-fri 09:30-15:00"),
    CARL: host("carl", number=8, name="Carl Example"),
    DORA: host("dora", number=9, name="Dora Example"),
}
KIND = replace(event_type(home="sales", number=20, title="Demo"), strategy=Strategy.ROUND_ROBIN)
ALL_DAY = span("00:00-24:00")
ALWAYS = (0, 2**40)


async def move_in(ports: Ports) -> None:
    """Let the team and its hosts move in where they are not yet."""
    for home, person in HOSTS.items():
        if ports.homes.host(home) is None:
            await settle_in(ports, person)
    await ports.homes.save_team(team("sales", "alice", "bob", "carl"))
    await ports.homes.save_event_type(KIND)


def meeting(
    wanted: str = "10:00-10:30", *, home: Home = ALICE, co_hosts: tuple[Home, ...] = (), number: int = 1
) -> Booking:
    """Return a meeting with the team that one of its hosts holds."""
    made = booking(wanted, kind=KIND, number=number)
    organizer = Organizer("Sales", "sales@example.org")
    return replace(
        made, home=home, calendar=calendar(home), team=SALES, organizer=organizer, co_hosts=co_hosts
    )


def pending(made: Booking, *, hidden: bool = False) -> Booking:
    """Return the meeting as one that waits for its host."""
    place = calendar_path(made.home, HISTORY) if hidden else made.calendar
    return waiting(made, Waiting(place))


async def book(ports: Ports, wanted: Booking) -> look.Looked:
    """Write a meeting down as it is, as if it had been booked so."""
    first = HOSTS[wanted.home]
    others = groups.co_hosts(ports, wanted.co_hosts)
    href = Href(f"{wanted.uid}.ics")
    text = vevent.stored(wanted, first, (first, *others))
    writes = (
        *copies.writes(wanted, first, others, {}),
        ObjectWrite(wanted.calendar, href, None, text),
    )
    await carry_out(ports, Plan(created(wanted, Actor.GUEST), wanted.calendar, href, writes))
    return await look.by_id(ports, wanted.id)


async def standing(ports: Ports, made: Booking, home: Home) -> StoredObject | None:
    """Return what stands of a meeting in the calendars of a host."""
    place = ports.calendars.find(home, made.uid)
    return None if place is None else await ports.calendars.get(place[0], place[1])


async def agree(ports: Ports, made: Booking) -> Booking:
    """Hold every calendar, the claims and the ledger to the meeting as it is; return it."""
    looked = await look.by_id(ports, made.id)
    present, record = looked.booking, looked.record
    shows = present.is_active and not present.is_hidden
    assert (record.home, record.calendar, record.etag) == (
        present.home,
        present.calendar,
        looked.stored.etag,
    )
    for home in HOSTS:
        is_part = home in present.homes
        stored = await standing(ports, present, home)
        assert (stored is not None) == (is_part and shows), home
        if stored is not None:
            _agrees(stored, present)
        claims = ports.ledger.claims(home, ALWAYS)
        held = [claim.span for claim in claims if claim.booking == made.id]
        assert held == ([present.span] if is_part and present.holds_time else []), home
    assert await ports.ledger.intents(2**40) == []
    assert await ports.calendars.sweep(frozenset()) == 0
    return present


def _agrees(stored: StoredObject, present: Booking) -> None:
    """Hold one object to the meeting; that of the host who holds it may be an older text, which a client forced back."""
    seen = vevent.read(stored.text, stored.calendar)
    assert seen is not None
    assert (seen.span, seen.organizer) == (present.span, present.organizer)
    if stored.calendar != present.calendar:
        assert (seen.status, seen.revision) == (present.status, present.revision)
        assert seen.home == present.home
