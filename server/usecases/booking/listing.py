"""Lists of bookings for hosts and operators: served from the calendar index, never from the ledger."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.booking import Booking, Status
from server.domain.errors import NotFound
from server.domain.identity import HISTORY, Home, is_superseded
from server.ical import vevent
from server.ports import CalendarRow, Ports

LIST_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which bookings: of one home or all, by view, newest start last."""

    home: Home | None = None
    view: str = "upcoming"
    limit: int = 100


VIEWS = ("upcoming", "past", "cancelled", "all")


async def bookings(ports: Ports, wanted: Wanted, now: datetime) -> list[Booking]:
    """Return the bookings wanted, by start; raises NotFound for an unknown home."""
    if wanted.home is not None and ports.homes.host(wanted.home) is None:
        raise NotFound(f"There is no host {wanted.home}.")
    homes = [wanted.home] if wanted.home else [host.home for host in ports.homes.hosts()]
    at = int(now.timestamp())
    rows = [row for home in homes for row in ports.calendars.rows(home) if _shows(row, wanted.view, at)]
    rows.sort(key=lambda row: (row.span[0], row.booking))
    found = []
    for row in rows[: min(wanted.limit, LIST_MAX)]:
        stored = await ports.calendars.get(row.calendar, row.href)
        booking = vevent.read(stored.text, stored.calendar) if stored else None
        if booking is not None:
            found.append(booking)
    return found


def _shows(row: CalendarRow, view: str, at: int) -> bool:
    in_history = row.calendar.endswith(f"/{HISTORY}")
    ended = in_history or row.status in {Status.CANCELLED, Status.DECLINED}
    if is_superseded(row.uid):
        return False
    match view:
        case "upcoming":
            return not ended and row.span[1] > at
        case "past":
            return not ended and row.span[1] <= at
        case "cancelled":
            return ended
        case _:
            return True
