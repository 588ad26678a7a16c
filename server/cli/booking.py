"""`daybook booking`: what was booked."""

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import click
import msgspec

from server.cli import seats, series
from server.cli.acting import acting
from server.cli.columns import columns, facts
from server.cli.installation import Installation, on_installation
from server.cli.mail import kind_of, reader_of
from server.cli.minutes import MINUTES
from server.cli.refusals import fail
from server.control.answers import Refused
from server.control.bookings import (
    AddGuest,
    CancelBooking,
    ConfirmBooking,
    CreateBooking,
    DeclineBooking,
    ListBookings,
    RemoveGuest,
    RescheduleBooking,
    ShowBooking,
)
from server.control.reassign import ReassignBooking
from server.control.views import BookingDetails, BookingView
from server.domain.booking import Action
from server.domain.identity import Home, group_name
from server.domain.series import Frequency
from server.domain.slots import Refusal
from server.usecases.booking.listing import VIEWS

ASKABLE = set(Refusal) - {Refusal.BUSY}
"""Why guests cannot have a time that hosts may take (C36)."""


_NOTIFY = click.option(
    "--notify/--no-notify",
    default=True,
    help="Whether guests are told in words; without, only their calendars are, and the trail says so.",
)


@click.group()
def booking() -> None:
    """Make, list, show, approve, decline, cancel and move bookings, as their host."""


@booking.command()
@click.argument("address", metavar="[HOST/]SLUG")
@click.option("--date", required=True, metavar="2026-12-01")
@click.option("--time", required=True, metavar="14:30")
@click.option("--name", required=True, help="The guest's name.")
@click.option("--email", required=True, help="The guest's mail address.")
@click.option("--timezone", help="The guest's IANA zone, which date and time are meant in; else the host's.")
@click.option("--notes", default="", help="What the guest wants to say.")
@click.option("--phone", default="", help="The guest's mobile number, for reminders by text message.")
@click.option("--duration", "duration_min", type=MINUTES, help="How long, of the durations that are offered.")
@click.option(
    "--place", default="", metavar="NAME", help="Which place, where there are several: room, in_person, …"
)
@click.option("--place-value", default="", metavar="TEXT", help="The guest's number, or the place they name.")
@click.option(
    "--answer", "answers", multiple=True, metavar="ID=TEXT", help="An answer to a question; repeatable."
)
@click.option(
    "--guest", "guests", multiple=True, metavar='"NAME <MAIL>"', help="Somebody who comes along; repeatable."
)
@click.option("--host", default="", metavar="HOST", help="Whom of a team the guest meets.")
@click.option("--anyway", is_flag=True, help="Book a free time that guests are not offered, without asking.")
@click.option(
    "--repeat",
    type=click.Choice([one.value for one in Frequency]),
    help="Book a series: on this day of week, month or year.",
)
@click.option("--every", type=int, default=1, metavar="N", help="Each N-th week, month or year.")
@click.option("--count", type=int, metavar="N", help="How many meetings the series has.")
@click.option("--until", metavar="DATE", help="The last day on which a meeting of the series may be.")
@click.option("--skip", multiple=True, metavar="DATE", help="A day of the series to leave out; repeatable.")
@click.option("--skip-conflicts", is_flag=True, help="Leave out the days of the series that cannot be had.")
@acting
@on_installation
def create(
    installation: Installation,
    address: str,
    date: str,
    time: str,
    name: str,
    email: str,
    timezone: str | None,
    notes: str,
    phone: str,
    duration_min: int | None,
    place: str,
    place_value: str,
    answers: tuple[str, ...],
    guests: tuple[str, ...],
    host: str,
    anyway: bool,
    repeat: str | None,
    every: int,
    count: int | None,
    until: str | None,
    skip: tuple[str, ...],
    skip_conflicts: bool,
    acting: str | None,
) -> None:
    """Book a time for a guest, who is mailed as if they had booked it themselves."""
    home, slash, slug = address.rpartition("/")
    asked = CreateBooking(
        home=home if slash else None,
        slug=slug,
        date=date,
        time=time,
        name=name,
        email=email,
        timezone=timezone,
        notes=notes,
        phone=phone,
        duration_min=duration_min,
        host=host,
        place=place,
        place_value=place_value,
        answers=answers,
        guests=guests,
        anyway=anyway,
        repeat=series.asked(repeat, every, count, until),
        skip=skip,
        skip_conflicts=skip_conflicts,
        acting=acting,
    )
    made = _ask_twice(installation, asked)
    installation.show(made, lambda: f"Booked.\n{_all(made)}")


