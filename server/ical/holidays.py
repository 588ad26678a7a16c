"""Lists of public holidays, as countries and calendar programs publish them: the whole days of an iCalendar file."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from server.domain.plain import line
from server.ical.occurrences import Occurrence, occurrences
from server.ical.scan import BadCalendar, scan

NAME_MAX = 100
DAYS_MAX = 400
_EPOCH = date(1970, 1, 1)
_DAY_S = 86_400


def read_holidays(text: str, since: date, until: date) -> Mapping[date, str]:
    """Return the days from `since` up to `until`, by date, with the names of what is on them.

    What comes again each year is followed; what has a time of day or is cancelled is no holiday. Raises BadCalendar for
    what is no calendar, or has more days than anybody has holidays.
    """
    calendar = scan(text.removeprefix("\ufeff"))
    span = [int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in (since, until)]
    expansion = occurrences(calendar, span[0], span[1], UTC)
    names: dict[date, list[str]] = {}
    for one in expansion.occurrences:
        if not one.all_day or _is_cancelled(one):
            continue
        for day in _days(one, since, until):
            _name_day(names.setdefault(day, []), one)
        if len(names) > DAYS_MAX:
            raise BadCalendar(f"it has more than {DAYS_MAX} days in two years, where holidays are fewer")
    return {day: ", ".join(found)[:NAME_MAX] for day, found in sorted(names.items())}


def _days(one: Occurrence, since: date, until: date) -> list[date]:
    first, after = (_EPOCH + timedelta(days=at // _DAY_S) for at in (one.start, one.end))
    first, after = max(first, since), min(max(after, first + timedelta(days=1)), until)
    return [first + timedelta(days=at) for at in range((after - first).days)]


def _name_day(names: list[str], one: Occurrence) -> None:
    summary = one.component.first("SUMMARY")
    name = line(summary.text()) if summary else ""
    if name not in names:
        names.append(name or "–")


def _is_cancelled(one: Occurrence) -> bool:
    status = one.component.first("STATUS")
    return status is not None and status.value.strip().upper() == "CANCELLED"
