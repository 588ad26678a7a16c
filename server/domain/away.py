"""Ranges of dates on which nobody can book a host, or one event type of theirs: vacations, with a word for guests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.attendees import has_controls
from server.domain.identity import Home, is_home

MESSAGE_MAX = 500
RANGES_MAX = 50
DAYS_MAX = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The dates from `first` to `last`, that one included, in the zone of the hours; `deputy` is who can be booked instead."""

    first: date
    last: date
    message: str = ""
    deputy: Home | None = None

    @property
    def dates(self) -> tuple[date, date]:
        """Return the first and the last date."""
        return self.first, self.last


def upcoming(ranges: Iterable[Away], today: date) -> tuple[Away, ...]:
    """Return the ranges that are not over, by date."""
    return tuple(sorted((one for one in ranges if one.last >= today), key=lambda one: one.dates))


def fault(ranges: Sequence[Away], home: Home) -> str | None:
    """Return what is wrong with the ranges of a home, None when all is well."""
    if len(ranges) > RANGES_MAX:
        return f"may be {RANGES_MAX} ranges, not {len(ranges)}"
    return next((wrong for one in ranges if (wrong := _fault(one, home)) is not None), None)


def _fault(away: Away, home: Home) -> str | None:
    days = (away.last - away.first).days + 1
    if not 1 <= days <= DAYS_MAX:
        return f"must end on its first day or later, and last {DAYS_MAX} days at most: {away.first} to {away.last}"
    if len(away.message) > MESSAGE_MAX or has_controls(away.message, besides="\n\t"):
        return f"may have a message of {MESSAGE_MAX} characters, none of them control characters"
    if away.deputy is not None and (away.deputy == home or not is_home(away.deputy)):
        return "must name another host as deputy"
    return None
