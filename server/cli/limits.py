"""Options of an event type: how often it can be booked."""

import click

from server.control.event_type_view import EventTypeView

OPTIONS = (
    click.option(
        "--caps",
        metavar="CAPS",
        help='The most bookings: "2/day, 5/week, 10/month, 50/year, 100/total"; "none".',
    ),
    click.option(
        "--guest-caps", metavar="CAPS", help='The most under one mail address: "1/day, 3/month"; "none".'
    ),
    click.option(
        "--first-slot-only/--no-first-slot-only",
        default=None,
        help="Whether only the first free time of each day is offered.",
    ),
)


def rows(found: EventTypeView) -> list[tuple[str, str]]:
    """Return what to show of an event type."""
    return [
        ("caps", found.caps),
        ("caps of a guest", found.guest_caps),
        ("offered", "the first free time of each day" if found.first_slot_only else ""),
        ("away", "; ".join(found.away)),
    ]
