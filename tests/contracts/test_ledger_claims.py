"""What every ledger promises of claims: who holds which time, and who is refused."""

from dataclasses import replace

import pytest

from server.domain.booking import Action
from server.domain.identity import Home
from server.ports import Ledger, Taken
from tests.builders import booking, claim, epoch, event_type, intent, span
from tests.contracts.ledger_steps import ALICE, ALL_DAY, REVIEW, book, cancel, move, moved, seen


async def test_a_booking_holds_its_time_from_the_moment_its_intent_is_recorded(ledger: Ledger) -> None:
    wanted = booking("10:00-11:00", kind=REVIEW)
    await ledger.begin(intent(wanted), [claim(wanted)])
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(wanted)]


async def test_claims_are_asked_for_by_the_time_they_hold_buffers_included(ledger: Ledger) -> None:
    wanted = await book(ledger, booking("10:00-11:00", kind=REVIEW))
    assert list(ledger.claims(ALICE, span("11:10-11:20"))) == [claim(wanted)]
    assert list(ledger.claims(ALICE, span("11:15-11:20"))) == []
    assert list(ledger.claims(ALICE, span("09:40-09:50"))) == []


async def test_claims_are_answered_without_those_of_one_booking_and_of_other_homes(ledger: Ledger) -> None:
    wanted = await book(ledger, booking("10:00-10:30"))
    await book(ledger, booking("10:00-10:30", number=2, kind=event_type(home="bob")))
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(wanted)]
    assert list(ledger.claims(ALICE, ALL_DAY, without=wanted.id)) == []


async def test_claims_come_in_order_of_time(ledger: Ledger) -> None:
    for number, wanted in enumerate(("14:00-14:30", "09:00-09:30", "11:00-11:30"), start=1):
        await book(ledger, booking(wanted, number=number))
    assert [one.span for one in ledger.claims(ALICE, ALL_DAY)] == [
        span("09:00-09:30"),
        span("11:00-11:30"),
        span("14:00-14:30"),
    ]


@pytest.mark.parametrize(
    "wanted", ["10:00-10:30", "09:45-10:15", "10:15-10:45", "09:00-12:00", "10:10-10:20"]
)
async def test_two_guests_cannot_claim_overlapping_times(ledger: Ledger, wanted: str) -> None:
    """S1.49, S1.52: whatever the event types are, and not for equal starts alone."""
    await book(ledger, booking("10:00-10:30"))
    late = booking(wanted, number=2, kind=REVIEW)
    with pytest.raises(Taken):
        await ledger.begin(intent(late), [claim(late)])


async def test_a_refused_claim_leaves_nothing_behind(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    late = booking("10:00-10:30", number=2)
    with pytest.raises(Taken):
        await ledger.begin(intent(late, key="k"), [claim(late)])
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(first)]
    assert list(await ledger.intents(epoch("2027-01-01 00:00"))) == []
    assert await ledger.booking_by_key("k") is None


async def test_a_meeting_may_begin_when_another_ends(ledger: Ledger) -> None:
    await book(ledger, booking("10:00-10:30"))
    await book(ledger, booking("10:30-11:00", number=2))
    assert len(ledger.claims(ALICE, ALL_DAY)) == 2


async def test_a_buffer_may_overlap_a_buffer(ledger: Ledger) -> None:
    """S1.50: 15 minutes after the one and 10 before the other share the gap of 15."""
    await book(ledger, booking("10:00-11:00", kind=REVIEW))
    await book(ledger, booking("11:15-12:15", number=2, kind=REVIEW))
    assert len(ledger.claims(ALICE, ALL_DAY)) == 2


@pytest.mark.parametrize("wanted", ["11:10-11:40", "09:25-09:55"])
async def test_a_meeting_may_not_lie_in_the_buffer_of_another(ledger: Ledger, wanted: str) -> None:
    """S1.50."""
    await book(ledger, booking("10:00-11:00", kind=REVIEW))
    late = booking(wanted, number=2)
    with pytest.raises(Taken):
        await ledger.begin(intent(late), [claim(late)])


@pytest.mark.parametrize("wanted", ["09:25-09:55", "11:05-11:35"])
async def test_the_buffer_of_a_new_booking_may_not_lie_on_a_meeting(ledger: Ledger, wanted: str) -> None:
    """S1.50."""
    await book(ledger, booking(wanted))
    late = booking("10:00-11:00", number=2, kind=REVIEW)
    with pytest.raises(Taken):
        await ledger.begin(intent(late), [claim(late)])


async def test_a_day_long_meeting_with_day_long_buffers_is_seen_from_its_edge(ledger: Ledger) -> None:
    longest = event_type("camp", number=4, minutes=24 * 60, buffers=(24 * 60, 24 * 60))
    await book(ledger, booking("00:00-24:00", kind=longest))
    late = booking("23:30-23:59", day="2026-03-03", number=2)
    with pytest.raises(Taken):
        await ledger.begin(intent(late), [claim(late)])


