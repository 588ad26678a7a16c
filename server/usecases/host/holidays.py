"""Close a host's days on public holidays, as a list of them says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from server.domain.errors import Invalid
from server.domain.host import Host
from server.domain.hours import DateOverride
from server.ical.holidays import read_holidays
from server.ical.scan import BadCalendar
from server.ports import Ports
from server.usecases.host.change import change

AHEAD_DAYS = 2 * 366
TEXT_CHARS_MAX = 2_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list: the host as saved, how many days are new and how many went, and those the host had set himself."""

    host: Host
    added: int
    removed: int
    own: Sequence[date]


async def take(ports: Ports, home: str, text: str, today: date, *, in_place: bool = False) -> Taken:
    """Close the days of two years that the iCalendar `text` names, from `today` on; again changes nothing.

    Days that the host has set stay as they are. `in_place` of the holidays taken before; else these stay too. Raises Invalid for
    what cannot be read or names no day, or NotFound.
    """
    found = _read(text, today)
    before: list[Host] = []

    def edit(host: Host) -> Host:
        before.append(host)
        kept = {} if in_place else {one.day: one.reason for one in holidays(host) if one.day >= today}
        return _closed_on(host, {**kept, **found})

    host = await change(ports, home, edit)
    were, are = ({(one.day, one.reason) for one in holidays(one_host)} for one_host in (before[-1], host))
    own = [one.day for one in host.overrides if not one.reason and one.day in found]
    return Taken(host, added=len(are - were), removed=len(were - are), own=own)


async def clear(ports: Ports, home: str) -> Host:
    """Open again on all holidays that were taken from lists; raises NotFound."""
    return await change(ports, home, lambda host: _closed_on(host, {}))


def holidays(host: Host) -> Sequence[DateOverride]:
    """Return the days that were closed by lists of holidays, by date."""
    return [one for one in host.overrides if one.reason]


def _read(text: str, today: date) -> Mapping[date, str]:
    if len(text) > TEXT_CHARS_MAX:
        raise Invalid("This is no list of holidays.", {"file": f"may have {TEXT_CHARS_MAX} characters"})
    try:
        found = read_holidays(text, today, today + timedelta(days=AHEAD_DAYS))
    except BadCalendar as bad:
        raise Invalid("This is no list of holidays.", {"file": str(bad)}) from bad
    if not found:
        wanted = f"has no whole day between {today} and {today + timedelta(days=AHEAD_DAYS)}"
        raise Invalid("This is no list of holidays.", {"file": wanted})
    return found


def _closed_on(host: Host, names: Mapping[date, str]) -> Host:
    own = {one.day: one for one in host.overrides if not one.reason}
    closed = {day: DateOverride(day, (), name) for day, name in names.items()}
    return replace(host, overrides=tuple(one for _, one in sorted((closed | own).items())))
