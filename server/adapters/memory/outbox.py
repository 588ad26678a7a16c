"""The outbox in memory."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.identity import BookingId
from server.domain.invites import Invite
from server.ports import MailKind, MailState, QueuedMail, Settlement, TimedMail, Timetable

KEPT_S = 90 * 86_400
UNTOLD = frozenset({MailState.SUPERSEDED, MailState.EXPIRED})
ATTEMPTED = frozenset({MailState.SENT, MailState.FAILED})
UNSENT = frozenset({MailState.FAILED, MailState.NOT_SENT, MailState.BOUNCED})


class MemoryOutbox:
    """Mails by id, in the order they were queued."""

    def __init__(self) -> None:
        self._mails: dict[int, QueuedMail] = {}
        self._last_id = 0

    def queue(self, done: Settlement) -> None:
        """Queue the mails of a settlement."""
        for kind, recipient in done.mails:
            self.add(done.booking, done.revision, kind, recipient, due_at=done.at, expires_at=done.ends)
        self.follow(
            done.booking, done.revision, Timetable(done.at, done.starts, done.ends, done.timed, done.meetings)
        )

    def follow(self, booking: BookingId, revision: int, timetable: Timetable) -> None:
        """Supersede what waits for another start; queue what is wanted anew and still to come."""
        known = set()
        wanted = {(one, starts) for starts in timetable.all_starts for one in timetable.timed}
        for mail in [
            one for one in self._mails.values() if one.booking == booking and one.offset_min is not None
        ]:
            fits = (_what(mail), mail.expires_at) in wanted
            if mail.state is MailState.QUEUED:
                change = (
                    replace(mail, revision=revision)
                    if fits
                    else replace(mail, state=MailState.SUPERSEDED, error=None, finished_at=timetable.at)
                )
                self._mails[mail.id] = change
            if fits and mail.state not in UNTOLD:
                known.add((_what(mail), mail.expires_at))
        for one, starts in ((one, starts) for starts in timetable.all_starts for one in timetable.timed):
            due_at = starts - one.offset_min * 60
            if (one, starts) not in known and due_at > timetable.at:
                id_ = self.add(booking, revision, one.kind, one.recipient, due_at=due_at, expires_at=starts)
                self._mails[id_] = replace(self._mails[id_], channel=one.channel, offset_min=one.offset_min)

    async def due_mails(self, now: int, limit: int) -> Sequence[QueuedMail]:
        """Return queued mails that are due, oldest first."""
        due = [m for m in self._mails.values() if m.state is MailState.QUEUED and m.due_at <= now]
        return sorted(due, key=lambda mail: (mail.due_at, mail.id))[:limit]

    async def mails(
        self, *, booking: BookingId | None = None, state: MailState | None = None
    ) -> Sequence[QueuedMail]:
        """Return mails, finished ones included, oldest first."""
        return [
            mail
            for mail in self._mails.values()
            if (booking is None or mail.booking == booking) and (state is None or mail.state is state)
        ]

    async def finish_mail(self, id_: int, state: MailState, now: int, error: str | None = None) -> None:
        """Record what became of a mail."""
        if mail := self._mails.get(id_):
            attempts = mail.attempts + (state in ATTEMPTED)
            self._mails[id_] = replace(mail, state=state, attempts=attempts, error=error, finished_at=now)

    async def postpone_mail(self, id_: int, due_at: int, error: str) -> None:
        """Record a failed attempt and when the next one is due."""
        if mail := self._mails.get(id_):
            self._mails[id_] = replace(mail, attempts=mail.attempts + 1, due_at=due_at, error=error)

    async def requeue_mail(self, id_: int, now: int) -> bool:
        """Queue a failed or unsent mail again, unless it has expired."""
        mail = self._mails.get(id_)
        if mail is None or mail.state not in UNSENT or mail.expires_at <= now:
            return False
        self._mails[id_] = replace(
            mail, state=MailState.QUEUED, attempts=0, due_at=now, error=None, finished_at=None
        )
        return True

    async def mail(self, id_: int) -> QueuedMail | None:
        """Return one mail."""
        return self._mails.get(id_)

    async def bounce_mail(self, id_: int, now: int, error: str) -> bool:
        """Record that a mail which was sent came back."""
        mail = self._mails.get(id_)
        if mail is None or mail.state is not MailState.SENT:
            return False
        self._mails[id_] = replace(mail, state=MailState.BOUNCED, error=error, finished_at=now)
        return True

    def add(
        self,
        booking: BookingId,
        revision: int,
        kind: MailKind,
        recipient: int,
        *,
        due_at: int,
        expires_at: int,
    ) -> int:
        """Queue one mail and return its id."""
        self._last_id += 1
        self._mails[self._last_id] = QueuedMail(
            id=self._last_id,
            booking=booking,
            revision=revision,
            kind=kind,
            recipient=recipient,
            state=MailState.QUEUED,
            attempts=0,
            due_at=due_at,
            expires_at=expires_at,
        )
        return self._last_id

    def queue_invite(self, invite: Invite, now: int) -> None:
        """Queue the mail of an invite."""
        expires_at = int(invite.expires_at.timestamp())
        id_ = self.add(
            BookingId(""), invite.generation, MailKind.INVITE, 1, due_at=now, expires_at=expires_at
        )
        self._mails[id_] = replace(self._mails[id_], invite=invite.id)

    def prune(self, now: int) -> None:
        """Forget mails that were finished long ago; let wait again what expired before its time."""
        for mail in list(self._mails.values()):
            if mail.state is MailState.EXPIRED and mail.offset_min is not None and mail.expires_at > now:
                self._mails[mail.id] = replace(mail, state=MailState.QUEUED, error=None, finished_at=None)
                continue
            if mail.finished_at is not None and mail.finished_at < now - KEPT_S:
                del self._mails[mail.id]


def _what(mail: QueuedMail) -> TimedMail:
    return TimedMail(mail.kind, mail.recipient, mail.channel, mail.offset_min or 0)
