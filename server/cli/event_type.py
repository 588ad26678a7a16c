"""`daybook event-type`: what can be booked."""

from collections.abc import Callable
from typing import TypeVar

import click

from server.cli import approval, choices, limits, seats, strategy
from server.cli.acting import acting
from server.cli.address import home_and_slug
from server.cli.columns import columns, facts
from server.cli.given import Option, request
from server.cli.installation import Installation, on_installation
from server.cli.minutes import MINUTES
from server.control.event_type_view import EventTypeView
from server.control.event_types import (
    CreateEventType,
    DeleteEventType,
    EditEventType,
    ListEventTypes,
    ShowEventType,
)
from server.domain.event_type import View, Visibility
from server.domain.hosts import Strategy

F = TypeVar("F", bound=Callable[..., None])

_OPTIONS = (
    click.option("--title", help="What guests read above the slots."),
    click.option("--description", help="What the meeting is for."),
    click.option("--duration", "duration_min", type=MINUTES, help="How long it lasts: 30, 45m, 1h30m."),
    click.option(
        "--step", "step_min", type=MINUTES, help="How far apart slots start; 0: one after the other."
    ),
    click.option("--buffer-before", "buffer_before_min", type=MINUTES, help="What is kept free before."),
    click.option("--buffer-after", "buffer_after_min", type=MINUTES, help="What is kept free after."),
    click.option("--notice", "notice_min", type=MINUTES, help="How long ahead it must be booked: 4h, 2d."),
    click.option(
        "--horizon",
        "horizon_days",
        type=int,
        metavar="DAYS",
        help="How many days ahead it can be booked.",
    ),
    click.option("--hours", help='Hours of its own: "mon-fri 09:00-12:00,13:00-17:00"; "inherit".'),
    click.option(
        "--override",
        "overrides",
        multiple=True,
        help='Another day: "2026-12-24 closed", "2026-12-31 09:00-12:00", "2026-12-24 usual"; repeatable.',
    ),
    click.option(
        "--location", help='An address on the web, "phone: +49 30 …", "in person: Room 5", or any text.'
    ),
    click.option("--blocking", metavar="NAMES", help='Calendars that block it, by comma; "inherit".'),
    click.option("--receiving", metavar="NAME", help='The calendar that gets its bookings; "inherit".'),
    click.option("--zone", help='The IANA zone its hours are meant in; "inherit".'),
    click.option(
        "--view",
        type=click.Choice([view.value for view in View]),
        help="How its page lays out slots at first.",
    ),
    click.option(
        "--guests", "guests_max", type=int, metavar="NUMBER", help="How many people a guest may bring along."
    ),
    click.option(
        "--reminder",
        "reminders",
        multiple=True,
        help='Before the meeting: "24h guest", "1h guest,host", "2h guest sms"; repeatable, replaces all; "none".',
    ),
    click.option(
        "--series",
        metavar="RULES",
        help='How guests may repeat it, and how often at most: "weekly 12", "weekly,monthly 10"; "none".',
    ),
    *choices.OPTIONS,
    *seats.OPTIONS,
    *limits.OPTIONS,
    *strategy.OPTIONS,
    *approval.OPTIONS,
    click.option("--enabled/--no-enabled", default=None, help="Whether it can be booked."),
    click.option(
        "--visibility",
        type=click.Choice([one.value for one in Visibility]),
        help="Who may book: everybody; by invite of any host here (internal); of its own host (private).",
    ),
)


@click.group(name="event-type")
def event_type() -> None:
    """Create, change and delete what guests can book."""