async def test_what_the_host_stretched_over_weeks_still_refuses_a_guest(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    weeks = replace(claim(first, by_guest=False), span=(first.span[0], epoch("2026-04-20 18:00")))
    await ledger.follow(
        await seen(ledger, first), place=None, claims=[replace(weeks, held=weeks.span)], missing_since=None
    )
    late = booking("10:00-10:30", day="2026-04-20", number=2)
    with pytest.raises(Taken):
        await ledger.begin(intent(late), [claim(late)])
    assert [one.booking for one in ledger.claims(ALICE, late.span)] == [first.id]


async def test_what_the_host_does_is_never_refused(ledger: Ledger) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    second = await book(ledger, booking("11:00-11:30", number=2))
    onto = replace(claim(second, by_guest=False), span=first.span, held=first.held)
    assert await ledger.follow(await seen(ledger, second), place=None, claims=[onto], missing_since=None)
    assert len(ledger.claims(ALICE, first.span)) == 2


async def test_an_empty_span_of_the_host_refuses_nobody(ledger: Ledger) -> None:
    first = await book(ledger, booking("11:00-11:30"))
    instant = (first.span[0], first.span[0])
    await ledger.follow(
        await seen(ledger, first),
        place=None,
        claims=[replace(claim(first, by_guest=False), span=instant, held=instant)],
        missing_since=None,
    )
    await book(ledger, booking("10:45-11:15", number=2))
    assert len(ledger.claims(ALICE, ALL_DAY)) == 1


async def test_during_a_reschedule_a_booking_holds_its_old_and_its_new_time(ledger: Ledger) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    after = moved(before, "10:15-10:45")
    await ledger.begin(intent(after, Action.RESCHEDULE), [claim(after)])
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(before), claim(after)]


async def test_a_booking_does_not_stand_in_the_way_of_itself(ledger: Ledger) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    await move(ledger, before, "10:00-11:00")
    late = booking("10:00-10:30", number=2)
    with pytest.raises(Taken):
        await ledger.begin(intent(late), [claim(late)])


async def test_a_settled_reschedule_frees_the_old_time(ledger: Ledger) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    after = await move(ledger, before, "14:00-14:30")
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(after)]
    await book(ledger, booking("10:00-10:30", number=2))


async def test_a_settled_cancellation_frees_the_time(ledger: Ledger) -> None:
    await cancel(ledger, await book(ledger, booking("10:00-10:30")))
    assert list(ledger.claims(ALICE, ALL_DAY)) == []
    await book(ledger, booking("10:00-10:30", number=2))


async def test_the_claims_version_rises_with_each_claim_that_comes_or_goes(ledger: Ledger) -> None:
    versions = [ledger.claims_version(ALICE)]
    first = await book(ledger, booking("10:00-10:30"))
    versions.append(ledger.claims_version(ALICE))
    await ledger.follow(await seen(ledger, first), place=None, claims=[], missing_since=1)
    versions.append(ledger.claims_version(ALICE))
    late = booking("11:00-11:30", number=2)
    await ledger.begin(intent(late), [claim(late)])
    versions.append(ledger.claims_version(ALICE))
    await ledger.release(intent(late))
    versions.append(ledger.claims_version(ALICE))
    assert versions == sorted(set(versions))


async def test_the_claims_version_stays_when_another_home_or_no_claim_is_concerned(ledger: Ledger) -> None:
    await book(ledger, booking("10:00-10:30"))
    before, of_all = ledger.claims_version(ALICE), ledger.claims_version(None)
    await book(ledger, booking("10:00-10:30", number=2, kind=event_type(home="bob")))
    assert ledger.claims_version(None) > of_all
    await ledger.raise_generation(booking().id, 1)
    assert ledger.claims_version(ALICE) == before


async def test_claims_are_forgotten_a_day_after_their_time(ledger: Ledger) -> None:
    """What is flat in the history must not carry it along."""
    await book(ledger, booking("10:00-10:30"))
    end = span("10:00-10:30")[1]
    await ledger.prune(end + 86_400)
    assert len(ledger.claims(ALICE, ALL_DAY)) == 1
    await ledger.prune(end + 86_401)
    assert list(ledger.claims(ALICE, ALL_DAY)) == []


async def test_a_booking_claims_its_time_for_every_host_or_for_none(ledger: Ledger) -> None:
    """S1.3, S1.52."""
    bob = Home("bob")
    theirs = booking("10:15-10:45", number=2, kind=event_type(home="bob"))
    await book(ledger, theirs)
    wanted = replace(booking("10:00-10:30"), co_hosts=(bob,))
    both = [claim(wanted), replace(claim(wanted), home=bob)]
    with pytest.raises(Taken):
        await ledger.begin(intent(wanted), both)
    assert list(ledger.claims(ALICE, ALL_DAY)) == []
    assert await ledger.intents(2**40) == []
    await cancel(ledger, theirs)
    begun = intent(wanted)
    begun = replace(begun, settlement=replace(begun.settlement, co_hosts=(bob,)))
    await ledger.begin(begun, both)
    assert [len(ledger.claims(home, ALL_DAY)) for home in (ALICE, bob)] == [1, 1]
    assert list(await ledger.intents(2**40)) == [begun]
    await ledger.settle(begun)
    assert (await seen(ledger, wanted)).co_hosts == (bob,)
    await cancel(ledger, wanted)
    assert [len(ledger.claims(home, ALL_DAY)) for home in (ALICE, bob)] == [0, 0]
