"""Commands about when hosts cannot be booked: days away, and public holidays."""

from typing import Self

import msgspec

from server.control import texts
from server.control.command import Command
from server.control.texts import Texts
from server.domain.away import Away
from server.domain.hours import DateOverride
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.host import away, holidays
from server.usecases.host.find import find
from server.usecases.team.find import find_owner


class AwayView(msgspec.Struct, kw_only=True):
    """A range of dates on which a host cannot be booked, or one event type of theirs."""

    event_type: str | None
    first: str
    last: str
    message: str
    deputy: str | None

    @classmethod
    def of(cls, one: Away, slug: str | None = None) -> Self:
        """Return the view of a range."""
        return cls(
            event_type=slug,
            first=one.first.isoformat(),
            last=one.last.isoformat(),
            message=one.message,
            deputy=one.deputy,
        )


class HolidayView(msgspec.Struct):
    """A day that a list of holidays has closed."""

    day: str
    name: str

    @classmethod
    def of(cls, one: DateOverride) -> Self:
        """Return the view of a holiday."""
        return cls(one.day.isoformat(), one.reason)


class HolidaysTaken(msgspec.Struct, kw_only=True):
    """What became of a list; on the days `own` the host's own hours stay."""

    added: int
    removed: int
    own: list[str]
    holidays: list[HolidayView]


class AddAway(Command, tag="away.add", kw_only=True):
    """Keep a host from being booked from `first` to `last`, or one event type of theirs."""

    home: str
    first: str
    last: str | None = None
    message: str = ""
    deputy: str | None = None
    event_type: str | None = None


class ListAway(Command, tag="away.list"):
    """List when a host and their event types cannot be booked."""

    home: str


class RemoveAway(Command, tag="away.remove", kw_only=True):
    """Take back the range that begins on `first`."""

    home: str
    first: str
    event_type: str | None = None


class TakeHolidays(Command, tag="holidays.take", kw_only=True):
    """Close the days that an iCalendar text names; `in_place` of those taken before."""

    home: str
    text: str
    in_place: bool = False


class ListHolidays(Command, tag="holidays.list"):
    """List the days that were closed by lists of holidays."""

    home: str


class ClearHolidays(Command, tag="holidays.clear"):
    """Open again on all these days."""

    home: str


async def add_away(ports: Ports, asked: AddAway) -> list[AwayView]:
    """Keep a host from being booked, and return all ranges."""
    read = Texts()
    first = read.read("first", texts.a_date, asked.first)
    last = first if asked.last is None else read.read("last", texts.a_date, asked.last)
    read.refuse()
    assert not isinstance(first, msgspec.UnsetType)
    assert not isinstance(last, msgspec.UnsetType)
    deputy = None if asked.deputy is None else Home(asked.deputy)
    one = Away(first=first, last=last, message=asked.message.strip(), deputy=deputy)
    await away.leave(ports, asked.home, asked.event_type, one, ports.clock.now())
    return _all(ports, asked.home)


async def list_away(ports: Ports, asked: ListAway) -> list[AwayView]:
    """Return the ranges of a host and of their event types."""
    return _all(ports, asked.home)


async def remove_away(ports: Ports, asked: RemoveAway) -> list[AwayView]:
    """Take a range back, and return those that are left."""
    read = Texts()
    first = read.read("first", texts.a_date, asked.first)
    read.refuse()
    assert not isinstance(first, msgspec.UnsetType)
    await away.come_back(ports, asked.home, asked.event_type, first, ports.clock.now())
    return _all(ports, asked.home)


async def take_holidays(ports: Ports, asked: TakeHolidays) -> HolidaysTaken:
    """Close the days of a list."""
    today = away.today_of(find(ports, asked.home), ports.clock.now())
    taken = await holidays.take(ports, asked.home, asked.text, today, in_place=asked.in_place)
    return HolidaysTaken(
        added=taken.added,
        removed=taken.removed,
        own=[day.isoformat() for day in taken.own],
        holidays=[HolidayView.of(one) for one in holidays.holidays(taken.host)],
    )


async def list_holidays(ports: Ports, asked: ListHolidays) -> list[HolidayView]:
    """Return the days that were closed by lists."""
    return [HolidayView.of(one) for one in holidays.holidays(find(ports, asked.home))]


async def clear_holidays(ports: Ports, asked: ClearHolidays) -> list[HolidayView]:
    """Open again on all these days, and return what is left: none."""
    return [HolidayView.of(one) for one in holidays.holidays(await holidays.clear(ports, asked.home))]


def _all(ports: Ports, home: str) -> list[AwayView]:
    host = find_owner(ports, home)
    kinds = ports.homes.event_types(host.home)
    own = [AwayView.of(one) for one in host.away]
    return own + [AwayView.of(one, kind.slug) for kind in kinds for one in kind.away]
