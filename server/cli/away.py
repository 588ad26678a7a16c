"""`daybook host away` and `daybook host holidays`: when hosts cannot be booked."""

from typing import IO

import click

from server.cli.columns import columns
from server.cli.installation import Installation, on_installation
from server.cli.refusals import Failed
from server.control.away import (
    AddAway,
    AwayView,
    ClearHolidays,
    HolidaysTaken,
    HolidayView,
    ListAway,
    ListHolidays,
    RemoveAway,
    TakeHolidays,
)

FILE_BYTES_MAX = 2_000_000
_EVENT_TYPE = click.option(
    "--event-type", metavar="SLUG", help="Only this event type of theirs, not the host as a whole."
)


@click.group()
def away() -> None:
    """Say when a host is away: there are no slots then, and guests read why."""


@away.command()
@click.argument("home", metavar="HOST")
@click.option("--from", "first", required=True, metavar="2026-08-01", help="The first day away.")
@click.option("--to", "last", metavar="2026-08-14", help="The last day away; the first when left out.")
@click.option("--message", default="", help="What guests read.")
@click.option("--deputy", metavar="HOST", help="Who can be booked instead.")
@_EVENT_TYPE
@on_installation
def add(
    installation: Installation,
    home: str,
    first: str,
    last: str | None,
    message: str,
    deputy: str | None,
    event_type: str | None,
) -> None:
    """Let HOST be away; a range that begins on the same day is replaced. Bookings that are made already stay."""
    asked = AddAway(home=home, first=first, last=last, message=message, deputy=deputy, event_type=event_type)
    found = installation.ask(asked, list[AwayView])
    installation.show(found, lambda: _table(found))


@away.command(name="list")
@click.argument("home", metavar="HOST")
@on_installation
def list_(installation: Installation, home: str) -> None:
    """List when HOST is away."""
    found = installation.ask(ListAway(home), list[AwayView])
    installation.show(found, lambda: _table(found))


@away.command()
@click.argument("home", metavar="HOST")
@click.option("--from", "first", required=True, metavar="2026-08-01", help="The first day of what to remove.")
@_EVENT_TYPE
@on_installation
def remove(installation: Installation, home: str, first: str, event_type: str | None) -> None:
    """Let HOST be there after all."""
    found = installation.ask(RemoveAway(home=home, first=first, event_type=event_type), list[AwayView])
    installation.show(found, lambda: _table(found))


@click.command()
@click.argument("home", metavar="HOST")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--replace", is_flag=True, help="In place of the holidays that were taken before.")
@click.option("--list", "is_list", is_flag=True, help="List the holidays of HOST.")
@click.option("--clear", "is_clear", is_flag=True, help="Open again on all holidays.")
@on_installation
def holidays(
    installation: Installation,
    home: str,
    file: IO[bytes] | None,
    replace: bool,
    is_list: bool,
    is_clear: bool,
) -> None:
    """Close HOST on the whole days that an .ics FILE names (- for standard input), for two years from today.

    Days that the host has set with --override stay as they are. Taking a file again adds what is new.
    """
    if sum((file is not None, is_list, is_clear)) != 1:
        raise click.UsageError("Name one of: a FILE, --list, --clear.")
    if file is not None:
        asked = TakeHolidays(home=home, text=_text(file), in_place=replace)
        taken = installation.ask(asked, HolidaysTaken)
        installation.show(taken, lambda: _taken(taken))
        return
    found = installation.ask(ClearHolidays(home) if is_clear else ListHolidays(home), list[HolidayView])
    installation.show(found, lambda: _days(found))


def _text(file: IO[bytes]) -> str:
    data = file.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise Failed(f"The file is larger than {FILE_BYTES_MAX} bytes: it is no list of holidays.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Failed("The file is not written in UTF-8.") from error


def _table(found: list[AwayView]) -> str:
    rows = [
        (one.first, one.last, one.event_type or "everything", one.deputy or "", " ".join(one.message.split()))
        for one in found
    ]
    return columns(("FROM", "TO", "WHAT", "DEPUTY", "MESSAGE"), rows, "Nobody is away.")


def _taken(taken: HolidaysTaken) -> str:
    counts = f"{taken.added} added, {taken.removed} removed"
    own = f"The hours set for {', '.join(taken.own)} stay." if taken.own else ""
    return "\n".join(filter(None, (counts, own, _days(taken.holidays))))


def _days(found: list[HolidayView]) -> str:
    return columns(("DAY", "HOLIDAY"), [(one.day, one.name) for one in found], "There is no holiday.")
