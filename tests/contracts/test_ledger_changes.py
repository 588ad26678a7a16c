"""What every ledger promises of intents: begun once, settled once, or as if they had never been."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.booking import Action
from server.domain.identity import Etag, Href
from server.ports import Ledger, Overtaken, Repeated, StagedWrite
from tests.builders import NOW, booking, calendar, claim, epoch, intent
from tests.contracts.ledger_steps import ALICE, ALL_DAY, book, cancelled, move, moved


async def test_an_intent_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    wanted = booking("10:00-10:30")
    writes = (
        StagedWrite(calendar(name="history"), Href("a-r0.ics"), None, Etag('"new"'), "staged-1"),
        StagedWrite(calendar(), Href("a.ics"), Etag('"old"'), None, None),
    )
    begun = intent(wanted, key="nonce", writes=writes)
    await ledger.begin(begun, [claim(wanted)])
    assert list(await ledger.intents(begun.begun_at + 1)) == [begun]


async def test_intents_are_asked_for_by_the_instant_before_which_they_began(ledger: Ledger) -> None:
    for number in (1, 2):
        wanted = booking(f"1{number}:00-1{number}:30", number=number)
        await ledger.begin(intent(wanted, begun=NOW + timedelta(seconds=number)), [claim(wanted)])
    begun = await ledger.intents(int(NOW.timestamp()) + 2)
    assert [one.settlement.number for one in begun] == [1]


async def test_a_settled_or_released_intent_is_gone(ledger: Ledger) -> None:
    await book(ledger, booking("10:00-10:30"))
    late = booking("11:00-11:30", number=2)
    await ledger.begin(intent(late), [claim(late)])
    await ledger.release(intent(late))
    assert list(await ledger.intents(epoch("2027-01-01 00:00"))) == []


async def test_a_booking_takes_one_change_at_a_time(ledger: Ledger) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    await ledger.begin(intent(moved(before, "11:00-11:30"), Action.RESCHEDULE), [])
    with pytest.raises(Overtaken):
        await ledger.begin(intent(cancelled(before), Action.CANCEL, key="other"), [])


async def test_a_change_of_an_older_revision_is_overtaken(ledger: Ledger) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    await move(ledger, before, "11:00-11:30")
    late = moved(before, "12:00-12:30")
    with pytest.raises(Overtaken):
        await ledger.begin(intent(late, Action.RESCHEDULE), [claim(late)])
    assert len(ledger.claims(ALICE, ALL_DAY)) == 1


async def test_a_booking_cannot_be_created_twice(ledger: Ledger) -> None:
    await book(ledger, booking("10:00-10:30"))
    again = booking("11:00-11:30")
    with pytest.raises(Overtaken):
        await ledger.begin(intent(again), [claim(again)])


async def test_a_repeated_key_names_the_booking_it_was_used_for(ledger: Ledger) -> None:
    """S5.24: under way or settled, before the time itself is looked at."""
    first = booking("10:00-10:30")
    again = booking("10:00-10:30", number=2)
    await ledger.begin(intent(first, key="nonce"), [claim(first)])
    with pytest.raises(Repeated) as under_way:
        await ledger.begin(intent(again, key="nonce"), [claim(again)])
    await ledger.settle(intent(first, key="nonce"))
    with pytest.raises(Repeated) as settled:
        await ledger.begin(intent(again, key="nonce"), [claim(again)])
    assert under_way.value.booking == settled.value.booking == first.id
    assert await ledger.booking_by_key("nonce") == first.id


async def test_a_released_intent_might_never_have_been(ledger: Ledger) -> None:
    wanted = booking("10:00-10:30")
    begun = intent(wanted, key="nonce")
    await ledger.begin(begun, [claim(wanted)])
    await ledger.release(begun)
    assert list(ledger.claims(ALICE, ALL_DAY)) == []
    assert await ledger.booking(wanted.id) is None
    await ledger.begin(begun, [claim(wanted)])


async def test_a_released_reschedule_keeps_the_old_time(ledger: Ledger) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    after = moved(before, "11:00-11:30")
    begun = intent(after, Action.RESCHEDULE)
    await ledger.begin(begun, [claim(after)])
    await ledger.release(begun)
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(before)]


async def test_a_settled_intent_cannot_be_released(ledger: Ledger) -> None:
    wanted = await book(ledger, booking("10:00-10:30"), key="nonce")
    await ledger.release(intent(wanted, key="nonce"))
    assert list(ledger.claims(ALICE, ALL_DAY)) == [claim(wanted)]
    assert await ledger.booking_by_key("nonce") == wanted.id


async def test_settling_twice_does_it_once(ledger: Ledger) -> None:
    wanted = await book(ledger, booking("10:00-10:30"))
    await ledger.settle(intent(wanted))
    assert len(await ledger.trail(wanted.id)) == 1
    assert len(await ledger.mails()) == 2


async def test_a_key_is_one_persons(ledger: Ledger) -> None:
    """S2.50"""
    made = booking()
    first, joined = intent(made, key="first"), replace(made, revision=1)
    await ledger.begin(first, [claim(made)])
    await ledger.settle(first)
    second = intent(joined, Action.JOIN, key="second")
    second = replace(second, settlement=replace(second.settlement, person=2))
    await ledger.begin(second, [claim(joined)])
    assert [await ledger.person_by_key(key) for key in ("first", "second", "third")] == [1, 2, 1]
    await ledger.release(second)
    assert await ledger.booking_by_key("second") is None
