"""What every ledger promises of messages that leave a while before a meeting."""

from dataclasses import replace

from server.domain.booking import Action, Booking
from server.domain.identity import Etag, Href
from server.domain.reminders import Channel
from server.ports import Intent, Ledger, MailKind, MailState, QueuedMail, TimedMail, Timetable
from tests.builders import NOW, booking, epoch, intent
from tests.contracts.ledger_steps import cancelled, moved, seen

AT = int(NOW.timestamp())
HOUR = TimedMail(MailKind.REMINDER, 1, Channel.MAIL, 60)
DAY_BEFORE = TimedMail(MailKind.REMINDER, 1, Channel.MAIL, 1440)
BY_SMS = TimedMail(MailKind.REMINDER, 1, Channel.SMS, 30)
HOSTS = TimedMail(MailKind.REMINDER, 0, Channel.MAIL, 60)


async def settle(
    ledger: Ledger, after: Booking, *timed: TimedMail, action: Action = Action.CREATE
) -> Booking:
    begun = timed_intent(after, action, timed)
    await ledger.begin(begun, [])
    await ledger.settle(begun)
    return after


def timed_intent(after: Booking, action: Action, timed: tuple[TimedMail, ...]) -> Intent:
    begun = intent(after, action, mails=())
    return replace(begun, settlement=replace(begun.settlement, starts=after.span[0], timed=timed))


def timetable(one: Booking, *timed: TimedMail, at: int = AT) -> Timetable:
    return Timetable(at, *one.span, timed)


async def follow(ledger: Ledger, one: Booking, when: Timetable | None, etag: str = "dragged") -> None:
    record = await seen(ledger, one)
    place = (record.calendar, Href(f"{one.uid}.ics"), Etag(f'"{etag}"'))
    assert await ledger.follow(record, place=place, claims=[], missing_since=None, timetable=when)


async def waiting(ledger: Ledger) -> list[QueuedMail]:
    return list(await ledger.mails(state=MailState.QUEUED))


def offsets(mails: list[QueuedMail]) -> list[int | None]:
    return sorted((mail.offset_min for mail in mails), key=lambda minutes: minutes or 0)


async def test_a_timed_message_is_due_so_long_before_the_start_and_expires_there(ledger: Ledger) -> None:
    one = await settle(ledger, booking("10:00-10:30"), HOUR, BY_SMS)
    mails = await waiting(ledger)
    assert [(mail.kind, mail.recipient, mail.channel, mail.offset_min) for mail in mails] == [
        (MailKind.REMINDER, 1, Channel.MAIL, 60),
        (MailKind.REMINDER, 1, Channel.SMS, 30),
    ]
    assert [mail.due_at for mail in mails] == [epoch("2026-03-02 09:00"), epoch("2026-03-02 09:30")]
    assert {mail.expires_at for mail in mails} == {one.span[0]}


async def test_what_would_have_left_before_the_booking_was_made_is_not_queued(ledger: Ledger) -> None:
    await settle(ledger, booking("10:00-10:30"), DAY_BEFORE, HOUR)
    assert offsets(await waiting(ledger)) == [60]


async def test_a_new_start_replaces_all_that_waits(ledger: Ledger) -> None:
    """S1.47"""
    before = await settle(ledger, booking("10:00-10:30"), HOUR)
    after = await settle(ledger, moved(before, "15:00-15:30"), HOUR, action=Action.RESCHEDULE)
    (old, new) = await ledger.mails()
    assert (old.state, old.revision) == (MailState.SUPERSEDED, 0)
    assert (new.state, new.revision, new.expires_at) == (MailState.QUEUED, 1, after.span[0])


async def test_a_reminder_that_was_sent_is_due_again_for_a_new_start(ledger: Ledger) -> None:
    """S1.47"""
    before = await settle(ledger, booking("10:00-10:30"), HOUR)
    (mail,) = await waiting(ledger)
    await ledger.finish_mail(mail.id, MailState.SENT, mail.due_at)
    await settle(ledger, moved(before, "15:00-15:30"), HOUR, action=Action.RESCHEDULE)
    assert offsets(await waiting(ledger)) == [60]


