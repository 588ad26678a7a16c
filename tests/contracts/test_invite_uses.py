"""What every ledger promises of the uses of invites and their mails."""

import asyncio
from dataclasses import replace

import pytest

from server.domain.booking import Action, Booking
from server.domain.invites import InviteUse
from server.ports import Intent, Ledger, MailKind, MailState, Taken, UsedUp
from tests.builders import NOW, booking, booking_id, claim, intent, invite
from tests.contracts.ledger_steps import cancel, moved

ONCE = InviteUse(invite().id, 1)
TWICE = InviteUse(invite().id, 2)
AT = int(NOW.timestamp())


async def begin(ledger: Ledger, hour: int, use: InviteUse) -> None:
    wanted = booking(f"{hour}:00-{hour}:30", number=hour)
    await ledger.begin(intent(wanted), [claim(wanted)], use)


async def test_a_use_is_taken_with_the_claim_and_names_its_booking(ledger: Ledger) -> None:
    await begin(ledger, 10, TWICE)
    await begin(ledger, 11, TWICE)
    assert await ledger.invite_uses([invite().id, invite(2).id]) == {
        invite().id: [booking_id(10), booking_id(11)]
    }


async def test_an_invite_without_a_use_left_makes_no_claim(ledger: Ledger) -> None:
    await begin(ledger, 10, ONCE)
    with pytest.raises(UsedUp):
        await begin(ledger, 11, ONCE)
    assert [one.booking for one in ledger.claims(booking().home, (0, 2**40))] == [booking_id(10)]
    assert len(await ledger.intents(2**40)) == 1
    await begin(ledger, 11, InviteUse(invite(2).id, 1))


async def test_however_many_come_at_once_no_more_than_its_uses_are_taken(ledger: Ledger) -> None:
    outcomes = await asyncio.gather(
        *(begin(ledger, hour, TWICE) for hour in range(10, 20)), return_exceptions=True
    )
    assert [type(one) for one in outcomes if one is not None] == [UsedUp] * 8
    assert len((await ledger.invite_uses([invite().id]))[invite().id]) == 2


async def test_a_booking_that_never_came_to_be_gives_its_use_back(ledger: Ledger) -> None:
    wanted = booking()
    await ledger.begin(intent(wanted), [claim(wanted)], ONCE)
    await ledger.release(intent(wanted))
    assert await ledger.invite_uses([invite().id]) == {}
    await begin(ledger, 11, ONCE)


async def test_a_refused_claim_takes_no_use(ledger: Ledger) -> None:
    await begin(ledger, 10, InviteUse(invite(2).id, 1))
    other = booking("10:15-10:45", number=2)
    with pytest.raises(Taken):
        await ledger.begin(intent(other), [claim(other)], ONCE)
    assert await ledger.invite_uses([invite().id]) == {}


async def test_neither_a_cancellation_nor_a_move_that_failed_gives_a_use_back(ledger: Ledger) -> None:
    wanted = booking()
    await ledger.begin(intent(wanted), [claim(wanted)], ONCE)
    await ledger.settle(intent(wanted))
    after = moved(wanted, "11:00-11:30")
    await ledger.begin(intent(after, Action.RESCHEDULE), [claim(after)])
    await ledger.release(intent(after, Action.RESCHEDULE))
    await cancel(ledger, wanted)
    with pytest.raises(UsedUp):
        await begin(ledger, 12, ONCE)


async def test_uses_of_invites_that_are_gone_are_forgotten(ledger: Ledger) -> None:
    await begin(ledger, 10, ONCE)
    await begin(ledger, 11, InviteUse(invite(2).id, 1))
    await ledger.forget_invites([invite().id])
    assert list(await ledger.invite_uses([invite().id, invite(2).id])) == [invite(2).id]


async def test_an_invites_mail_waits_in_the_outbox_until_the_invite_expires(ledger: Ledger) -> None:
    """S1.62."""
    one = replace(invite(), generation=3)
    await ledger.queue_invites([one, invite(2)], AT)
    mail, other = await ledger.due_mails(AT, 10)
    assert (mail.invite, mail.booking, mail.revision, mail.kind) == (one.id, "", 3, MailKind.INVITE)
    assert (mail.state, mail.due_at, mail.expires_at) == (
        MailState.QUEUED,
        AT,
        int(one.expires_at.timestamp()),
    )
    assert other.invite == invite(2).id


async def test_each_who_joins_by_an_invite_takes_a_use_of_their_own(ledger: Ledger) -> None:
    """S2.50"""
    made = booking()
    first = intent(made)
    await ledger.begin(first, [claim(made)], TWICE)
    await ledger.settle(first)
    joins = [_joining(made, person) for person in (2, 3)]
    await ledger.begin(joins[0], [], TWICE)
    assert len((await ledger.invite_uses([invite().id]))[invite().id]) == 2
    await ledger.release(joins[0])
    assert len((await ledger.invite_uses([invite().id]))[invite().id]) == 1
    await ledger.begin(joins[1], [], TWICE)
    await ledger.settle(joins[1])
    with pytest.raises(UsedUp):
        await ledger.begin(_joining(made, 4, revision=2), [], TWICE)


def _joining(made: Booking, person: int, revision: int = 1) -> Intent:
    joining = intent(replace(made, revision=revision), Action.JOIN)
    return replace(joining, settlement=replace(joining.settlement, person=person))
