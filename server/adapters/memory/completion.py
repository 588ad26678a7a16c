"""Meetings that have taken their time, in memory."""

from collections.abc import Callable, Sequence

from server.domain.booking import Action, Actor, Status
from server.domain.happenings import Happening
from server.domain.identity import BookingId
from server.ports import AuditEntry, BookingRecord


class MemoryCompletion:
    """Ends by booking; `settled` returns the record of a booking that is not being changed, `add` writes to its trail."""

    def __init__(
        self, settled: Callable[[BookingId], BookingRecord | None], add: Callable[[AuditEntry], None]
    ) -> None:
        self._settled = settled
        self._add = add
        self._ends: dict[BookingId, int] = {}
        self._complete: set[BookingId] = set()

    def ends(self, id_: BookingId, at: int | None) -> None:
        """Note when a meeting ends; None: it stands in no calendar."""
        self._ends.pop(id_, None)
        if at is not None:
            self._ends[id_] = at

    async def ended(self, now: int) -> Sequence[BookingId]:
        """Return the confirmed bookings that have ended and are not yet recorded as complete, by their end."""
        found = [
            (at, record.number, id_)
            for id_, at in self._ends.items()
            if at <= now and id_ not in self._complete
            if (record := self._settled(id_)) is not None and record.status is Status.CONFIRMED
        ]
        return [id_ for _, _, id_ in sorted(found)]

    async def complete(self, id_: BookingId, revision: int, at: int) -> bool:
        """Record that a meeting has taken its time; False, and nothing done, when that is known or not so."""
        record = self._settled(id_)
        if record is None or (record.status, record.revision) != (Status.CONFIRMED, revision):
            return False
        if id_ in self._complete:
            return False
        self._complete.add(id_)
        told = (Happening.COMPLETED,)
        self._add(
            AuditEntry(id_, revision, Action.COMPLETE, Actor.SYSTEM, at, happenings=told, home=record.home)
        )
        return True
