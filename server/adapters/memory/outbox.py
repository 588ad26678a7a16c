"""The outbox in memory."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.identity import BookingId
from server.ports import MailState, QueuedMail, Settlement

KEPT_S = 90 * 86_400
ATTEMPTED = frozenset({MailState.SENT, MailState.FAILED})


class MemoryOutbox:
    """Mails by id, in the order they were queued."""

    def __init__(self) -> None:
        self._mails: dict[int, QueuedMail] = {}
        self._last_id = 0

    def queue(self, done: Settlement) -> None:
        """Queue the mails of a settlement."""
        for kind, recipient in done.mails:
            self._last_id += 1
            self._mails[self._last_id] = QueuedMail(
                id=self._last_id,
                booking=done.booking,
                revision=done.revision,
                kind=kind,
                recipient=recipient,
                state=MailState.QUEUED,
                attempts=0,
                due_at=done.at,
                expires_at=done.ends,
            )

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
        if mail is None or mail.state not in {MailState.FAILED, MailState.NOT_SENT} or mail.expires_at <= now:
            return False
        self._mails[id_] = replace(
            mail, state=MailState.QUEUED, attempts=0, due_at=now, error=None, finished_at=None
        )
        return True

    def prune(self, now: int) -> None:
        """Forget mails that were finished long ago."""
        for mail in list(self._mails.values()):
            if mail.finished_at is not None and mail.finished_at < now - KEPT_S:
                del self._mails[mail.id]
