"""What is said beside the times: clocks that change, whose clock is shown, where to look when nothing is free."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.domain.event_type import View
from server.web.guest.picker import days
from server.web.guest.picker.asked import Asked
from server.web.guest.picker.model import Link
from server.web.guest.picker.why import is_full
from server.web.reading import wording, zones


def notes(asked: Asked, first: date, last: date) -> tuple[str, ...]:
    """Say what could mislead: clocks that change in the period, here or at the host's, and a zone nobody knows."""
    found = []
    if asked.choice.zone_unknown:
        found.append(
            asked.reader.text("The time zone in the address is not known. Times are shown as the host's.")
        )
    for zone in dict.fromkeys((asked.zone, asked.host_zone)):
        found.extend(_change(asked, zone, at) for at in days.offset_changes(first, last, zone))
    return tuple(found)


def _change(asked: Asked, zone: ZoneInfo, at: datetime) -> str:
    return asked.reader.text(
        "Clocks in %(place)s change on %(day)s: from then on it is %(offset)s there.",
        place=zones.place(str(zone), asked.reader.locale),
        day=wording.day_without_year(at.date(), asked.reader),
        offset=zones.offset_text(zone, at),
    )


def nothing(asked: Asked, first: date, last: date) -> str:
    """Say that the period has no free time, or that it is fully booked."""
    if is_full(asked, first, last):
        return _full(asked)
    match asked.choice.view:
        case View.WEEK:
            return asked.reader.text("Nothing is free in this week.")
        case View.MONTH:
            return asked.reader.text("Nothing is free in this month.")
        case View.LIST:
            return asked.reader.text("Nothing is free in these two weeks.")


def _full(asked: Asked) -> str:
    match asked.choice.view:
        case View.WEEK:
            return asked.reader.text("This week is fully booked.")
        case View.MONTH:
            return asked.reader.text("This month is fully booked.")
        case View.LIST:
            return asked.reader.text("These two weeks are fully booked.")


def next_free(asked: Asked, last: date) -> Link | None:
    """Return the way to the next free time: after the period shown, else the first of all."""
    earliest = asked.event_type.rules(asked.now).earliest
    after = days.instants(last, last, asked.zone)[1]
    found = asked.first_free(max(after, earliest)) or asked.first_free(earliest)
    if found is None:
        return None
    at = datetime.fromtimestamp(found, asked.zone)
    label = wording.day_without_year(at.date(), asked.reader)
    time = wording.clock(at, asked.reader, twelve=asked.choice.twelve)
    return Link(asked.to(at.date()), f"{label}, {time}")


def host_clock(asked: Asked, starts: Sequence[int]) -> str:
    """Return whose clock the second time on each slot is, when any differs from the guest's."""
    if all(
        datetime.fromtimestamp(at, asked.zone).utcoffset()
        == datetime.fromtimestamp(at, asked.host_zone).utcoffset()
        for at in starts
    ):
        return ""
    return zones.place(str(asked.host_zone), asked.reader.locale)
