"""One day and its starts, in words."""

from collections.abc import Sequence
from datetime import date, datetime

from server.web.guest.picker.asked import Asked
from server.web.guest.picker.model import Day, Slot
from server.web.reading import wording, zones


def day_of(asked: Asked, day: date, starts: Sequence[datetime], why: str = "") -> Day:
    """Return a day as it is shown; `why` is the reason of one without starts."""
    reader = asked.reader
    heading = wording.day_without_year(day, reader)
    return Day(
        iso=day.isoformat(),
        heading=heading,
        weekday=wording.short_weekday(day, reader),
        number=str(day.day),
        month=wording.short_month(day, reader),
        count=_count(asked, day, len(starts), why),
        why="" if starts else why,
        slots=tuple(
            _slot(asked, start, heading, before)
            for before, start in zip((None, *starts), starts, strict=False)
        ),
        is_today=day == asked.today,
        is_past=day < asked.today,
    )


def _count(asked: Asked, day: date, free: int, why: str) -> str:
    if not free and day < asked.today:
        return asked.reader.text("Past")
    return wording.free_times(asked.reader, free) if free or not why else why


def _slot(asked: Asked, start: datetime, heading: str, before: datetime | None) -> Slot:
    at = int(start.timestamp())
    there = start.astimezone(asked.host_zone)
    label = wording.clock(start, asked.reader, twelve=asked.choice.twelve)
    second = ""
    if there.utcoffset() != start.utcoffset():
        second = wording.clock(there, asked.reader, twelve=asked.choice.twelve)
    is_own = asked.without is not None and asked.without.span[0] == at
    name = f"{label}, {heading}"
    if second:
        place = zones.place(str(asked.host_zone), asked.reader.locale)
        name += asked.reader.text(" (%(time)s in %(place)s)", time=second, place=place)
    spots = _spots(asked, at)
    if spots:
        name += f", {spots}"
    if is_own:
        name += asked.reader.text(" (your present time)")
    step_s = (asked.event_type.step_min or asked.event_type.duration_min) * 60
    return Slot(
        href=asked.target + asked.choice.on(None).query(start=wording.instant(at)),
        label=label,
        there=second,
        name=name,
        is_own=is_own,
        spots=spots,
        is_after_break=before is not None and at - int(before.timestamp()) > step_s,
    )


def _spots(asked: Asked, at: int) -> str:
    """Say how many seats are left at a start, or that one can wait for one; nothing where there are none."""
    if asked.event_type.seats == 1:
        return ""
    here = asked.spots.get(at)
    free = asked.event_type.seats if here is None else here.free
    return wording.seats_left(asked.reader, free) if free else asked.reader.text("waiting list")
