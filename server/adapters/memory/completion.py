"""Meetings that have taken their time, in memory."""

from collections.abc import Callable, Mapping, Sequence

from server.domain.booking import Action, Actor, Status
from server.domain.happenings import Happening
from server.domain.identity import BookingId
from server.ports import AuditEntry, BookingRecord, Meeting


class MemoryCompletion:
    """Ends by booking; `settled` returns the record of a booking that is not being changed, `add` writes to its trail."""

    def __init__(
        self, settled: Callable[[BookingId], BookingRecord | None], add: Callable[[AuditEntry], None]
    ) -> None:
        self._settled = settled
        self._add = add
        self._ends: dict[BookingId, int] = {}
        self._complete: set[BookingId] = set()
        self._meetings: dict[BookingId, Mapping[int, int]] = {}
        self._complete_meetings: set[tuple[BookingId, int]] = set()

    def ends(self, id_: BookingId, at: int | None, meetings: Sequence[Meeting] | None) -> None:
        """Note when a meeting, or each of a series, ends; None: it stands in no calendar."""
        self._ends.pop(id_, None)
        self._meetings[id_] = {one.original: one.ends for one in meetings or ()}
        if at is not None and meetings is None:
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

    async def ended_meetings(self, now: int) -> Sequence[tuple[BookingId, int]]:
        """Return what has ended of confirmed series and is not yet recorded: booking and original start of each meeting."""
        found = [
            (ends, record.number, original, id_)
            for id_, meetings in self._meetings.items()
            for original, ends in meetings.items()
            if ends <= now and (id_, original) not in self._complete_meetings
            if (record := self._settled(id_)) is not None and record.status is Status.CONFIRMED
        ]
        return [(id_, original) for _, _, original, id_ in sorted(found)]

    async def complete_meeting(self, id_: BookingId, original: int, revision: int, at: int) -> bool:
        """Record that a meeting of a series has taken its time; False, and nothing done, when that is known or not so."""
        record = self._settled(id_)
        if record is None or (record.status, record.revision) != (Status.CONFIRMED, revision):
            return False
        if original not in self._meetings.get(id_, {}) or (id_, original) in self._complete_meetings:
            return False
        self._complete_meetings.add((id_, original))
        self._tell(record, at, original)
        return True

    async def complete(self, id_: BookingId, revision: int, at: int) -> bool:
        """Record that a meeting has taken its time; False, and nothing done, when that is known or not so."""
        record = self._settled(id_)
        if record is None or (record.status, record.revision) != (Status.CONFIRMED, revision):
            return False
        if id_ in self._complete:
            return False
        self._complete.add(id_)
        self._tell(record, at, None)
        return True

    def _tell(self, record: BookingRecord, at: int, concerns: int | None) -> None:
        entry = AuditEntry(
            record.id,
            record.revision,
            Action.COMPLETE,
            Actor.SYSTEM,
            at,
            happenings=(Happening.COMPLETED,),
            home=record.home,
            concerns=concerns,
        )
        self._add(entry)
