"""Options of an event type: whether bookings wait for their host, and until when guests may change them."""

import click

from server.cli.minutes import MINUTES
from server.control.event_type_view import EventTypeView
from server.domain.event_type import ReschedulePolicy

OPTIONS = (
    click.option(
        "--confirm-address/--no-confirm-address",
        default=None,
        help="Whether guests confirm their mail address before anybody hears of their booking.",
    ),
    click.option(
        "--requires-confirmation/--no-requires-confirmation",
        default=None,
        help="Whether a booking waits until its host approves it.",
    ),
    click.option(
        "--confirm-within",
        "confirm_within_min",
        type=MINUTES,
        help="How long the host has to answer, then the request expires: 12h, 2d; 0: until the meeting begins.",
    ),
    click.option(
        "--pending-holds-slot/--no-pending-holds-slot",
        default=None,
        help="Whether others cannot book the time of a request that waits.",
    ),
    click.option(
        "--pending-in-calendar/--no-pending-in-calendar",
        default=None,
        help="Whether a request stands in the calendar, as tentative, before it is approved.",
    ),
    click.option(
        "--guest-reschedule",
        "guest_reschedule_policy",
        type=click.Choice([one.value for one in ReschedulePolicy]),
        help="A guest's other time: the host approves it, it holds at once (auto), or as for a new booking.",
    ),
    click.option(
        "--cancel-deadline",
        "cancel_deadline_min",
        type=MINUTES,
        help="How long before the meeting guests may still cancel: 24h; 0: until it begins.",
    ),
    click.option(
        "--reschedule-deadline",
        "reschedule_deadline_min",
        type=MINUTES,
        help="How long before the meeting guests may still move it: 24h; 0: until it begins.",
    ),
)


def rows(found: EventTypeView) -> list[tuple[str, str]]:
    """Return what to show of an event type."""
    return [
        (
            "mail addresses",
            "to be confirmed by their guests" if found.confirm_address else "taken as they are",
        ),
        ("confirmation", _confirmation(found)),
        ("other times", found.guest_reschedule_policy),
        ("deadlines", _deadlines(found)),
    ]


def _confirmation(found: EventTypeView) -> str:
    if not found.requires_confirmation:
        return "not needed"
    within = (
        f"within {found.confirm_within_min} min" if found.confirm_within_min else "until the meeting begins"
    )
    holds = "holds its time" if found.pending_holds_slot else "holds no time"
    shown = "tentative in the calendar" if found.pending_in_calendar else "not in the calendar"
    return f"by the host, {within}; a request {holds}, {shown}"


def _deadlines(found: EventTypeView) -> str:
    return (
        f"cancel {found.cancel_deadline_min} min, move {found.reschedule_deadline_min} min before"
        if found.cancel_deadline_min or found.reschedule_deadline_min
        else "none"
    )
