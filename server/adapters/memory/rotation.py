"""Turns in memory."""

from collections.abc import Callable
from dataclasses import replace

from server.domain.hosts import Cursor, Wheel
from server.domain.identity import EventTypeId
from server.ports import Intent, Turn, TurnMoved


class MemoryRotations:
    """Each turn with the intent that took it; `is_open` tells whether that may still be released."""

    def __init__(self, is_open: Callable[[str], bool]) -> None:
        self._is_open = is_open
        self._turns: dict[EventTypeId, list[tuple[Cursor, str]]] = {}

    async def wheel(self, event_type: EventTypeId) -> Wheel:
        """Return the present cursors of an event type."""
        last = {cursor.home: cursor for cursor, _ in self._turns.get(event_type, [])}
        return Wheel(tuple(last[home] for home in sorted(last)))

    async def forget_turns(self, event_type: EventTypeId) -> None:
        """Forget the turns of an event type that is gone."""
        self._turns.pop(event_type, None)

    def demand_next(self, turn: Turn) -> None:
        """Raise TurnMoved when a turn is not the next one any more."""
        taken = self._turns.get(turn.event_type)
        if turn.cursor.turn != 1 + (taken[-1][0].turn if taken else 0):
            raise TurnMoved

    def take(self, turn: Turn, intent: Intent) -> None:
        """Take a turn that is the next one."""
        self._turns.setdefault(turn.event_type, []).append((turn.cursor, intent.id))

    def keep(self, intent: Intent) -> None:
        """Forget the turns before the one that a settled change took, but not those that may still be given back."""
        taken = self._turns.get(intent.settlement.event_type, [])
        kept = {cursor.home: cursor.turn for cursor, by in taken if by == intent.id}
        taken[:] = [
            (cursor, by)
            for cursor, by in taken
            if cursor.turn >= kept.get(cursor.home, 0) or self._is_open(by)
        ]

    def give_back(self, intent: Intent) -> None:
        """Undo the turn that a change took which never came to be."""
        taken = self._turns.get(intent.settlement.event_type, [])
        for undone in [cursor for cursor, by in taken if by == intent.id]:
            taken[:] = [
                (replace(cursor, mileage=cursor.mileage - undone.cost), by)
                if cursor.home == undone.home and cursor.turn > undone.turn
                else (cursor, by)
                for cursor, by in taken
                if cursor != undone
            ]
