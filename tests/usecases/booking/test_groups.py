"""Several hosts booked by one address: all of them, or nobody."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.tasks import ApplicationTasks
from server.domain.booking import Actor, Booking, Status
from server.domain.errors import NotFound, SlotUnavailable
from server.domain.identity import BookingId, Home
from server.ical import vevent
from server.ical.scan import scan
from server.ports import HOST_RECIPIENT, MailKind, Ports, StoredObject, co_host_recipient
from server.usecases.booking import (
    accept,
    cancel,
    confirm,
    copies,
    create,
    follow,
    listing,
    look,
    offer,
    recover,
    reschedule,
)
from server.usecases.booking.create import NewBooking
from tests.builders import BERLIN, DAY, NOW, at, calendar, clock_times, event_type, host, settle_in, span
from tests.usecases.booking.crash import Died, mortal
from tests.usecases.booking.foreign import client_puts, write

ALICE, BOB = Home("alice"), Home("bob")
ALL_DAY = span("00:00-24:00")
TEN, TWO = at(f"{DAY} 10:00"), at(f"{DAY} 14:00")
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with more hosts: bob from 9:30 to 15:00, carl who takes no part in groups, dora who is off."""
    await settle_in(ports, host("bob", number=7, name="Bob Example", weekly="mon-fri 09:30-15:00"))
    await settle_in(ports, replace(host("carl", number=8), groups_allowed=False))
    await settle_in(ports, replace(host("dora", number=9), disabled=True))
    asked = replace(event_type("asked", number=10), requires_confirmation=True)
    hidden = replace(event_type("hidden", number=11), requires_confirmation=True, pending_in_calendar=False)
    for kind in (asked, hidden):
        await ports.homes.save_event_type(kind)
    return ports


async def book(
    ports: Ports, slug: str = "intro", *, start: str = "10:00", homes: str = "alice+bob"
) -> Booking:
    wish = NewBooking(
        home=homes,
        slug=slug,
        start=at(f"{DAY} {start}"),
        name="Gus Guest",
        email="gus@example.net",
        zone=BERLIN,
    )
    return await create.create(ports, wish, Actor.GUEST, NOW)


async def copy_of(ports: Ports, made: Booking, home: Home = BOB) -> StoredObject | None:
    place = ports.calendars.find(home, made.uid)
    return None if place is None else await ports.calendars.get(place[0], place[1])


async def shown(ports: Ports, made: Booking, home: Home) -> Booking | None:
    """Return the booking as a host's calendar shows it."""
    stored = await copy_of(ports, made, home)
    return None if stored is None else vevent.read(stored.text, stored.calendar)


async def agree(ports: Ports, id_: BookingId) -> None:
    """Hold the calendars of all hosts and the claims to the booking as it is."""
    booking = (await look.by_id(ports, id_)).booking
    stands = booking.is_active and not booking.is_hidden
    for home in booking.homes:
        seen = await shown(ports, booking, home)
        assert (seen is not None) == stands
        if seen is not None:
            assert (seen.span, seen.status, seen.revision) == (booking.span, booking.status, booking.revision)
        held = [claim.span for claim in ports.ledger.claims(home, ALL_DAY)]
        assert held == ([booking.span] if booking.holds_time else [])
    assert await ports.ledger.intents(2**40) == []


async def test_a_groups_slots_are_free_for_every_host(ports: Ports) -> None:
    """S1.3: intersection of hours, busy time and claims."""
    await client_puts(ports, calendar("bob"), "dentist", span("11:00-12:00"))
    await client_puts(ports, calendar("alice"), "call", span("12:00-12:30"))
    solo = replace(event_type(home="bob", number=20), duration_min=30)
    await ports.homes.save_event_type(solo)
    await book(ports, homes="bob", start="13:00")
    found, kind = offer.find(ports, "alice+bob", "intro")
    starts = offer.offer(ports, found, kind, ALL_DAY, int(NOW.timestamp()))
    assert clock_times(starts) == "09:30 10:00 10:30 12:30 13:30 14:00 14:30"


@pytest.mark.parametrize(
    "homes",
    [
        *("alice+nobody", "alice+carl", "carl+alice", "alice+dora", "alice+alice", "alice+", "+alice", "+"),
        "+".join(["alice", "bob", *(f"h{number}" for number in range(9))]),
    ],
)
async def test_a_group_that_is_not_there_is_as_unknown_as_a_host(ports: Ports, homes: str) -> None:
    """S1.3: opt-out per host, up to ten of them."""
    for number in range(9):
        await settle_in(ports, host(f"h{number}", number=30 + number))
    with pytest.raises(NotFound) as refused:
        offer.find(ports, homes, "intro")
    assert refused.value.message == offer.NOTHING


async def test_ten_hosts_are_a_group(ports: Ports) -> None:
    """S1.3."""
    others = [f"h{number}" for number in range(9)]
    for number, home in enumerate(others):
        await settle_in(ports, host(home, number=30 + number))
    made = await book(ports, homes="+".join(["alice", *others]))
    assert len(made.homes) == 10
    await agree(ports, made.id)


