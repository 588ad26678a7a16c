"""What a running server remembers of its jobs, for whoever asks whether they do their work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobRun:
    """The latest turn of a job that has one every `every_s` seconds; `ended_at` is None while it is at work.

    `error` names the fault that ended the turn, None when all was well.
    """

    name: str
    every_s: float
    began_at: datetime
    ended_at: datetime | None = None
    error: str | None = None


class Jobs(Protocol):
    """The latest turn of every job of this process."""

    def note(self, run: JobRun) -> None:
        """Remember a turn in place of the job's one before."""
        ...

    def runs(self) -> Sequence[JobRun]:
        """Return the latest turns, by job; none where no server runs."""
        ...
