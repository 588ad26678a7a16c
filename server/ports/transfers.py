"""Objects that enter and leave a calendar in bulk, by an operator's hand, under the rules that hold for calendar clients."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from server.domain.identity import CalendarPath, Uid


class Outcome(StrEnum):
    """What became of an object that was given to a calendar."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The outcome for one object; `reason` says why it was refused."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Some of a calendar's `total` objects, and where to go on; `after` is None behind the last."""

    texts: tuple[str, ...]
    after: str | None
    total: int


class Transfers(Protocol):
    """The way in and out for whole calendars."""

    async def take_in(self, calendar: CalendarPath, uid: Uid, text: str) -> TakenIn:
        """Store `text` as the object with `uid`, as a client's request would be; skip one that says the same already."""
        ...

    async def hand_out(self, calendar: CalendarPath, after: str | None, bytes_max: int) -> HandedOut:
        """Return the objects by UID that follow `after`, up to so many bytes but one at least."""
        ...
