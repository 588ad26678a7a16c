"""What every ledger promises of mails."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.ports import Ledger, MailKind, MailState, QueuedMail
from tests.builders import NOW, booking
from tests.contracts.ledger_steps import book

AT = int(NOW.timestamp())


async def queued(ledger: Ledger) -> QueuedMail:
    await book(ledger, booking("10:00-10:30"))
    return (await ledger.mails())[0]


async def only(ledger: Ledger, id_: int) -> QueuedMail:
    return next(mail for mail in await ledger.mails() if mail.id == id_)


async def test_settling_queues_one_mail_for_each_recipient_until_the_meeting_ends(ledger: Ledger) -> None:
    wanted = await book(ledger, booking("10:00-10:30"))
    mails = await ledger.mails(booking=wanted.id)
    assert [(mail.kind, mail.recipient, mail.revision) for mail in mails] == [
        (MailKind.CONFIRMED, 1, 0),
        (MailKind.CONFIRMED, 0, 0),
    ]
    assert {(mail.state, mail.attempts, mail.due_at, mail.expires_at) for mail in mails} == {
        (MailState.QUEUED, 0, int(NOW.timestamp()), wanted.span[1])
    }


async def test_a_mail_is_due_from_its_instant_on(ledger: Ledger) -> None:
    mail = await queued(ledger)
    assert list(await ledger.due_mails(mail.due_at - 1, 10)) == []
    assert len(await ledger.due_mails(mail.due_at, 10)) == 2
    assert len(await ledger.due_mails(mail.due_at, 1)) == 1


async def test_due_mails_come_oldest_first(ledger: Ledger) -> None:
    mail = await queued(ledger)
    await ledger.postpone_mail(mail.id, mail.due_at + 60, "451")
    assert [one.recipient for one in await ledger.due_mails(mail.due_at + 60, 10)] == [0, 1]


async def test_a_postponed_mail_counts_the_attempt_and_its_error(ledger: Ledger) -> None:
    mail = await queued(ledger)
    await ledger.postpone_mail(mail.id, mail.due_at + 60, "451")
    expected = replace(mail, attempts=1, due_at=mail.due_at + 60, error="451")
    assert await only(ledger, mail.id) == expected


async def test_a_sent_mail_is_finished_and_no_longer_due(ledger: Ledger) -> None:
    mail = await queued(ledger)
    await ledger.finish_mail(mail.id, MailState.SENT, mail.due_at + 1)
    assert [one.recipient for one in await ledger.due_mails(mail.due_at + 1, 10)] == [0]
    assert await only(ledger, mail.id) == replace(
        mail, state=MailState.SENT, attempts=1, finished_at=mail.due_at + 1
    )


async def test_a_mail_that_was_not_tried_has_no_attempt(ledger: Ledger) -> None:
    mail = await queued(ledger)
    await ledger.finish_mail(mail.id, MailState.NOT_SENT, mail.due_at, "no SMTP")
    finished = await only(ledger, mail.id)
    assert (finished.state, finished.attempts, finished.error) == (MailState.NOT_SENT, 0, "no SMTP")


async def test_mails_are_listed_by_booking_and_state(ledger: Ledger) -> None:
    mail = await queued(ledger)
    await book(ledger, booking("11:00-11:30", number=2))
    await ledger.finish_mail(mail.id, MailState.FAILED, mail.due_at, "550")
    assert [one.id for one in await ledger.mails(state=MailState.FAILED)] == [mail.id]
    assert len(await ledger.mails(booking=mail.booking)) == 2
    assert len(await ledger.mails(booking=mail.booking, state=MailState.QUEUED)) == 1
    assert len(await ledger.mails()) == 4


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.NOT_SENT])
async def test_an_unsent_mail_can_be_queued_again_by_hand(ledger: Ledger, state: MailState) -> None:
    """S1.54."""
    mail = await queued(ledger)
    await ledger.finish_mail(mail.id, state, mail.due_at, "550")
    assert await ledger.requeue_mail(mail.id, mail.due_at + 5)
    assert await only(ledger, mail.id) == replace(mail, due_at=mail.due_at + 5)


async def test_no_mail_is_queued_again_after_its_meeting(ledger: Ledger) -> None:
    """S1.54."""
    mail = await queued(ledger)
    await ledger.finish_mail(mail.id, MailState.FAILED, mail.due_at, "550")
    assert not await ledger.requeue_mail(mail.id, mail.expires_at)
    assert (await only(ledger, mail.id)).state is MailState.FAILED


async def test_a_sent_superseded_or_queued_mail_is_not_queued_again(ledger: Ledger) -> None:
    mail, other = (await queued(ledger), (await ledger.mails())[1])
    await ledger.finish_mail(mail.id, MailState.SENT, mail.due_at)
    assert not await ledger.requeue_mail(mail.id, mail.due_at)
    assert not await ledger.requeue_mail(other.id, mail.due_at)
    await ledger.finish_mail(other.id, MailState.SUPERSEDED, mail.due_at)
    assert not await ledger.requeue_mail(other.id, mail.due_at)
    assert not await ledger.requeue_mail(999, mail.due_at)


async def test_finished_mails_are_forgotten_after_ninety_days_and_queued_ones_never(ledger: Ledger) -> None:
    mail = await queued(ledger)
    finished = NOW + timedelta(minutes=1)
    await ledger.finish_mail(mail.id, MailState.SENT, int(finished.timestamp()))
    await ledger.prune(int((finished + timedelta(days=90)).timestamp()))
    assert len(await ledger.mails()) == 2
    await ledger.prune(int((finished + timedelta(days=90, seconds=1)).timestamp()))
    assert [one.recipient for one in await ledger.mails()] == [0]


async def test_only_a_mail_that_was_sent_comes_back_and_only_once(ledger: Ledger) -> None:
    await book(ledger, booking("10:00-10:30"))
    sent, queued = await ledger.mails()
    await ledger.finish_mail(sent.id, MailState.SENT, AT)
    assert [await ledger.bounce_mail(id_, AT + 5, "5.1.1") for id_ in (sent.id, sent.id, queued.id, 999)] == [
        True,
        False,
        False,
        False,
    ]
    found = await ledger.mail(sent.id)
    assert found is not None
    assert (found.state, found.error, found.attempts, found.finished_at) == (
        MailState.BOUNCED,
        "5.1.1",
        1,
        AT + 5,
    )
    assert await ledger.mail(999) is None
    assert await ledger.requeue_mail(sent.id, AT + 10)