@booking.command(name="list")
@click.argument("home", metavar="[HOST]", required=False)
@click.option("--view", type=click.Choice(VIEWS), default="upcoming", show_default=True)
@click.option(
    "--search", default="", metavar="WORDS", help="Only those that mention a person, title, place or note."
)
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@acting
@on_installation
def list_(
    installation: Installation, home: str | None, view: str, search: str, limit: int, acting: str | None
) -> None:
    """List the bookings of a host, or of all, by start."""
    asked = ListBookings(home=home, view=view, search=search, limit=limit, acting=acting)
    found = installation.ask(asked, list[BookingView])
    titles = ("BOOKING", "HOST", "START", "TITLE", "GUEST", "MAIL", "STATUS")
    rows = [
        (one.id, _hosts(one), _local(one.start, one.zone), one.title, *_guest(one), one.status)
        for one in found
    ]
    installation.show(
        found, lambda: columns(titles, rows, f"No booking is {view}." if view != "all" else "None.")
    )


@booking.command()
@click.argument("id_", metavar="BOOKING")
@acting
@on_installation
def show(installation: Installation, id_: str, acting: str | None) -> None:
    """Show a booking, what happened to it, and its mails."""
    found = installation.ask(ShowBooking(id_, acting=acting), BookingDetails)
    installation.show(found, lambda: _full(found))


@booking.command()
@click.argument("id_", metavar="BOOKING")
@acting
@on_installation
def confirm(installation: Installation, id_: str, acting: str | None) -> None:
    """Approve a booking that waits for its host; guest and host are mailed."""
    made = installation.ask(ConfirmBooking(id_, acting=acting), BookingView)
    installation.show(made, lambda: f"Confirmed.\n{_details(made)}")


@booking.command()
@click.argument("id_", metavar="BOOKING")
@click.option("--reason", default="", help="What the guest is told.")
@click.option("--keep", is_flag=True, help="Decline only the other time: the one agreed before holds again.")
@acting
@on_installation
def decline(installation: Installation, id_: str, reason: str, keep: bool, acting: str | None) -> None:
    """Decline a booking that waits for its host; the guest is mailed."""
    ended = installation.ask(
        DeclineBooking(booking=id_, reason=reason, keep=keep, acting=acting), BookingView
    )
    installation.show(ended, lambda: f"{'Kept as agreed.' if keep else 'Declined.'}\n{_details(ended)}")


@booking.command()
@click.argument("id_", metavar="BOOKING")
@click.option("--reason", default="", help="What the guest is told.")
@series.occurrence
@click.option(
    "--from", "from_date", metavar="DATE", help="Only what is yet to come of a series from this day on."
)
@_NOTIFY
@acting
@on_installation
def cancel(
    installation: Installation,
    id_: str,
    reason: str,
    occurrence: str | None,
    from_date: str | None,
    notify: bool,
    acting: str | None,
) -> None:
    """Cancel a booking; guest and host are mailed."""
    asked = CancelBooking(id_, reason, notify, occurrence, from_date, acting=acting)
    ended = installation.ask(asked, BookingView)
    installation.show(ended, lambda: f"Cancelled.\n{_all(ended)}")


@booking.command()
@click.argument("id_", metavar="BOOKING")
@click.option("--date", required=True, metavar="2026-12-01")
@click.option("--time", required=True, metavar="14:30")
@click.option("--timezone", help="The IANA zone that date and time are meant in; else the booking's.")
@click.option("--anyway", is_flag=True, help="Take a free time that guests are not offered, without asking.")
@series.occurrence
@_NOTIFY
@acting
@on_installation
def reschedule(
    installation: Installation,
    id_: str,
    date: str,
    time: str,
    timezone: str | None,
    anyway: bool,
    occurrence: str | None,
    notify: bool,
    acting: str | None,
) -> None:
    """Move a booking; the guest is mailed."""
    asked = RescheduleBooking(
        booking=id_,
        date=date,
        time=time,
        timezone=timezone,
        anyway=anyway,
        occurrence=occurrence,
        notify=notify,
        acting=acting,
    )
    moved = _ask_twice(installation, asked)
    installation.show(moved, lambda: f"Moved.\n{_all(moved)}")


@booking.command()
@click.argument("id_", metavar="BOOKING")
@click.option("--to", metavar="HOST", help="Who takes it; else whose turn it is of those who are free.")
@click.option("--reason", default="", help="What guests and hosts are told.")
@_NOTIFY
@acting
@on_installation
def reassign(
    installation: Installation, id_: str, to: str | None, reason: str, notify: bool, acting: str | None
) -> None:
    """Hand a meeting with a team to another of its hosts; the guest gets an update, and both hosts are told."""
    asked = ReassignBooking(booking=id_, to=to, reason=reason, notify=notify, acting=acting)
    handed = installation.ask(asked, BookingView)
    installation.show(handed, lambda: f"Handed to {handed.home}.\n{_details(handed)}")


