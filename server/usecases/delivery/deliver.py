"""Carry one queued mail or text message as far as it goes now: sent, given up, or postponed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.reminders import Channel
from server.ports import InviteLetter, Letter, MailError, MailState, Ports, QueuedMail, Stationery, TextError
from server.usecases.delivery.backoff import delay_s, is_last
from server.usecases.delivery.bounce import envelope_sender
from server.usecases.delivery.gather import gather
from server.usecases.delivery.invite import compose_invite, gather_invite
from server.usecases.delivery.message import Message, compose
from server.usecases.delivery.unsent import NotNow, Over

BATCH_MAX = 50
NO_WAY_OUT = {Channel.MAIL: "no SMTP", Channel.SMS: "no SMS"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt; QUEUED means that there will be another. `error` is a short code and no text."""

    mail: QueuedMail
    state: MailState
    error: str | None = None


async def due(ports: Ports, now: datetime) -> Sequence[QueuedMail]:
    """Return the mails to try now, oldest first, at most BATCH_MAX."""
    return await ports.ledger.due_mails(int(now.timestamp()), BATCH_MAX)


async def deliver(ports: Ports, stationery: Stationery, mail: QueuedMail, now: datetime) -> Outcome:
    """Try to send `mail` and record what came of it; without a way out it waits to be sent by hand (S1.54)."""
    letter = await (
        gather(ports, mail, int(now.timestamp()))
        if mail.invite is None
        else gather_invite(ports, mail, mail.invite, now)
    )
    if isinstance(letter, Over):
        return await _finish(ports, mail, letter.state, now, letter.error)
    way_out = ports.texter if mail.channel is Channel.SMS else ports.mailer
    if not way_out.is_configured:
        return await _finish(ports, mail, MailState.NOT_SENT, now, NO_WAY_OUT[mail.channel])
    if isinstance(letter, NotNow):
        return await postpone(ports, mail, now, letter.error)
    try:
        await _send(ports, stationery, mail, letter)
    except (MailError, TextError) as error:
        if error.permanent:
            return await _finish(ports, mail, MailState.FAILED, now, error.code)
        return await postpone(ports, mail, now, error.code)
    return await _finish(ports, mail, MailState.SENT, now)


async def _send(
    ports: Ports, stationery: Stationery, mail: QueuedMail, letter: Letter | InviteLetter
) -> None:
    if isinstance(letter, InviteLetter):
        invitation = compose_invite(letter, stationery.write_invite(letter), ports.site)
        await _hand_over(ports, mail, invitation)
        return
    if mail.channel is Channel.SMS:
        if letter.attendee is None or not letter.attendee.phone:
            raise TextError("no number", permanent=True)
        await ports.texter.send(letter.attendee.phone, stationery.text(letter), f"{mail.booking}-{mail.id}")
        return
    # Milliseconds of computing, and nobody waits for a mail as a guest waits for a page.
    message = await ports.tasks.compute(lambda: compose(letter, stationery.write(letter), ports.site))
    await _hand_over(ports, mail, message)


async def _hand_over(ports: Ports, mail: QueuedMail, message: Message) -> None:
    """Send a message that comes back, if it does, to an address of its own."""
    sender = envelope_sender(ports, mail) or message.sender
    await ports.mailer.send(message.content, sender, message.recipient)


async def postpone(ports: Ports, mail: QueuedMail, now: datetime, error: str) -> Outcome:
    """Record a failed attempt and set the time of the next; the last one is final."""
    if is_last(mail):
        return await _finish(ports, mail, MailState.FAILED, now, error)
    at = int(now.timestamp())
    await ports.ledger.postpone_mail(mail.id, at + delay_s(mail, at), error)
    return Outcome(mail, MailState.QUEUED, error)


async def send_by_hand(ports: Ports, id_: int, now: datetime) -> bool:
    """Queue a failed or unsent mail again; False, and nothing done, when it left already or its meeting is over."""
    queued = await ports.ledger.requeue_mail(id_, int(now.timestamp()))
    if queued:
        ports.outbox.ring()
    return queued


async def _finish(
    ports: Ports, mail: QueuedMail, state: MailState, now: datetime, error: str | None = None
) -> Outcome:
    await ports.ledger.finish_mail(mail.id, state, int(now.timestamp()), error)
    return Outcome(mail, state, error)
