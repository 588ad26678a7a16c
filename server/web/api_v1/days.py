"""Days and instants in a query: dates are whole days of a zone, instants are exact (C34)."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WRONG = "must be a date (2026-03-02) or an instant with an offset (2026-03-02T09:00:00Z)"


@lru_cache(maxsize=1_024)
def instant(text: str, zone: ZoneInfo, days: int) -> int:
    """Return the beginning of a date, `days` later, or an instant as it is, in epoch seconds.

    Raises ValueError or OverflowError for a text that is neither. A `+` that came as a blank is taken for what it was.
    """
    if len(text) == len("2026-03-02"):
        day = date.fromisoformat(text) + timedelta(days=days)
        return int(datetime.combine(day, time(), zone).timestamp())
    found = datetime.fromisoformat(text.replace(" ", "+"))
    if found.tzinfo is None:
        raise ValueError(text)
    return int(found.timestamp())