async def test_the_event_type_is_that_of_the_first_host(ports: Ports) -> None:
    """S1.3."""
    with pytest.raises(NotFound):
        offer.find(ports, "bob+alice", "intro")
    assert offer.find(ports, "alice+bob", "intro")[1].home == ALICE


async def test_it_stands_with_each_host_under_one_uid_organized_by_the_first(ports: Ports) -> None:
    """C22, S1.53."""
    made = await book(ports)
    await agree(ports, made.id)
    for home in (ALICE, BOB):
        stored = await copy_of(ports, made, home)
        assert stored is not None
        (vevent_,) = scan(stored.text).children("VEVENT")
        organizer = vevent_.first("ORGANIZER")
        assert organizer is not None
        assert organizer.value == "mailto:alice@example.org"
        attendees = [item.value for item in vevent_.all("ATTENDEE")]
        assert attendees == ["mailto:bob@example.org", "mailto:gus@example.net"]


async def test_every_host_is_mailed(ports: Ports) -> None:
    """S1.3, S1.55."""
    made = await book(ports)
    mails = {(mail.kind, mail.recipient) for mail in await ports.ledger.mails(booking=made.id)}
    assert mails == {(MailKind.CONFIRMED, who) for who in (1, HOST_RECIPIENT, co_host_recipient(0))}


@pytest.mark.parametrize("homes", ["alice", "alice+bob"])
async def test_what_a_group_holds_nobody_else_gets(ports: Ports, homes: str) -> None:
    """S1.52: the claims of all hosts are one transaction."""
    await ports.homes.save_event_type(event_type(home="bob", number=20))
    await book(ports)
    with pytest.raises(SlotUnavailable):
        await book(ports, homes=homes)
    with pytest.raises(SlotUnavailable):
        await book(ports, homes="bob")
    assert len(await ports.ledger.bookings()) == 1


async def test_a_client_of_a_co_host_who_is_faster_refuses_the_whole_booking(ports: Ports) -> None:
    """S1.48, all or nothing."""
    await client_puts(ports, calendar("bob"), "dentist", span("09:50-10:20"))
    with pytest.raises(SlotUnavailable):
        await book(ports)
    assert await ports.calendars.all(calendar("alice")) == []
    assert list(ports.ledger.claims(ALICE, ALL_DAY)) == []


async def test_moving_and_cancelling_act_on_every_copy(ports: Ports) -> None:
    """C22, S1.26, S1.41."""
    made = await book(ports)
    looked = await look.by_id(ports, made.id)
    await reschedule.reschedule(ports, looked, TWO, Actor.GUEST, NOW)
    await agree(ports, made.id)
    moved = await shown(ports, made, BOB)
    assert moved is not None
    assert moved.start == TWO
    looked = await look.by_id(ports, made.id)
    await cancel.cancel(ports, looked, "", Actor.HOST, NOW)
    await agree(ports, made.id)


async def test_a_group_moves_only_to_where_all_hosts_are_free(ports: Ports) -> None:
    """S1.3, S1.45."""
    made = await book(ports)
    await client_puts(ports, calendar("bob"), "dentist", span("14:00-14:30"))
    looked = await look.by_id(ports, made.id)
    for start in ("14:00", "15:00"):
        with pytest.raises(SlotUnavailable):
            await reschedule.reschedule(ports, looked, at(f"{DAY} {start}"), Actor.GUEST, NOW)
    await reschedule.reschedule(ports, looked, at(f"{DAY} 10:30"), Actor.GUEST, NOW)
    await agree(ports, made.id)


@pytest.mark.parametrize("slug", ["asked", "hidden"])
async def test_what_waits_is_confirmed_everywhere_at_once(ports: Ports, slug: str) -> None:
    """S1.21, C4."""
    made = await book(ports, slug)
    await agree(ports, made.id)
    assert {mail.recipient for mail in await ports.ledger.mails(booking=made.id)} == {1, HOST_RECIPIENT}
    await confirm.confirm(ports, await look.by_id(ports, made.id), Actor.HOST, NOW)
    await agree(ports, made.id)
    seen = await shown(ports, made, BOB)
    assert seen is not None
    assert seen.status is Status.CONFIRMED


async def test_a_co_hosts_edit_is_put_back(ports: Ports) -> None:
    """C22: the organizer's copy is the truth."""
    made = await book(ports)
    copy = await copy_of(ports, made)
    assert copy is not None
    await write(ports, copy.calendar, copy.href, copy.text.replace("T100000", "T110000"))
    assert await copies.mend(ports, (await look.by_id(ports, made.id)).record)
    await agree(ports, made.id)
    assert (await look.by_id(ports, made.id)).booking.start == TEN


