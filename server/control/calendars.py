"""Commands about whole calendars, in pieces that a line can carry."""

import msgspec

from server.control.command import Command
from server.ports import Ports
from server.usecases.calendar import transfer


class ListCalendars(Command, tag="calendar.list"):
    """List the calendars of a host."""

    home: str


class ImportObjects(Command, tag="calendar.import"):
    """Store objects, as UID and text, in a calendar of a host; the one that gets the bookings when none is named."""

    home: str
    calendar: str | None
    objects: list[tuple[str, str]]


class ExportObjects(Command, tag="calendar.export"):
    """Return the objects of a calendar that follow `after`, as many as a line can carry."""

    home: str
    calendar: str | None = None
    after: str | None = None


class CalendarView(msgspec.Struct):
    """A calendar with the number of its objects; bookings are written to the one that receives."""

    name: str
    objects: int
    receives: bool


class TakenInView(msgspec.Struct):
    """What became of an object: added, changed, unchanged, or refused for a reason."""

    outcome: str
    reason: str


class HandedOutView(msgspec.Struct):
    """Some of `total` objects, and after what to go on; None behind the last."""

    texts: list[str]
    after: str | None
    total: int


async def list_calendars(ports: Ports, asked: ListCalendars) -> list[CalendarView]:
    """Return the calendars of a host by name."""
    found = await transfer.listed(ports, asked.home)
    return [CalendarView(one.name, one.objects, one.receives) for one in found]


async def import_objects(ports: Ports, asked: ImportObjects) -> list[TakenInView]:
    """Store objects; return what became of each, in their order."""
    found = await transfer.take_in(ports, asked.home, asked.calendar, asked.objects)
    return [TakenInView(one.outcome.value, one.reason) for one in found]


async def export_objects(ports: Ports, asked: ExportObjects) -> HandedOutView:
    """Return the next objects."""
    found = await transfer.hand_out(ports, asked.home, asked.calendar, asked.after)
    return HandedOutView(list(found.texts), found.after, found.total)
