"""A clock that stands until it is moved."""

from datetime import datetime, timedelta


class FixedClock:
    """Shows one aware instant."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the instant the clock shows."""
        return self._now

    def move_to(self, now: datetime) -> None:
        """Show `now` from here on."""
        self._now = now

    def advance(self, **duration: float) -> None:
        """Move on by a `timedelta`, given by its parts: `advance(minutes=5)`."""
        self._now += timedelta(**duration)
