"""Options of an event type, and lines of a booking: seats, and who waits for one."""

from collections.abc import Callable

import click

from server.cli.minutes import MINUTES
from server.control.event_type_view import EventTypeView
from server.control.views import BookingView

OPTIONS = (
    click.option(
        "--seats", type=int, metavar="NUMBER", help="How many guests book one meeting, each for themselves."
    ),
    click.option(
        "--seats-shown/--no-seats-shown",
        default=None,
        help="Whether those who have a seat read one another's names.",
    ),
    click.option(
        "--keeps-empty/--no-keeps-empty",
        default=None,
        help="Whether the meeting stands on when the last one gives up their seat.",
    ),
    click.option(
        "--waitlist", "waitlist_max", type=int, metavar="NUMBER", help="How many may wait for a seat."
    ),
    click.option(
        "--waitlist-hold",
        "waitlist_hold_min",
        type=MINUTES,
        help="How long a seat that becomes free is held for the next who waits.",
    ),
)


def rows(found: EventTypeView) -> list[tuple[str, str]]:
    """Return what to show of an event type."""
    if found.seats == 1:
        return []
    return [
        ("seats", f"{found.seats}, {'names shown' if found.seats_shown else 'names hidden'}"),
        ("when empty", "kept" if found.keeps_empty else "cancelled"),
        (
            "waiting list",
            f"{found.waitlist_max}, a seat is held {found.waitlist_hold_min} min"
            if found.waitlist_max
            else "",
        ),
    ]


def lines(found: BookingView, local: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return who has a seat at a meeting, with what they wrote, and who waits for one; `local` puts an instant in its zone."""
    if found.seats == 1:
        return []
    shown = [("seats", f"{len(found.seated)} of {found.seats}")]
    for number, one in enumerate(found.seated, 1):
        shown.append((f"seat {number}", f"{one.name} <{one.email}>, {one.zone}, {one.answer}"))
        shown += [("", f"{answer.label} {', '.join(answer.values)}") for answer in one.answers]
        shown += [("", one.notes)] if one.notes else []
    for waiter in found.waiting:
        held = "" if waiter.held_until is None else f", a seat is held until {local(waiter.held_until)}"
        shown.append(("waits", f"{waiter.name} <{waiter.email}>{held}"))
    return shown