@booking.command(name="add-guest")
@click.argument("id_", metavar="BOOKING")
@click.argument("guest", metavar='"NAME <MAIL>"')
@acting
@on_installation
def add_guest(installation: Installation, id_: str, guest: str, acting: str | None) -> None:
    """Bring somebody along, or give them a seat where each guest has one; they are invited, and whoever booked is told."""
    changed = installation.ask(AddGuest(id_, guest, acting=acting), BookingView)
    installation.show(changed, lambda: f"Added.\n{_details(changed)}")


@booking.command(name="remove-guest")
@click.argument("id_", metavar="BOOKING")
@click.argument("email", metavar="MAIL")
@acting
@on_installation
def remove_guest(installation: Installation, id_: str, email: str, acting: str | None) -> None:
    """Take an additional guest off a booking, or somebody out of their seat; they are told, and so is whoever booked."""
    changed = installation.ask(RemoveGuest(id_, email, acting=acting), BookingView)
    installation.show(changed, lambda: f"Removed.\n{_details(changed)}")


def _ask_twice(installation: Installation, asked: CreateBooking | RescheduleBooking) -> BookingView:
    """Return the booking; for a free time that guests are not offered, ask the person once (C36)."""
    found = installation.try_ask(asked)
    if isinstance(found, Refused) and found.refusal.reason in ASKABLE:
        if not sys.stdin.isatty() or found.refusal.conflicts:
            raise fail(found.refusal, "To take it all the same: --anyway")
        click.confirm(f"{found.refusal.message} Take it all the same?", abort=True, err=True)
        found = installation.try_ask(msgspec.structs.replace(asked, anyway=True))
    if isinstance(found, Refused):
        raise fail(found.refusal)
    return installation.convert(found, BookingView)


def _hosts(found: BookingView) -> str:
    return group_name(Home(found.home), [Home(home) for home in found.co_hosts])


def _details(found: BookingView) -> str:
    return facts(
        [
            ("booking", found.id),
            ("what", f"{found.title} ({found.team or _hosts(found)}/{found.slug})"),
            ("when", f"{_local(found.start, found.zone)} to {_local(found.end, found.zone)} {found.zone}"),
            ("repeats", series.rule(found)),
            ("host", "" if found.team is None else ", ".join([found.home, *found.co_hosts])),
            *_people(found),
            ("where", found.location),
            *(("answer", f"{answer.label} {', '.join(answer.values)}") for answer in found.answers),
            ("notes", found.notes),
            ("status", found.status),
            ("expires", "" if found.answer_by is None else _local(found.answer_by, found.zone)),
            ("agreed before", "" if found.agreed_start is None else _local(found.agreed_start, found.zone)),
            ("reason", found.reason),
            ("calendar", found.calendar),
        ]
    )


def _all(found: BookingView) -> str:
    return "\n".join([_details(found), *_meetings(found)])


def _meetings(found: BookingView) -> list[str]:
    return series.meetings(found, lambda instant: _local(instant, found.zone))


def _guest(found: BookingView) -> tuple[str, str]:
    """Return name and mail address of who booked; where each has a seat, how many are taken."""
    if found.seats > 1:
        return f"{len(found.seated)} of {found.seats} seats", ""
    return found.name, found.email


def _people(found: BookingView) -> list[tuple[str, str]]:
    if found.seats > 1:
        return seats.lines(found, lambda instant: _local(instant, found.zone))
    return [
        ("guest", f"{found.name} <{found.email}>, {found.guest_zone}"),
        *(("with", f"{one.name} <{one.email}>".strip()) for one in found.guests),
    ]


def _full(found: BookingDetails) -> str:
    if found.booking is None:
        head = f"{found.id}: its entry was removed from the calendar."
    else:
        head = _details(found.booking)
    trail = [
        (
            one.at,
            f"{one.action} to {one.home}" if one.action == Action.REASSIGN else one.action,
            f"by {one.actor}{', without notice' if one.unannounced else ''}",
            f"revision {one.revision}",
            " ".join(one.happenings),
        )
        for one in found.trail
    ]
    mails = [
        (str(one.id), kind_of(one), reader_of(one), one.state, one.due, one.error or "")
        for one in found.mails
    ]
    return "\n".join(
        [
            head,
            *([] if found.manage is None else [f"manage  {found.manage}"]),
            *([] if found.booking is None else _meetings(found.booking)),
            "",
            columns(("AT", "WHAT", "WHO", "", "TOLD AS"), trail, "Nothing happened to it yet."),
            "",
            columns(("MAIL", "KIND", "TO", "STATE", "DUE", "ERROR"), mails, "No mail was written."),
        ]
    )


def _local(instant: str, zone: str) -> str:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
