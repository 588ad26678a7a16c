"""A crash at any point of asking, approving, keeping, declining or expiring leaves the old state or the new one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from server.domain.booking import Actor, Booking, Status
from server.domain.identity import HISTORY
from server.ports import Ports
from server.usecases.booking import confirm, decline, expire, keep, look, recover, reschedule
from server.usecases.booking.claim import claims_of
from server.usecases.booking.look import Looked
from tests.builders import NOW, at
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import write
from tests.usecases.booking.test_recover import ALICE, ELEVEN, LATER, POINTS, dies, leftovers, texts
from tests.usecases.booking.waits import asked_to_move, live, pending

TEN = at("2026-03-02 10:00")
NOON = at("2026-03-02 12:00")
END = NOW + timedelta(minutes=30)


@dataclass(frozen=True)
class Verb:
    """What is done to a booking that waits; `moved` to one whose guest has asked for eleven o'clock."""

    done: Callable[[Ports, Looked], Awaitable[object]]
    status: Status
    start_after: dict[bool, str]
    is_done_again: bool = False
    for_new: bool = True


VERBS = {
    "ask": Verb(
        lambda p, seen: reschedule.reschedule(p, seen, NOON, Actor.GUEST, NOW),
        Status.PENDING,
        {False: "12:00", True: "12:00"},
    ),
    "confirm": Verb(
        lambda p, seen: confirm.confirm(p, seen, Actor.HOST, NOW),
        Status.CONFIRMED,
        {False: "10:00", True: "11:00"},
    ),
    "keep": Verb(
        lambda p, seen: keep.keep(p, seen, "", Actor.HOST, NOW),
        Status.CONFIRMED,
        {True: "10:00"},
        for_new=False,
    ),
    "decline": Verb(
        lambda p, seen: decline.decline(p, seen, "", Actor.HOST, NOW),
        Status.DECLINED,
        {False: "10:00", True: "11:00"},
        is_done_again=True,
    ),
    "expire": Verb(
        lambda p, _: expire.expire_due(p, END),
        Status.DECLINED,
        {False: "10:00", True: "11:00"},
        is_done_again=True,
    ),
}
CASES = [
    (name, moved, hidden)
    for name, verb in VERBS.items()
    for moved in ((False, True) if verb.for_new else (True,))
    for hidden in (False, True)
]


async def prepared(ports: Ports, wish: Wish, *, moved: bool, hidden: bool) -> Looked:
    make = asked_to_move if moved else pending
    return await make(ports, wish("10:00"), pending_in_calendar=not hidden, confirm_within_min=30)


@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize(("name", "moved", "hidden"), CASES)
async def test_it_has_happened_whole_or_not_at_all(
    ports: Ports, wish: Wish, name: str, moved: bool, hidden: bool, points: int
) -> None:
    verb, before = VERBS[name], await prepared(ports, wish, moved=moved, hidden=hidden)
    mails_before = len(await ports.ledger.mails(booking=before.record.id))
    acknowledged = await dies(ports, points, lambda p: verb.done(p, before))
    was_begun = bool(await ports.ledger.intents(2**40))
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, before.record.id)
    happened = after.record.revision == before.record.revision + 1
    assert happened >= (acknowledged or (was_begun and verb.is_done_again))
    assert after.booking.status is after.record.status
    expected = (
        (verb.status, at(f"2026-03-02 {verb.start_after[moved]}"))
        if happened
        else (
            before.booking.status,
            before.booking.start,
        )
    )
    assert (after.booking.status, after.booking.start) == expected
    assert (len(await ports.ledger.mails(booking=before.record.id)) > mails_before) == happened
    await nothing_is_half_made(ports, after.booking, hidden=hidden)


async def nothing_is_half_made(ports: Ports, booking: Booking, *, hidden: bool) -> None:
    """Hold calendar, history, claims and staged texts to what the booking is."""
    is_live = booking.status is Status.CONFIRMED or (booking.status is Status.PENDING and not hidden)
    assert len(await live(ports)) == is_live
    held = [claim.span for claim in claims_of(booking)]
    claims = ports.ledger.claims(ALICE, (0, 2**40))
    assert [one.span for one in claims] == held
    past = await texts(ports, HISTORY)
    ended_or_hidden = [href for href in past if "-r" not in href.removeprefix(booking.uid)]
    assert len(ended_or_hidden) == (not is_live)
    assert await leftovers(ports) == 0


async def test_a_host_who_wrote_during_the_crash_keeps_the_last_word(ports: Ports, wish: Wish) -> None:
    """Made from what waited, so the approval had not happened: the host's text stays, and it still waits."""
    before = await pending(ports, wish("10:00"))
    assert not await dies(ports, 4, lambda p: confirm.confirm(p, before, Actor.HOST, NOW))
    edited = before.stored.text.replace("SUMMARY:", "SUMMARY:Perhaps: ")
    await write(ports, before.stored.calendar, before.stored.href, edited)
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, before.record.id)
    assert (after.stored.text, after.record.status, after.record.revision) == (edited, Status.PENDING, 0)
    assert await leftovers(ports) == 0


async def test_what_was_approved_out_of_hiding_and_removed_at_once_is_missing_and_not_lost(
    ports: Ports, wish: Wish
) -> None:
    """A crash after the swap, and a host who deletes the event before the next start: it had been confirmed."""
    before = await prepared(ports, wish, moved=False, hidden=True)
    assert not await dies(ports, 5, lambda p: confirm.confirm(p, before, Actor.HOST, NOW))
    (stored,) = await live(ports)
    await write(ports, stored.calendar, stored.href, None)
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, before.record.id)
    assert (after.is_missing, after.record.status) == (True, Status.CONFIRMED)
    assert after.record.missing_since is not None
    assert await leftovers(ports) == 0


async def test_a_host_who_edits_what_a_request_was_hiding_keeps_it_in_the_calendar(
    ports: Ports, wish: Wish
) -> None:
    """The request is released, and what it had put into the history is taken back."""
    before = await prepared(ports, wish, moved=True, hidden=True)
    confirmed = await confirm.confirm(ports, before, Actor.HOST, NOW)
    looked = await look.by_id(ports, confirmed.id)
    past = await texts(ports, HISTORY)
    assert not await dies(ports, 4, lambda p: reschedule.reschedule(p, looked, NOON, Actor.GUEST, NOW))
    edited = looked.stored.text.replace("SUMMARY:", "SUMMARY:Bring the plans! ")
    await write(ports, looked.stored.calendar, looked.stored.href, edited)
    await recover.recover_all(ports, LATER)
    after = await look.by_id(ports, confirmed.id)
    assert (after.stored.text, after.booking.start, await texts(ports, HISTORY)) == (edited, ELEVEN, past)
    assert await leftovers(ports) == 0