async def test_a_change_that_keeps_the_start_keeps_what_waits_and_takes_in_whoever_came(
    ledger: Ledger,
) -> None:
    before = await settle(ledger, booking("10:00-10:30"), HOUR)
    (mail,) = await waiting(ledger)
    await ledger.postpone_mail(mail.id, mail.due_at + 60, "451")
    after = replace(before, revision=1)
    friend = replace(HOUR, recipient=2)
    await settle(ledger, after, HOUR, friend, action=Action.RESCHEDULE)
    kept, new = await waiting(ledger)
    assert kept == replace(mail, revision=1, attempts=1, due_at=mail.due_at + 60, error="451")
    assert (new.recipient, new.revision) == (2, 1)


async def test_what_has_left_does_not_leave_again_when_the_start_stays(ledger: Ledger) -> None:
    before = await settle(ledger, booking("10:00-10:30"), HOUR)
    (mail,) = await waiting(ledger)
    await ledger.finish_mail(mail.id, MailState.SENT, mail.due_at)
    await settle(ledger, replace(before, revision=1), HOUR, action=Action.RESCHEDULE)
    assert await waiting(ledger) == []


async def test_who_has_left_the_meeting_is_not_reminded(ledger: Ledger) -> None:
    before = await settle(ledger, booking("10:00-10:30"), HOUR, HOSTS)
    await settle(ledger, replace(before, revision=1), HOSTS, action=Action.RESCHEDULE)
    assert [mail.recipient for mail in await waiting(ledger)] == [0]


async def test_the_end_of_a_booking_drops_what_waits(ledger: Ledger) -> None:
    before = await settle(ledger, booking("10:00-10:30"), HOUR)
    await settle(ledger, cancelled(before), action=Action.CANCEL)
    assert [mail.state for mail in await ledger.mails()] == [MailState.SUPERSEDED]


async def test_what_waits_follows_a_meeting_that_a_client_moved(ledger: Ledger) -> None:
    one = await settle(ledger, booking("10:00-10:30"), HOUR)
    dragged = replace(moved(one, "15:00-15:30"), revision=0)
    await follow(ledger, one, timetable(dragged, HOUR))
    (mail,) = await waiting(ledger)
    assert (mail.due_at, mail.expires_at, mail.revision) == (
        epoch("2026-03-02 14:00"),
        dragged.span[0],
        0,
    )


async def test_a_client_that_only_rewords_leaves_what_waits_alone(ledger: Ledger) -> None:
    one = await settle(ledger, booking("10:00-10:30"), HOUR)
    before = await waiting(ledger)
    await follow(ledger, one, timetable(one, HOUR))
    assert await waiting(ledger) == before


async def test_what_waits_stays_when_a_client_removes_the_meeting_and_puts_it_back(ledger: Ledger) -> None:
    one = await settle(ledger, booking("10:00-10:30"), HOUR)
    before = await waiting(ledger)
    assert await ledger.follow(await seen(ledger, one), place=None, claims=[], missing_since=AT)
    assert await waiting(ledger) == before
    await follow(ledger, one, timetable(one, HOUR))
    assert await waiting(ledger) == before


async def test_an_old_reminder_is_no_reason_to_leave_one_out_for_a_start_that_comes_back(
    ledger: Ledger,
) -> None:
    one = await settle(ledger, booking("10:00-10:30"), HOUR)
    there = await settle(ledger, moved(one, "15:00-15:30"), HOUR, action=Action.RESCHEDULE)
    back = await settle(ledger, moved(there, "10:00-10:30"), HOUR, action=Action.RESCHEDULE)
    (mail,) = await waiting(ledger)
    assert (mail.revision, mail.expires_at) == (2, back.span[0])


async def test_what_expired_by_a_clock_that_ran_ahead_waits_again(ledger: Ledger) -> None:
    await settle(ledger, booking("10:00-10:30"), HOUR)
    (mail,) = await waiting(ledger)
    await ledger.finish_mail(mail.id, MailState.EXPIRED, mail.expires_at + 86_400)
    await ledger.prune(mail.expires_at)
    assert await waiting(ledger) == []
    await ledger.prune(mail.expires_at - 1)
    assert await waiting(ledger) == [mail]
