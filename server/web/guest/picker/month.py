"""The month view: a table of days."""

from datetime import date, datetime, timedelta

from server.web.guest.picker import days
from server.web.guest.picker.asked import Asked
from server.web.guest.picker.model import Cell
from server.web.guest.picker.why import Why
from server.web.reading import wording


def weekdays(asked: Asked, first: date) -> tuple[tuple[str, str], ...]:
    """Return the shortest and the long name of each weekday, in the reader's order."""
    start, _ = days.week_of(first, wording.first_weekday(asked.reader))
    week = [start + timedelta(days=at) for at in range(7)]
    return tuple(
        (wording.narrow_weekday(d, asked.reader), wording.long_weekday(d, asked.reader)) for d in week
    )


def weeks(
    asked: Asked, month: date, grouped: dict[date, list[datetime]], chosen: date | None, why: Why
) -> tuple[tuple[Cell, ...], ...]:
    """Return the weeks of a month."""

    def cell(day: date) -> Cell:
        return _cell(asked, month, day, len(grouped.get(day, [])), chosen, why.get(day, ""))

    first, _ = days.week_of(month, wording.first_weekday(asked.reader))
    weeks = []
    while (first.year, first.month) <= (month.year, month.month):
        week = [first + timedelta(days=at) for at in range(7)]
        weeks.append(tuple(map(cell, week)))
        first += timedelta(days=7)
    return tuple(weeks)


def _cell(asked: Asked, month: date, day: date, free: int, chosen: date | None, why: str) -> Cell:
    if day.month != month.month:
        return Cell("", "", "", is_today=False, is_chosen=False)
    count = wording.free_times(asked.reader, free) if free or not why else why
    name = f"{wording.full_day(day, asked.reader)}, {count}"
    href = asked.to(day) if free else ""
    return Cell(str(day.day), name, href, is_today=day == asked.today, is_chosen=day == chosen)
