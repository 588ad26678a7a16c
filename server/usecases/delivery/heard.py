"""What somebody was last told of a booking: who knows it can be told of a difference alone."""

from server.domain.booking import Booking
from server.domain.reminders import Channel
from server.ports import BookingRecord, MailState, Ports, QueuedMail
from server.usecases.booking import revisions
from server.usecases.delivery.message import PLAIN


async def last_heard(ports: Ports, mail: QueuedMail, record: BookingRecord) -> Booking | None:
    """Return the booking at the revision that the reader of `mail` was last sent a calendar object of; None if never.

    That need not be the revision before: a mail that waited until a later change is not sent any more.
    """
    told = [
        one.revision
        for one in await ports.ledger.mails(booking=mail.booking)
        if (one.recipient, one.state, one.channel) == (mail.recipient, MailState.SENT, Channel.MAIL)
        and one.revision < mail.revision
        and one.kind not in PLAIN
    ]
    return await revisions.at(ports, record, max(told)) if told else None