async def test_a_copy_that_a_co_host_removed_comes_back(ports: Ports) -> None:
    """C22."""
    made = await book(ports)
    copy = await copy_of(ports, made)
    assert copy is not None
    await write(ports, copy.calendar, copy.href, None)
    await accept.heed_all(ports, NOW)
    await agree(ports, made.id)


async def test_what_a_co_host_calls_it_is_theirs(ports: Ports) -> None:
    made = await book(ports)
    copy = await copy_of(ports, made)
    assert copy is not None
    await write(ports, copy.calendar, copy.href, copy.text.replace("SUMMARY:", "SUMMARY:With Alice: "))
    await accept.heed_all(ports, NOW)
    kept = await copy_of(ports, made)
    assert kept is not None
    assert "SUMMARY:With Alice: " in kept.text


async def test_copies_and_claims_follow_the_organizers_calendar(ports: Ports) -> None:
    """C22."""
    made = await book(ports)
    own = await copy_of(ports, made, ALICE)
    assert own is not None
    moved = own.text.replace("T100000", "T110000").replace("T103000", "T113000")
    await write(ports, own.calendar, own.href, moved)
    record = (await look.by_id(ports, made.id)).record
    await follow.reconcile(ports, record, NOW)
    await copies.mend(ports, record)
    await agree(ports, made.id)
    seen = await shown(ports, made, BOB)
    assert seen is not None
    assert seen.start == at(f"{DAY} 11:00")


async def test_nobody_makes_others_their_hosts_by_writing_so(ports: Ports) -> None:
    """What a calendar says of the hosts, its owner may have written: the ledger knows them."""
    made = await book(ports, homes="alice")
    own = await copy_of(ports, made, ALICE)
    assert own is not None
    forged = replace(made, co_hosts=(BOB,))
    await write(ports, own.calendar, own.href, vevent.stored(forged, host()))
    await accept.heed_all(ports, NOW)
    assert (await look.by_id(ports, made.id)).booking.co_hosts == ()
    assert await copy_of(ports, made) is None
    assert list(ports.ledger.claims(BOB, ALL_DAY)) == []


async def test_lists_show_it_once_for_all_and_to_each_host(ports: Ports) -> None:
    made = await book(ports)
    for home in (None, ALICE, BOB):
        found = await listing.bookings(ports, listing.Wanted(home=home), NOW)
        assert [one.id for one in found] == [made.id]


async def dies(ports: Ports, points: int, change: Callable[[Ports], Awaitable[object]]) -> bool:
    try:
        await change(mortal(ports, points))
    except Died:
        return True
    return False


@pytest.mark.parametrize("points", range(8))
async def test_a_crash_at_any_point_leaves_all_copies_or_none(ports: Ports, points: int) -> None:
    """All or nothing, also when the process dies."""
    await dies(ports, points, book)
    await recover.recover_all(ports, LATER)
    records = await ports.ledger.bookings()
    for record in records:
        await agree(ports, record.id)
    assert len(await ports.calendars.all(calendar("bob"))) == len(records)
    assert isinstance(ports.tasks, ApplicationTasks)


@pytest.mark.parametrize("points", range(8))
async def test_a_move_that_died_has_happened_for_all_or_for_none(ports: Ports, points: int) -> None:
    made = await book(ports)
    looked = await look.by_id(ports, made.id)
    await dies(ports, points, lambda p: reschedule.reschedule(p, looked, TWO, Actor.GUEST, NOW))
    await recover.recover_all(ports, LATER)
    await agree(ports, made.id)


@pytest.mark.parametrize("done", range(3))
async def test_a_swap_that_died_between_the_calendars_is_carried_forward(ports: Ports, done: int) -> None:
    """The lock was held, but the power was gone after `done` of the renames."""
    made = await book(ports)
    looked = await look.by_id(ports, made.id)
    await dies(ports, 4, lambda p: reschedule.reschedule(p, looked, TWO, Actor.GUEST, NOW))
    (intent,) = await ports.ledger.intents(2**40)
    await ports.calendars.swap(ALICE, intent.id, intent.writes[:done], ())
    await recover.recover_all(ports, LATER)
    await agree(ports, made.id)
    assert (await look.by_id(ports, made.id)).record.revision == bool(done)


async def test_a_co_host_who_wrote_during_the_crash_decides_nothing(ports: Ports) -> None:
    """C22."""
    made = await book(ports)
    looked = await look.by_id(ports, made.id)
    await dies(ports, 4, lambda p: reschedule.reschedule(p, looked, TWO, Actor.GUEST, NOW))
    (intent,) = await ports.ledger.intents(2**40)
    await ports.calendars.swap(ALICE, intent.id, intent.writes, ())
    copy = await copy_of(ports, made)
    assert copy is not None
    await write(ports, copy.calendar, copy.href, copy.text.replace("T140000", "T160000"))
    await recover.recover_all(ports, LATER)
    await agree(ports, made.id)
    assert (await look.by_id(ports, made.id)).booking.start == TWO