def _fields(command: F) -> F:
    """Give a command the options that say what an event type is like."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@event_type.command()
@click.argument("address", metavar="HOST/SLUG")
@_fields
@acting
@on_installation
def create(installation: Installation, address: str, **options: Option) -> None:
    """Create an event type at the address HOST/SLUG."""
    home, slug = home_and_slug(address)
    saved = installation.ask(request(CreateEventType, options, home=home, slug=slug), EventTypeView)
    installation.show(saved, lambda: _details(saved))


@event_type.command()
@click.argument("address", metavar="HOST/SLUG")
@click.option("--slug", "new_slug", help="Another address; the earlier one stops working.")
@_fields
@acting
@on_installation
def edit(installation: Installation, address: str, **options: Option) -> None:
    """Change an event type; what is not given stays."""
    home, slug = home_and_slug(address)
    saved = installation.ask(request(EditEventType, options, home=home, slug=slug), EventTypeView)
    installation.show(saved, lambda: _details(saved))


@event_type.command(name="list")
@click.argument("home", metavar="[HOST]", required=False)
@acting
@on_installation
def list_(installation: Installation, home: str | None, acting: str | None) -> None:
    """List the event types of a host, or of all."""
    found = installation.ask(ListEventTypes(home, acting=acting), list[EventTypeView])
    titles = ("ADDRESS", "TITLE", "MINUTES", "HOURS", "")
    rows = [
        (
            f"{one.home}/{one.slug}",
            one.title,
            str(one.duration_min),
            one.hours or "the host's",
            _mark(one),
        )
        for one in found
    ]
    nothing = "There is no event type yet: daybook event-type create alice/intro --duration 30"
    installation.show(found, lambda: columns(titles, rows, nothing))


@event_type.command()
@click.argument("address", metavar="HOST/SLUG")
@acting
@on_installation
def show(installation: Installation, address: str, acting: str | None) -> None:
    """Show an event type."""
    home, slug = home_and_slug(address)
    found = installation.ask(ShowEventType(home, slug, acting=acting), EventTypeView)
    installation.show(found, lambda: _details(found))


@event_type.command()
@click.argument("address", metavar="HOST/SLUG")
@click.option("--yes", is_flag=True, help="Do not ask.")
@acting
@on_installation
def delete(installation: Installation, address: str, yes: bool, acting: str | None) -> None:
    """Delete an event type; bookings made with it stay."""
    home, slug = home_and_slug(address)
    if not yes:
        click.confirm(f"Delete {address}? Its page goes, its bookings stay.", abort=True, err=True)
    deleted = installation.ask(DeleteEventType(home, slug, acting=acting), EventTypeView)
    installation.show(deleted, lambda: f"Deleted {address}.")


def _mark(found: EventTypeView) -> str:
    if not found.enabled:
        return "disabled"
    return "" if found.visibility == Visibility.PUBLIC else found.visibility


def _details(found: EventTypeView) -> str:
    is_team = found.strategy != Strategy.INDIVIDUAL or found.hosts is not None
    inherited = "each member's" if is_team else "the host's"
    return facts(
        [
            ("address", f"{found.home}/{found.slug}"),
            ("id", found.id),
            ("title", found.title),
            ("description", found.description),
            ("duration", f"{found.duration_min} min"),
            ("step", f"{found.step_min or found.duration_min} min"),
            ("buffers", f"{found.buffer_before_min} min before, {found.buffer_after_min} min after"),
            ("notice", f"{found.notice_min} min"),
            ("horizon", f"{found.horizon_days} days"),
            ("hours", found.hours or inherited),
            ("overrides", "; ".join(found.overrides)),
            ("location", found.location),
            ("blocking", inherited if found.blocking is None else ", ".join(found.blocking)),
            ("receiving", found.receiving or inherited),
            ("zone", found.zone or ("the team's" if is_team else inherited)),
            ("guests", f"{found.guests_max} more" if found.guests_max else ""),
            ("reminders", "; ".join(found.reminders)),
            ("series", "" if found.series == "none" else f"{found.series} at most"),
            *choices.rows(found),
            *seats.rows(found),
            *limits.rows(found),
            *strategy.rows(found),
            *approval.rows(found),
            ("enabled", "yes" if found.enabled else "no"),
            ("visibility", found.visibility),
            ("page", found.page),
        ]
    )
