"""What every ledger promises of bookings, accounts and feeds, in memory or in SQLite."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Action, Actor, Status
from server.domain.happenings import Happening
from server.domain.identity import BookingId, Etag, Home, Href
from server.ports import AuditEntry, Ledger
from tests.builders import NOW, booking, calendar, claim, event_type, intent, span
from tests.contracts.ledger_steps import ALICE, ALL_DAY, book, cancel, move, moved, seen


async def test_a_settled_booking_is_known_by_id_and_by_uid(ledger: Ledger) -> None:
    wanted = await book(ledger, booking("10:00-10:30"))
    record = await ledger.booking(wanted.id)
    assert record is not None
    assert record == await ledger.booking_by_uid(wanted.uid)
    assert (record.number, record.home, record.event_type) == (1, ALICE, wanted.event_type_id)
    assert (record.calendar, record.href) == (calendar(), f"{wanted.uid}.ics")
    assert (record.status, record.revision, record.etag) == (Status.CONFIRMED, 0, f'"{wanted.uid}-0"')
    assert (record.created_at, record.missing_since) == (int(NOW.timestamp()), None)


async def test_several_bookings_are_known_at_once_and_the_unknown_left_out(ledger: Ledger) -> None:
    first, second = (
        await book(ledger, booking("10:00-10:30")),
        await book(ledger, booking("11:00-11:30", number=2)),
    )
    found = await ledger.bookings_by_id([second.id, BookingId("bk_nothing"), first.id])
    assert dict(found) == {one.id: await ledger.booking(one.id) for one in (first, second)}
    assert dict(await ledger.bookings_by_id([])) == {}


async def test_an_unknown_or_unsettled_booking_is_not_known(ledger: Ledger) -> None:
    wanted = booking("10:00-10:30")
    await ledger.begin(intent(wanted), [claim(wanted)])
    assert await ledger.booking(wanted.id) is None
    assert await ledger.booking_by_uid(wanted.uid) is None
    assert await ledger.booking_by_key("never") is None


async def test_a_change_keeps_what_it_does_not_concern(ledger: Ledger) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    await ledger.raise_generation(before.id, 1)
    after = moved(before, "11:00-11:30")
    begun = intent(after, Action.RESCHEDULE, begun=NOW + timedelta(hours=1))
    await ledger.begin(begun, [claim(after)])
    await ledger.settle(begun)
    record = await ledger.booking(before.id)
    assert record is not None
    assert (record.revision, record.sent_sequence, record.status) == (1, 1, Status.CONFIRMED)
    assert (record.created_at, record.generation(1)) == (int(NOW.timestamp()), 1)


async def test_quiet_changes_leave_the_revision_that_links_are_bound_to(ledger: Ledger) -> None:
    """C2."""
    last = await book(ledger, booking("10:00-10:30"))
    for action in (Action.JOIN, Action.RESCHEDULE, Action.LEAVE, Action.ROOM):
        last = replace(last, revision=last.revision + 1)
        begun = intent(last, action)
        await ledger.begin(begun, [claim(last)])
        await ledger.settle(begun)
    record = await seen(ledger, last)
    assert (record.revision, record.link_revision, list(record.link_revisions)) == (4, 2, [0, 2])
    assert list(await ledger.bookings()) == [record]


async def test_who_takes_a_booking_over_has_it_from_then_on_and_gets_links_of_their_own(
    ledger: Ledger,
) -> None:
    """S4.38, S2.56: the claim changes homes in the same transaction, and the trail says whose it was."""
    before = await book(ledger, booking("10:00-10:30"))
    after = replace(before, home=Home("bob"), calendar=calendar("bob"), revision=1, sequence=1)
    begun = intent(after, Action.REASSIGN)
    await ledger.begin(begun, [claim(after)])
    assert [one.home for home in (ALICE, Home("bob")) for one in ledger.claims(home, ALL_DAY)] == [
        ALICE,
        "bob",
    ]
    await ledger.settle(begun)
    assert [one.home for home in (ALICE, Home("bob")) for one in ledger.claims(home, ALL_DAY)] == ["bob"]
    record = await seen(ledger, before)
    assert (record.home, record.calendar) == ("bob", calendar("bob"))
    assert (list(record.link_revisions), list(record.answer_revisions)) == ([0], [0, 1])
    assert [entry.home for entry in await ledger.trail(before.id)] == [ALICE, "bob"]
    assert await ledger.bookings(home=ALICE) == []
    assert list(await ledger.bookings(home=Home("bob"))) == [record]
    assert await ledger.complete(before.id, 1, int(NOW.timestamp()))
    assert (await ledger.trail(before.id))[-1].home == "bob"


async def test_the_highest_sequence_that_was_sent_never_falls(ledger: Ledger) -> None:
    before = await book(ledger, replace(booking("10:00-10:30"), sequence=7))
    await cancel(ledger, replace(before, sequence=2))
    record = await ledger.booking(before.id)
    assert record is not None
    assert record.sent_sequence == 7


async def test_bookings_are_listed_by_number_home_and_whether_they_hold_their_time(ledger: Ledger) -> None:
    second = await book(ledger, booking("11:00-11:30", number=2))
    await book(ledger, booking("10:00-10:30"))
    await book(ledger, booking("10:00-10:30", number=3, kind=event_type(home="bob")))
    await cancel(ledger, second)
    assert [one.number for one in await ledger.bookings()] == [1, 2, 3]
    assert [one.number for one in await ledger.bookings(active_only=True)] == [1, 3]
    assert [one.number for one in await ledger.bookings(status=Status.CONFIRMED)] == [1, 3]
    assert [one.number for one in await ledger.bookings(status=Status.CANCELLED)] == [2]
    assert await ledger.bookings(status=Status.PENDING) == []
    assert [one.number for one in await ledger.bookings(home=ALICE)] == [1, 2]
    assert [one.number for one in await ledger.bookings(home=ALICE, active_only=True)] == [1]


async def test_the_trail_tells_what_was_done_oldest_first(ledger: Ledger) -> None:
    last = await cancel(ledger, await move(ledger, await book(ledger, booking("10:00-10:30")), "11:00-11:30"))
    now = int(NOW.timestamp())
    assert list(await ledger.trail(last.id)) == [
        AuditEntry(last.id, 0, Action.CREATE, Actor.GUEST, now, home=ALICE),
        AuditEntry(last.id, 1, Action.RESCHEDULE, Actor.GUEST, now, home=ALICE),
        AuditEntry(last.id, 2, Action.CANCEL, Actor.GUEST, now, home=ALICE),
    ]


async def test_the_trail_keeps_what_guests_were_not_told_and_what_it_is_called_outside(
    ledger: Ledger,
) -> None:
    """C9, C27"""
    begun = intent(booking("10:00-10:30"))
    told = (Happening.RESCHEDULED, Happening.CONFIRMED)
    begun = replace(begun, settlement=replace(begun.settlement, unannounced=True, happenings=told))
    await ledger.begin(begun, ())
    await ledger.settle(begun)
    (entry,) = await ledger.trail(begun.settlement.booking)
    assert (entry.unannounced, entry.happenings) == (True, told)


async def test_each_number_is_given_once(ledger: Ledger) -> None:
    first = ledger.next_number()
    await book(ledger, booking("10:00-10:30", number=first))
    assert len({first, ledger.next_number(), ledger.next_number()}) == 3


async def test_following_a_client_moves_place_and_claim(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    there = replace(claim(first, by_guest=False), span=span("15:00-15:30"), held=span("15:00-15:30"))
    place = (calendar(name="work"), Href("dragged.ics"), Etag('"theirs"'))
    assert await ledger.follow(await seen(ledger, first), place=place, claims=[there], missing_since=None)
    record = await ledger.booking(first.id)
    assert record is not None
    assert (record.calendar, record.href, record.etag) == place
    assert list(ledger.claims(ALICE, ALL_DAY)) == [there]


async def test_a_removed_object_frees_the_time_and_keeps_the_place_where_it_stood(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    assert await ledger.follow(await seen(ledger, first), place=None, claims=[], missing_since=77)
    record = await ledger.booking(first.id)
    assert record is not None
    assert (record.missing_since, record.href) == (77, f"{first.uid}.ics")
    assert list(ledger.claims(ALICE, ALL_DAY)) == []


async def test_a_settled_change_ends_that_an_object_was_missing(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    await ledger.follow(await seen(ledger, first), place=None, claims=[], missing_since=77)
    await move(ledger, first, "11:00-11:30")
    record = await ledger.booking(first.id)
    assert record is not None
    assert record.missing_since is None


async def test_a_client_is_not_followed_while_a_change_is_under_way(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    after = moved(first, "11:00-11:30")
    await ledger.begin(intent(after, Action.RESCHEDULE), [claim(after)])
    assert not await ledger.follow(await seen(ledger, first), place=None, claims=[], missing_since=77)
    record = await ledger.booking(first.id)
    assert record is not None
    assert record.missing_since is None
    assert len(ledger.claims(ALICE, ALL_DAY)) == 2


async def test_what_was_seen_before_a_change_is_not_followed(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    before = await seen(ledger, first)
    after = await move(ledger, first, "11:00-11:30")
    assert not await ledger.follow(
        before, place=None, claims=[claim(first, by_guest=False)], missing_since=None
    )
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(after)]


@pytest.mark.parametrize("missing_since", [None, 77])
async def test_of_two_who_saw_the_same_the_first_is_followed(
    ledger: Ledger, missing_since: int | None
) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    before = await seen(ledger, first)
    place = (calendar(), Href("dragged.ics"), Etag('"theirs"')) if missing_since is None else None
    assert await ledger.follow(before, place=place, claims=[], missing_since=missing_since)
    assert not await ledger.follow(before, place=None, claims=[], missing_since=78)
    assert (await seen(ledger, first)).missing_since == missing_since


async def test_an_unknown_booking_is_not_followed(ledger: Ledger) -> None:
    first = await seen(ledger, await book(ledger, booking("10:00-10:30")))
    unknown = replace(first, id=BookingId("bk_x"))
    late = replace(claim(booking("11:00-11:30")), booking=unknown.id)
    assert not await ledger.follow(unknown, place=None, claims=[late], missing_since=None)
    assert [one.booking for one in ledger.claims(ALICE, ALL_DAY)] == [first.id]


async def test_replacing_a_persons_links_leaves_those_of_others(ledger: Ledger) -> None:
    """C2."""
    first = await book(ledger, booking("10:00-10:30"))
    assert [await ledger.raise_generation(first.id, 1) for _ in range(2)] == [1, 2]
    record = await ledger.booking(first.id)
    assert record is not None
    assert (record.generation(1), record.generation(0)) == (2, 0)


async def test_links_of_an_unknown_booking_have_no_generation(ledger: Ledger) -> None:
    assert await ledger.raise_generation(BookingId("bk_x"), 1) == 0


async def test_an_account_has_the_password_that_was_set_last(ledger: Ledger) -> None:
    assert await ledger.password_hash("alice") is None
    await ledger.set_password_hash("alice", "one")
    await ledger.set_password_hash("alice", "two")
    assert await ledger.password_hash("alice") == "two"


async def test_a_disabled_account_has_no_password_until_it_is_switched_on(ledger: Ledger) -> None:
    await ledger.set_password_hash("alice", "one")
    await ledger.disable_account("alice", disabled=True)
    await ledger.set_password_hash("alice", "two")
    assert await ledger.password_hash("alice") is None
    await ledger.disable_account("alice", disabled=False)
    assert await ledger.password_hash("alice") == "two"


async def test_disabling_an_unknown_account_does_nothing(ledger: Ledger) -> None:
    await ledger.disable_account("alice", disabled=True)
    await ledger.set_password_hash("alice", "one")
    assert await ledger.password_hash("alice") == "one"


async def test_resetting_feeds_raises_the_generation_of_one_home(ledger: Ledger) -> None:
    assert await ledger.feed_generation(ALICE) == 0
    assert [await ledger.reset_feeds(ALICE) for _ in range(2)] == [1, 2]
    assert (await ledger.feed_generation(ALICE), await ledger.feed_generation(Home("bob"))) == (2, 0)


@pytest.mark.parametrize(
    ("later", "is_kept"), [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)]
)
async def test_a_key_is_remembered_for_a_day(ledger: Ledger, later: timedelta, is_kept: bool) -> None:
    """S5.24."""
    await book(ledger, booking("10:00-10:30"), key="nonce")
    await ledger.prune(int((NOW + later).timestamp()))
    assert (await ledger.booking_by_key("nonce") is not None) is is_kept


async def test_a_sound_ledger_passes_its_probe(ledger: Ledger) -> None:
    await ledger.probe()
    await ledger.probe()
