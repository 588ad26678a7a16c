"""Lists of bookings for hosts and operators: served from the calendar index, never from the ledger."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.booking import ACTIVE, Booking, Status
from server.domain.errors import NotFound
from server.domain.identity import EventTypeId, Home, is_superseded
from server.ical import vevent
from server.ports import CalendarRow, Ports

LIST_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which bookings: of one home or all, by view, of one event type, that mention every word of `search`.

    With `team` only meetings with this team; a `home` is then one of its hosts.
    """

    home: Home | None = None
    team: Home | None = None
    view: str = "upcoming"
    event_type: EventTypeId | None = None
    search: str = ""
    limit: int = 100


VIEWS = ("upcoming", "pending", "past", "cancelled", "all")


async def bookings(ports: Ports, wanted: Wanted, now: datetime) -> list[Booking]:
    """Return the bookings wanted, by start, a series by its next meeting; raises NotFound for an unknown home."""
    if wanted.home is not None and ports.homes.host(wanted.home) is None:
        raise NotFound(f"There is no host {wanted.home}.")
    homes = [wanted.home] if wanted.home else [host.home for host in ports.homes.hosts()]
    at = int(now.timestamp())
    rows = [row for home in homes for row in ports.calendars.rows(home) if _is_wanted(row, wanted, at)]
    rows.sort(key=lambda row: (row.shown.next_span(at), row.shown.id))
    found: list[Booking] = []
    for row in rows:
        if len(found) >= min(wanted.limit, LIST_MAX):
            break
        stored = await ports.calendars.get(row.calendar, row.href)
        booking = vevent.read(stored.text, stored.calendar) if stored else None
        # Of what waits for its guest's address, and of what lapsed so, hosts never hear.
        if booking is not None and not booking.awaiting_address:
            found.append(booking)
    return found


def _is_wanted(row: CalendarRow, wanted: Wanted, at: int) -> bool:
    return (
        not is_superseded(row.uid)
        and (wanted.home is not None or not row.shown.is_copy)
        and wanted.team in {None, row.shown.team}
        and (wanted.event_type is None or row.shown.event_type == wanted.event_type)
        and _is_in(row, wanted.view, at)
        and row.shown.mentions(wanted.search)
    )


def _is_in(row: CalendarRow, view: str, at: int) -> bool:
    is_over = row.shown.status not in ACTIVE
    match view:
        case "upcoming":
            return not is_over and row.shown.ends > at
        case "pending":
            return row.shown.status is Status.PENDING and row.shown.ends > at
        case "past":
            return not is_over and row.shown.ends <= at
        case "cancelled":
            return is_over
        case _:
            return True
