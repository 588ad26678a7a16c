"""What somebody is told for whom the meeting is over, while it goes on for others: about the meeting as it was with them.

That stands in the history, so it can be told whatever became of the booking since.
"""

from dataclasses import replace

from server.domain.booking import Booking
from server.domain.companions import as_seen_by
from server.domain.seats import person_of
from server.ports import BookingRecord, Letter, MailKind, MailState, Ports, QueuedMail
from server.usecases.booking import revisions
from server.usecases.delivery.happened import actor_of, changed_at, handed
from server.usecases.delivery.unsent import Over

TO_GUESTS = frozenset({MailKind.REMOVED, MailKind.SEAT_LAPSED})
KINDS = TO_GUESTS | {MailKind.UNASSIGNED}


async def gather(ports: Ports, mail: QueuedMail, record: BookingRecord, now: int) -> Letter | Over:
    """Return what `mail`, one of KINDS, says, or why it says nothing."""
    before = await revisions.at(ports, record, mail.revision - 1)
    if before is None:
        return Over(MailState.FAILED, "no such recipient")
    changed = await changed_at(ports, mail, now)
    known = replace(before, sequence=record.sent_sequence, changed_at=changed, reason="")
    if mail.kind in TO_GUESTS:
        return await _to_guest(ports, mail, known, now)
    if record.home == before.home:
        return Over(MailState.SUPERSEDED)  # the meeting is theirs again
    after = await revisions.at(ports, record, mail.revision)
    return await _to_host(ports, mail, replace(known, reason="" if after is None else after.reason), now)


async def _to_guest(ports: Ports, mail: QueuedMail, known: Booking, now: int) -> Letter | Over:
    """Return what a guest is told who was taken off the booking, or has let a seat pass."""
    host = ports.homes.host(known.home)
    attendee = person_of(known, mail.recipient)
    if host is None or attendee is None:
        return Over(MailState.FAILED, "no such recipient")
    if mail.expires_at <= now:
        return Over(MailState.EXPIRED)
    return Letter(
        kind=mail.kind,
        booking=as_seen_by(known, mail.recipient),
        host=host,
        attendee=attendee,
        actor=await actor_of(ports, mail),
        may_book_again=False,
        revision=mail.revision,
    )


async def _to_host(ports: Ports, mail: QueuedMail, known: Booking, now: int) -> Letter | Over:
    """Return what a host is told whose meeting another one took over."""
    host = ports.homes.host(known.home)
    if host is None:
        return Over(MailState.FAILED, "no such host")
    if mail.expires_at <= now:
        return Over(MailState.EXPIRED)
    return Letter(
        kind=mail.kind,
        booking=known,
        host=host,
        attendee=None,
        actor=await actor_of(ports, mail),
        revision=mail.revision,
        handed=await handed(ports, mail),
    )
