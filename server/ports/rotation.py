"""Whose turn it was: for each event type of a team, when each host's last turn came. Counted, not timed; no text, no address."""

from dataclasses import dataclass
from typing import Protocol

from server.domain.hosts import Cursor, Wheel
from server.domain.identity import EventTypeId


class TurnMoved(Exception):
    """Another turn was taken since this one was decided on; nothing was written."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The next turn of an event type, and where it leaves the host who takes it."""

    event_type: EventTypeId
    cursor: Cursor


class Rotations(Protocol):
    """The part of the ledger that knows whose turn it was.

    A turn is taken with the claim, by `begin`. `release` gives it back, and nobody's later turn is touched by that.
    """

    async def wheel(self, event_type: EventTypeId) -> Wheel:
        """Return the present cursors of an event type, those of turns that are not settled yet included."""
        ...

    async def forget_turns(self, event_type: EventTypeId) -> None:
        """Forget the turns of an event type that is gone."""
        ...
